// SPDX-License-Identifier: MIT
#include "http/client.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <chrono>
#include <utility>

namespace mtasts::http {
namespace {

// Together below 2 seconds, which is what a health check may take.
constexpr std::chrono::milliseconds k_connect_time{400};
constexpr std::chrono::milliseconds k_read_time{1300};

/// What to connect to, for the one that listens on every address.
std::string reachable(const std::string& host) {
  if (host == "0.0.0.0") return "127.0.0.1";
  return host == "::" ? "::1" : host;
}

}  // namespace

Result<Reply> ask(const net::ListenAddress& address, const std::string& path,
                  const std::string& accept, std::string hint) {
  const bool is_unix = address.kind == net::ListenAddress::Kind::unix_path;
  httplib::Client client(is_unix ? address.host : reachable(address.host),
                         is_unix ? 80 : address.port);
  if (is_unix) client.set_address_family(AF_UNIX);
  client.set_connection_timeout(k_connect_time);
  client.set_read_timeout(k_read_time);
  client.set_write_timeout(k_connect_time);
  const httplib::Result result =
      client.Get(path, {{"Host", "localhost"}, {"Accept", accept}});
  if (!result) {
    const bool refused = result.error() == httplib::Error::Connection;
    return fail(
        fmt::format(
            "no answer from {}: {}", net::format_listen_address(address),
            refused ? "can't connect" : "it accepts, but says nothing in time"),
        refused ? std::move(hint) : std::string{});
  }
  return Reply{.status = result->status, .body = result->body};
}

}  // namespace mtasts::http
