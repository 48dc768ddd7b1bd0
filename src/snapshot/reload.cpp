// SPDX-License-Identifier: MIT
#include "snapshot/reload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "log.hpp"
#include "process/memory.hpp"
#include "publish/records.hpp"
#include "text/time.hpp"

namespace mtasts::snapshot {
namespace {

constexpr std::chrono::hours k_check_interval{24};
constexpr std::chrono::minutes k_retry_interval{1};
// Each reader takes the new snapshot in its next turn, and then lets go.
constexpr std::chrono::milliseconds k_free_again{2000};
// A host of many domains may have one fault, or one event, many times.
constexpr std::size_t k_max_logged = 20;
// What fewer domains leave free is not worth a look at all that there is.
constexpr std::size_t k_worth_trimming = 1000;

/// Those of `domains` that `older` served and `newer` does not.
std::size_t count_removed(const Snapshot& older, const Snapshot& newer,
                          const std::vector<std::string>& domains) {
  std::size_t removed = 0;
  for (const std::string& domain : domains) {
    if (older.live.find_domain(domain) == nullptr ||
        newer.live.find_domain(domain) != nullptr) {
      continue;
    }
    if (++removed > k_max_logged) continue;
    log::warning("policy-removed", {{"domain", domain}});
  }
  return removed;
}

/// Has the first of `all` logged; returns how many there are more.
template <class One, class Log>
std::size_t log_first(const std::vector<One>& all, Log log) {
  const std::size_t count = std::min(all.size(), k_max_logged);
  for (std::size_t i = 0; i < count; ++i) log(all[i]);
  return all.size() - count;
}

void log_diagnostics(const Diagnostics& diagnostics) {
  const std::size_t more = log_first(diagnostics, [](const Diagnostic& one) {
    log::write(one.severity == Severity::error  ? log::Level::error
               : one.severity == Severity::note ? log::Level::info
                                                : log::Level::warning,
               "finding",
               {{"id", one.id},
                {"place", format_place(one.place)},
                {"message", one.message},
                {"hint", one.hint}});
  });
  if (more == 0) return;
  log::warning("more-findings",
               {{"count", more}, {"hint", "mta-stsd check prints all"}});
}

/// What stands in the log for a difference that needs a restart.
std::string_view changed_key(const config::Startup& running,
                             const config::Startup& wanted) {
  if (wanted.collect != running.collect) return "collect";
  if (wanted.listen != running.listen) return "server.listen";
  if (wanted.sandbox != running.sandbox) return "server.sandbox";
  if (wanted.user != running.user) return "server.user";
  if (wanted.history != running.history) return "server.history";
  if (wanted.report_summary != running.report_summary) return "reports.summary";
  return wanted.operations != running.operations ? "operations" : "server";
}

}  // namespace

void log_certificates(const std::vector<tls::CertificatePtr>& certificates,
                      std::chrono::sys_seconds now) {
  const std::size_t more =
      log_first(certificates, [now](const tls::CertificatePtr& one) {
        log::info("certificate",
                  {{"names", fmt::format("{}", fmt::join(one->names(), ","))},
                   {"days_left", tls::days_left(*one, now)},
                   {"key", tls::format_key_kind(one->key_kind())},
                   {"file", one->file()}});
      });
  if (more != 0) log::info("more-certificates", {{"count", more}});
}

Reloader::Reloader(SnapshotLoader& loader, SnapshotHolder& holder,
                   ReloadStatus& status, History& history,
                   const LoadedSnapshot& first, Allowances allowed,
                   files::Clock clock)
    : loader_(loader),
      holder_(holder),
      status_(status),
      history_(history),
      // The listeners that run stay, whatever the file says now.
      allowed_{.examples = allowed.examples, .plain_http = true},
      running_(holder.get()->startup),
      said_(running_),
      clock_(std::move(clock)),
      watch_(std::bind_front(&SnapshotLoader::find_changes, &loader), clock_),
      next_check_(clock_().steady + k_check_interval) {
  log_news(first);
}

/// A finding that still stands is not said again. True if there was a new one.
bool Reloader::log_news(const LoadedSnapshot& loaded) {
  std::unordered_set<std::size_t> still;
  Diagnostics news;
  for (const Diagnostic& one : loaded.diagnostics) {
    // Without the hint, which may hang on what else there is.
    const std::size_t hash = std::hash<std::string>{}(
        fmt::format("{} {} {} {}", static_cast<int>(one.severity), one.id,
                    format_place(one.place), one.message));
    if (still.insert(hash).second && !said_findings_.contains(hash)) {
      news.push_back(one);
    }
  }
  // What was said of policies that wait is neither repeated nor taken back.
  if (loaded.policies_wait) still.merge(said_findings_);
  said_findings_ = std::move(still);
  log_diagnostics(news);
  return !news.empty();
}

void Reloader::request() {
  requested_ = true;
  want_load();
}

void Reloader::want_load() {
  loader_.recheck();
  watch_.want_load();
}

std::chrono::milliseconds Reloader::wait_time() const {
  const std::chrono::milliseconds wait = watch_.wait_time();
  return replaced_.empty() ? wait : std::min(wait, k_free_again);
}

/// Frees what nobody reads any more.
void Reloader::free_replaced() {
  std::erase_if(replaced_, [](auto& one) { return one.use_count() == 1; });
  if (!replaced_.empty() || renewed_ < k_worth_trimming) return;
  process::trim_memory();
  renewed_ = 0;
}

std::vector<std::string> Reloader::run() {
  free_replaced();
  const std::chrono::steady_clock::time_point now = clock_().steady;
  history_.retry();
  if (now >= next_check_ || (next_retry_ && now >= *next_retry_)) {
    if (now >= next_check_) next_check_ = now + k_check_interval;
    next_retry_.reset();
    want_load();
  }
  const std::optional<files::Scope> scope = watch_.find_settled();
  say_what_waits();
  if (!scope) return {};
  const bool has_new_inputs = loader_.read(*scope);
  if (has_new_inputs) watch_.look_everywhere();
  if (!watch_.is_unmoved(*scope) || has_new_inputs) {
    watch_.want_load();
    return {};
  }
  return conclude(
      loader_.judge(holder_.get().get(), clock_().wall, allowed_, &history_));
}

/// Each file once, until it has come to rest.
void Reloader::say_what_waits() {
  const std::vector<files::PendingChange> pending = watch_.overdue();
  if (pending.empty() && said_pending_.empty()) return;
  status_.note_pending(pending);
  std::set<std::string> still;
  std::size_t logged = 0;
  for (const files::PendingChange& one : pending) {
    still.insert(one.file);
    if (said_pending_.contains(one.file) || ++logged > k_max_logged) continue;
    log::warning("change-pending",
                 {{"file", one.file},
                  {"since", text::format_time(one.since)},
                  {"hint", "it is taken over when nobody writes to it"}});
  }
  if (logged > k_max_logged) {
    log::warning("more-changes-pending", {{"count", logged - k_max_logged}});
  }
  said_pending_ = std::move(still);
}

/// True if there was something new to say.
bool Reloader::say_restart_needed(const config::Startup& wanted) {
  if (wanted == said_) return false;
  said_ = wanted;
  if (wanted == running_) return false;  // taken back
  log::warning("restart-needed", {{"key", changed_key(running_, wanted)}});
  return true;
}

void Reloader::say_applied(const Snapshot& newer, const LoadedSnapshot& loaded,
                           std::chrono::sys_seconds now, std::size_t changed,
                           std::size_t removed, bool is_news) {
  status_.note_applied(now, changed, removed, is_news, loaded.is_whole());
  if (!is_news) return;
  log_certificates(loaded.new_certificates, now);
  if (said_pending_.empty()) {
    log::info("reload", {{"result", "applied"},
                         {"domains", newer.live.by_domain.size()},
                         {"changed", changed},
                         {"removed", removed}});
  } else {
    log::info("reload", {{"result", "applied"},
                         {"domains", newer.live.by_domain.size()},
                         {"changed", changed},
                         {"removed", removed},
                         {"pending", said_pending_.size()}});
  }
}

/// Once, and at each request.
void Reloader::say_failed(const LoadedSnapshot& loaded, files::Moment now,
                          bool is_requested) {
  // The cause may go away without a trace: a lack of descriptors, a server of
  // files that does not answer.
  next_retry_ = now.steady + k_retry_interval;
  std::string text;
  std::size_t errors = 0;
  for (const Diagnostic& one : loaded.diagnostics) {
    if (one.severity != Severity::error) continue;
    text += format_diagnostic(one);
    ++errors;
  }
  const bool is_news = text != last_failure_;
  status_.note_failed(now.wall, loaded.diagnostics, is_news);
  last_failure_ = std::move(text);
  if (!is_news && !is_requested) return;
  std::string_view kept = "the last good policies";
  if (loaded.certificates_refused) {
    kept = loaded.policies_refused ? "the last good policies and certificates"
                                   : "the last good certificates";
  }
  log::error("reload",
             {{"result", "failed"}, {"errors", errors}, {"serving", kept}});
}

std::vector<std::string> Reloader::conclude(LoadedSnapshot loaded) {
  const files::Moment now = clock_();
  const std::shared_ptr<const Snapshot> older = holder_.get();
  const std::shared_ptr<const Snapshot> newer =
      loaded.snapshot ? loaded.snapshot : older;
  std::vector<std::string> changed;
  std::size_t removed = 0;
  if (loaded.snapshot) {
    history_.announce(older->live, newer->live, loaded.touched);
    replaced_.push_back(older);
    renewed_ += loaded.touched.size();
    holder_.replace(newer);
    loader_.accept(loaded);
    history_.replace(older->live, newer->live, loaded.touched);
    changed = changed_domains(*older, *newer, loaded.touched, now.wall);
    removed = count_removed(*older, *newer, loaded.touched);
  }
  const bool is_requested = std::exchange(requested_, false);
  const bool restart = say_restart_needed(newer->startup);
  const bool findings = log_news(loaded);
  bool news = restart || !changed.empty() || removed != 0 ||
              !loaded.new_certificates.empty();
  if (!loaded.is_refused()) news = news || findings || is_requested;
  if (loaded.is_whole()) {
    news = news || !last_failure_.empty();
    last_failure_.clear();
    next_retry_.reset();
  }
  if (loaded.snapshot || loaded.is_whole() ||
      (is_requested && !loaded.is_refused())) {
    say_applied(*newer, loaded, now.wall, changed.size(), removed, news);
  }
  if (loaded.is_refused()) say_failed(loaded, now, is_requested);
  return changed;
}

}  // namespace mtasts::snapshot
