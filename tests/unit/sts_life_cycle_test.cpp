// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sts/life_cycle.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"

namespace mtasts::sts {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using Event = HistoryLine::Event;

Policy make_policy(Mode mode, const std::string& mx, days max_age) {
  return *Policy::make(mode, {*MxPattern::parse(mx)}, max_age);
}

const Policy k_old = make_policy(Mode::enforce, "old.example", days(7));
const Policy k_new = make_policy(Mode::enforce, "new.example", days(1));
const Policy k_testing = make_policy(Mode::testing, "new.example", days(30));
const Policy k_none = make_policy(Mode::none, "new.example", days(1));

/// Days from some beginning.
sys_seconds at(int day) { return sys_seconds(days(20'000 + day)); }

HistoryLine line(int day, Event event, const Policy& policy) {
  return {.time = at(day),
          .event = event,
          .domain = "example.com",
          .id = policy_id(format_policy(policy)),
          .policy = policy};
}

Past make_past(const std::vector<HistoryLine>& lines) {
  Past past;
  for (const HistoryLine& one : lines) past.add(one);
  return past;
}

TEST(StsLifeCycle, KnowsNothingOfADomainWithoutLines) {
  const Past past;
  EXPECT_TRUE(past.empty());
  EXPECT_EQ(past.cached_until(at(0)), std::nullopt);
  EXPECT_EQ(past.enforced_until(at(0)), std::nullopt);
}

TEST(StsLifeCycle, CountsFromTheLastMomentThatAPolicyWasServed) {
  const Past past = make_past({line(0, Event::serve, k_old)});
  EXPECT_EQ(past.cached_until(at(3)), at(10));
  EXPECT_EQ(past.cached_until(at(5)), at(12));
  const Past ended =
      make_past({line(0, Event::serve, k_old), line(4, Event::end, k_old)});
  EXPECT_EQ(ended.cached_until(at(5)), at(11));
  EXPECT_EQ(ended.cached_until(at(50)), at(11));
}

// RFC 8461, 8.3: older, longer policies may outlive the last one.
TEST(StsLifeCycle, TakesTheLatestOfAllThatWasServed) {
  const Past past =
      make_past({line(0, Event::serve, k_old), line(4, Event::end, k_old),
                 line(4, Event::serve, k_new), line(5, Event::end, k_new),
                 line(5, Event::serve, k_none)});
  EXPECT_EQ(past.cached_until(at(6)), at(11));
}

TEST(StsLifeCycle, TellsEnforceFromTesting) {
  const Past past =
      make_past({line(0, Event::serve, k_old), line(4, Event::end, k_old),
                 line(4, Event::serve, k_testing)});
  EXPECT_EQ(past.enforced_until(at(5)), at(11));
  EXPECT_EQ(past.cached_until(at(5)), at(35));
}

// Two replicas: what one has ceased to serve the other still does.
TEST(StsLifeCycle, WaitsForTheLastHostOfSeveral) {
  Past past =
      make_past({line(0, Event::serve, k_old), line(1, Event::serve, k_old),
                 line(4, Event::end, k_old)});
  EXPECT_EQ(past.cached_until(at(20)), at(27));
  past.add(line(6, Event::end, k_old));
  EXPECT_EQ(past.cached_until(at(20)), at(13));
}

// What was served meanwhile is not known: as long as the clock is behind, it
// counts as served.
TEST(StsLifeCycle, IsNeverTooEarlyWhenAClockWasSetBack) {
  Past past =
      make_past({line(400, Event::serve, k_old), line(35, Event::end, k_old),
                 line(35, Event::serve, k_new)});
  EXPECT_EQ(past.served().front().served_until(at(36)), at(400));
  EXPECT_EQ(past.enforced_until(at(36)), at(407));
  EXPECT_EQ(past.enforced_until(at(410)), at(417));
  // The clock has been put right before this line.
  past.add(line(402, Event::end, k_new));
  EXPECT_EQ(past.enforced_until(at(410)), at(409));
}

// Both began and ended while the clock was behind.
TEST(StsLifeCycle, IsNotSureOfWhatFollowedWhileAClockWasBehind) {
  Past past =
      make_past({line(400, Event::serve, k_old), line(35, Event::end, k_old),
                 line(35, Event::serve, k_new), line(36, Event::end, k_new),
                 line(36, Event::serve, k_testing)});
  const auto new_until = [&past](int day) {
    return past.served().at(1).served_until(at(day));
  };
  EXPECT_EQ(new_until(402), at(402));
  past.add(line(403, Event::end, k_testing));
  EXPECT_EQ(new_until(500), at(403));
}

}  // namespace
}  // namespace mtasts::sts
