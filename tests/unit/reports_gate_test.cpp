// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "reports/gate.hpp"
#include "sts/policy.hpp"

namespace mtasts::reports {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::sys_days;

constexpr std::chrono::sys_seconds k_now =
    sys_days(std::chrono::year(2026) / 11 / 28) + hours(9);
constexpr sys_days k_yesterday = sys_days(std::chrono::year(2026) / 11 / 27);

SenderTotals make_sender(const std::string& organization, sys_days day) {
  return {.organization = organization,
          .signer = "",
          .policy_id = "ours",
          .day = day,
          .sessions = {.successful = 100}};
}

/// Ready in all parts, and in none with room to spare.
GateFacts make_ready() {
  GateFacts facts{.domain = "example.com",
                  .now = k_now,
                  .policy_id = "ours",
                  .testing_since = k_now - days(14),
                  .look = GateLook{}};
  for (int i = 0; i < 10; ++i) {
    facts.details.senders.push_back(
        make_sender("Google Inc.", k_yesterday - days(i)));
  }
  facts.details.senders.push_back(make_sender("Alpha", k_yesterday));
  return facts;
}

FailureTotals make_failure(const std::string& mx, std::uint64_t failed) {
  return {.organization = "Alpha",
          .policy_id = "ours",
          .result_type = "certificate-expired",
          .receiving_mx_hostname = mx,
          .failed = failed,
          .receiving_ip = "",
          .failure_reason_code = ""};
}

std::string describe(const GateFacts& facts) {
  const GateVerdict verdict = judge_gate(facts);
  std::string text(format_gate_state(verdict.state));
  text += "\n";
  for (const GateCondition& one : verdict.conditions) {
    text += std::string(format_gate_state(one.state)) + " " +
            std::string(one.id) + ": " + one.text + "\n";
  }
  return text;
}

GateState state_of(const GateFacts& facts, std::string_view id) {
  for (const GateCondition& one : judge_gate(facts).conditions) {
    if (one.id == id) return one.state;
  }
  ADD_FAILURE() << "no condition " << id;
  return GateState::note;
}

TEST(GateTest, IsReadyByTheRule) {
  EXPECT_EQ(describe(make_ready()),
            "good\n"
            "good mode: the policy is in mode testing\n"
            "good testing-days: 14 days of testing: 14 since 2026-11-14, by "
            "the history\n"
            "good report-days: reports on 10 of the last 14 days: on 10\n"
            "good organizations: 2 organizations, one of them Google or "
            "Microsoft: Alpha, Google Inc.\n"
            "good failures: no failed session under this policy, or fewer than "
            "one in 1000 at one MX host: 0 of 1100\n"
            "good verify: verify finds no error now: none\n"
            "note verified: 0 % of 1100 sessions are from reports whose sender "
            "is verified\n");
}

TEST(GateTest, SaysAllThatIsMissing) {
  const GateFacts facts{.domain = "example.com",
                        .now = k_now,
                        .mode = sts::Mode::none,
                        .policy_id = "ours"};
  EXPECT_EQ(describe(facts),
            "bad\n"
            "bad mode: the policy is in mode none\n"
            "bad testing-days: 14 days of testing: neither the history nor a "
            "report knows of this policy\n"
            "bad report-days: reports on 10 of the last 14 days: on 0\n"
            "bad organizations: 2 organizations, one of them Google or "
            "Microsoft: none\n"
            "bad failures: no failed session under this policy, or fewer than "
            "one in 1000 at one MX host: 0 of 0\n"
            "untested verify: verify finds no error now: it was not asked\n"
            "note verified: 0 % of 0 sessions are from reports whose sender is "
            "verified\n");
}

TEST(GateTest, WaitsToTheSecond) {
  GateFacts facts = make_ready();
  *facts.testing_since += std::chrono::seconds(1);
  const GateVerdict verdict = judge_gate(facts);
  EXPECT_EQ(verdict.state, GateState::bad);
  EXPECT_EQ(verdict.not_before, k_yesterday + days(2));
}

TEST(GateTest, TakesTheFirstReportWhereNoHistoryIs) {
  GateFacts facts = make_ready();
  facts.testing_since.reset();
  facts.reported_since = k_yesterday - days(13);
  EXPECT_EQ(state_of(facts, "testing-days"), GateState::good);
  facts.reported_since = k_yesterday - days(12);
  EXPECT_EQ(state_of(facts, "testing-days"), GateState::bad);
}

TEST(GateTest, WantsReportsOfTenDays) {
  GateFacts facts = make_ready();
  facts.details.senders.erase(facts.details.senders.begin() + 9);
  const GateVerdict verdict = judge_gate(facts);
  EXPECT_EQ(verdict.state, GateState::bad);
  EXPECT_EQ(verdict.not_before, k_yesterday + days(2));
}

TEST(GateTest, CountsReportsByTheirPolicyAlone) {
  GateFacts facts = make_ready();
  for (SenderTotals& one : facts.details.senders) {
    one.type = tlsrpt::PolicyType::tlsa;
  }
  EXPECT_EQ(state_of(facts, "report-days"), GateState::bad);
}

TEST(GateTest, KnowsTheLargeByTheirSignature) {
  GateFacts facts = make_ready();
  for (SenderTotals& one : facts.details.senders) {
    one.is_verified = true;
    one.signer = "google.com.alpha.test";
  }
  EXPECT_EQ(state_of(facts, "organizations"), GateState::bad);
  facts.details.senders.front().signer = "google.com";
  EXPECT_EQ(state_of(facts, "organizations"), GateState::good);
  facts.details.senders.pop_back();
  EXPECT_EQ(state_of(facts, "organizations"), GateState::bad);
}

TEST(GateTest, ToleratesLessThanOneInAThousandAtOneHost) {
  GateFacts facts = make_ready();
  facts.details.senders.front().sessions.failed = 1;
  facts.details.failures = {make_failure("mx1.example.com", 1)};
  EXPECT_EQ(state_of(facts, "failures"), GateState::good);  // 1 of 1101
  facts.details.senders.front().sessions.failed = 2;
  facts.details.failures = {make_failure("mx1.example.com", 2)};
  EXPECT_EQ(state_of(facts, "failures"), GateState::bad);
  facts.details.senders.front().sessions = {.successful = 5000, .failed = 2};
  EXPECT_EQ(state_of(facts, "failures"), GateState::good);
  facts.details.failures = {make_failure("mx1.example.com", 1),
                            make_failure("mx2.example.com", 1)};
  EXPECT_EQ(state_of(facts, "failures"), GateState::bad);
  // Without details nobody knows where.
  facts.details.failures = {};
  EXPECT_EQ(state_of(facts, "failures"), GateState::bad);
}

TEST(GateTest, CountsFailuresOfThisPolicyAndOfFetches) {
  GateFacts facts = make_ready();
  facts.details.senders.push_back(make_sender("Alpha", k_yesterday));
  facts.details.senders.back().policy_id = "another";
  facts.details.senders.back().sessions.failed = 50;
  EXPECT_EQ(state_of(facts, "failures"), GateState::good);
  facts.details.senders.back().policy_id = "";
  EXPECT_EQ(state_of(facts, "failures"), GateState::bad);
}

TEST(GateTest, TakesTheWorstOfAllParts) {
  GateFacts facts = make_ready();
  facts.look->untested = {"mx1.example.com (mx.untested)"};
  EXPECT_EQ(judge_gate(facts).state, GateState::untested);
  facts.mode = sts::Mode::enforce;
  EXPECT_EQ(judge_gate(facts).state, GateState::bad);
  facts.mode = sts::Mode::testing;
  facts.look->errors = {"mx1.example.com (mx.tls)"};
  EXPECT_EQ(judge_gate(facts).state, GateState::bad);
}

}  // namespace
}  // namespace mtasts::reports
