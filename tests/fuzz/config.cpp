// SPDX-License-Identifier: MIT
// A whole configuration in memory: what is accepted is a good policy, which
// reads as itself when it is written; what is not is explained.
#include <algorithm>

#include "config/document.hpp"
#include "config/read_operations.hpp"
#include "config/read_policy.hpp"
#include "config/read_publish.hpp"
#include "config/read_server.hpp"
#include "config/write_policy.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"
#include "target.hpp"

namespace mtasts::config {
namespace {

using fuzz::require;

std::optional<publish::Publication> read_one(std::string_view toml) {
  Diagnostics out;
  const std::optional<Table> document = parse_document(toml, "x", out);
  require(document && document->size() == 1, "a written table is TOML");
  const auto& tables = std::get<Array>(document->front().value.data);
  return read_policy(std::get<Table>(tables.at(0).data), {}, "x", out);
}

void check_policy(const Table& table, Position at, Diagnostics& out) {
  const std::size_t before = out.size();
  const std::optional<publish::Publication> entry =
      read_policy(table, at, "x", out);
  const bool failed = std::any_of(
      out.begin() + static_cast<std::ptrdiff_t>(before), out.end(),
      [](const Diagnostic& one) { return one.severity == Severity::error; });
  require(entry.has_value() != failed, "an entry, or an error");
  if (!entry) return;
  require(entry->domain_count() != 0, "a policy is for a domain");
  require(entry->body() == sts::format_policy(entry->policy()), "its own body");
  require(entry->id() == sts::policy_id(entry->body()), "the id of its body");
  const std::optional<publish::Publication> again =
      read_one(format_policy_table(*entry));
  require(again && std::ranges::equal(again->domains(), entry->domains()) &&
              again->policy() == entry->policy() &&
              again->tls_rpt() == entry->tls_rpt() &&
              again->id() == entry->id(),
          "an entry reads as itself");
}

void check_server(const Table& table, Diagnostics& out) {
  const std::size_t before = out.size();
  const ServerTable server = read_server(table, "x", out);
  if (out.size() != before) return;
  const Limits& limits = server.startup.limits;
  require(limits.deadline.count() > 0 && limits.head_octets > 0 &&
              limits.requests_per_connection > 0,
          "limits that let a request through");
}

void run(std::string_view toml) {
  Diagnostics out;
  const std::optional<Table> document = parse_document(toml, "x", out);
  require(document.has_value() == out.empty(), "a document, or a diagnostic");
  if (document) {
    TableReader reader(*document, {}, "x", out);
    find_operations(reader, "x", out, Service::serve);
    find_publish(reader, "x", out);
    for (const Member& one : *document) {
      if (const auto* table = std::get_if<Table>(&one.value.data)) {
        check_server(*table, out);
      }
      const auto* list = std::get_if<Array>(&one.value.data);
      if (list == nullptr) continue;
      for (const Value& value : *list) {
        const auto* table = std::get_if<Table>(&value.data);
        if (table != nullptr) check_policy(*table, value.at, out);
      }
    }
    reader.finish();
  }
  for (const Diagnostic& one : out) {
    fuzz::require_clean({one.message, one.hint});
    require(!one.id.empty(), "every diagnostic has an id");
  }
}

}  // namespace
}  // namespace mtasts::config

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::config::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
