// SPDX-License-Identifier: MIT
// What is to be typed where no configuration has the domain, and where one
// table has several; tests/verify/life_test.py has the rest.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "dns/name.hpp"
#include "publish/publication.hpp"
#include "sts/mx_pattern.hpp"
#include "sts/policy.hpp"
#include "tool/life_plan.hpp"
#include "tool/plan_output.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::days;

constexpr std::chrono::sys_seconds k_now{
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 28)};

sts::Policy make_policy() {
  return *sts::Policy::make(sts::Mode::enforce,
                            {*sts::MxPattern::parse("*.old.test")}, days(2));
}

const publish::TablePlace k_place{"mta-stsd.toml", 7, 1};

PlanInput make_input() {
  PlanInput input{.domain = "alpha.test", .command = "mta-sts", .now = k_now};
  input.seen.sight.policy = make_policy();
  input.seen.sight.id = "1";
  input.seen.sight.txt_ttl = std::chrono::seconds(300);
  input.seen.sight.mx = {*dns::Name::parse("mx.old.test")};
  input.seen.sight.are_targets_good = true;
  input.seen.mx = {"10 mx.old.test"};
  return input;
}

std::vector<std::string> orders_of(const Plan& plan, std::size_t step) {
  return plan.steps.at(step).orders;
}

TEST(LifePlan, SaysWhatToServeElsewhere) {
  PlanInput input = make_input();
  input.targets = {*dns::Name::parse("mx.new.test")};
  const Plan plan = make_migration_plan(input);
  EXPECT_EQ(orders_of(plan, 1),
            (std::vector<std::string>{
                "https://mta-sts.alpha.test/.well-known/mta-sts.txt:",
                "  version: STSv1", "  mode: enforce", "  mx: *.old.test",
                "  mx: mx.new.test", "  max_age: 172800"}));
  EXPECT_EQ(orders_of(plan, 4),
            (std::vector<std::string>{
                "https://mta-sts.alpha.test/.well-known/mta-sts.txt:",
                "  version: STSv1", "  mode: enforce", "  mx: mx.new.test",
                "  max_age: 172800"}));
  EXPECT_EQ(plan.again, "");
}

TEST(LifePlan, GivesOneOfSeveralDomainsATableOfItsOwn) {
  PlanInput input = make_input();
  const publish::Publication ours(
      {*dns::Name::parse("alpha.test"), *dns::Name::parse("beta.test")},
      make_policy(), {}, k_place);
  input.ours = &ours;
  input.can_publish = true;
  const Plan plan = make_retirement_plan(input);
  EXPECT_EQ(orders_of(plan, 0),
            (std::vector<std::string>{
                "mta-stsd.toml:7:1: take \"alpha.test\" out of domains, and "
                "give it a table of its own:",
                "  [[policy]]", "  domains = [\"alpha.test\"]",
                "  mode = \"enforce\"", "  mx = [\"*.old.test\"]",
                "  max_age = \"2d\"", "  retire = 2026-12-02"}));
  EXPECT_EQ(orders_of(plan, 2),
            (std::vector<std::string>{
                "mta-sts publish --delete alpha.test",
                "  it takes _smtp._tls.alpha.test away, too, which could "
                "stay"}));
}

TEST(LifePlan, WarnsOfTheNextOwnerOfADomain) {
  PlanInput input = make_input();
  input.past.add({.time = k_now - days(9),
                  .event = sts::HistoryLine::Event::serve,
                  .domain = "alpha.test",
                  .id = "old",
                  .policy = *sts::Policy::make(
                      sts::Mode::enforce,
                      {*sts::MxPattern::parse("*.old.test")}, days(364))});
  EXPECT_EQ(make_retirement_plan(input).notes,
            (std::vector<std::string>{
                "whoever has alpha.test before 2027-11-27T00:00:00Z has to "
                "take mail as its policy says: don't give it away earlier"}));
}

TEST(LifePlan, SaysThatTheDayOfTheTableIsTooEarly) {
  PlanInput input = make_input();
  // The record and the host have 2 days, a TTL and one day more.
  const auto early = std::chrono::floor<days>(k_now) + days(3);
  const auto retires = [](std::chrono::sys_days day) {
    return publish::Publication({*dns::Name::parse("alpha.test")},
                                make_policy(), {}, k_place, day);
  };
  const publish::Publication ours = retires(early);
  input.ours = &ours;
  EXPECT_EQ(make_retirement_plan(input).notes,
            (std::vector<std::string>{
                "mta-stsd.toml:7:1: retire = 2026-12-01 is too early: write "
                "retire = 2026-12-02"}));
  const publish::Publication later = retires(early + days(1));
  input.ours = &later;
  EXPECT_EQ(make_retirement_plan(input).notes, std::vector<std::string>{});
}

TEST(LifePlan, PrintsNoCalendarOfNothing) {
  PlanInput input = make_input();
  input.seen.sight.policy.reset();
  input.seen.sight.has_no_policy = true;
  input.seen.sight.id = "";
  const Plan plan = make_retirement_plan(input);
  EXPECT_TRUE(is_done(plan));
  EXPECT_EQ(format_plan_ics(plan), "");
}

TEST(LifePlan, KeepsControlCharactersFromTheTerminal) {
  PlanInput input = make_input();
  input.seen.unseen = {"it said \x1b[2J\n"};
  const std::string text = format_plan_text(make_retirement_plan(input));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace mtasts::tool
