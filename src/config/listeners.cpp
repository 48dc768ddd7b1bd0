// SPDX-License-Identifier: MIT
#include "config/listeners.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "files/stamp.hpp"

namespace mtasts::config {

using net::ListenAddress;
using net::Scheme;

bool needs_certificates(const config::Startup& startup) {
  return std::ranges::find(startup.listen, Scheme::https,
                           &ListenAddress::scheme) != startup.listen.end();
}

std::vector<std::string> socket_files(const Startup& startup) {
  std::vector<std::string> files;
  const auto add = [&](const ListenAddress& address) {
    if (address.kind == ListenAddress::Kind::unix_path) {
      files.push_back(address.host);
    }
  };
  for (const ListenAddress& one : startup.listen) add(one);
  if (startup.operations) add(startup.operations->listen);
  return files;
}

Diagnostics find_missing_challenges(const Startup& startup, Severity severity,
                                    const std::string& path) {
  const std::string& folder = startup.challenges;
  if (folder.empty() || files::is_directory(folder)) return {};
  return {{severity, "server.challenges-missing", Place{path},
           fmt::format("server.challenges {} is no folder, and serve refuses "
                       "that",
                       in_quotes(folder)),
           fmt::format("mkdir {}; the ACME client has to be able to write "
                       "there, and the user of mta-stsd to read",
                       folder)}};
}

Diagnostics find_public_plain_http(const config::Startup& startup,
                                   Severity severity, const std::string& path) {
  Diagnostics found;
  for (const ListenAddress& one : startup.listen) {
    if (one.scheme == Scheme::https || one.is_local()) continue;
    found.push_back(
        {severity, "server.plain-http-public", Place{path},
         fmt::format("{} listens without TLS beyond this machine, and serve "
                     "refuses that",
                     in_quotes(net::format_listen_address(one))),
         "a proxy that ends TLS reaches 127.0.0.1 or a unix socket; where "
         "only the proxy can connect, as inside of a container network, "
         "serve --allow-plain-http"});
  }
  return found;
}

}  // namespace mtasts::config
