// SPDX-License-Identifier: MIT
#include "config/read_collect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "config/read_operations.hpp"
#include "dns/name.hpp"
#include "files/listing.hpp"
#include "net/listen_address.hpp"

namespace mtasts::config {
namespace {

constexpr std::int64_t k_least_quota = 4 * 1024 * 1024;
constexpr std::int64_t k_default_quota = 1024 * 1024 * 1024;
constexpr std::int64_t k_most_quota = std::int64_t{1} << 50U;
constexpr const char* k_host_hint =
    "a name of its own, to which the report URIs lead, such as "
    "tls-reports.example.com";

Result<std::string> parse_host(std::string_view text) {
  const Result<dns::Name> name = dns::Name::parse(text);
  if (!name) return fail(name.error().message, k_host_hint);
  return name->text();
}

Result<net::ListenAddress> parse_listen(std::string_view text) {
  Result<net::ListenAddress> address = net::parse_listen_address(text);
  if (address && address->scheme == net::Scheme::http && !address->is_local()) {
    return fail("is without TLS and can be reached from other machines",
                "\"[::]:443\" ends TLS here");
  }
  return address;
}

std::vector<net::ListenAddress> read_listen(TableReader& reader) {
  // serve has port 8443 unless it is told otherwise.
  const std::vector<net::ListenAddress> fallback = {
      {.kind = net::ListenAddress::Kind::tcp, .host = "::", .port = 8444}};
  const Value* value = reader.find("listen");
  if (value == nullptr) return fallback;
  std::vector<net::ListenAddress> addresses = take_values(reader.find_each(
      "listen", "listen", "collect.listen-invalid", parse_listen));
  const auto* list = reader.find_as<Array>("listen");
  if (list != nullptr && list->empty()) {
    reader.error("collect.listen-invalid", value->at, "collect.listen is empty",
                 "listen = [\"[::]:8444\"]");
  }
  return addresses;
}

}  // namespace

std::optional<Collect> find_collect(TableReader& document,
                                    std::string_view file,
                                    const std::string& spool,
                                    Diagnostics& out) {
  const Table* table = document.find_table("collect");
  if (table == nullptr) return std::nullopt;
  const Position at = document.find("collect")->at;
  TableReader reader(*table, "collect", file, out);
  Collect collect;
  const auto miss = [&](std::string_view key, std::string hint) {
    if (reader.find(key) != nullptr) return;  // its fault was told
    reader.error("collect.key-missing", at,
                 fmt::format("[collect] has no {}", key), std::move(hint));
  };
  collect.host = reader
                     .find_parsed("host", "collect.host",
                                  "collect.host-invalid", parse_host)
                     .value_or(std::string{});
  if (collect.host.empty()) miss("host", k_host_hint);
  collect.listen = read_listen(reader);
  if (const auto tokens = reader.find_string("tokens")) {
    collect.tokens = files::resolve_beside(std::string(file), tokens->value);
  } else {
    miss("tokens",
         "the file with a line for each tenant, NAME TOKEN: tokens = "
         "\"/etc/mta-stsd/report-tokens\"");
  }
  collect.quota = static_cast<std::uint64_t>(
      reader.find_integer("quota", k_least_quota, k_most_quota)
          .value_or(k_default_quota));
  collect.operations = find_operations(reader, file, out, Service::collect);
  collect.spool = spool;
  if (spool.empty()) {
    reader.error("collect.spool-missing", at,
                 "[collect] has no spool to put reports into",
                 "[reports] with spool = \"/var/spool/mta-stsd\"");
  }
  reader.finish();
  return collect;
}

Startup make_collector(const Startup& server, const Collect& collect) {
  return {.listen = collect.listen,
          .threads = server.threads,
          .limits = server.limits,
          .operations = collect.operations,
          .sandbox = server.sandbox,
          .user = server.user,
          .collect = collect};
}

}  // namespace mtasts::config
