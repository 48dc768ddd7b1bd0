// SPDX-License-Identifier: MIT
#include "config/listen_address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

namespace mtasts::config {
namespace {

constexpr std::string_view k_unix = "unix:";
constexpr std::string_view k_form_hint =
    "\"[::]:8443\", \"127.0.0.1:8443\", \"unix:/run/mta-stsd.sock\" or "
    "\"systemd\"";

/// The usual form of a numeric address; nothing when it is none.
std::optional<std::string> find_ip(int family, const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  std::array<char, INET6_ADDRSTRLEN> shown{};
  if (::inet_pton(family, text.c_str(), address.data()) != 1) return {};
  ::inet_ntop(family, address.data(), shown.data(), shown.size());
  return shown.data();
}

}  // namespace

bool ListenAddress::is_local() const {
  if (kind != Kind::tcp) return kind == Kind::unix_path;
  return host == "::1" || host.starts_with("127.");
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    return fail("has a zero octet", std::string(k_form_hint));
  }
  if (text == "systemd") {
    return ListenAddress{.kind = ListenAddress::Kind::systemd, .host = {}};
  }
  if (text.starts_with(k_unix)) {
    const std::string_view path = text.substr(k_unix.size());
    // sockaddr_un has room for 107 octets and the final zero.
    if (!path.starts_with('/') || path.size() > 107) {
      return fail("is no absolute path of at most 107 octets",
                  std::string(k_form_hint));
    }
    return ListenAddress{.kind = ListenAddress::Kind::unix_path,
                         .host = std::string(path)};
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return fail("has no port", std::string(k_form_hint));
  }
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    return fail(fmt::format("has the port {}, which is not a number from 0 to "
                            "65535",
                            in_quotes(digits)),
                std::string(k_form_hint));
  }
  std::string host(text.substr(0, colon));
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (const auto ipv6 = find_ip(AF_INET6, host)) {
      return ListenAddress{
          .kind = ListenAddress::Kind::tcp, .host = *ipv6, .port = port};
    }
    return fail("has no IPv6 address between its brackets",
                std::string(k_form_hint));
  }
  if (host == "localhost") host = "127.0.0.1";
  if (const auto ipv4 = find_ip(AF_INET, host)) {
    return ListenAddress{
        .kind = ListenAddress::Kind::tcp, .host = *ipv4, .port = port};
  }
  if (host == "*" || host.empty()) {
    return fail("has no address",
                fmt::format("\"[::]:{}\" accepts IPv6 and IPv4 on every "
                            "interface",
                            port));
  }
  if (find_ip(AF_INET6, host)) {
    return fail("has an IPv6 address without brackets",
                fmt::format("\"[{}]:{}\"", host, port));
  }
  return fail("has a name where an address is needed",
              std::string(k_form_hint));
}

std::string format_listen_address(const ListenAddress& address) {
  switch (address.kind) {
    case ListenAddress::Kind::systemd:
      return "systemd";
    case ListenAddress::Kind::unix_path:
      return std::string(k_unix) + address.host;
    case ListenAddress::Kind::tcp:
      break;
  }
  return address.host.find(':') == std::string::npos
             ? fmt::format("{}:{}", address.host, address.port)
             : fmt::format("[{}]:{}", address.host, address.port);
}

}  // namespace mtasts::config
