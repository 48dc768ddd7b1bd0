// SPDX-License-Identifier: MIT
// Hosts serve policies, replace them, are killed, and have their clocks set
// back: what their histories say together is never too early, and exact where
// each clock was right and each host said when it ended.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "random.hpp"
#include "sts/life_cycle.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"
#include "tool/history_compact.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using sts::HistoryLine;
using sts::Past;
using sts::Policy;
using Lines = std::vector<HistoryLine>;

constexpr sys_seconds k_begin{days(20'000)};
constexpr days k_set_back{365};
constexpr const char* k_domain = "example.com";

std::string id_of(const Policy& policy) {
  return sts::policy_id(sts::format_policy(policy));
}

class HistoryProperty : public testing::Test {
 protected:
  static constexpr int k_rounds = 3000;

  HistoryProperty() {
    for (int i = 1; i <= 4; ++i) {
      policies_.push_back(*Policy::make(
          i == 4 ? sts::Mode::testing : sts::Mode::enforce,
          {*sts::MxPattern::parse("mx" + std::to_string(i) + ".example.com")},
          days(i * 7)));
    }
  }

  seconds any_seconds(seconds most) {
    return seconds(random_.below(static_cast<std::size_t>(most.count()) + 1));
  }

  /// What one host writes, and in last_served_ when each policy was.
  Lines run_host(bool has_faults) {
    Lines lines;
    sys_seconds now = k_begin + any_seconds(days(5));
    seconds behind{0};
    const auto note = [&](HistoryLine::Event event, const Policy& policy) {
      lines.push_back({now - behind, event, k_domain, id_of(policy), policy});
    };
    const Policy* served = &random_.one_of(policies_);
    note(HistoryLine::Event::serve, *served);
    const std::size_t edits = 1 + random_.below(8);
    for (std::size_t i = 0; i < edits; ++i) {
      now += any_seconds(days(20));
      if (has_faults && random_.once_in(3)) {
        behind = behind == seconds(0) ? k_set_back : seconds(0);
      }
      const Policy* next = &random_.one_of(policies_);
      note(HistoryLine::Event::serve, *next);
      end(*served, now);
      // Killed, or its disk was full.
      const bool is_lost = has_faults && random_.once_in(6);
      if (!is_lost) note(HistoryLine::Event::end, *served);
      served = next;
    }
    now += any_seconds(days(20));
    end(*served, now);
    note(HistoryLine::Event::end, *served);
    latest_ = std::max(latest_, now);
    return lines;
  }

  void end(const Policy& policy, sys_seconds time) {
    sys_seconds& last =
        last_served_.try_emplace(id_of(policy), time).first->second;
    last = std::max(last, time);
  }

  static Past read(const Lines& lines) {
    Past past;
    for (const HistoryLine& line : lines) past.add(line);
    return past;
  }

  Lines run_hosts(bool has_faults) {
    last_served_.clear();
    latest_ = k_begin;
    std::vector<Lines> histories(1 + random_.below(3));
    for (Lines& one : histories) one = run_host(has_faults);
    return merge_lines(std::move(histories));
  }

  Random random_;
  std::vector<Policy> policies_;
  std::map<std::string, sys_seconds> last_served_;
  sys_seconds latest_;
};

TEST_F(HistoryProperty, IsNeverTooEarly) {
  for (int round = 0; round < k_rounds; ++round) {
    const Lines lines = run_hosts(true);
    const sys_seconds now = latest_ + any_seconds(days(40));
    for (const Lines& one : {lines, compact_lines(lines, now)}) {
      const Past past = read(one);
      for (const auto& [id, last] : last_served_) {
        const auto known =
            std::ranges::find(past.served(), id, &sts::Served::id);
        if (known == past.served().end()) {
          // Left out, since nobody holds it.
          const auto policy = std::ranges::find(policies_, id, id_of);
          ASSERT_LT(last + policy->max_age(), now);
          continue;
        }
        ASSERT_GE(known->served_until(now), last);
      }
    }
  }
}

TEST_F(HistoryProperty, IsExactWhereNothingWentWrong) {
  for (int round = 0; round < k_rounds; ++round) {
    const Past past = read(run_hosts(false));
    ASSERT_EQ(past.served().size(), last_served_.size());
    for (const sts::Served& one : past.served()) {
      ASSERT_EQ(one.served_until(latest_), last_served_.at(one.id));
    }
  }
}

// A host reads its own file, which is not merged with any.
TEST_F(HistoryProperty, IsNeverTooEarlyInOneFile) {
  for (int round = 0; round < k_rounds; ++round) {
    last_served_.clear();
    latest_ = k_begin;
    const Past past = read(run_host(true));
    for (const sts::Served& one : past.served()) {
      ASSERT_GE(one.served_until(latest_), last_served_.at(one.id));
    }
  }
}

}  // namespace
}  // namespace mtasts::tool
