// SPDX-License-Identifier: MIT
#include "config/load.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "config/read_policy.hpp"
#include "config/read_server.hpp"
#include "config/table_reader.hpp"

namespace mtasts::config {
namespace {

constexpr std::size_t k_max_config_octets = 64 * 1024 * 1024;

// toml++ and we recurse once for each part of a dotted key; a file of many
// thousand dots ends in a full stack. No key of ours needs a single one.
constexpr std::size_t k_max_bare_dots = 1000;

/// Counts the dots outside of strings and comments.
std::size_t count_bare_dots(std::string_view toml) {
  std::size_t dots = 0;
  while (!toml.empty()) {
    const char c = toml.front();
    std::size_t skip = 1;
    if (c == '#') {
      skip = toml.find('\n');
    } else if (c == '"' || c == '\'') {
      const std::string_view three = c == '"' ? "\"\"\"" : "\'\'\'";
      const std::string_view end =
          toml.starts_with(three) ? three : three.substr(0, 1);
      skip = end.size();
      while (skip < toml.size() && !toml.substr(skip).starts_with(end)) {
        skip += c == '"' && toml[skip] == '\\' ? 2 : 1;
      }
      skip += end.size();
    } else if (c == '.') {
      ++dots;
    }
    toml.remove_prefix(std::min(skip, toml.size()));
  }
  return dots;
}

// --- From the library's tree to ours ---

Position position_of(const toml::source_region& region) {
  return {static_cast<std::uint32_t>(region.begin.line),
          static_cast<std::uint32_t>(region.begin.column)};
}

Table convert(const toml::table& table);

Value convert(const toml::node& node) {
  Value value{position_of(node.source()), Other{"a value"}};
  if (const auto* text = node.as_string()) {
    value.data = text->get();
  } else if (const auto* number = node.as_integer()) {
    value.data = number->get();
  } else if (const auto* truth = node.as_boolean()) {
    value.data = truth->get();
  } else if (const auto* list = node.as_array()) {
    Array array;
    array.reserve(list->size());
    for (const toml::node& element : *list) array.push_back(convert(element));
    value.data = std::move(array);
  } else if (const auto* table = node.as_table()) {
    value.data = convert(*table);
  } else {
    value.data =
        Other{node.is_floating_point() ? "a floating-point number" : "a date"};
  }
  return value;
}

Table convert(const toml::table& table) {
  Table members;
  members.reserve(table.size());
  for (const auto& [key, node] : table) {
    members.push_back(
        {std::string(key.str()), position_of(key.source()), convert(node)});
  }
  return members;
}

/// toml++ starts with "Error while "; the rest is the sentence.
std::string describe(const toml::parse_error& error) {
  std::string_view text = error.description();
  constexpr std::string_view k_start = "Error while ";
  if (text.starts_with(k_start)) text.remove_prefix(k_start.size());
  std::string shown = "is no valid TOML: ";
  for (const char c : text) {
    shown += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  }
  return shown;
}

// --- Files ---

class Loader {
 public:
  Loaded run(const std::string& path);

 private:
  std::optional<Table> read_table(const std::string& path,
                                  const std::string& named_by);
  void load_main(const std::string& path);
  void load_included(const std::string& path, const std::string& named_by);
  void load_includes(TableReader& reader, const std::string& path);
  void take_policies(TableReader& reader, const std::string& path);
  void add_policy(PolicyEntry entry);
  void report(Severity severity, std::string id, Place place,
              std::string message, std::string hint = {});

  Loaded loaded_;
  Config config_;
  std::map<std::string, Place, std::less<>> domains_;
};

void Loader::report(Severity severity, std::string id, Place place,
                    std::string message, std::string hint) {
  loaded_.diagnostics.push_back({severity, std::move(id), std::move(place),
                                 std::move(message), std::move(hint)});
}

/// The whole document, or nothing after a diagnostic. `named_by` says who
/// wants the file, for the hint.
std::optional<Table> Loader::read_table(const std::string& path,
                                        const std::string& named_by) {
  const bool is_stdin = path == "-";
  const std::string shown = is_stdin ? "<standard input>" : path;
  if (!is_stdin) loaded_.inputs.files.push_back(path);
  const Result<std::string> content =
      is_stdin ? read_standard_input(k_max_config_octets)
               : read_file(path, k_max_config_octets);
  if (!content) {
    report(Severity::error, "config.unreadable", {shown},
           fmt::format("can't be read: {}", content.error().message), named_by);
    return std::nullopt;
  }
  if (content->empty()) {
    // A file is empty for a moment while it is being written.
    report(Severity::error, "config.empty", {shown}, "is empty");
    return std::nullopt;
  }
  if (count_bare_dots(*content) > k_max_bare_dots) {
    report(Severity::error, "config.too-deep", {shown},
           fmt::format("has more than {} dots outside of strings",
                       k_max_bare_dots),
           "no key needs a dot; is a quotation mark missing?");
    return std::nullopt;
  }
  try {
    return convert(toml::parse(std::string_view(*content)));
  } catch (const toml::parse_error& error) {
    const Position at = position_of(error.source());
    report(Severity::error, "config.syntax", {shown, at.line, at.column},
           describe(error));
    return std::nullopt;
  }
}

void Loader::add_policy(PolicyEntry entry) {
  for (const dns::Name& domain : entry.domains) {
    const auto [known, added] =
        domains_.try_emplace(domain.text(), entry.place);
    if (added) continue;
    report(Severity::error, "config.duplicate-domain", entry.place,
           fmt::format("domain {} has a policy already, at {}",
                       in_quotes(domain.text()), format_place(known->second)),
           "a domain has one policy; remove it from one of them");
  }
  config_.live.policies.push_back(std::move(entry));
}

void Loader::take_policies(TableReader& reader, const std::string& path) {
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
    if (const auto* table = std::get_if<Table>(&one.data)) {
      std::optional<PolicyEntry> entry =
          read_policy(*table, one.at, path, loaded_.diagnostics);
      if (entry) add_policy(*std::move(entry));
    } else {
      reader.error("config.wrong-type", one.at,
                   fmt::format("policy has {} where a table is needed",
                               describe_type(one)),
                   "write [[policy]]");
    }
  }
}

void Loader::load_included(const std::string& path,
                           const std::string& named_by) {
  const std::optional<Table> table = read_table(path, named_by);
  if (!table) return;
  TableReader reader(*table, {}, path, loaded_.diagnostics);
  take_policies(reader, path);
  const Value* policies = reader.find("policy");
  const auto* list =
      policies == nullptr ? nullptr : std::get_if<Array>(&policies->data);
  if (table->empty() || (list != nullptr && list->empty())) {
    // A file cut behind its opening comment must not unpublish its domains.
    report(Severity::error, "config.empty", {path}, "has no [[policy]]",
           "remove the file if it is not needed");
  }
  reader.finish();
}

void Loader::load_includes(TableReader& reader, const std::string& path) {
  const auto patterns = reader.find_strings("include");
  if (!patterns) return;
  std::unordered_set<std::string> seen = {resolve_beside({}, path)};
  for (const Located<std::string>& text : *patterns) {
    const std::string place =
        format_place({path, text.at.line, text.at.column});
    std::vector<std::string> files = {resolve_beside(path, text.value)};
    if (has_glob(text.value)) {
      const std::string pattern = resolve_beside(escape_glob(path), text.value);
      loaded_.inputs.globs.push_back(pattern);
      files = expand_glob(pattern);
    }
    if (files.empty() || text.value.empty()) {
      // An unmounted or emptied folder looks just like this.
      reader.error(
          "config.include-no-match", text.at,
          fmt::format("include {} matches no file", in_quotes(text.value)),
          "add a file, or remove the pattern");
      continue;
    }
    for (const std::string& file : files) {
      if (!seen.insert(file).second) {
        reader.error("config.include-twice", text.at,
                     fmt::format("include {} names {} once more",
                                 in_quotes(text.value), in_quotes(file)));
        continue;
      }
      load_included(file, "it is included at " + place);
    }
  }
}

void Loader::load_main(const std::string& path) {
  const std::optional<Table> table =
      read_table(path, path == "-" ? std::string{}
                                   : "the path is given with -c or "
                                     "$MTA_STSD_CONFIG");
  if (!table) return;
  const std::string shown = path == "-" ? "<standard input>" : path;
  TableReader reader(*table, {}, shown, loaded_.diagnostics);
  const Value* server = reader.find("server");
  const Table* server_table =
      server == nullptr ? nullptr : std::get_if<Table>(&server->data);
  if (server != nullptr && server_table == nullptr) {
    reader.error(
        "config.wrong-type", server->at,
        fmt::format("server is {}, not a table", describe_type(*server)),
        "write [server] with one bracket");
  }
  ServerTable settings =
      read_server(server_table == nullptr ? Table{} : *server_table, shown,
                  loaded_.diagnostics);
  config_.startup = std::move(settings.startup);
  loaded_.certificates = settings.certificates;
  config_.live.certificates = std::move(settings.certificates);
  take_policies(reader, shown);
  load_includes(reader, path == "-" ? std::string{} : path);
  reader.finish();
  if (config_.live.policies.empty() && !has_errors(loaded_.diagnostics)) {
    report(Severity::error, "config.no-policy", {shown},
           "there is no [[policy]] in it",
           "[[policy]] with domains = [...] and mx = [...]");
  }
}

Loaded Loader::run(const std::string& path) {
  load_main(path);
  std::stable_sort(
      loaded_.diagnostics.begin(), loaded_.diagnostics.end(),
      [](const Diagnostic& a, const Diagnostic& b) {
        return std::tie(a.place.file, a.place.line, a.place.column, a.id) <
               std::tie(b.place.file, b.place.line, b.place.column, b.id);
      });
  if (!has_errors(loaded_.diagnostics)) loaded_.config = std::move(config_);
  return std::move(loaded_);
}

}  // namespace

Loaded load_config(const std::string& path) { return Loader().run(path); }

}  // namespace mtasts::config
