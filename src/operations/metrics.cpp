// SPDX-License-Identifier: MIT
#include "operations/metrics.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <tuple>
#include <utility>

#include "process/clock.hpp"
#include "sts/policy_host.hpp"
#include "tlsrpt/policy_type.hpp"
#include "tlsrpt/report_days.hpp"

namespace mtasts::operations {
namespace {

using std::chrono::sys_seconds;
using enum MetricType;

// Above it, series for each domain have to be asked for.
constexpr std::size_t k_max_domains = 1000;

std::int64_t to_epoch(sys_seconds time) {
  return time.time_since_epoch().count();
}

/// The samples of a family with one label, whose values are `names`.
template <class Counts, class Names>
void write_each(const Counts& counts, std::string_view label,
                const Names& names, MetricWriter& out) {
  static_assert(std::tuple_size_v<Counts> == std::tuple_size_v<Names>);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    out.sample(counts[i], fmt::format("{}=\"{}\"", label, names[i]));
  }
}

void write_connections(const server::Totals& totals, std::size_t limit,
                       MetricWriter& out) {
  out.family("mta_stsd_connections", gauge, "Connections that are open.");
  out.sample(totals.accepted - std::accumulate(totals.ended.begin(),
                                               totals.ended.end(),
                                               std::uint64_t{0}));
  out.one("mta_stsd_connections_limit", gauge,
          "Connections that may be open at a time.", limit);
  out.one("mta_stsd_connections_accepted", counter,
          "Connections that were accepted.", totals.accepted);
  out.family("mta_stsd_connections_ended", counter,
             "Connections that have ended, by cause.");
  write_each(totals.ended, "cause", server::k_end_names, out);
  out.one("mta_stsd_accept_failures", counter,
          "Times that descriptors or memory ran out.", totals.accept_failures);
}

void write_durations(const server::Totals& totals, MetricWriter& out) {
  constexpr double k_us_per_s = 1e6;
  out.family("mta_stsd_request_duration_seconds", histogram,
             "From the accept, or the first octet of a later request, to the "
             "answer.");
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < totals.durations.size(); ++i) {
    below += totals.durations[i];
    const bool last = i == server::k_duration_bounds.size();
    out.part("_bucket", below,
             last ? "le=\"+Inf\""
                  : fmt::format("le=\"{}\"",
                                static_cast<double>(
                                    server::k_duration_bounds[i].count()) /
                                    k_us_per_s));
  }
  out.part("_sum", static_cast<double>(totals.duration_sum_us) / k_us_per_s);
  out.part("_count", below);
}

void write_requests(const server::Totals& totals, MetricWriter& out) {
  out.family("mta_stsd_handshakes", counter, "TLS handshakes, by result.");
  write_each(totals.handshakes, "result", server::k_handshake_names, out);
  out.family("mta_stsd_answers", counter, "Answers, by HTTP status.");
  write_each(totals.answers, "code", server::k_counted_statuses, out);
  out.family("mta_stsd_sender_fetches", counter,
             "Policies that were sent, by family of sender (User-Agent).");
  write_each(totals.fetches, "family", server::k_sender_family_names, out);
  write_durations(totals, out);
}

void write_reloads(const snapshot::ReloadView& reloads, MetricWriter& out) {
  out.family("mta_stsd_reloads", counter, "Reloads, by result.");
  out.sample(reloads.applied, "result=\"applied\"");
  out.sample(reloads.failed, "result=\"failed\"");
  out.one("mta_stsd_last_reload_successful", gauge,
          "1 if the last reload, or the start, was good.",
          reloads.faults.empty() ? 1 : 0);
  out.one("mta_stsd_last_reload_timestamp_seconds", gauge,
          "When the last reload was.", to_epoch(reloads.last));
  out.one("mta_stsd_last_good_reload_timestamp_seconds", gauge,
          "When the last good reload was.", to_epoch(reloads.last_good));
  out.one("mta_stsd_pending_changes", gauge,
          "Files that keep changing, and are not taken over.",
          reloads.pending_count);
  sys_seconds oldest{};
  for (const files::PendingChange& one : reloads.pending) {
    if (oldest == sys_seconds{} || one.since < oldest) oldest = one.since;
  }
  out.one("mta_stsd_oldest_pending_change_timestamp_seconds", gauge,
          "Since when the first of them has; 0 if there is none.",
          to_epoch(oldest));
}

void write_readiness(const Reasons& reasons, MetricWriter& out) {
  out.one("mta_stsd_ready", gauge, "1 if /readyz says so.",
          reasons.empty() ? 1 : 0);
  out.family("mta_stsd_unready_reasons", gauge,
             "Lines of /readyz, by their id.");
  write_each(reasons.counts, "reason", k_reason_ids, out);
}

void write_spool(const server::ReportSpool& spool, MetricWriter& out) {
  const server::Waiting waiting = spool.count();
  out.one("mta_stsd_spool_reports", gauge, "Reports that wait for import.",
          waiting.reports);
  out.one("mta_stsd_spool_bytes", gauge, "What they take of the quota.",
          waiting.octets);
  out.one("mta_stsd_spool_limit_bytes", gauge, "The quota.", spool.quota());
}

/// A family that has samples for each domain.
struct DomainFamily {
  std::string_view name;
  MetricType type;
  std::string_view help;
};

constexpr std::array<DomainFamily, 8> k_domain_families = {{
    {"mta_stsd_policy", info, "Mode and id of the policy that is served."},
    {"mta_stsd_policy_max_age_seconds", gauge,
     "How long senders keep the policy."},
    {"mta_stsd_policy_cached_until_timestamp_seconds", gauge,
     "Until when senders may hold what was served, if nothing more is."},
    {"mta_stsd_certificate_expiry_timestamp_seconds", gauge,
     "When the certificate of the policy host ends."},
    {"mta_stsd_fetches", counter,
     "Answers of the policy host, by class: 2xx is the policy."},
    {"mta_stsd_reported_day_timestamp_seconds", gauge,
     "The last day that senders have reported on: its start."},
    {"mta_stsd_reported_sessions", gauge,
     "Sessions on that day, by policy type, which must not be added up, and "
     "result."},
    {"mta_stsd_reports", gauge, "Reports on that day, by trust."},
}};
// The others are of reports.
constexpr std::size_t k_families_without_reports = 5;

/// One of these families after the other. It keeps its snapshot, so that all
/// of them tell of the same domains.
class DomainSeries final : public server::Body {
 public:
  DomainSeries(const server::FetchLog& fetches,
               const snapshot::History& history,
               std::shared_ptr<const snapshot::Snapshot> snapshot,
               std::shared_ptr<const tlsrpt::ReportDays> reports,
               MetricForm form, sys_seconds now)
      : fetches_(fetches),
        history_(history),
        snapshot_(std::move(snapshot)),
        reports_(std::move(reports)),
        form_(form),
        now_(now) {}

  bool write_some(std::string& out) override {
    constexpr std::size_t k_some = 8 * 1024;
    MetricWriter writer(form_, out);
    for (const std::size_t end = out.size() + k_some; out.size() < end;) {
      if (policy_ == 0) {
        const DomainFamily& begun = k_domain_families[family_];
        writer.family(begun.name, begun.type, begun.help);
      }
      if (write_next(out)) continue;
      policy_ = 0;
      if (++family_ ==
          (reports_ ? k_domain_families.size() : k_families_without_reports)) {
        writer.finish();
        return false;
      }
    }
    return true;
  }

 private:
  /// The samples of the next domain; false when there is none.
  bool write_next(std::string& out) {
    const auto& policies = snapshot_->live.policies;
    while (next_ == last_) {
      if (policy_ == policies.size()) return false;
      const text::Lines domains = policies[policy_++]->domains();
      next_ = domains.begin();
      last_ = domains.end();
    }
    write(*policies[policy_ - 1], std::string(*next_++), out);
    return true;
  }

  void write(const publish::Publication& entry, const std::string& domain,
             std::string& text) const {
    const auto out = std::back_inserter(text);
    if (family_ == 0) {
      fmt::format_to(
          out,
          "mta_stsd_policy_info{{domain=\"{}\",mode=\"{}\",id=\"{}\"}} 1\n",
          domain, sts::format_mode(entry.mode()), entry.id());
    } else if (family_ == 1) {
      fmt::format_to(out,
                     "mta_stsd_policy_max_age_seconds{{domain=\"{}\"}} {}\n",
                     domain, entry.max_age().count());
    } else if (family_ == 2) {
      const auto held = history_.held(domain, entry).cached;
      if (!held) return;
      fmt::format_to(out,
                     "mta_stsd_policy_cached_until_timestamp_seconds{{"
                     "domain=\"{}\"}} {}\n",
                     domain, to_epoch(*held));
    } else if (family_ == 3) {
      const std::string host = sts::policy_host(domain);
      const sys_seconds expiry = dates_of(*snapshot_, host, now_).expiry;
      if (expiry == sys_seconds{}) return;
      fmt::format_to(out,
                     "mta_stsd_certificate_expiry_timestamp_seconds{{"
                     "name=\"{}\"}} {}\n",
                     host, to_epoch(expiry));
    } else if (family_ >= k_families_without_reports) {
      if (const auto day = reports_->find(domain)) write(*day, text);
    } else {
      constexpr std::string_view k_format =
          "mta_stsd_fetches_total{{domain=\"{}\",class=\"{}\"}} {}\n";
      const auto [answered, refused] = fetches_.counts_of(domain);
      fmt::format_to(out, k_format, domain, "2xx", answered);
      if (refused != 0) fmt::format_to(out, k_format, domain, "4xx", refused);
    }
  }

  void write(const tlsrpt::DomainDay& day, std::string& text) const {
    const auto out = std::back_inserter(text);
    const std::string_view name = k_domain_families[family_].name;
    const auto sample = [&](std::string_view labels, auto value) {
      fmt::format_to(out, "{}{{domain=\"{}\"{}}} {}\n", name, day.domain,
                     labels, value);
    };
    if (family_ == k_families_without_reports) {
      sample("", to_epoch(day.day));
    } else if (family_ == k_families_without_reports + 1) {
      for (const auto& [type, sessions] : day.by_type()) {
        const std::string label = fmt::format(",policy_type=\"{}\"",
                                              tlsrpt::format_policy_type(type));
        sample(label + ",result=\"successful\"", sessions.successful);
        sample(label + ",result=\"failed\"", sessions.failed);
      }
    } else {
      sample(",trust=\"authenticated\"", day.reports - day.unverified);
      sample(",trust=\"unverified\"", day.unverified);
    }
  }

  const server::FetchLog& fetches_;
  const snapshot::History& history_;
  const std::shared_ptr<const snapshot::Snapshot> snapshot_;
  const std::shared_ptr<const tlsrpt::ReportDays> reports_;  // null: none
  const MetricForm form_;
  const sys_seconds now_;
  std::size_t family_ = 0;
  std::size_t policy_ = 0;  // behind the one whose domains these are:
  text::Lines::Iterator next_;
  text::Lines::Iterator last_;
};

}  // namespace

bool Metrics::wants_domains(const snapshot::Snapshot& snapshot) const {
  switch (observed_.domain_metrics) {
    case config::DomainMetrics::on:
      return true;
    case config::DomainMetrics::off:
      return false;
    case config::DomainMetrics::automatic:
      break;
  }
  return snapshot.live.by_domain.size() <= k_max_domains;
}

void Metrics::write_policies(const snapshot::Snapshot& snapshot,
                             MetricWriter& out) const {
  out.family("mta_stsd_domains", gauge, "Policy domains, by mode.");
  std::array<std::size_t, sts::k_mode_names.size()> counts{};
  for (const publish::PublicationPtr& entry : snapshot.live.policies) {
    counts[static_cast<std::size_t>(entry->mode())] += entry->domain_count();
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    out.sample(counts[i], fmt::format("mode=\"{}\"", sts::k_mode_names[i]));
  }
  const snapshot::History::State history = observed_.history.state();
  if (history != snapshot::History::State::none) {
    out.one("mta_stsd_history_complete", gauge,
            "1 if the file of the history has all that was served.",
            history == snapshot::History::State::good ? 1 : 0);
  }
}

void Metrics::write_certificates(MetricWriter& out) const {
  const Dates first = observed_.readiness.coverage()->first;
  const auto date = [](sys_seconds time) {
    return time == sys_seconds::max() ? 0 : to_epoch(time);
  };
  out.one("mta_stsd_certificate_first_expiry_timestamp_seconds", gauge,
          "When the first of the certificates in use ends; 0 if there is none.",
          date(first.expiry));
  out.one("mta_stsd_certificate_first_overdue_timestamp_seconds", gauge,
          "Since when the first of their renewals is overdue; 0 if there is "
          "none.",
          date(first.overdue));
}

/// Counting the descriptors takes as long as there are many.
void Metrics::write_process(MetricWriter& out) {
  const sys_seconds now = observed_.clock().wall;
  if (facts_of_ != now) facts_ = process::read_process_facts();
  facts_of_ = now;
  out.one("process_cpu_seconds", counter, "Processor time that was used.",
          facts_.cpu_seconds);
  out.one("process_resident_memory_bytes", gauge, "Memory in use.",
          facts_.resident_octets);
  out.one("process_virtual_memory_bytes", gauge, "Memory asked for.",
          facts_.virtual_octets);
  out.one("process_open_fds", gauge, "Descriptors in use.", facts_.descriptors);
  out.one("process_max_fds", gauge, "Descriptors that there may be.",
          facts_.max_descriptors);
  out.one("process_start_time_seconds", gauge, "When the program started.",
          to_epoch(observed_.started));
}

std::unique_ptr<server::Body> Metrics::write(MetricForm form,
                                             std::string& text) {
  std::shared_ptr<const snapshot::Snapshot> snapshot =
      observed_.snapshots.get();
  MetricWriter out(form, text);
  out.family("mta_stsd_build", info, "The program.");
  out.sample(1, "version=\"" MTASTSD_VERSION "\"");
  write_readiness(observed_.readiness.reasons(), out);
  write_reloads(observed_.reloads.view(), out);
  if (observed_.spool == nullptr) write_policies(*snapshot, out);
  write_certificates(out);
  if (observed_.spool != nullptr) write_spool(*observed_.spool, out);
  const server::Totals totals = observed_.host.totals();
  write_connections(totals, observed_.host.limits().connections, out);
  write_requests(totals, out);
  write_process(out);
  const ReportedDays& reports = observed_.reports.look();
  if (reports.is_wanted) {
    out.one("mta_stsd_report_summary_timestamp_seconds", gauge,
            "When the summary of reports was written; 0 if it can't be read.",
            reports.days ? to_epoch(reports.days->made()) : 0);
  }
  if (observed_.spool == nullptr && wants_domains(*snapshot)) {
    return std::make_unique<DomainSeries>(observed_.fetches, observed_.history,
                                          std::move(snapshot), reports.days,
                                          form, observed_.clock().wall);
  }
  out.finish();
  return nullptr;
}

}  // namespace mtasts::operations
