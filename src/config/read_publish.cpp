// SPDX-License-Identifier: MIT
#include "config/read_publish.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <utility>

#include "dns/name.hpp"
#include "files/listing.hpp"

namespace mtasts::config {
namespace {

// RFC 2181, 8: a TTL has 31 bits.
constexpr std::int64_t k_max_ttl = 2147483647;

Result<net::Endpoint> parse_server(std::string_view text) {
  return net::parse_endpoint(text, net::k_dns_port);
}

/// Of the API, without a path: that is the same everywhere. PowerDNS speaks no
/// TLS there, and its key shall cross no network.
Result<std::string> parse_powerdns(std::string_view text) {
  constexpr std::string_view k_scheme = "http://";
  constexpr const char* k_hint = "as \"http://127.0.0.1:8081\"";
  if (text.starts_with("https://")) {
    return fail("is https, which PowerDNS does not speak there", k_hint);
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  const bool is_http = text.starts_with(k_scheme);
  if (is_http && net::parse_endpoint(text.substr(k_scheme.size()), 80)) {
    return std::string(text);
  }
  return fail("is not http:// with an address and a port", k_hint);
}

Result<std::string> parse_zone(std::string_view text) {
  Result<dns::Name> name = dns::Name::from_typed(std::string(text));
  if (!name) return fail(name.error());
  return name->text();
}

/// Empty where the key is not there, or after a fault.
std::string read_path(TableReader& reader, std::string_view key,
                      std::string_view file) {
  const auto path = reader.find_string(key);
  if (!path) return {};
  if (path->value.empty()) {
    reader.error("publish.key-invalid", path->at,
                 fmt::format("publish.{} is empty", key),
                 "the path of a file that its owner alone can read");
    return {};
  }
  return files::resolve_beside(std::string(file), path->value);
}

/// A way to publish is a place and a key, and there is one way.
void check_methods(TableReader& reader, Position table) {
  const Value* server = reader.find("server");
  const Value* powerdns = reader.find("powerdns");
  if (server == nullptr && powerdns == nullptr) {
    reader.error(
        "publish.method-missing", table,
        "publish has neither server nor powerdns",
        "server = \"192.0.2.53\" and key = \"/etc/mta-stsd/tsig.key\"");
    return;
  }
  if (server != nullptr && powerdns != nullptr) {
    reader.error("publish.method-twice", powerdns->at,
                 "publish has both server and powerdns",
                 "remove the one that records are not sent to");
    return;
  }
  const auto need = [&](std::string_view place, const Value& at,
                        std::string_view key, std::string_view other) {
    if (reader.find(key) == nullptr) {
      reader.error("publish.key-missing", at.at,
                   fmt::format("publish has {} without {}", place, key),
                   fmt::format("{} = \"/etc/mta-stsd/publish.key\", a file "
                               "that its owner alone can read",
                               key));
    }
    if (const Value* stray = reader.find(other)) {
      reader.error(
          "publish.key-invalid", stray->at,
          fmt::format("publish.{} is of no use beside {}", other, place),
          fmt::format("the key of {} is {}", place, key));
    }
  };
  if (server != nullptr) {
    need("server", *server, "key", "api_key");
  } else {
    need("powerdns", *powerdns, "api_key", "key");
  }
}

}  // namespace

std::optional<Publish> find_publish(TableReader& document,
                                    std::string_view file, Diagnostics& out) {
  const Table* table = document.find_table("publish");
  if (table == nullptr) return std::nullopt;
  TableReader reader(*table, "publish", file, out);
  Publish publish;
  publish.server = reader.find_parsed("server", "publish.server",
                                      "publish.server-invalid", parse_server);
  publish.powerdns =
      reader
          .find_parsed("powerdns", "publish.powerdns",
                       "publish.powerdns-invalid", parse_powerdns)
          .value_or(std::string{});
  publish.key = read_path(reader, "key", file);
  publish.api_key = read_path(reader, "api_key", file);
  if (const auto ttl = reader.find_integer("ttl", 0, k_max_ttl)) {
    publish.ttl = std::chrono::seconds(*ttl);
  }
  publish.zones = take_values(reader.find_each(
      "zones", "publish.zones", "publish.zones-invalid", parse_zone));
  check_methods(reader, document.find("publish")->at);
  reader.finish();
  return publish;
}

}  // namespace mtasts::config
