// SPDX-License-Identifier: MIT
#include "config/read_reports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "files/listing.hpp"
#include "text/ascii.hpp"

namespace mtasts::config {
namespace {

// A host name as a rule (RFC 8601, 2.5), which has 253 octets.
constexpr std::size_t k_max_authserv_octets = 253;

/// RFC 8601, 2.2: authserv-id = value, a token of RFC 2045 here. What has to be
/// in quotes no mail server calls itself.
Result<std::string> parse_authserv_id(std::string_view text) {
  const bool is_token = std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < '\x7f' &&
           std::string_view("()<>@,;:\\\"/[]?=").find(c) ==
               std::string_view::npos;
  });
  if (is_token && !text.empty() && text.size() <= k_max_authserv_octets) {
    return text::to_lower(text);
  }
  return fail("is no authserv-id",
              "what stands first in the Authentication-Results fields that "
              "your mail server adds: \"mail.example.com\"");
}

using NamedPaths = std::vector<std::pair<std::string_view, std::string>>;

/// Empty where the path is not there, or after a fault. `known` are the paths
/// so far: what is written to one would destroy what lies there for another.
std::string read_path(TableReader& reader, std::string_view key,
                      std::string_view file, NamedPaths& known,
                      std::string_view example) {
  const auto path = reader.find_string(key);
  if (!path) return {};
  const auto refuse = [&](std::string message) {
    reader.error("reports.path-invalid", path->at, std::move(message),
                 fmt::format("{} = \"{}\"", key, example));
    return std::string{};
  };
  if (path->value.empty()) {
    return refuse(fmt::format("reports.{} is empty", key));
  }
  std::string whole = files::resolve_beside(std::string(file), path->value);
  for (const auto& [other, taken] : known) {
    if (taken != whole) continue;
    return refuse(fmt::format("reports.{} {} is reports.{}, too", key,
                              in_quotes(path->value), other));
  }
  known.emplace_back(key, whole);
  return whole;
}

}  // namespace

std::optional<Reports> find_reports(TableReader& document,
                                    std::string_view file, Diagnostics& out) {
  const Table* table = document.find_table("reports");
  if (table == nullptr) return std::nullopt;
  TableReader reader(*table, "reports", file, out);
  Reports reports;
  NamedPaths known;
  reports.database =
      read_path(reader, "database", file, known, "/var/lib/mta-sts/reports.db");
  reports.spool =
      read_path(reader, "spool", file, known, "/var/spool/mta-stsd");
  reports.failed =
      read_path(reader, "failed", file, known, "/var/lib/mta-sts/failed");
  reports.summary =
      read_path(reader, "summary", file, known, "/var/lib/mta-sts/summary");
  reports.trusted_authserv_ids = take_values(
      reader.find_each("trusted_authserv_id", "trusted_authserv_id",
                       "reports.authserv-id-invalid", parse_authserv_id));
  reader.finish();
  return reports;
}

}  // namespace mtasts::config
