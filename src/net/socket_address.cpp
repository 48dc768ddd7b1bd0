// SPDX-License-Identifier: MIT
#include "net/socket_address.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <cstring>
#include <string>
#include <string_view>

#include "text/ascii.hpp"

namespace mtasts::net {

SocketAddress make_socket_address(const Endpoint& endpoint) {
  SocketAddress address;
  sockaddr_in v4{};
  if (::inet_pton(AF_INET, endpoint.address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    address.size = sizeof v4;
    std::memcpy(&address.storage, &v4, sizeof v4);
    return address;
  }
  std::string_view scope = endpoint.address;
  const std::string numeric(text::take_until(scope, "%"));
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET6, numeric.c_str(), &v6.sin6_addr) != 1) return {};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(endpoint.port);
  if (!scope.empty()) {
    v6.sin6_scope_id = ::if_nametoindex(std::string(scope).c_str());
    if (v6.sin6_scope_id == 0) return {};
  }
  address.size = sizeof v6;
  std::memcpy(&address.storage, &v6, sizeof v6);
  return address;
}

}  // namespace mtasts::net
