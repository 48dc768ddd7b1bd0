// SPDX-License-Identifier: MIT
#include "config/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "config/read_collect.hpp"
#include "config/report_lint.hpp"
#include "config/report_tokens.hpp"
#include "process/all_cores.hpp"
#include "process/sandbox.hpp"

namespace mtasts::config {
namespace {

/// The files and patterns as seen from the main file; with standard input, from
/// the current folder.
files::Inputs make_inputs(const std::string& main,
                          const std::vector<Located<std::string>>& includes) {
  const std::string beside = main == "-" ? std::string{} : main;
  files::Inputs inputs;
  for (const Located<std::string>& one : includes) {
    if (one.value.empty()) continue;
    if (files::has_glob(one.value)) {
      inputs.globs.push_back(
          files::resolve_beside(files::escape_glob(beside), one.value));
    } else {
      inputs.files.push_back(files::resolve_beside(beside, one.value));
    }
  }
  return inputs;
}

/// Which of the includes name a file. There may be many of both.
class Includers {
 public:
  Includers(const std::string& main,
            const std::vector<Located<std::string>>& includes) {
    for (std::size_t i = 0; i < includes.size(); ++i) {
      const files::Inputs inputs = make_inputs(main, {includes[i]});
      for (const std::string& file : inputs.files) files_.emplace(file, i);
      if (!inputs.globs.empty()) globs_.emplace_back(inputs, i);
    }
  }

  /// Their places in the array, in order.
  std::vector<std::size_t> find(const std::string& path) const {
    std::vector<std::size_t> all;
    const auto [first, last] = files_.equal_range(path);
    for (auto one = first; one != last; ++one) all.push_back(one->second);
    for (const auto& [inputs, i] : globs_) {
      if (files::is_listed(inputs, path)) all.push_back(i);
    }
    std::sort(all.begin(), all.end());
    return all;
  }

 private:
  std::multimap<std::string, std::size_t> files_;
  std::vector<std::pair<files::Inputs, std::size_t>> globs_;
};

/// Whether there is a file at all, taken over or not: one that nobody has read
/// is still being written.
bool has_regular_file(files::Inputs inputs) {
  files::FileGroup<PolicyFile> unread;
  unread.set_inputs(std::move(inputs));
  return std::ranges::any_of(unread.look({}), [](const files::FileChange& one) {
    return one.stamp.is_regular();
  });
}

/// True if the sandbox hides the folder that a pattern begins with: /a/b of
/// /a/b/*.toml. Its matches are not even seen.
bool has_shut_out_folder(const files::Inputs& inputs) {
  return std::any_of(
      inputs.globs.begin(), inputs.globs.end(), [](const std::string& glob) {
        const std::size_t slash = glob.rfind('/', glob.find_first_of("*?["));
        return slash != std::string::npos &&
               process::is_shut_out(glob.substr(0, slash));
      });
}

}  // namespace

Loader::Loader(std::string path, Service service)
    : path_(std::move(path)), service_(service) {
  if (path_ != "-") main_.set_inputs({.files = {path_}, .globs = {}});
}

/// True if it has changed.
bool Loader::update_main(const files::Scope& scope) {
  const MainFilePtr before = settings_;
  if (path_ == "-") {
    settings_ = read_main(path_);
  } else {
    const auto read = [](const files::FileToRead& file) {
      return read_main(file.path().text());
    };
    for (const auto& change : main_.update(scope, read)) {
      settings_ = change.after;
    }
  }
  if (settings_ == before) return false;
  // While it can't be understood, it includes what it did before: those files
  // are not read anew when it is mended.
  if (!files::is_of_rested(scope) || !has_errors(settings_->diagnostics)) {
    included_.set_inputs(make_inputs(path_, settings_->includes));
  }
  return true;
}

Loader::IncludedChanges Loader::update_included(const files::Scope& scope) {
  const text::Path main = files::resolve_beside({}, path_);
  const auto read = [&main](const files::FileToRead& file) {
    // That it names itself is a fault of the pattern, not of the file.
    return file.path() == main ? PolicyFilePtr(new PolicyFile())
                               : read_included(file);
  };
  // While others are served they have the cores.
  return included_.size() == 0
             ? included_.update(scope, read, process::share_on_all_cores)
             : included_.update(scope, read);
}

/// The file that was named first: another one needs a restart, as all of
/// [collect] does.
void Loader::update_tokens(const files::Scope& scope, Loaded& loaded) {
  if (service_ != Service::collect) return;
  const std::optional<Collect>& collect = settings_->collect;
  if (!collect && !has_errors(settings_->diagnostics)) {
    loaded.diagnostics.push_back(
        {Severity::error, "collect.missing", Place{shown_path(path_)},
         "there is no [collect] in it",
         "[collect] with host = \"tls-reports.example.com\" and tokens = "
         "\"/etc/mta-stsd/report-tokens\""});
  }
  if (collect && tokens_.inputs().files.empty()) {
    tokens_.set_inputs({.files = {collect->tokens}, .globs = {}});
  }
  tokens_.update(scope, [](const files::FileToRead& one) {
    auto file = std::make_shared<TokenFile>();
    file->tokens = std::make_shared<const ReportTokens>(
        ReportTokens::load(one.path().text(), file->diagnostics));
    return std::shared_ptr<const TokenFile>(std::move(file));
  });
  tokens_.for_each([&](const text::Path&, const TokenFile& file) {
    append(loaded.diagnostics, file.diagnostics);
  });
}

/// With who includes what can't be read: that may change while the file stays
/// as it is.
void Loader::report_files(Diagnostics& out) const {
  append(out, {settings_->diagnostics.begin(), settings_->diagnostics.end()});
  std::optional<Includers> includers;
  included_.for_each([&](const text::Path& path, const PolicyFile& file) {
    if (file.diagnostics.empty()) return;
    append(out, {file.diagnostics.begin(), file.diagnostics.end()});
    Diagnostic& last = out.back();
    if (last.id != "config.unreadable" || !last.hint.empty()) return;
    if (!includers) includers.emplace(path_, settings_->includes);
    const std::vector<std::size_t> by = includers->find(path.text());
    if (by.empty()) return;
    const Position at = settings_->includes[by.front()].at;
    last.hint = "it is included at " +
                format_place({shown_path(path_), at.line, at.column});
  });
}

/// Patterns without a match, and files that are named twice.
void Loader::check_includes() {
  include_faults_.clear();
  const auto report = [this](const Located<std::string>& by, std::string id,
                             std::string_view says, std::string hint) {
    include_faults_.push_back(
        {Severity::error, std::move(id),
         Place{shown_path(path_), by.at.line, by.at.column},
         fmt::format("include {} {}", in_quotes(by.value), says),
         std::move(hint)});
  };
  const std::vector<Located<std::string>>& includes = settings_->includes;
  const Includers includers(path_, includes);
  const text::Path main = files::resolve_beside({}, path_);
  std::vector<bool> matches(includes.size());
  included_.for_each([&](const text::Path& whole, const PolicyFile&) {
    bool is_seen = whole == main;
    const std::string path = whole.text();
    for (const std::size_t i : includers.find(path)) {
      matches[i] = true;
      if (!std::exchange(is_seen, true)) continue;
      report(includes[i], "config.include-twice",
             fmt::format("names {} once more", in_quotes(path)), {});
    }
  });
  for (std::size_t i = 0; i < includes.size(); ++i) {
    if (matches[i]) continue;
    const files::Inputs inputs = make_inputs(path_, {includes[i]});
    if (has_regular_file(inputs)) {
      report(includes[i], "config.include-restless",
             "matches no file that has come to rest",
             "it is taken over when nobody writes to it any more");
    } else {
      // An unmounted or emptied folder looks just like this.
      report(includes[i], "config.include-no-match", "matches no file",
             has_shut_out_folder(inputs) ? process::k_shut_out_hint
                                         : "add a file, or remove the pattern");
    }
  }
}

void Loader::index(const Changes& changes, Loaded& loaded) {
  std::map<std::string_view, std::optional<publish::PublicationPtr>> names;
  for (const auto& change : changes) {
    if (!change.before) continue;
    for (const publish::PublicationPtr& entry : change.before->policies) {
      for (const std::string_view domain : entry->domains()) {
        names[domain] = std::nullopt;
      }
    }
  }
  for (const auto& change : changes) {
    if (!change.after) continue;
    for (const publish::PublicationPtr& entry : change.after->policies) {
      for (const std::string_view domain : entry->domains()) {
        const std::size_t before = names.size();
        const auto known = names.try_emplace(names.end(), domain);
        const bool added = names.size() != before;
        has_clash_ = has_clash_ || known->second ||
                     (added && by_domain_.find(domain) != nullptr);
        if (added) {
          known->second = entry;
          continue;
        }
        // The name that it has is a part of what goes.
        names.emplace_hint(names.erase(known), domain, entry);
      }
    }
  }
  for (const auto& one : names) loaded.touched.emplace_back(one.first);
  by_domain_ = by_domain_.with({std::make_move_iterator(names.begin()),
                                std::make_move_iterator(names.end())});
}

/// From the beginning: after a clash nobody knows which policy was first.
void Loader::index_all(Loaded& loaded) {
  has_clash_ = false;
  std::map<std::string_view, publish::PublicationPtr> names;
  for (const publish::PublicationPtr& entry : make_config().live.policies) {
    for (const std::string_view domain : entry->domains()) {
      const auto [known, added] = names.try_emplace(domain, entry);
      loaded.touched.emplace_back(domain);
      if (added) continue;
      has_clash_ = true;
      loaded.diagnostics.push_back(
          {Severity::error, "config.duplicate-domain", entry->place(),
           fmt::format("domain {} has a policy already, at {}",
                       in_quotes(domain), format_place(known->second->place())),
           "a domain has one policy; remove it from one of them"});
    }
  }
  by_domain_ = dns::NameMap<publish::PublicationPtr>().with(
      {names.begin(), names.end()});
}

Config Loader::make_config() const {
  Config config{.startup = settings_->settings.startup,
                .live = {},
                .tool = settings_->tool,
                .reports = settings_->reports,
                .collect = settings_->collect};
  if (service_ == Service::collect) {
    config.startup = make_collector(config.startup, *config.collect);
    tokens_.for_each([&](const text::Path&, const TokenFile& file) {
      config.live.tokens = file.tokens;
    });
  }
  config.live.certificates = settings_->settings.certificates;
  config.live.guard = settings_->settings.guard;
  config.live.policies.reserve(settings_->policies.size() + included_.size());
  const auto add = [&live = config.live](const PolicyFile& file) {
    live.policies.insert(live.policies.end(), file.policies.begin(),
                         file.policies.end());
    if (!file.is_any_retiring) return;
    std::ranges::copy_if(file.policies, std::back_inserter(live.retiring),
                         [](const publish::PublicationPtr& one) {
                           return one->retire().has_value();
                         });
  };
  add(*settings_);
  included_.for_each(
      [&add](const text::Path&, const PolicyFile& file) { add(file); });
  return config;
}

Loaded Loader::load(const files::Scope& scope) {
  Loaded loaded;
  const files::Inputs old_inputs = included_.inputs();
  Changes changes;
  const MainFilePtr old_main = settings_;
  const bool is_new_main = update_main(scope);
  if (is_new_main) changes.push_back({old_main.get(), settings_.get()});
  bool is_new_list = is_new_main;
  const bool is_too_narrow =
      is_new_main && std::holds_alternative<files::Paths>(scope);
  const files::Scope everywhere;
  const IncludedChanges included =
      update_included(is_too_narrow ? everywhere : scope);
  for (const auto& [before, after] : included) {
    is_new_list = is_new_list || !before || !after;
    changes.push_back({before.get(), after.get()});
  }
  if (is_new_list) check_includes();
  report_files(loaded.diagnostics);
  append(loaded.diagnostics, include_faults_);
  update_tokens(scope, loaded);

  if (!has_clash_) index(changes, loaded);
  if (has_clash_) index_all(loaded);
  loaded.has_new_inputs = included_.inputs() != old_inputs;
  loaded.certificates = settings_->settings.certificates;
  loaded.is_main_good = !has_errors(settings_->diagnostics);
  if (by_domain_.size() == 0 && !has_errors(loaded.diagnostics)) {
    loaded.diagnostics.push_back(
        {Severity::error, "config.no-policy", Place{shown_path(path_)},
         "there is no [[policy]] in it",
         "[[policy]] with domains = [...] and mx = [...]"});
  }
  if (!has_errors(loaded.diagnostics)) {
    loaded.config = make_config();
    loaded.config->live.by_domain = by_domain_;
    append(loaded.diagnostics,
           lint_report_uris(*loaded.config, shown_path(path_)));
  }
  sort_diagnostics(loaded.diagnostics);
  return loaded;
}

void Loader::list(files::FileVisitor& visitor) const {
  main_.list(visitor);
  included_.list(visitor);
  tokens_.list(visitor);
}

files::FileChanges Loader::look(const files::Scope& scope) const {
  files::FileChanges changes = main_.look(scope);
  merge(changes, included_.look(scope));
  merge(changes, tokens_.look(scope));
  return changes;
}

Loaded load_config(const std::string& path, files::FileVisitor* also) {
  return Loader(path).load(files::Everywhere{also});
}

}  // namespace mtasts::config
