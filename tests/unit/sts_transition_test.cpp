// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "sts/transition.hpp"

namespace mtasts::sts {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using Strings = std::vector<std::string>;

const sys_seconds k_now =
    sys_days(std::chrono::year{2026} / 11 / 28) + hours(5);

Policy make_policy(Mode mode, const Strings& hosts, seconds max_age = days(7)) {
  std::vector<MxPattern> mx;
  for (const std::string& host : hosts) mx.push_back(*MxPattern::parse(host));
  return *Policy::make(mode, mx, max_age);
}

const Policy k_testing = make_policy(Mode::testing, {"a.example"});
const Policy k_enforce = make_policy(Mode::enforce, {"a.example"});
const Policy k_none = make_policy(Mode::none, {"a.example"}, days(1));

/// "VERDICT id: message | hint" of each.
Strings judge(const Change& change) {
  Strings all;
  for (const Transition& one : find_transitions(change, k_now)) {
    const std::string verdict = one.verdict == Verdict::refuse ? "refuse "
                                : one.verdict == Verdict::warn ? "warn "
                                                               : "note ";
    all.push_back(verdict + std::string(one.id) + ": " + one.message + " | " +
                  one.hint);
  }
  return all;
}

/// Of policies that were served until now.
Change change(const Policy* before, const Policy* after) {
  Change made{.domain = "example.com", .before = before, .after = after};
  if (before != nullptr && before->mode() != Mode::none) {
    made.cached_until = k_now + before->max_age();
    if (before->mode() == Mode::enforce) {
      made.enforced_until = made.cached_until;
    }
  }
  return made;
}

TEST(StsTransition, HasNothingToSayOfNoChange) {
  EXPECT_EQ(judge(change(&k_enforce, &k_enforce)), Strings{});
  EXPECT_EQ(judge(change(&k_testing, &k_testing)), Strings{});
}

TEST(StsTransition, RefusesToStrandAPolicy) {
  EXPECT_EQ(
      judge(change(&k_enforce, nullptr)),
      Strings{"refuse transition.domain-removed: domain \"example.com\" is "
              "gone, but senders may hold its policy until "
              "2026-12-05T05:00:00Z | put it back with \"retire = "
              "2026-12-06\", which serves mode none until then; or see "
              "\"mta-sts retire example.com\" (RFC 8461, 8.3)"});
  EXPECT_EQ(judge(change(&k_testing, nullptr)).size(), 1U);
  EXPECT_EQ(judge(change(&k_none, nullptr)), Strings{});
  // It was stopped, and the history knows what it served.
  Change late = change(nullptr, nullptr);
  late.cached_until = k_now + seconds(1);
  EXPECT_EQ(judge(late).size(), 1U);
  late.cached_until = k_now;
  EXPECT_EQ(judge(late), Strings{});
}

TEST(StsTransition, RefusesARetirementThatComesTooEarly) {
  Change early = change(&k_enforce, &k_none);
  early.retire = sys_days(std::chrono::year{2026} / 12 / 5);
  EXPECT_EQ(
      judge(early),
      (Strings{"refuse transition.retire-early: domain \"example.com\" retires "
               "on 2026-12-05, but senders may hold its policy until "
               "2026-12-05T05:00:00Z | retire = 2026-12-06",
               "note transition.relaxed: domain \"example.com\" leaves mode "
               "enforce; senders that do not look may enforce it until "
               "2026-12-05T05:00:00Z | keep what the MX hosts have, "
               "certificates too, until then"}));
  early.retire = sys_days(std::chrono::year{2026} / 12 / 6);
  EXPECT_EQ(judge(early).size(), 1U);
}

TEST(StsTransition, WarnsOfALongMaxAgeOfModeNone) {
  const Policy slow = make_policy(Mode::none, {"a.example"}, days(7));
  EXPECT_EQ(
      judge(change(&k_testing, &slow)),
      Strings{"warn transition.none-max-age-long: domain \"example.com\" goes "
              "to mode none with max_age 1w, which delays a return | max_age = "
              "\"1d\" is enough (RFC 8461, 8.3)"});
  EXPECT_EQ(judge(change(&k_testing, &k_none)), Strings{});
  EXPECT_EQ(judge(change(&k_none, &slow)), Strings{});
}

TEST(StsTransition, SaysWhatBecomesOfMxHosts) {
  const Policy both = make_policy(Mode::enforce, {"a.example", "b.example"});
  const Policy wide = make_policy(Mode::enforce, {"*.example"});
  EXPECT_EQ(
      judge(change(&both, &k_enforce)),
      Strings{"warn transition.mx-removed: domain \"example.com\" has no mx "
              "\"b.example\" any more | safe once no MX record names such a "
              "host: \"mta-sts verify example.com\""});
  EXPECT_EQ(
      judge(change(&k_enforce, &both)),
      Strings{"note transition.mx-added: domain \"example.com\" has got mx "
              "\"b.example\"; senders that do not look may refuse such a host "
              "until 2026-12-05T05:00:00Z | others know it when the TTL of the "
              "TXT record has passed; \"mta-sts plan example.com\" has the "
              "dates"});
  // A wildcard admits them still.
  EXPECT_EQ(judge(change(&both, &wide)).front().substr(0, 25),
            "note transition.mx-added:");
  EXPECT_EQ(judge(change(&k_testing, &k_testing)), Strings{});
}

TEST(StsTransition, KnowsTheWayIntoEnforce) {
  Change first = change(nullptr, &k_enforce);
  EXPECT_EQ(judge(first), Strings{});
  first.is_new = true;
  EXPECT_EQ(
      judge(first),
      Strings{"warn transition.enforce-untested: domain \"example.com\" begins "
              "with mode enforce: what is wrong costs mail at once | begin "
              "with mode = \"testing\" and tls_rpt, and read the reports (RFC "
              "8461, 5)"});
  Change next = change(&k_testing, &k_enforce);
  EXPECT_EQ(judge(next),
            Strings{"note transition.enforce-ungated: domain \"example.com\" "
                    "goes to mode enforce | \"mta-sts reports gate "
                    "example.com\" says whether it is ready"});
  next.has_failures = true;
  EXPECT_EQ(judge(next),
            Strings{"warn transition.enforce-ungated: domain \"example.com\" "
                    "goes to mode enforce while senders report failures | "
                    "\"mta-sts reports gate example.com\" says whether it is "
                    "ready"});
}

TEST(StsTransition, NotesAMaxAgeThatJumps) {
  const Policy longer = make_policy(Mode::testing, {"a.example"}, days(70));
  EXPECT_EQ(judge(change(&k_testing, &longer)),
            Strings{"note transition.max-age-jump: domain \"example.com\" has "
                    "its max_age raised from 1w to 10w | what is wrong from "
                    "now on lasts for as long (RFC 8461, 8.2)"});
  const Policy less = make_policy(Mode::testing, {"a.example"}, days(69));
  EXPECT_EQ(judge(change(&k_testing, &less)), Strings{});
}

TEST(StsTransition, WarnsOfAMassChangeAndRefusesAMassLoss) {
  EXPECT_FALSE(find_mass_change({.served = 20, .changed = 20, .lost = 20}));
  EXPECT_FALSE(find_mass_change({.served = 300, .changed = 30, .lost = 30}));
  const auto changed = find_mass_change({.served = 300, .changed = 31});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->verdict, Verdict::warn);
  EXPECT_EQ(changed->message, "31 of 300 domains change at once");
  const auto lost =
      find_mass_change({.served = 300, .changed = 40, .lost = 31});
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->verdict, Verdict::refuse);
  EXPECT_EQ(lost->message,
            "31 of 300 domains would be gone or lose mode enforce or all of "
            "their mx at once");
  EXPECT_TRUE(find_mass_change({.served = 21, .changed = 21, .lost = 21}));
}

}  // namespace
}  // namespace mtasts::sts
