// SPDX-License-Identifier: MIT
#include "tool/publisher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <thread>

#include "net/endpoint.hpp"
#include "process/clock.hpp"
#include "publish/records.hpp"
#include "tool/publish_plan.hpp"
#include "verify/judge.hpp"

namespace mtasts::tool {
namespace {

using nameserver::Answer;
using nameserver::RecordChange;
using nameserver::Type;

// A message has 64 KiB (RFC 1035, 4.2.2). Each change has up to 1 kB in it.
constexpr std::size_t k_max_changes = 50;
constexpr std::chrono::milliseconds k_first_wait{50};
constexpr std::chrono::milliseconds k_longest_wait{500};

/// One name server, which may have several addresses.
struct Server {
  std::string name;
  std::vector<net::Endpoint> addresses;
};

std::vector<std::string> read_data(const Answer& answer, Type type,
                                   const std::string& owner) {
  std::vector<std::string> data;
  for (const nameserver::Record& one : answer.records) {
    if (one.type == type && (owner.empty() || one.owner == owner)) {
      data.push_back(one.data);
    }
  }
  std::ranges::sort(data);
  return data;
}

enum class Sight { silent, missing, shown };

Sight look_at(const nameserver::Resolver& resolver, const Server& server,
              const RecordChange& change) {
  std::vector<std::string> wanted = change.wanted;
  std::ranges::sort(wanted);
  Sight sight = Sight::silent;
  for (const net::Endpoint& address : server.addresses) {
    const Answer answer =
        resolver.ask_directly(address, change.owner, change.type);
    // One address of several may be out of our reach: the others tell.
    if (answer.outcome == nameserver::Outcome::silent) continue;
    if (!answer.is_answered() ||
        read_data(answer, change.type, change.owner) != wanted) {
      return Sight::missing;
    }
    sight = Sight::shown;
  }
  return sight;
}

std::vector<Server> find_servers(const Primary& primary,
                                 const nameserver::Resolver& resolver,
                                 const std::string& zone) {
  std::vector<Server> servers;
  for (const std::string& name :
       read_data(primary.ask(zone, zone, Type::ns), Type::ns, zone)) {
    Server server{.name = name, .addresses = {}};
    for (const Type type : {Type::a, Type::aaaa}) {
      for (std::string& address :
           read_data(resolver.ask(name, type), type, {})) {
        server.addresses.push_back({std::move(address), net::k_dns_port});
      }
    }
    servers.push_back(std::move(server));
  }
  return servers;
}

}  // namespace

Result<DomainPlan> Publisher::plan(const dns::Name& domain,
                                   const publish::Publication* wanted) const {
  DomainPlan plan{.domain = domain.text(), .is_removal = wanted == nullptr};
  std::vector<publish::RecordSet> sets;
  if (wanted != nullptr) {
    sets = publish::make_records(*wanted, domain, ttl_).sets;
  } else {
    for (const auto purpose :
         {publish::Purpose::mta_sts, publish::Purpose::tls_rpt}) {
      sets.push_back({purpose,
                      dns::Type::txt,
                      publish::owner_name(purpose, domain),
                      std::chrono::seconds(0),
                      {}});
    }
  }
  for (const publish::RecordSet& set : sets) {
    const Result<std::string> zone = primary_.find_zone(set.owner);
    if (!zone) return fail(zone.error());
    const Answer found = primary_.ask(*zone, set.owner, Type::txt);
    Result<OwnerPlan> one = wanted != nullptr
                                ? plan_owner(set, found, ttl_.has_value())
                                : plan_removal(set.purpose, found);
    if (!one) return fail(one.error());
    if (!one->alias_of.empty()) {
      plan.aliases.push_back({set.owner, std::move(one->alias_of)});
    }
    if (one->change) plan.changes.push_back({*zone, *std::move(one->change)});
    plan.orders += one->orders;
  }
  return plan;
}

std::optional<Error> Publisher::find_reason_to_wait(
    const dns::Name& domain, const publish::PublicationPtr& wanted) const {
  const std::chrono::sys_seconds now = process::this_second();
  const verify::Facts facts =
      verify::look(domain.text(), wanted, shared_, resolver_, now);
  return tool::find_reason_to_wait(
      facts, verify::judge(facts, {.publication = wanted}, now), *wanted);
}

std::vector<std::optional<Error>> Publisher::send(
    const std::vector<DomainPlan>& plans) const {
  struct Batch {
    std::vector<RecordChange> changes = {};
    std::vector<std::size_t> of = {};  // places of plans
  };
  std::vector<std::optional<Error>> errors(plans.size());
  const auto flush = [&](const std::string& zone, Batch& batch) {
    const Result<void> sent = primary_.send(zone, batch.changes);
    for (const std::size_t i : batch.of) {
      if (!sent) errors[i] = sent.error();
    }
    batch = {};
  };
  std::map<std::string, Batch> batches;  // by zone
  for (std::size_t i = 0; i < plans.size(); ++i) {
    for (const DomainPlan::Change& one : plans[i].changes) {
      Batch& batch = batches[one.zone];
      const bool is_begun = !batch.of.empty() && batch.of.back() == i;
      if (!is_begun && batch.changes.size() >= k_max_changes) {
        flush(one.zone, batch);
      }
      batch.changes.push_back(one.change);
      if (!is_begun) batch.of.push_back(i);
    }
  }
  for (auto& [zone, batch] : batches) flush(zone, batch);
  return errors;
}

Sighting Publisher::wait_until_seen(
    const DomainPlan& plan, std::chrono::steady_clock::time_point end) const {
  std::map<std::string, std::vector<Server>> servers;  // by zone
  for (const DomainPlan::Change& one : plan.changes) {
    if (servers.contains(one.zone)) continue;
    servers[one.zone] = find_servers(primary_, resolver_, one.zone);
  }
  std::chrono::milliseconds wait = k_first_wait;
  for (;;) {
    std::map<std::string, Sight> seen;  // by name of the server
    for (const DomainPlan::Change& one : plan.changes) {
      for (const Server& server : servers[one.zone]) {
        const Sight sight = look_at(resolver_, server, one.change);
        const auto known = seen.try_emplace(server.name, sight).first;
        known->second = std::min(known->second, sight);
      }
    }
    Sighting sighting{.servers = seen.size()};
    for (const auto& [name, sight] : seen) {
      if (sight == Sight::shown) {
        ++sighting.shown;
      } else if (sighting.missing_at.empty()) {
        sighting.missing_at = name;
      }
    }
    if (sighting.shown == sighting.servers ||
        std::chrono::steady_clock::now() + wait >= end) {
      return sighting;
    }
    std::this_thread::sleep_for(wait);
    wait = std::min(wait * 2, k_longest_wait);
  }
}

}  // namespace mtasts::tool
