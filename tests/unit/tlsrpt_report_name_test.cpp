// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <chrono>

#include "tlsrpt/report_name.hpp"

namespace mtasts::tlsrpt {
namespace {

TEST(ReportNameTest, ReadsNamesWithAndWithoutId) {
  for (const char* path :
       {"Sender.test!alpha.test!1795478400!1795564799.json.gz",
        "/var/mail/sender.test!alpha.test!1795478400!1795564799!001.json"}) {
    const auto name = find_report_name(path);
    ASSERT_TRUE(name) << path;
    EXPECT_EQ(name->submitter, "sender.test");
    EXPECT_EQ(name->policy_domain, "alpha.test");
    EXPECT_EQ(name->range.begin,
              std::chrono::sys_seconds(std::chrono::seconds(1795478400)));
    EXPECT_EQ(name->range.end,
              std::chrono::sys_seconds(std::chrono::seconds(1795564799)));
  }
}

TEST(ReportNameTest, FindsNothingInOtherNames) {
  for (const char* path :
       {"", "report.json", "a!b!c!d.json", "a!b!1795478400.json",
        "!b!1795478400!1795564799.json", "a!!1795478400!1795564799.json",
        "a!b!1795478400!soon.json"}) {
    EXPECT_FALSE(find_report_name(path)) << path;
  }
}

}  // namespace
}  // namespace mtasts::tlsrpt
