// SPDX-License-Identifier: MIT
#include "operations/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "operations/process_facts.hpp"

namespace mtasts::operations {
namespace {

using std::chrono::sys_seconds;
using enum MetricType;

// Above it, series for each domain have to be asked for.
constexpr std::size_t k_max_domains = 1000;

std::int64_t to_epoch(sys_seconds time) {
  return time.time_since_epoch().count();
}

/// The sum over all event loops of what `pick` takes from their counters.
template <class Pick>
std::uint64_t sum(const server::PolicyHost& host, Pick pick) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < host.thread_count(); ++i) {
    total += pick(host.counters(i)).load(std::memory_order_relaxed);
  }
  return total;
}

void write_connections(const server::PolicyHost& host, MetricWriter& out) {
  // Ends first: a connection that begins meanwhile can't make it negative.
  std::array<std::uint64_t, server::k_end_names.size()> ended{};
  std::uint64_t all_ended = 0;
  for (std::size_t i = 0; i < ended.size(); ++i) {
    ended[i] = host.ended(static_cast<server::End>(i));
    all_ended += ended[i];
  }
  const std::uint64_t accepted = host.accepted();
  out.family("mta_stsd_connections", gauge, "Connections that are open.");
  out.sample(accepted - all_ended);
  out.family("mta_stsd_connections_limit", gauge,
             "Connections that may be open at a time.");
  out.sample(host.limits().connections);
  out.family("mta_stsd_connections_accepted", counter,
             "Connections that were accepted.");
  out.sample(accepted);
  out.family("mta_stsd_connections_ended", counter,
             "Connections that have ended, by cause.");
  for (std::size_t i = 0; i < ended.size(); ++i) {
    out.sample(ended[i], fmt::format("cause=\"{}\"", server::k_end_names[i]));
  }
  out.family("mta_stsd_accept_failures", counter,
             "Times that descriptors or memory ran out.");
  out.sample(sum(
      host, [](const server::Counters& c) -> const server::Counters::Count& {
        return c.accept_failures;
      }));
}

/// A family of counters with one label, one sample for each of `names`.
template <class Names, class Pick>
void write_counters(const server::PolicyHost& host, std::string_view label,
                    const Names& names, Pick pick, MetricWriter& out) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.sample(
        sum(host,
            [&](const server::Counters& c) -> const server::Counters::Count& {
              return pick(c)[i];
            }),
        fmt::format("{}=\"{}\"", label, names[i]));
  }
}

void write_requests(const server::PolicyHost& host, MetricWriter& out) {
  out.family("mta_stsd_handshakes", counter, "TLS handshakes, by result.");
  write_counters(
      host, "result", server::k_handshake_names,
      [](const server::Counters& c) -> const auto& { return c.handshakes; },
      out);
  out.family("mta_stsd_answers", counter, "Answers, by HTTP status.");
  write_counters(
      host, "code", server::k_counted_statuses,
      [](const server::Counters& c) -> const auto& { return c.answers; }, out);
  out.family("mta_stsd_sender_fetches", counter,
             "Policies that were sent, by family of sender (User-Agent).");
  write_counters(
      host, "family", server::k_sender_family_names,
      [](const server::Counters& c) -> const auto& { return c.fetches; }, out);

  out.family("mta_stsd_request_duration_seconds", histogram,
             "From the accept, or the first octet of a later request, to the "
             "answer.");
  constexpr double k_us_per_s = 1e6;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i <= server::k_duration_bounds.size(); ++i) {
    below += sum(
        host, [i](const server::Counters& c) -> const server::Counters::Count& {
          return c.durations[i];
        });
    const bool last = i == server::k_duration_bounds.size();
    out.part("_bucket", below,
             last ? "le=\"+Inf\""
                  : fmt::format("le=\"{}\"",
                                static_cast<double>(
                                    server::k_duration_bounds[i].count()) /
                                    k_us_per_s));
  }
  const auto total = sum(
      host, [](const server::Counters& c) -> const server::Counters::Count& {
        return c.duration_sum_us;
      });
  out.part("_sum", static_cast<double>(total) / k_us_per_s);
  out.part("_count", below);
}

void write_reloads(const server::ReloadView& reloads, MetricWriter& out) {
  out.family("mta_stsd_reloads", counter, "Reloads, by result.");
  out.sample(reloads.applied, "result=\"applied\"");
  out.sample(reloads.failed, "result=\"failed\"");
  out.family("mta_stsd_last_reload_successful", gauge,
             "1 if the last reload, or the start, was good.");
  out.sample(reloads.faults.empty() ? 1 : 0);
  out.family("mta_stsd_last_reload_timestamp_seconds", gauge,
             "When the last reload was.");
  out.sample(to_epoch(reloads.last));
  out.family("mta_stsd_last_good_reload_timestamp_seconds", gauge,
             "When the last good reload was.");
  out.sample(to_epoch(reloads.last_good));
  out.family("mta_stsd_pending_changes", gauge,
             "Files that keep changing, and are not taken over.");
  out.sample(reloads.pending_count);
  sys_seconds oldest{};
  for (const server::PendingChange& one : reloads.pending) {
    if (oldest == sys_seconds{} || one.since < oldest) oldest = one.since;
  }
  out.family("mta_stsd_oldest_pending_change_timestamp_seconds", gauge,
             "Since when the first of them has; 0 if there is none.");
  out.sample(to_epoch(oldest));
}

void write_readiness(const Reasons& reasons, MetricWriter& out) {
  out.family("mta_stsd_ready", gauge, "1 if /readyz says so.");
  out.sample(reasons.empty() ? 1 : 0);
  out.family("mta_stsd_unready_reasons", gauge,
             "Lines of /readyz, by their id.");
  for (std::size_t i = 0; i < k_reason_ids.size(); ++i) {
    out.sample(reasons.counts[i],
               fmt::format("reason=\"{}\"", k_reason_ids[i]));
  }
}

void write_process(sys_seconds started, MetricWriter& out) {
  const ProcessFacts facts = read_process_facts();
  out.family("process_cpu_seconds", counter, "Processor time that was used.");
  out.sample(facts.cpu_seconds);
  out.family("process_resident_memory_bytes", gauge, "Memory in use.");
  out.sample(facts.resident_octets);
  out.family("process_virtual_memory_bytes", gauge, "Memory asked for.");
  out.sample(facts.virtual_octets);
  out.family("process_open_fds", gauge, "Descriptors in use.");
  out.sample(facts.descriptors);
  out.family("process_max_fds", gauge, "Descriptors that there may be.");
  out.sample(facts.max_descriptors);
  out.family("process_start_time_seconds", gauge, "When the program started.");
  out.sample(to_epoch(started));
}

}  // namespace

bool Metrics::wants_domains(const server::Snapshot& snapshot) const {
  switch (observed_.domain_metrics) {
    case config::DomainMetrics::on:
      return true;
    case config::DomainMetrics::off:
      return false;
    case config::DomainMetrics::automatic:
      break;
  }
  return snapshot.site.domain_count() <= k_max_domains;
}

std::shared_ptr<const Metrics::DomainSeries> Metrics::domain_series() {
  // Before the snapshot: should a newer one come, this is made again.
  const std::uint64_t generation = observed_.snapshots.generation();
  const std::shared_ptr<const server::Snapshot> snapshot =
      observed_.snapshots.get();
  const std::shared_ptr<const Coverage> coverage =
      observed_.readiness.coverage();
  const std::lock_guard lock(mutex_);
  if (!wants_domains(*snapshot)) {
    series_ = nullptr;
  } else if (series_ == nullptr || series_->generation != generation ||
             series_->coverage != coverage) {
    auto made = std::make_shared<DomainSeries>();
    made->generation = generation;
    made->coverage = coverage;
    const sys_seconds now = this_second();
    for (const config::PolicyEntryPtr& entry : snapshot->live.policies) {
      for (const dns::Name& name : entry->domains) {
        const std::string& domain = name.text();
        fmt::format_to(
            std::back_inserter(made->facts),
            "mta_stsd_policy_info{{domain=\"{}\",mode=\"{}\",id=\"{}\"}} 1\n",
            domain, sts::format_mode(entry->policy.mode()), entry->id);
        fmt::format_to(std::back_inserter(made->max_ages),
                       "mta_stsd_policy_max_age_seconds{{domain=\"{}\"}} {}\n",
                       domain, entry->policy.max_age().count());
        const sys_seconds expiry =
            find_expiry(*snapshot, server::policy_host(domain), now);
        if (expiry != sys_seconds{}) {
          fmt::format_to(std::back_inserter(made->expiries),
                         "mta_stsd_certificate_expiry_timestamp_seconds{{"
                         "name=\"{}{}\"}} {}\n",
                         server::k_policy_host_prefix, domain,
                         to_epoch(expiry));
        }
        made->domains.push_back(domain);
      }
    }
    series_ = std::move(made);
  }
  return series_;
}

void Metrics::write_domains(MetricWriter& out) {
  const std::shared_ptr<const DomainSeries> series = domain_series();
  if (series == nullptr) return;
  out.family("mta_stsd_policy", info,
             "Mode and id of the policy that is served.");
  out.append(series->facts);
  out.family("mta_stsd_policy_max_age_seconds", gauge,
             "How long senders keep the policy.");
  out.append(series->max_ages);
  out.family("mta_stsd_certificate_expiry_timestamp_seconds", gauge,
             "When the certificate of the policy host ends.");
  out.append(series->expiries);
  out.family("mta_stsd_fetches", counter,
             "Answers of the policy host, by class: 2xx is the policy.");
  for (const std::string& domain : series->domains) {
    const auto [answered, refused] = observed_.fetches.find_counts(domain);
    out.append(fmt::format(
        "mta_stsd_fetches_total{{domain=\"{}\",class=\"2xx\"}} {}\n", domain,
        answered));
    if (refused != 0)
      out.sample(refused, fmt::format("domain=\"{}\",class=\"4xx\"", domain));
  }
}

void Metrics::write_policies(MetricWriter& out) const {
  const std::shared_ptr<const server::Snapshot> snapshot =
      observed_.snapshots.get();
  out.family("mta_stsd_domains", gauge, "Policy domains, by mode.");
  constexpr std::array<sts::Mode, 3> k_modes = {
      sts::Mode::testing, sts::Mode::enforce, sts::Mode::none};
  std::array<std::size_t, k_modes.size()> counts{};
  for (const config::PolicyEntryPtr& entry : snapshot->live.policies) {
    const auto mode =
        std::find(k_modes.begin(), k_modes.end(), entry->policy.mode());
    counts[static_cast<std::size_t>(mode - k_modes.begin())] +=
        entry->domains.size();
  }
  for (std::size_t i = 0; i < k_modes.size(); ++i) {
    out.sample(counts[i],
               fmt::format("mode=\"{}\"", sts::format_mode(k_modes[i])));
  }
  const sys_seconds first = observed_.readiness.coverage()->first_expiry;
  out.family("mta_stsd_certificate_first_expiry_timestamp_seconds", gauge,
             "When the first of the certificates in use ends; 0 if there is "
             "none.");
  out.sample(first == sys_seconds::max() ? 0 : to_epoch(first));
}

std::string Metrics::write(MetricForm form) {
  MetricWriter out(form, size_.load(std::memory_order_relaxed));
  out.family("mta_stsd_build", info, "The program.");
  out.sample(1, "version=\"" MTASTSD_VERSION "\"");
  write_readiness(observed_.readiness.find_reasons(), out);
  write_reloads(observed_.reloads.view(), out);
  write_policies(out);
  write_connections(observed_.host, out);
  write_requests(observed_.host, out);
  write_domains(out);
  write_process(observed_.started, out);
  std::string text = out.finish();
  size_.store(text.size(), std::memory_order_relaxed);
  return text;
}

}  // namespace mtasts::operations
