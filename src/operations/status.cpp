// SPDX-License-Identifier: MIT
#include "operations/status.hpp"

#include <utility>

#include "publish/records.hpp"
#include "sts/policy_host.hpp"

namespace mtasts::operations {

Status make_status(const Observed& observed, StatusQuery query) {
  Status status{.now = observed.clock().wall,
                .started = observed.started,
                .reasons = observed.readiness.reasons(),
                .query = std::move(query),
                .reloads = observed.reloads.view(),
                .reports = observed.reports.look(),
                .snapshot = observed.snapshots.get(),
                .found = {}};
  for (const publish::PublicationPtr& entry : status.snapshot->live.policies) {
    for (const std::string_view name : entry->domains()) {
      ++status.total;
      if (name.find(status.query.part) == std::string::npos) continue;
      const std::size_t place = status.matching++;
      if (place >= status.query.offset &&
          status.found.size() < status.query.limit) {
        status.found.push_back({entry.get(), *dns::Name::parse(name)});
      }
    }
  }
  return status;
}

DomainStatus describe(const Observed& observed, const Status& status,
                      const FoundDomain& found) {
  const std::string& domain = found.name.text();
  const sts::Policy policy = found.entry->policy();
  DomainStatus one{
      .domain = domain,
      .mode = policy.mode(),
      .max_age = policy.max_age(),
      .mx = {},
      .id = std::string(found.entry->id()),
      .held = observed.history.held(domain, *found.entry),
      .retire = found.entry->retire(),
      .certificate =
          dates_of(*status.snapshot, sts::policy_host(domain), status.now),
      .records =
          publish::make_records(*found.entry, found.name, std::nullopt).sets,
      .fetches = observed.fetches.find(domain, status.now)
                     .value_or(server::DomainFetches{}),
      .of_id = {},
      .has_reports = status.reports.days != nullptr};
  if (one.has_reports) one.reported = status.reports.days->find(domain);
  for (const sts::MxPattern& mx : policy.mx()) one.mx.push_back(mx.text());
  for (const server::IdFetches* id :
       {&one.fetches.current, &one.fetches.previous}) {
    if (id->id == one.id) one.of_id = *id;
  }
  return one;
}

}  // namespace mtasts::operations
