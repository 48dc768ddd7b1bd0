// SPDX-License-Identifier: MIT
#include "server/reload.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "log.hpp"
#include "server/records.hpp"

namespace mtasts::server {
namespace {

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
  for (const Diagnostic& one : diagnostics) {
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
                   const Diagnostics& diagnostics)
    : path_(std::move(path)), holder_(holder) {
  log_news(diagnostics);
  watch_.follow(std::move(inputs));
}

/// A finding that was in the log after the last load is not said again.
void Reloader::log_news(const Diagnostics& diagnostics) {
  std::set<std::string> texts;
  Diagnostics news;
  for (const Diagnostic& one : diagnostics) {
    std::string text = format_diagnostic(one);
    if (!logged_.contains(text)) news.push_back(one);
    texts.insert(std::move(text));
  }
  logged_.swap(texts);
  log_diagnostics(news);
}

void Reloader::request() {
  requested_ = true;
  watch_.want_load();
}

std::vector<std::string> Reloader::run() {
  if (!watch_.has_settled()) return {};
  LoadedSnapshot loaded = load_snapshot(path_);
  if (!watch_.is_unmoved()) {
    watch_.want_load();
    return {};
  }
  watch_.follow(loaded.inputs);
  if (loaded.snapshot) {
    for (const std::string& host :
         find_losses(*holder_.get(), *loaded.snapshot)) {
      loaded.diagnostics.push_back(make_loss(host, path_));
      loaded.snapshot.reset();
    }
  }
  if (!loaded.snapshot) {
    reject(loaded.diagnostics);
    return {};
  }
  return apply(std::move(loaded));
}

void Reloader::reject(const Diagnostics& diagnostics) {
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
  const bool news = !changed.empty() || removed != 0 || new_certificates ||
                    !last_failure_.empty() || requested_;
  requested_ = false;
  last_failure_.clear();
  if (!news) return changed;
  if (older->startup.listen != newer->startup.listen) {
    log::warning("restart-needed", {{"key", "server.listen"}});
  } else if (older->startup != newer->startup) {
    log::warning("restart-needed", {{"key", "server"}});
  }
  log_news(loaded.diagnostics);
  log_certificates(*newer, older.get());
  log::info("reload", {{"result", "applied"},
                       {"domains", newer->site.domain_count()},
                       {"changed", changed.size()},
                       {"removed", removed}});
  return changed;
}

}  // namespace mtasts::server
