// SPDX-License-Identifier: MIT
#include "net/endpoint.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "text/ip_address.hpp"

namespace mtasts::net {
namespace {

/// Nothing for what is no port to connect to.
std::optional<std::uint16_t> find_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool is_whole = end == digits.data() + digits.size();
  if (error != std::errc{} || !is_whole || port == 0) return std::nullopt;
  return port;
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text, std::uint16_t port) {
  // An IPv6 address without brackets has no port: it would be a part of it.
  if (const auto address = text::find_ip_address(text)) {
    return Endpoint{*address, port};
  }
  const std::size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
  const std::string hint = fmt::format(
      "an address, as \"192.0.2.53\" or \"[2001:db8::53]:{}\"", port);
  if (text.ends_with(']') && text.starts_with('[')) {
    return parse_endpoint(text.substr(1, text.size() - 2), port);
  }
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  const auto address =
      is_bracketed ? text::find_ipv6(host) : text::find_ipv4(host);
  if (!address) {
    return fail(host == "localhost" ? "is a name, not an address"
                                    : "is no address of IPv4 or IPv6",
                host == "localhost" ? "\"127.0.0.1\" or \"[::1]\"" : hint);
  }
  const auto given = find_port(text.substr(colon + 1));
  if (!given) {
    return fail(fmt::format("has the port {}, which is not a number from 1 to "
                            "65535",
                            in_quotes(text.substr(colon + 1))),
                hint);
  }
  return Endpoint{*address, *given};
}

}  // namespace mtasts::net
