// SPDX-License-Identifier: MIT
#include "server/reload.hpp"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "log.hpp"
#include "server/placeholder.hpp"
#include "server/records.hpp"

namespace mtasts::server {
namespace {

constexpr std::chrono::hours k_check_interval{24};
constexpr std::chrono::minutes k_retry_interval{1};
// A host of many domains may have one fault, or one event, many times.
constexpr std::size_t k_max_logged = 20;

/// Those of `domains` that `older` served and `newer` does not.
std::size_t count_removed(const Snapshot& older, const Snapshot& newer,
                          const std::vector<std::string>& domains) {
  std::size_t removed = 0;
  for (const std::string& domain : domains) {
    if (older.site.find_domain(domain) == nullptr ||
        newer.site.find_domain(domain) != nullptr) {
      continue;
    }
    if (++removed > k_max_logged) continue;
    log::warning("policy-removed", {{"domain", domain}});
  }
  return removed;
}

void log_diagnostics(const Diagnostics& diagnostics) {
  std::size_t logged = 0;
  for (const Diagnostic& one : diagnostics) {
    if (++logged > k_max_logged) {
      log::warning("more-findings",
                   {{"count", diagnostics.size() - k_max_logged},
                    {"hint", "mta-stsd check prints all"}});
      return;
    }
    log::write(one.severity == Severity::error ? log::Level::error
                                               : log::Level::warning,
               "finding",
               {{"id", one.id},
                {"place", format_place(one.place)},
                {"message", one.message},
                {"hint", one.hint}});
  }
}

/// What stands in the log for a difference that needs a restart.
std::string_view changed_key(const config::Startup& running,
                             const config::Startup& wanted) {
  if (wanted.listen != running.listen) return "server.listen";
  if (wanted.sandbox != running.sandbox) return "server.sandbox";
  return wanted.operations != running.operations ? "operations" : "server";
}

}  // namespace

void log_certificates(const std::vector<tls::CertificatePtr>& certificates) {
  std::size_t logged = 0;
  for (const tls::CertificatePtr& one : certificates) {
    if (++logged > k_max_logged) {
      log::info("more-certificates",
                {{"count", certificates.size() - k_max_logged}});
      return;
    }
    log::info("certificate",
              {{"names", fmt::format("{}", fmt::join(one->names(), ","))},
               {"days_left", tls::days_left(*one, wall_clock())},
               {"key", tls::format_key_kind(one->key_kind())},
               {"file", one->file()}});
  }
}

Reloader::Reloader(SnapshotLoader& loader, SnapshotHolder& holder,
                   ReloadStatus& status, const LoadedSnapshot& first,
                   Placeholders placeholders)
    : loader_(loader),
      holder_(holder),
      status_(status),
      placeholders_(placeholders),
      running_(holder.get()->startup),
      said_(running_),
      watch_([&loader](const Scope& scope, FileVisitor* also) {
        return loader.look(scope, also);
      }),
      next_check_(Watch::Clock::now() + k_check_interval) {
  log_news(first);
}

/// A finding that still stands is not said again. True if there was a new one.
bool Reloader::log_news(const LoadedSnapshot& loaded) {
  const auto hash = [](const Diagnostic& one) {
    return std::hash<std::string>{}(format_diagnostic(one));
  };
  std::unordered_set<std::size_t> still;
  Diagnostics news;
  for (const Diagnostic& one : loaded.diagnostics) {
    if (!still.insert(hash(one)).second) continue;
    if (!said_findings_.contains(hash(one))) news.push_back(one);
  }
  for (const Diagnostic& one : loaded.withdrawn) {
    said_findings_.erase(hash(one));
  }
  said_findings_.merge(still);
  log_diagnostics(news);
  return !news.empty();
}

void Reloader::request() {
  requested_ = true;
  loader_.recheck();
  watch_.want_load();
}

std::vector<std::string> Reloader::run() {
  if (Watch::Clock::now() >= next_check_) {
    next_check_ = Watch::Clock::now() + k_check_interval;
    loader_.recheck();
    watch_.want_load();
  }
  const std::optional<Scope> scope = watch_.find_settled();
  if (!scope) return {};
  LoadedSnapshot loaded = loader_.load(*scope, holder_.get().get());
  const bool is_unmoved = watch_.is_unmoved(*scope);
  // The next load will not say so again.
  if (loaded.has_new_inputs) watch_.look_everywhere();
  if (!is_unmoved) return {};
  if (loaded.snapshot) find_refusals(loaded);
  if (!loaded.snapshot) {
    reject(loaded);
    return {};
  }
  return apply(std::move(loaded));
}

/// What is good in itself but must not replace the snapshot that serves.
void Reloader::find_refusals(LoadedSnapshot& loaded) const {
  if (placeholders_ == Placeholders::allowed) return;
  Diagnostics refusals =
      find_placeholders(*loaded.snapshot, loaded.touched, Severity::error);
  if (refusals.empty()) return;
  loaded.snapshot.reset();
  append(loaded.diagnostics, std::move(refusals));
}

/// True if there was something new to say.
bool Reloader::say_restart_needed(const config::Startup& wanted) {
  if (wanted == said_) return false;
  said_ = wanted;
  if (wanted == running_) return false;  // taken back
  log::warning("restart-needed", {{"key", changed_key(running_, wanted)}});
  return true;
}

void Reloader::reject(const LoadedSnapshot& loaded) {
  // The cause may go away without a trace: a lack of descriptors, a server of
  // files that does not answer.
  next_check_ = Watch::Clock::now() + k_retry_interval;
  std::string text;
  std::size_t errors = 0;
  for (const Diagnostic& one : loaded.diagnostics) {
    if (one.severity != Severity::error) continue;
    text += format_diagnostic(one);
    ++errors;
  }
  status_.note_failed(loaded.diagnostics, text != last_failure_);
  if (text == last_failure_ && !std::exchange(requested_, false)) return;
  last_failure_ = std::move(text);
  requested_ = false;
  log_news(loaded);
  log::error("reload", {{"result", "failed"},
                        {"errors", errors},
                        {"serving", "the last good policies"}});
}

std::vector<std::string> Reloader::apply(LoadedSnapshot loaded) {
  const std::shared_ptr<const Snapshot> older = holder_.get();
  const std::shared_ptr<const Snapshot> newer = std::move(loaded.snapshot);
  holder_.replace(newer);
  loader_.accept();

  std::vector<std::string> changed =
      changed_domains(*older, *newer, loaded.touched);
  const std::size_t removed = count_removed(*older, *newer, loaded.touched);
  const bool restart = say_restart_needed(newer->startup);
  const bool findings = log_news(loaded);
  const bool news = restart || findings || !changed.empty() || removed != 0 ||
                    !loaded.new_certificates.empty() ||
                    !last_failure_.empty() || requested_;
  requested_ = false;
  last_failure_.clear();
  status_.note_applied(changed.size(), removed, news);
  if (!news) return changed;
  log_certificates(loaded.new_certificates);
  log::info("reload", {{"result", "applied"},
                       {"domains", newer->site.domain_count()},
                       {"changed", changed.size()},
                       {"removed", removed}});
  return changed;
}

}  // namespace mtasts::server
