// SPDX-License-Identifier: MIT
#include "sts/migration.hpp"

#include <algorithm>
#include <utility>

#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"

namespace mtasts::sts {
namespace {

using std::chrono::sys_seconds;

bool admits(const Policy& policy, const dns::Name& host) {
  return std::ranges::any_of(policy.mx(), [&](const MxPattern& pattern) {
    return pattern.matches(host);
  });
}

bool admits_all(const Policy& policy, const std::vector<dns::Name>& hosts) {
  // Mode none admits any.
  return policy.mode() == Mode::none ||
         std::ranges::all_of(hosts, [&](const dns::Name& host) {
           return admits(policy, host);
         });
}

/// Each pattern of `policy` is there for one of `hosts`.
bool is_for(const Policy& policy, const std::vector<dns::Name>& hosts) {
  return std::ranges::all_of(policy.mx(), [&](const MxPattern& pattern) {
    return std::ranges::any_of(
        hosts, [&](const dns::Name& host) { return pattern.matches(host); });
  });
}

bool are_same(std::vector<dns::Name> a, std::vector<dns::Name> b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  return a == b;
}

class Migration {
 public:
  Migration(const Sight& sight, const Past& past,
            const std::vector<dns::Name>& targets, sys_seconds now)
      : sight_(sight), past_(past), targets_(targets), now_(now) {}

  std::vector<Step> plan() const {
    const bool is_moved = sight_.mx && are_same(*sight_.mx, targets_);
    const auto admitted = when_seen(sight_.policy, [&](const Policy& policy) {
      // Who has dropped the old hosts too early needs them back.
      return admits_all(policy, targets_) &&
             (is_moved || !sight_.mx || admits_all(policy, *sight_.mx));
    });
    const auto dropped = when_seen(sight_.policy, [&](const Policy& policy) {
      return admits_all(policy, targets_) && is_for(policy, targets_);
    });
    const std::optional<bool> is_published = find_published(sight_);
    // What publishes the last policy has published the one between them.
    const bool is_past_both = dropped == true && is_moved;
    return arrange(
        {{k_prepare_hosts, is_moved ? true : sight_.are_targets_good, {}},
         {k_admit_both, admitted, {}},
         {k_publish_both,
          is_past_both ? true : both(admitted, is_published),
          {}},
         {k_move_mx,
          when_seen(sight_.mx, [&](const auto&) { return is_moved; }),
          moved_from()},
         {k_drop_old, both(is_moved, dropped), dropped_from(is_moved)},
         {k_publish_new, both(is_past_both, is_published), {}}},
        now_);
  }

 private:
  /// What `is_so` says of what was seen.
  template <class Seen, class IsSo>
  static std::optional<bool> when_seen(const std::optional<Seen>& seen,
                                       IsSo is_so) {
    if (!seen) return {};
    return is_so(*seen);
  }

  static std::optional<bool> both(std::optional<bool> a,
                                  std::optional<bool> b) {
    if (a == false || b == false) return false;
    if (!a || !b) return {};
    return true;
  }

  /// Nobody holds a policy any more that would refuse a target: neither who
  /// looks only when max_age is over, nor who waits for another id.
  sys_seconds moved_from() const {
    sys_seconds from =
        published_from(sight_, now_) + sight_.txt_ttl + k_sender_pause;
    for (const dns::Name& host : targets_) {
      if (const auto until = refused_until(past_, host, now_)) {
        from = std::max(from, *until);
      }
    }
    if (past_.empty() || sight_.earlier_max_age) {
      from = std::max(from, assume_forgotten(sight_, now_));
    }
    return from;
  }

  /// Nobody has the old MX record any more.
  sys_seconds dropped_from(bool is_moved) const {
    const sys_seconds moved = is_moved ? sight_.mx_since.value_or(now_)
                                       : std::max(now_, moved_from());
    return moved + sight_.mx_ttl;
  }

  const Sight& sight_;
  const Past& past_;
  const std::vector<dns::Name>& targets_;
  sys_seconds now_;
};

}  // namespace

sys_seconds assume_forgotten(const Sight& sight, sys_seconds now) {
  const std::chrono::seconds own =
      sight.policy ? sight.policy->max_age() : std::chrono::seconds(0);
  return published_from(sight, now) + sight.earlier_max_age.value_or(own);
}

std::optional<bool> find_published(const Sight& sight) {
  if (!sight.policy || !sight.id) return {};
  return *sight.id == policy_id(format_policy(*sight.policy));
}

sys_seconds published_from(const Sight& sight, sys_seconds now) {
  return find_published(sight) == true ? sight.record_since.value_or(now) : now;
}

std::vector<Step> plan_migration(const Sight& sight, const Past& past,
                                 const std::vector<dns::Name>& targets,
                                 sys_seconds now) {
  return Migration(sight, past, targets, now).plan();
}

std::vector<MxPattern> admit_both(const Policy& policy, const Sight& sight,
                                  const std::vector<dns::Name>& targets) {
  std::vector<dns::Name> hosts = sight.mx.value_or(std::vector<dns::Name>{});
  hosts.insert(hosts.end(), targets.begin(), targets.end());
  std::ranges::sort(hosts);
  hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
  std::vector<MxPattern> mx = policy.mx();
  for (const dns::Name& host : hosts) {
    if (admits(policy, host)) continue;
    // A name is a pattern.
    mx.push_back(*MxPattern::parse(host.text()));
  }
  std::ranges::sort(mx);
  return mx;
}

std::optional<sys_seconds> refused_until(const Past& past,
                                         const dns::Name& host,
                                         sys_seconds now) {
  std::optional<sys_seconds> last;
  for (const Served& one : past.served()) {
    if (one.policy.mode() != Mode::enforce || admits(one.policy, host))
      continue;
    last = std::max(last, {one.cached_until(now)});
  }
  return last;
}

}  // namespace mtasts::sts
