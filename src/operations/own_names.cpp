// SPDX-License-Identifier: MIT
#include "operations/own_names.hpp"

#include <optional>

#include "snapshot/snapshot.hpp"
#include "text/ip_address.hpp"

namespace mtasts::operations {

OwnNames::OwnNames(const config::Operations& settings)
    : names_{"localhost", "127.0.0.1", "::1"},
      any_address_(settings.listen.host == "0.0.0.0" ||
                   settings.listen.host == "::") {
  if (settings.listen.kind == net::ListenAddress::Kind::tcp) {
    names_.insert(settings.listen.host);
  }
  names_.insert(settings.hosts.begin(), settings.hosts.end());
}

bool OwnNames::have(std::string_view authority) const {
  const std::string host =
      authority.starts_with('[')
          ? std::string(authority.substr(1, authority.find(']') - 1))
          : snapshot::normalise_host(authority);
  const std::optional<std::string> address = text::find_ip_address(host);
  if (address && any_address_) return true;
  return names_.contains(address.value_or(host));
}

}  // namespace mtasts::operations
