// SPDX-License-Identifier: MIT
// Publishes the records of domains, one step a function: what differs on the
// primary, whether the body is live, sending, and seeing it on the zone's name
// servers. Says nothing to anybody.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dns/name.hpp"
#include "nameserver/resolver.hpp"
#include "nameserver/update.hpp"
#include "publish/publication.hpp"
#include "publish/record_set.hpp"
#include "result.hpp"
#include "tool/primary.hpp"
#include "verify/look.hpp"

namespace mtasts::tool {

/// What to change for one domain, in the order of its records.
struct DomainPlan {
  struct Change {
    std::string zone;
    nameserver::RecordChange change;
  };
  struct Alias {
    std::string owner;
    std::string target;
  };

  std::string domain = {};
  bool is_removal = false;  // its records shall go
  std::vector<Change> changes = {};
  std::string orders = {};          // see OwnerPlan
  std::vector<Alias> aliases = {};  // left alone
};

/// For how long what was sent is looked for: what a NOTIFY and a transfer to
/// the other name servers take, and some.
constexpr std::chrono::seconds k_time_to_be_seen{5};

/// How many of a zone's name servers show what was sent.
struct Sighting {
  std::size_t shown = 0;
  std::size_t servers = 0;
  std::string missing_at = {};  // one that does not show it; or empty
};

class Publisher {
 public:
  /// `shared` and `resolver` have to outlive this.
  Publisher(Primary primary, std::optional<std::chrono::seconds> ttl,
            verify::Shared& shared, nameserver::Resolver& resolver)
      : primary_(std::move(primary)),
        ttl_(ttl),
        shared_(shared),
        resolver_(resolver) {}

  const std::string& primary() const { return primary_.name(); }

  /// Without a policy, what to delete.
  Result<DomainPlan> plan(const dns::Name& domain,
                          const publish::Publication* wanted) const;

  /// Looks as a sender does, at every address (RFC 8461, 8.1); see
  /// tool::find_reason_to_wait().
  std::optional<Error> find_reason_to_wait(
      const dns::Name& domain, const publish::PublicationPtr& wanted) const;

  /// One transaction for each zone: all of `plans` that have changes there.
  /// What is too much for one message is several; a domain is never cut. The
  /// errors are those of `plans`, in their order; nothing where it is done.
  std::vector<std::optional<Error>> send(
      const std::vector<DomainPlan>& plans) const;

  /// Waits until every name server of the zones shows what was sent, or until
  /// `end`; looks once all the same.
  Sighting wait_until_seen(const DomainPlan& plan,
                           std::chrono::steady_clock::time_point end) const;

 private:
  Primary primary_;
  std::optional<std::chrono::seconds> ttl_;
  verify::Shared& shared_;
  nameserver::Resolver& resolver_;
};

}  // namespace mtasts::tool
