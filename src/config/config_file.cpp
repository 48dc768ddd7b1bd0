// SPDX-License-Identifier: MIT
#include "config/config_file.hpp"

#include <fmt/format.h>

#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "config/document.hpp"
#include "config/read_collect.hpp"
#include "config/read_operations.hpp"
#include "config/read_policy.hpp"
#include "config/read_publish.hpp"
#include "config/read_reports.hpp"
#include "config/read_verify.hpp"
#include "files/read.hpp"
#include "files/stamp.hpp"
#include "process/sandbox.hpp"

namespace mtasts::config {
namespace {

constexpr std::size_t k_max_includes = 20'000;

Result<files::FileContent> read_main_octets(const std::string& path) {
  if (path != "-") return files::read_with_facts(path, k_max_config_octets);
  Result<std::string> octets = files::read_standard_input(k_max_config_octets);
  if (!octets) return fail(octets.error());
  return files::FileContent{.octets = *std::move(octets)};
}

/// The whole document, or nothing after a diagnostic.
std::optional<Table> read_table(const std::string& path,
                                const Result<files::FileContent>& content,
                                const std::string& hint, Diagnostics& out) {
  const Place place{shown_path(path)};
  if (!content) {
    out.push_back(
        {Severity::error, "config.unreadable", place,
         fmt::format("can't be read: {}", content.error().message),
         process::is_shut_out(path) ? process::k_shut_out_hint : hint});
    return {};
  }
  if (content->octets.empty()) {
    // A file is empty for a moment while it is being written.
    out.push_back({Severity::error, "config.empty", place, "is empty",
                   "put [[policy]] with domains = [...] and mx = [...] there"});
    return {};
  }
  // Or it was replaced just now, and the next look finds the new one.
  if (content->is_nameless && files::is_nameless(path)) {
    out.push_back({Severity::warning, "config.replaced", place,
                   "was replaced by another file outside, and this is the old "
                   "one still",
                   "mount its folder and not the file; a restart shows the "
                   "new one"});
  }
  return parse_document(content->octets, place.file, out);
}

/// The last policies that were read: the customers of one provider have the
/// same one, and its octets are kept once. From any thread.
class RecentPolicies {
 public:
  publish::PublicationPtr add(publish::Publication entry) {
    const std::size_t slot =
        std::hash<std::string_view>{}(entry.id()) % recent_.size();
    const std::lock_guard lock(mutex_);
    if (!recent_[slot].empty()) entry.share_octets(recent_[slot]);
    recent_[slot] = entry.octets();
    return publish::PublicationPtr(new publish::Publication(std::move(entry)));
  }

 private:
  std::mutex mutex_;
  std::array<SharedList<char>, 256> recent_;
};

/// What is found in a file, as long as it is read.
struct Draft {
  std::vector<publish::PublicationPtr> policies;
  Diagnostics diagnostics;
  bool is_any_retiring = false;

  void finish(PolicyFile& file) const {
    file.policies = SharedList<publish::PublicationPtr>(policies);
    file.diagnostics = SharedList<Diagnostic>(diagnostics);
    file.is_any_retiring = is_any_retiring;
  }
};

void take_policies(TableReader& reader, const text::Path& path, Draft& out) {
  const Value* value = reader.find("policy");
  if (value == nullptr) return;
  const auto* tables = reader.find_as<Array>("policy");
  if (tables == nullptr) {
    reader.error("config.wrong-type", value->at,
                 fmt::format("policy is {}, not an array of tables",
                             describe_type(*value)),
                 "write [[policy]] with two brackets");
    return;
  }
  for (const Value& one : *tables) {
    if (is_full(out.diagnostics)) break;
    const auto* table = std::get_if<Table>(&one.data);
    if (table == nullptr) {
      reader.error("config.wrong-type", one.at,
                   fmt::format("policy has {} where a table is needed",
                               describe_type(one)),
                   "write [[policy]]");
    } else if (auto entry =
                   read_policy(*table, one.at, path, out.diagnostics)) {
      static RecentPolicies recent;
      out.is_any_retiring = out.is_any_retiring || entry->retire();
      out.policies.push_back(recent.add(*std::move(entry)));
    }
  }
}

void read_settings(TableReader& reader, const std::string& path, MainFile& out,
                   Diagnostics& found) {
  const Table* table = reader.find_table("server");
  out.settings = read_server(table == nullptr ? Table{} : *table, path, found);
  out.settings.startup.operations =
      find_operations(reader, path, found, Service::serve);
  out.tool.publish = find_publish(reader, path, found);
  out.tool.verify = read_verify(reader, path, found);
  out.reports = find_reports(reader, path, found);
  if (out.reports) {
    out.settings.startup.report_summary = out.reports->summary;
  }
  out.collect =
      find_collect(reader, path, out.reports ? out.reports->spool : "", found);
}

void read_policies(const files::FileToRead& file, Draft& draft) {
  const std::string path = file.path().text();
  const std::optional<Table> table =
      read_table(path, file.read(k_max_included_octets), {}, draft.diagnostics);
  if (!table) return;
  TableReader reader(*table, {}, path, draft.diagnostics);
  take_policies(reader, file.path(), draft);
  const auto* list = reader.find_as<Array>("policy");
  if (table->empty() || (list != nullptr && list->empty())) {
    // A file cut behind its opening comment must not unpublish its domains.
    reader.error("config.empty", {}, "has no [[policy]]",
                 "remove the file if it is not needed");
  }
  reader.finish();
}

void read_all(const std::string& path, MainFile& file, Draft& draft) {
  const std::string hint =
      path == "-" ? "" : "the path is given with -c or $MTA_STSD_CONFIG";
  const std::optional<Table> table =
      read_table(path, read_main_octets(path), hint, draft.diagnostics);
  if (!table) return;
  const std::string shown = shown_path(path);
  TableReader reader(*table, {}, shown, draft.diagnostics);
  read_settings(reader, shown, file, draft.diagnostics);
  take_policies(reader, shown, draft);
  if (auto includes = reader.find_strings("include", k_max_includes)) {
    file.includes = *std::move(includes);
  }
  reader.finish();
}

}  // namespace

std::string shown_path(const std::string& path) {
  return path == "-" ? "<standard input>" : path;
}

PolicyFilePtr read_included(const files::FileToRead& file) {
  Draft draft;
  read_policies(file, draft);
  auto policies = std::make_unique<PolicyFile>();
  draft.finish(*policies);
  return PolicyFilePtr(policies.release());
}

MainFilePtr read_main(const std::string& path) {
  Draft draft;
  auto file = std::make_unique<MainFile>();
  read_all(path, *file, draft);
  draft.finish(*file);
  return MainFilePtr(file.release());
}

}  // namespace mtasts::config
