// SPDX-License-Identifier: MIT
#include "operations/readiness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "process/clock.hpp"
#include "sts/policy_host.hpp"
#include "text/time.hpp"

namespace mtasts::operations {
namespace {

using std::chrono::sys_seconds;

constexpr std::size_t k_max_shown = 100;
constexpr std::chrono::minutes k_look_again{1};

/// Why `host` can't be served at `now`; `all` are the certificates for it, and
/// `offered` what clients get of them.
Reason explain(const std::string& host,
               const std::vector<tls::CertificatePtr>& all,
               const std::vector<tls::CertificatePtr>& offered,
               sys_seconds now) {
  if (all.empty()) {
    return {"certificate.name-not-covered",
            fmt::format("no certificate names the host {}", host)};
  }
  if (offered.empty()) {
    return {"certificate.key-unusable",
            fmt::format("the key of the certificate for {} can't sign for it",
                        host)};
  }
  const tls::Certificate& one = *offered.front();
  if (now < one.not_before()) {
    return {"certificate.not-yet-valid",
            fmt::format("the certificate for {} is not valid before {}", host,
                        text::format_time(one.not_before()))};
  }
  return {
      "certificate.expired",
      fmt::format("the {}certificate for {} expired at {}",
                  one.ends_with_issuer() ? "intermediate that issued the " : "",
                  host, text::format_time(one.not_after()))};
}

constexpr Dates k_never{sys_seconds::max(), sys_seconds::max()};

/// Clients of each kind of key count.
void add_dates(const std::vector<tls::CertificatePtr>& offered, Dates& first) {
  for (const tls::CertificatePtr& one : offered) {
    first.expiry = std::min(first.expiry, one->not_after());
    first.overdue = std::min(first.overdue, tls::overdue_from(*one));
  }
}

/// Those that have to have a certificate.
std::vector<std::string> hosts_of(const snapshot::Snapshot& snapshot) {
  if (snapshot.startup.collect) return {snapshot.startup.collect->host};
  std::vector<std::string> hosts = snapshot::all_domains(snapshot.live);
  for (std::string& one : hosts) one = sts::policy_host(one);
  return hosts;
}

}  // namespace

void Reasons::add(Reason reason) {
  const auto id = std::ranges::find(k_reason_ids, reason.id);
  ++counts[static_cast<std::size_t>(id - k_reason_ids.begin())];
  if (shown.size() < k_max_shown) shown.push_back(std::move(reason));
}

std::size_t Reasons::total() const {
  return std::accumulate(counts.begin(), counts.end(), std::size_t{0});
}

Coverage make_coverage(const snapshot::Snapshot& snapshot, sys_seconds now) {
  Coverage coverage{
      .reasons = {}, .first = k_never, .valid_until = sys_seconds::max()};
  if (!snapshot.needs_certificates) return coverage;
  for (const std::string& host : hosts_of(snapshot)) {
    const tls::CertificateStore& store = *snapshot.certificates;
    const std::vector<tls::CertificatePtr> all = store.find_all(host);
    for (const tls::CertificatePtr& one : all) {
      const sys_seconds begin = one->not_before();
      const sys_seconds end = one->not_after() + std::chrono::seconds(1);
      // Its first handshake may tell that the key is broken.
      const sys_seconds again = one->is_proven() ? end : now + k_look_again;
      for (const sys_seconds change : {begin, end, again}) {
        if (change > now && change < coverage.valid_until) {
          coverage.valid_until = change;
        }
      }
    }
    const std::vector<tls::CertificatePtr> offered = store.find(host, now);
    if (store.is_usable(host, now)) {
      add_dates(offered, coverage.first);
    } else {
      coverage.reasons.add(explain(host, all, offered, now));
    }
  }
  return coverage;
}

Dates dates_of(const snapshot::Snapshot& snapshot, const std::string& host,
               sys_seconds now) {
  const std::vector<tls::CertificatePtr> offered =
      snapshot.certificates->find(host, now);
  if (offered.empty()) return {};
  Dates first = k_never;
  add_dates(offered, first);
  return first;
}

std::shared_ptr<const Coverage> Readiness::coverage() {
  const sys_seconds now = clock_().wall;
  const std::lock_guard lock(mutex_);
  const std::uint64_t generation = snapshots_.generation();
  // A clock that was set back makes old certificates valid again.
  if (coverage_ == nullptr || generation != generation_ ||
      now >= coverage_->valid_until || now < looked_at_) {
    generation_ = generation;
    coverage_ =
        std::make_shared<const Coverage>(make_coverage(*snapshots_.get(), now));
  }
  looked_at_ = now;
  return coverage_;
}

Reasons Readiness::reasons() {
  Reasons reasons = coverage()->reasons;
  for (const Diagnostic& one : reloads_.view().faults) {
    reasons.add(
        {"reload.failed", fmt::format("{}: {} [{}]", format_place(one.place),
                                      one.message, one.id)});
  }
  if (stopping_.load()) {
    reasons.add({"stopping", "the server is being stopped"});
  }
  return reasons;
}

std::string format_reasons(const Reasons& reasons) {
  if (reasons.empty()) return "ready\n";
  std::string text;
  for (const Reason& one : reasons.shown) {
    text += fmt::format("{}: {}\n", one.id, one.text);
  }
  const std::size_t more = reasons.total() - reasons.shown.size();
  if (more != 0) text += fmt::format("and {} more\n", more);
  return text;
}

}  // namespace mtasts::operations
