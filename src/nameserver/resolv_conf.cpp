// SPDX-License-Identifier: MIT
// Reads resolv.conf(5) as glibc does. ldns 1.8.3 would take servers from lines
// that are comments.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "files/read.hpp"
#include "nameserver/resolver.hpp"
#include "text/ascii.hpp"
#include "text/ip_address.hpp"

namespace mtasts::nameserver {
namespace {

constexpr std::size_t k_max_octets = 64 * 1024;
constexpr std::size_t k_max_servers = 3;  // as glibc
constexpr std::uint16_t k_port = 53;

std::string_view take_word(std::string_view& line) {
  line = text::trim(line, " \t\r");
  return text::take_until(line, " \t");
}

/// "192.0.2.1", "2001:db8::1", "fe80::1%eth0".
std::optional<std::string> find_server(std::string_view text) {
  std::string_view scope = text;
  const std::string_view address = text::take_until(scope, "%");
  auto found = text::find_ip_address(address);
  if (found && !scope.empty()) *found += fmt::format("%{}", scope);
  return found;
}

/// The number of "timeout:3"; nothing for another option. At most `limit`.
std::optional<int> find_option(std::string_view word, std::string_view name,
                               int limit) {
  if (!word.starts_with(name) || word.size() == name.size()) return {};
  int number = 0;
  for (const char c : word.substr(name.size())) {
    if (!text::is_digit(c)) return {};
    number = std::min(number * 10 + (c - '0'), limit);
  }
  return std::max(number, 1);
}

void read_options(std::string_view line, ResolverSettings& settings) {
  while (!line.empty()) {
    const std::string_view word = take_word(line);
    // The limits are glibc's too.
    if (const auto seconds = find_option(word, "timeout:", 30)) {
      settings.wait = std::chrono::seconds(*seconds);
    }
    if (const auto tries = find_option(word, "attempts:", 5)) {
      settings.tries = *tries;
    }
  }
}

Result<void> read_line(std::string_view line, ResolverSettings& settings) {
  const std::string_view keyword = take_word(line);
  if (keyword == "options") {
    read_options(line, settings);
  } else if (keyword == "nameserver") {
    const std::string_view value = take_word(line);
    auto server = find_server(value);
    if (!server) {
      return fail("nameserver " + in_quotes(value) + " is no address",
                  "write an IPv4 or IPv6 address");
    }
    if (settings.servers.size() < k_max_servers) {
      settings.servers.push_back({*std::move(server), k_port});
    }
  }
  return {};  // comments, and what is not for us
}

}  // namespace

Result<ResolverSettings> read_resolv_conf(const std::string& path) {
  ResolverSettings settings;
  std::error_code error;
  if (std::filesystem::exists(path, error) || error) {
    const auto content = files::read_file(path, k_max_octets);
    if (!content) {
      return fail(printable(path) + ": " + content.error().message,
                  content.error().hint);
    }
    std::string_view left = *content;
    for (int number = 1; !left.empty(); ++number) {
      auto read = read_line(text::take_until(left, "\n"), settings);
      if (!read) {
        return fail(fmt::format("{}:{}: {}", printable(path), number,
                                read.error().message),
                    read.error().hint);
      }
    }
  }
  if (settings.servers.empty()) settings.servers = {{"127.0.0.1", k_port}};
  return settings;
}

}  // namespace mtasts::nameserver
