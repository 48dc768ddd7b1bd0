// SPDX-License-Identifier: MIT
#include "operations/status.hpp"

#include <fmt/chrono.h>

#include <utility>

#include "server/records.hpp"

namespace mtasts::operations {
namespace {

DomainStatus describe(const Observed& observed,
                      const server::Snapshot& snapshot,
                      const sts::Policy& policy, const std::string& domain,
                      std::chrono::sys_seconds now) {
  DomainStatus status{
      .domain = domain,
      .mode = policy.mode(),
      .max_age = policy.max_age(),
      .mx = {},
      .id = snapshot.site.find_domain(domain)->id,
      .expiry = find_expiry(snapshot, server::policy_host(domain), now),
      .records = {},
      .fetches =
          observed.fetches.find(domain, now).value_or(server::DomainFetches{}),
      .of_id = {}};
  for (const sts::MxPattern& one : policy.mx()) status.mx.push_back(one.text());
  for (const server::IdFetches* one :
       {&status.fetches.current, &status.fetches.previous}) {
    if (one->id == status.id) status.of_id = *one;
  }
  return status;
}

void add_records(const server::Snapshot& snapshot,
                 std::vector<DomainStatus>& domains) {
  std::vector<std::string> names;
  names.reserve(domains.size());
  for (const DomainStatus& one : domains) names.push_back(one.domain);
  auto next = domains.begin();
  // In the order of the configuration, as they are here.
  for (dns::DomainRecords& one :
       server::make_records(snapshot.live, names, std::nullopt)) {
    while (next != domains.end() && next->domain != one.domain.text()) ++next;
    if (next == domains.end()) return;
    next->records = std::move(one.sets);
  }
}

}  // namespace

Status find_status(const Observed& observed, StatusQuery query) {
  const std::shared_ptr<const server::Snapshot> snapshot =
      observed.snapshots.get();
  Status status{.now = this_second(),
                .started = observed.started,
                .reasons = observed.readiness.find_reasons(),
                .query = std::move(query),
                .domains = {},
                .reloads = observed.reloads.view()};
  for (const config::PolicyEntryPtr& entry : snapshot->live.policies) {
    for (const dns::Name& name : entry->domains) {
      ++status.total;
      if (name.text().find(status.query.part) == std::string::npos) continue;
      const std::size_t place = status.matching++;
      if (place < status.query.offset ||
          status.domains.size() >= status.query.limit) {
        continue;
      }
      status.domains.push_back(describe(observed, *snapshot, entry->policy,
                                        name.text(), status.now));
    }
  }
  add_records(*snapshot, status.domains);
  return status;
}

std::string format_time(std::chrono::sys_seconds time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}  // namespace mtasts::operations
