// SPDX-License-Identifier: MIT
#include "config/read_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "config/table_reader.hpp"
#include "files/listing.hpp"
#include "text/ascii.hpp"
#include "text/duration.hpp"

namespace mtasts::config {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t k_max_connections = 1'000'000;
constexpr std::int64_t k_max_threads = 256;
// The longest head that the policy path itself can need is far below; a
// smaller limit would refuse honest senders with long User-Agent lines.
constexpr std::int64_t k_min_head_octets = 1024;
constexpr std::int64_t k_max_head_octets = 64 * 1024;
constexpr std::size_t k_max_user_octets = 32;
constexpr std::int64_t k_max_requests = 1'000'000;
constexpr std::chrono::seconds k_min_deadline{1};
constexpr std::chrono::seconds k_max_deadline{300};

std::vector<net::ListenAddress> read_listen(TableReader& reader) {
  // Port 443 needs a privilege, and a container maps it anyway.
  const std::vector<net::ListenAddress> fallback = {
      {.kind = net::ListenAddress::Kind::tcp, .host = "::", .port = 8443}};
  const auto texts = reader.find_strings("listen");
  if (!texts) return fallback;
  // An empty array is no wish for the default: nobody would be served.
  if (texts->empty()) {
    reader.error("server.listen-invalid", reader.find("listen")->at,
                 "server.listen is empty", "listen = [\"[::]:8443\"]");
  }
  std::vector<net::ListenAddress> addresses;
  for (const Located<std::string>& text : *texts) {
    const Result<net::ListenAddress> address =
        net::parse_listen_address(text.value);
    const auto is_same = [&](const net::ListenAddress& other) {
      return other.is_same_place(*address);
    };
    if (!address) {
      reader.refuse("server.listen-invalid", "listen", text, address.error());
    } else if (std::ranges::any_of(addresses, is_same)) {
      // Also once with TLS and once without: one socket speaks one of them.
      reader.refuse("server.listen-invalid", "listen", text,
                    {"stands twice", "remove one of them"});
    } else {
      addresses.push_back(*address);
    }
  }
  return addresses;
}

Result<std::chrono::seconds> parse_deadline(std::string_view text) {
  Result<std::chrono::seconds> deadline = text::parse_duration(text);
  if (!deadline) return fail(deadline.error().message, "for example \"10s\"");
  if (*deadline >= k_min_deadline && *deadline <= k_max_deadline) {
    return deadline;
  }
  return fail(
      fmt::format("is outside {} to {}", text::format_duration(k_min_deadline),
                  text::format_duration(k_max_deadline)),
      "a fetch takes well under a second; \"10s\" suits slow lines too");
}

/// An integer, or the word "auto", which leaves `target` as it is.
void read_count(TableReader& reader, std::string_view key, std::int64_t least,
                std::int64_t most, std::size_t& target,
                std::string_view wanted = "an integer or \"auto\"") {
  if (const auto* text = reader.find_as<std::string>(key)) {
    if (*text != "auto") reader.wrong_type(key, *reader.find(key), wanted);
    return;
  }
  if (const auto number = reader.find_integer(key, least, most)) {
    target = static_cast<std::size_t>(*number);
  }
}

void read_address_limit(TableReader& reader, Limits& limits) {
  constexpr std::string_view k_key = "connections_per_address";
  const auto* text = reader.find_as<std::string>(k_key);
  limits.limit_addresses = text == nullptr || *text != "off";
  if (!limits.limit_addresses) return;
  read_count(reader, k_key, 1, k_max_connections,
             limits.connections_per_address, "an integer, \"auto\" or \"off\"");
}

/// A name as useradd(8) makes them; nothing that a line of /etc/passwd or a log
/// could take for anything else.
Result<std::string> parse_user(std::string_view text) {
  const bool is_good =
      !text.empty() && text.size() <= k_max_user_octets && text[0] != '-' &&
      std::ranges::all_of(text, [](char c) {
        return text::is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
      });
  if (is_good) return std::string(text);
  return fail("is no user name",
              "the name of an account in /etc/passwd, as \"www-data\"");
}

Result<Guard> parse_guard(std::string_view text) {
  if (text == "refuse") return Guard::refuse;
  if (text == "warn") return Guard::warn;
  if (text == "off") return Guard::off;
  return fail("is none of refuse, warn and off",
              "remove the key: \"refuse\" suits most");
}

std::string read_history(TableReader& reader, std::string_view file) {
  const auto path = reader.find_string("history");
  if (!path) return {};
  if (path->value.empty()) {
    reader.error("server.history-invalid", path->at, "server.history is empty",
                 "a file that mta-stsd may write to: history = "
                 "\"/var/lib/mta-stsd/history\"");
    return {};
  }
  return files::resolve_beside(std::string(file), path->value);
}

/// True if one is the other, or lies in it, as far as the paths tell.
bool overlap(const fs::path& a, const fs::path& b) {
  const auto [end_a, end_b] =
      std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return end_a == a.end() || end_b == b.end();
}

/// A folder of certificates would have pairs in it that come and go, and that
/// nobody may be served with.
std::string read_challenges(TableReader& reader, std::string_view file,
                            const std::vector<std::string>& certificates) {
  const auto folder = reader.find_string("challenges");
  if (!folder) return {};
  if (folder->value.empty()) {
    reader.error("server.challenges-invalid", folder->at,
                 "server.challenges is empty",
                 "the folder into which an ACME client lays its challenges");
    return {};
  }
  const std::string path =
      files::resolve_beside(std::string(file), folder->value);
  for (const std::string& other : certificates) {
    if (!overlap((fs::path(path) / "").lexically_normal().parent_path(),
                 (fs::path(other) / "").lexically_normal().parent_path())) {
      continue;
    }
    reader.error("server.challenges-invalid", folder->at,
                 fmt::format("server.challenges {} and the certificates {} lie "
                             "in each other",
                             in_quotes(folder->value), in_quotes(other)),
                 "give the challenges a folder of their own");
  }
  return path;
}

}  // namespace

ServerTable read_server(const Table& table, std::string_view file,
                        Diagnostics& out) {
  TableReader reader(table, "server", file, out);
  ServerTable server;
  server.startup.listen = read_listen(reader);
  if (const auto paths = reader.find_strings("certificates")) {
    for (const Located<std::string>& path : *paths) {
      if (path.value.empty()) {
        reader.error("server.certificates-invalid", path.at,
                     "server.certificates has an empty path");
        continue;
      }
      server.certificates.push_back(
          files::resolve_beside(std::string(file), path.value));
    }
  }
  server.startup.challenges =
      read_challenges(reader, file, server.certificates);
  server.startup.history = read_history(reader, file);
  server.guard =
      reader.find_parsed("guard", "guard", "server.guard-invalid", parse_guard)
          .value_or(Guard::refuse);
  Limits& limits = server.startup.limits;
  read_count(reader, "threads", 1, k_max_threads, server.startup.threads);
  limits.deadline = reader
                        .find_parsed("deadline", "server.deadline",
                                     "config.out-of-range", parse_deadline)
                        .value_or(limits.deadline);
  read_count(reader, "connections", 1, k_max_connections, limits.connections);
  read_address_limit(reader, limits);
  read_count(reader, "head_octets", k_min_head_octets, k_max_head_octets,
             limits.head_octets);
  read_count(reader, "requests_per_connection", 1, k_max_requests,
             limits.requests_per_connection);
  server.startup.sandbox = reader.find_boolean("sandbox").value_or(true);
  server.startup.user =
      reader
          .find_parsed("user", "server.user", "server.user-invalid", parse_user)
          .value_or(std::string{});
  reader.finish();
  return server;
}

}  // namespace mtasts::config
