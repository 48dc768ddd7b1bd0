// SPDX-License-Identifier: MIT
#include "server/reload.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "log.hpp"
#include "server/placeholder.hpp"
#include "server/records.hpp"

namespace mtasts::server {
namespace {

constexpr std::chrono::hours k_check_interval{24};
constexpr std::chrono::minutes k_retry_interval{1};
// A host of many domains may have one fault many times.
constexpr std::size_t k_max_logged_findings = 20;

/// Policy domains that `older` served and `newer` does not.
std::size_t count_removed(const Snapshot& older, const Snapshot& newer) {
  std::size_t removed = 0;
  for (const std::string& domain : all_domains(older.live)) {
    if (newer.site.find_domain(domain) != nullptr) continue;
    ++removed;
    log::warning("policy-removed", {{"domain", domain}});
  }
  return removed;
}

Diagnostic make_loss(const std::string& host, const std::string& path) {
  return {Severity::error, "certificate.lost", Place{path},
          fmt::format("the new certificates leave the policy host {} without "
                      "a usable one",
                      host),
          "the old ones stay in use until the new ones are good"};
}

void log_diagnostics(const Diagnostics& diagnostics) {
  std::size_t logged = 0;
  for (const Diagnostic& one : diagnostics) {
    if (++logged > k_max_logged_findings) {
      log::warning("more-findings",
                   {{"count", diagnostics.size() - k_max_logged_findings},
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

std::set<std::string> leaves(const Snapshot& snapshot) {
  std::set<std::string> all;
  for (const tls::CertificatePtr& one : snapshot.certificates->all()) {
    all.insert(one->leaf_der());
  }
  return all;
}

}  // namespace

void log_certificates(const Snapshot& snapshot, const Snapshot* older) {
  const std::set<std::string> known =
      older == nullptr ? std::set<std::string>{} : leaves(*older);
  const auto now = std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
  for (const tls::CertificatePtr& one : snapshot.certificates->all()) {
    if (known.contains(one->leaf_der())) continue;
    log::info("certificate",
              {{"names", fmt::format("{}", fmt::join(one->names(), ","))},
               {"days_left", tls::days_left(*one, now)},
               {"key", one->is_ecdsa() ? "ecdsa" : "rsa"},
               {"file", one->file()}});
  }
}

Reloader::Reloader(std::string path, SnapshotHolder& holder, Inputs inputs,
                   const Diagnostics& diagnostics, Placeholders placeholders)
    : path_(std::move(path)),
      holder_(holder),
      placeholders_(placeholders),
      running_(holder.get()->startup),
      said_(running_),
      next_check_(Watch::Clock::now() + k_check_interval) {
  log_news(diagnostics);
  watch_.follow(std::move(inputs));
}

/// A finding that was in the log after the last load is not said again.
/// True if there was one that was not.
bool Reloader::log_news(const Diagnostics& diagnostics) {
  std::set<std::string> texts;
  Diagnostics news;
  for (const Diagnostic& one : diagnostics) {
    std::string text = format_diagnostic(one);
    if (!logged_.contains(text)) news.push_back(one);
    texts.insert(std::move(text));
  }
  logged_.swap(texts);
  log_diagnostics(news);
  return !news.empty();
}

void Reloader::request() {
  requested_ = true;
  watch_.want_load();
}

std::vector<std::string> Reloader::run() {
  if (Watch::Clock::now() >= next_check_) {
    next_check_ = Watch::Clock::now() + k_check_interval;
    watch_.want_load();
  }
  if (!watch_.has_settled()) return {};
  LoadedSnapshot loaded = load_snapshot(path_);
  if (!watch_.is_unmoved()) return {};
  watch_.follow(loaded.inputs);
  if (loaded.snapshot) find_refusals(loaded);
  if (!loaded.snapshot) {
    reject(loaded.diagnostics);
    return {};
  }
  return apply(std::move(loaded));
}

/// What is good in itself but must not replace the snapshot that serves.
void Reloader::find_refusals(LoadedSnapshot& loaded) const {
  Diagnostics refusals;
  if (placeholders_ == Placeholders::refused) {
    refusals = find_placeholders(*loaded.snapshot, Severity::error);
  }
  for (const std::string& host :
       find_losses(*holder_.get(), *loaded.snapshot)) {
    refusals.push_back(make_loss(host, path_));
  }
  if (refusals.empty()) return;
  loaded.snapshot.reset();
  loaded.diagnostics.insert(loaded.diagnostics.end(), refusals.begin(),
                            refusals.end());
}

/// True if there was something new to say.
bool Reloader::say_restart_needed(const config::Startup& wanted) {
  if (wanted == said_) return false;
  said_ = wanted;
  if (wanted == running_) return false;  // taken back
  log::warning(
      "restart-needed",
      {{"key", wanted.listen == running_.listen ? "server" : "server.listen"}});
  return true;
}

void Reloader::reject(const Diagnostics& diagnostics) {
  // The cause may go away without a trace: a lack of descriptors, a server of
  // files that does not answer.
  next_check_ = Watch::Clock::now() + k_retry_interval;
  std::string text;
  std::size_t errors = 0;
  for (const Diagnostic& one : diagnostics) {
    text += format_diagnostic(one);
    if (one.severity == Severity::error) ++errors;
  }
  if (text == last_failure_ && !std::exchange(requested_, false)) return;
  last_failure_ = std::move(text);
  requested_ = false;
  log_news(diagnostics);
  log::error("reload", {{"result", "failed"},
                        {"errors", errors},
                        {"serving", "the last good policies"}});
}

std::vector<std::string> Reloader::apply(LoadedSnapshot loaded) {
  const std::shared_ptr<const Snapshot> older = holder_.get();
  const std::shared_ptr<const Snapshot> newer = std::move(loaded.snapshot);
  holder_.replace(newer);

  std::vector<std::string> changed = changed_domains(*older, *newer);
  const std::size_t removed = count_removed(*older, *newer);
  const bool new_certificates = leaves(*older) != leaves(*newer);
  const bool restart = say_restart_needed(newer->startup);
  const bool findings = log_news(loaded.diagnostics);
  const bool news = restart || findings || !changed.empty() || removed != 0 ||
                    new_certificates || !last_failure_.empty() || requested_;
  requested_ = false;
  last_failure_.clear();
  if (!news) return changed;
  log_certificates(*newer, older.get());
  log::info("reload", {{"result", "applied"},
                       {"domains", newer->site.domain_count()},
                       {"changed", changed.size()},
                       {"removed", removed}});
  return changed;
}

}  // namespace mtasts::server
