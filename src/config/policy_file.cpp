// SPDX-License-Identifier: MIT
#include "config/policy_file.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "config/document.hpp"
#include "config/read_operations.hpp"
#include "config/read_policy.hpp"
#include "files/read.hpp"
#include "files/stamp.hpp"
#include "process/sandbox.hpp"

namespace mtasts::config {
namespace {

constexpr std::size_t k_max_includes = 20'000;

/// The whole document, or nothing after a diagnostic.
std::optional<Table> read_table(const std::string& path, std::size_t max_octets,
                                const std::string& hint, Diagnostics& out) {
  const std::string shown = shown_path(path);
  const Result<std::string> content =
      path == "-" ? files::read_standard_input(max_octets)
                  : files::read_file(path, max_octets);
  if (!content) {
    out.push_back(
        {Severity::error, "config.unreadable", Place{shown},
         fmt::format("can't be read: {}", content.error().message),
         process::is_shut_out(path) ? process::k_shut_out_hint : hint});
    return std::nullopt;
  }
  if (content->empty()) {
    // A file is empty for a moment while it is being written.
    out.push_back({Severity::error, "config.empty", Place{shown}, "is empty",
                   "put [[policy]] with domains = [...] and mx = [...] there"});
    return std::nullopt;
  }
  if (files::is_nameless(path)) {
    out.push_back({Severity::warning, "config.replaced", Place{shown},
                   "was replaced by another file outside, and this is the old "
                   "one still",
                   "mount its folder and not the file; a restart shows the "
                   "new one"});
  }
  return parse_document(*content, shown, out);
}

void take_policies(TableReader& reader, const std::string& path,
                   PolicyFile& out) {
  const Value* value = reader.find("policy");
  if (value == nullptr) return;
  const auto* tables = std::get_if<Array>(&value->data);
  if (tables == nullptr) {
    reader.error("config.wrong-type", value->at,
                 fmt::format("policy is {}, not an array of tables",
                             describe_type(*value)),
                 "write [[policy]] with two brackets");
    return;
  }
  for (const Value& one : *tables) {
    if (is_full(out.diagnostics)) break;
    if (const auto* table = std::get_if<Table>(&one.data)) {
      std::optional<publish::Publication> entry =
          read_policy(*table, one.at, path, out.diagnostics);
      if (!entry) continue;
      out.policies.push_back(
          std::make_shared<const publish::Publication>(*std::move(entry)));
    } else {
      reader.error("config.wrong-type", one.at,
                   fmt::format("policy has {} where a table is needed",
                               describe_type(one)),
                   "write [[policy]]");
    }
  }
  out.policies.shrink_to_fit();
}

void read_settings(TableReader& reader, const std::string& path,
                   MainFile& out) {
  const Value* server = reader.find("server");
  const Table* table =
      server == nullptr ? nullptr : std::get_if<Table>(&server->data);
  if (server != nullptr && table == nullptr) {
    reader.error(
        "config.wrong-type", server->at,
        fmt::format("server is {}, not a table", describe_type(*server)),
        "write [server] with one bracket");
  }
  out.settings =
      read_server(table == nullptr ? Table{} : *table, path, out.diagnostics);
  out.settings.startup.operations =
      find_operations(reader, path, out.diagnostics);
}

}  // namespace

std::string shown_path(const std::string& path) {
  return path == "-" ? "<standard input>" : path;
}

std::shared_ptr<const PolicyFile> read_included(const std::string& path) {
  auto file = std::make_shared<PolicyFile>();
  const std::optional<Table> table =
      read_table(path, k_max_included_octets, {}, file->diagnostics);
  if (!table) return file;
  TableReader reader(*table, {}, path, file->diagnostics);
  take_policies(reader, path, *file);
  const Value* policies = reader.find("policy");
  const auto* list =
      policies == nullptr ? nullptr : std::get_if<Array>(&policies->data);
  if (table->empty() || (list != nullptr && list->empty())) {
    // A file cut behind its opening comment must not unpublish its domains.
    reader.error("config.empty", {}, "has no [[policy]]",
                 "remove the file if it is not needed");
  }
  reader.finish();
  file->diagnostics.shrink_to_fit();
  return file;
}

std::shared_ptr<const MainFile> read_main(const std::string& path) {
  auto file = std::make_shared<MainFile>();
  const std::string hint =
      path == "-" ? "" : "the path is given with -c or $MTA_STSD_CONFIG";
  const std::optional<Table> table =
      read_table(path, k_max_config_octets, hint, file->diagnostics);
  if (!table) return file;
  const std::string shown = shown_path(path);
  TableReader reader(*table, {}, shown, file->diagnostics);
  read_settings(reader, shown, *file);
  take_policies(reader, shown, *file);
  if (auto includes = reader.find_strings("include", k_max_includes)) {
    file->includes = *std::move(includes);
  }
  reader.finish();
  return file;
}

}  // namespace mtasts::config
