// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "config/load.hpp"
#include "sts/history_line.hpp"
#include "sts/policy.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"
#include "temp_dir.hpp"
#include "tool/policy_ids.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::sys_days;
using std::chrono::year;

constexpr sys_days k_day = year(2026) / 11 / 20;
constexpr std::chrono::sys_seconds k_now = k_day + days(8);

sts::HistoryLine make_line(std::chrono::sys_seconds time,
                           sts::HistoryLine::Event event, char id) {
  return {.time = time,
          .event = event,
          .domain = "example.com",
          .id = std::string(32, id),
          .policy = *sts::Policy::make(sts::Mode::none, {}, hours(24))};
}

TEST(ToolPolicyIds, SaysWhatTheyMean) {
  using enum sts::HistoryLine::Event;
  sts::Past past;
  past.add(make_line(k_day, serve, 'a'));
  past.add(make_line(k_day + hours(30), end, 'a'));
  past.add(make_line(k_day + hours(30), serve, 'b'));
  EXPECT_EQ(describe_ids(past, "", k_now),
            (PolicyIds{{std::string(32, 'a'), "until 2026-11-21"},
                       {std::string(32, 'b'), "served now"}}));
  // What is configured has just been taken back.
  EXPECT_EQ(describe_ids(past, std::string(32, 'a'), k_now),
            (PolicyIds{{std::string(32, 'a'), "served now"},
                       {std::string(32, 'b'), "served now"}}));
  EXPECT_EQ(describe_ids({}, "", k_now), PolicyIds{});
}

TEST(ToolPolicyIds, AreReadFromHistoryAndConfiguration) {
  using enum sts::HistoryLine::Event;
  const TempDir dir;
  // A line has the id of its own policy.
  sts::HistoryLine first = make_line(k_day, serve, 'a');
  first.id = sts::policy_id(sts::format_policy(first.policy));
  sts::HistoryLine last = first;
  last.time = k_day + hours(1);
  last.event = end;
  dir.write("history", format_history_line(first) + "torn example.com line\n" +
                           format_history_line(last));
  const config::Loaded loaded = config::load_config(
      dir.write("a.toml",
                "[server]\nhistory = \"history\"\n[[policy]]\ndomains = "
                "[\"example.com\"]\nmx = [\"mail.example.com\"]\ntls_rpt = "
                "[\"mailto:a@example.com\"]\n"));
  ASSERT_TRUE(loaded.config);
  EXPECT_EQ(read_policy_ids(*loaded.config, "example.com", k_now),
            (PolicyIds{{first.id, "until 2026-11-20"},
                       {"c0a762642c8ff96deabc4e74c1e5d657", "served now"}}));
  EXPECT_EQ(read_policy_ids(*loaded.config, "none.example.com", k_now),
            PolicyIds{});
}

}  // namespace
}  // namespace mtasts::tool
