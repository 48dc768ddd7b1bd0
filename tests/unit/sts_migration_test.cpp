// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sts/migration.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"
#include "sts/retirement.hpp"

namespace mtasts::sts {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using Event = HistoryLine::Event;
using Names = std::vector<dns::Name>;

constexpr sys_seconds k_now{days(20'000)};
constexpr seconds k_ttl{300};
const Names k_old{*dns::Name::parse("old.example")};
const Names k_new{*dns::Name::parse("new.example")};

Policy make_policy(Mode mode, const std::vector<std::string>& mx) {
  std::vector<MxPattern> patterns;
  for (const std::string& one : mx) {
    patterns.push_back(*MxPattern::parse(one));
  }
  return *Policy::make(mode, patterns, days(7));
}

const Policy k_before = make_policy(Mode::enforce, {"old.example"});
const Policy k_both =
    make_policy(Mode::enforce, {"new.example", "old.example"});
const Policy k_after = make_policy(Mode::enforce, {"new.example"});
const Policy k_none = make_policy(Mode::none, {});

std::string id_of(const Policy& policy) {
  return policy_id(format_policy(policy));
}

HistoryLine line(sys_seconds time, Event event, const Policy& policy) {
  return {.time = time,
          .event = event,
          .domain = "example.com",
          .id = id_of(policy),
          .policy = policy};
}

/// `record` is that of the id in the record.
Sight make_sight(const Policy& policy, const Policy& record, const Names& mx) {
  return {.policy = policy,
          .id = id_of(record),
          .txt_ttl = k_ttl,
          .mx = mx,
          .mx_ttl = k_ttl,
          .are_targets_good = true,
          .record_since = std::nullopt,
          .mx_since = std::nullopt};
}

Past make_past() {
  Past past;
  past.add(line(k_now - days(30), Event::serve, k_before));
  return past;
}

TEST(StsMigration, BeginsWithAPolicyThatAdmitsBoth) {
  Sight sight = make_sight(k_before, k_before, k_old);
  sight.record_since = k_now - days(30);
  // The dates of later steps are as early as can be, from now on.
  const sys_seconds moved = k_now + days(7);
  EXPECT_EQ(plan_migration(sight, make_past(), k_new, k_now),
            (std::vector<Step>{
                {k_prepare_hosts, StepState::done, {}},
                {k_admit_both, StepState::due, {}},
                {k_publish_both, StepState::later, {}},
                {k_move_mx, StepState::later, moved},
                {k_drop_old, StepState::later, moved + k_ttl},
                {k_publish_new, StepState::later, {}},
            }));
}

// The record that is there is that of another policy, and says nothing of when
// senders have this one.
TEST(StsMigration, CountsFromTheRecordOfThePolicyThatIsServed) {
  Past past = make_past();
  past.add(line(k_now - days(9), Event::end, k_before));
  past.add(line(k_now - days(9), Event::serve, k_both));
  Sight sight = make_sight(k_both, k_before, k_old);
  sight.record_since = k_now - days(30);
  auto steps = plan_migration(sight, past, k_new, k_now);
  EXPECT_EQ(steps[2], (Step{k_publish_both, StepState::due, {}}));
  EXPECT_EQ(steps[3].from, k_now + k_ttl + k_sender_pause);
  sight.id = id_of(k_both);
  steps = plan_migration(sight, past, k_new, k_now);
  EXPECT_EQ(steps[3], (Step{k_move_mx, StepState::due, k_now - days(2)}));
}

// The old hosts are out of the policy, and mail still goes there.
TEST(StsMigration, AdmitsTheOldHostsAgainThatWereDroppedTooEarly) {
  const Sight sight = make_sight(k_after, k_after, k_old);
  Past past = make_past();
  past.add(line(k_now - days(1), Event::end, k_before));
  past.add(line(k_now - days(1), Event::serve, k_after));
  const auto steps = plan_migration(sight, past, k_new, k_now);
  EXPECT_EQ(steps[1], (Step{k_admit_both, StepState::due, {}}));
  EXPECT_EQ(admit_both(k_after, sight, k_new), k_both.mx());
}

// A sender that has seen the old id just before counts from then on.
TEST(StsRetirement, CountsFromWhenTheOldRecordWasSeenLast) {
  Past past = make_past();
  past.add(line(k_now - days(3), Event::end, k_before));
  past.add(line(k_now - days(3), Event::serve, k_none));
  Sight sight = make_sight(k_none, k_none, k_old);
  sight.record_since = k_now - days(1);
  const sys_seconds forgotten = k_now - days(1) + k_ttl + days(7);
  EXPECT_EQ(
      plan_retirement(sight, past, k_now),
      (std::vector<Step>{
          {k_serve_none, StepState::done, {}},
          {k_publish_none, StepState::done, {}},
          {k_remove_record, StepState::waiting, forgotten},
          {k_remove_host, StepState::later, earliest_removal(forgotten, k_ttl)},
      }));
}

// Whoever deletes the record at once leaves senders with a policy that they
// can't replace: the host stays as long.
TEST(StsRetirement, KeepsTheHostWhereTheRecordWentTooEarly) {
  Past past = make_past();
  past.add(line(k_now - days(1), Event::end, k_before));
  past.add(line(k_now - days(1), Event::serve, k_none));
  Sight sight = make_sight(k_none, k_none, k_old);
  sight.id = "";
  sight.record_since = k_now - days(1);
  const auto steps = plan_retirement(sight, past, k_now);
  EXPECT_EQ(steps.back(), (Step{k_remove_host, StepState::waiting,
                                earliest_removal(k_now + days(6), k_ttl)}));
}

TEST(StsRetirement, LetsTheHostStayUntilNobodyAsksForIt) {
  EXPECT_EQ(earliest_removal(k_now, k_ttl), k_now + k_ttl + days(1));
}

TEST(StsMigration, KnowsUntilWhenAHostMayBeRefused) {
  Past past;
  past.add(line(k_now - days(5), Event::serve, k_before));
  past.add(line(k_now - days(1), Event::end, k_before));
  past.add(line(k_now - days(1), Event::serve, k_after));
  EXPECT_EQ(refused_until(past, k_new.front(), k_now), k_now + days(6));
  EXPECT_EQ(refused_until(past, k_old.front(), k_now), k_now + days(7));
  EXPECT_EQ(refused_until(past, *dns::Name::parse("old.example"), k_now),
            k_now + days(7));
}

}  // namespace
}  // namespace mtasts::sts
