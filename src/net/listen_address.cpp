// SPDX-License-Identifier: MIT
#include "net/listen_address.hpp"

#include <fmt/format.h>

#include <charconv>

#include "text/ip_address.hpp"

namespace mtasts::net {
namespace {

constexpr std::string_view k_https = "https://";
constexpr std::string_view k_http = "http://";
constexpr std::string_view k_unix = "unix:";
constexpr std::string_view k_http_unix = "http+unix:";
constexpr const char* k_form_hint =
    "\"[::]:8443\", \"127.0.0.1:8443\", \"unix:/run/mta-stsd.sock\" or "
    "\"systemd\"; without TLS \"http://127.0.0.1:8080\"";

Result<ListenAddress> parse_unix(std::string_view path, Scheme scheme) {
  // sockaddr_un has room for 107 octets and the final zero.
  if (!path.starts_with('/') || path.size() > 107) {
    return fail("is no absolute path of at most 107 octets", k_form_hint);
  }
  return ListenAddress{.kind = ListenAddress::Kind::unix_path,
                       .host = std::string(path),
                       .scheme = scheme};
}

Result<ListenAddress> parse_tcp(std::string_view text, Scheme scheme) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return fail("has no port", k_form_hint);
  }
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    return fail(fmt::format("has the port {}, which is not a number from 0 to "
                            "65535",
                            in_quotes(digits)),
                k_form_hint);
  }
  ListenAddress address{.kind = ListenAddress::Kind::tcp,
                        .host = std::string(text.substr(0, colon)),
                        .port = port,
                        .scheme = scheme};
  std::string& host = address.host;
  if (host.starts_with('[') && host.ends_with(']')) {
    const auto ipv6 = text::find_ipv6(host.substr(1, host.size() - 2));
    if (!ipv6) {
      return fail("has no IPv6 address between its brackets", k_form_hint);
    }
    host = *ipv6;
    return address;
  }
  if (host == "localhost") host = "127.0.0.1";
  if (const auto ipv4 = text::find_ipv4(host)) {
    host = *ipv4;
    return address;
  }
  if (host == "*" || host.empty()) {
    return fail("has no address",
                scheme == Scheme::http
                    ? fmt::format("\"http://127.0.0.1:{}\"", port)
                    : fmt::format("\"[::]:{}\" accepts IPv6 and IPv4 on "
                                  "every interface",
                                  port));
  }
  if (text::find_ipv6(host)) {
    return fail("has an IPv6 address without brackets",
                fmt::format("\"{}[{}]:{}\"",
                            scheme == Scheme::http ? k_http : "", host, port));
  }
  return fail("has a name where an address is needed", k_form_hint);
}

}  // namespace

bool ListenAddress::is_local() const {
  if (kind != Kind::tcp) return kind == Kind::unix_path;
  return host == "::1" || host.starts_with("127.");
}

bool ListenAddress::is_same_place(const ListenAddress& other) const {
  const bool chosen_by_kernel = kind == Kind::tcp && port == 0;
  return !chosen_by_kernel && kind == other.kind && host == other.host &&
         port == other.port;
}

bool ListenAddress::takes_ipv4_from(const ListenAddress& any) const {
  return kind == Kind::tcp && any.kind == Kind::tcp && any.host == "::" &&
         host.find(':') == std::string::npos && port == any.port && port != 0;
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    return fail("has a zero octet", k_form_hint);
  }
  if (text == "systemd") {
    return ListenAddress{.kind = ListenAddress::Kind::systemd, .host = {}};
  }
  const auto rest = [&](std::string_view start) {
    return text.substr(start.size());
  };
  if (text.starts_with(k_https)) {
    return fail("has a scheme, which TLS does not need",
                in_quotes(rest(k_https)));
  }
  if (text.starts_with(k_http)) return parse_tcp(rest(k_http), Scheme::http);
  if (text.starts_with(k_http_unix)) {
    return parse_unix(rest(k_http_unix), Scheme::http);
  }
  if (text.starts_with(k_unix)) return parse_unix(rest(k_unix), Scheme::https);
  return parse_tcp(text, Scheme::https);
}

std::string format_listen_address(const ListenAddress& address) {
  const bool plain = address.scheme == Scheme::http;
  switch (address.kind) {
    case ListenAddress::Kind::systemd:
      return "systemd";
    case ListenAddress::Kind::unix_path:
      return fmt::format("{}{}", plain ? k_http_unix : k_unix, address.host);
    case ListenAddress::Kind::tcp:
      break;
  }
  const bool ipv6 = address.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}{}:{}", plain ? k_http : "", ipv6 ? "[" : "",
                     address.host, ipv6 ? "]" : "", address.port);
}

}  // namespace mtasts::net
