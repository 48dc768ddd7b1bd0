// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "files/read.hpp"
#include "reports/last_days.hpp"
#include "reports/schema.hpp"
#include "temp_dir.hpp"
#include "tlsrpt/report_days_text.hpp"
#include "tlsrpt/result_type.hpp"

namespace mtasts::reports {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;
using tlsrpt::PolicyType;

constexpr sys_days k_day = year(2026) / 11 / 27;
constexpr sys_seconds k_now = k_day + days(1) + hours(5);

/// What a report says by one policy.
struct Row {
  std::int64_t document;
  std::string domain;
  sys_seconds start;
  std::string organization = "Alpha";
  PolicyType type = PolicyType::sts;
  std::uint64_t successful = 0;
  std::uint64_t failed = 0;
  bool is_verified = false;
};

class LastDaysTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto migrated = migrate(connection_);
    ASSERT_TRUE(migrated) << migrated.error().message;
    execute(
        "INSERT INTO text VALUES (1, ''); "
        "INSERT INTO applied VALUES (1, 1, 1, 1, NULL)");
  }

  void execute(const std::string& sql) {
    const auto done = connection_.execute(sql);
    ASSERT_TRUE(done) << done.error().message;
  }

  void add(const Row& row) {
    static std::int64_t position = 0;
    const auto text = [](const std::string& value) {
      return fmt::format("(SELECT id FROM text WHERE value = '{}')", value);
    };
    execute(fmt::format(
        "INSERT OR IGNORE INTO text(value) VALUES ('{0}'), ('{1}'); "
        "INSERT OR IGNORE INTO document VALUES ({2}, x'{2:04x}', 0, 0, NULL, "
        "1, 1)",
        row.domain, row.organization, row.document));
    execute(fmt::format(
        "INSERT INTO report VALUES ({}, {}, {}, {}, {}, {}, '{}', {}, 0, {}, "
        "1, {}, {})",
        row.document, position, row.start.time_since_epoch().count(),
        (row.start + hours(24)).time_since_epoch().count(), text(row.domain),
        text(row.organization), position, static_cast<int>(row.type),
        row.is_verified ? 1 : 0, row.successful, row.failed));
    ++position;
  }

  std::vector<tlsrpt::DomainDay> read() {
    auto all = read_last_days(connection_, k_now);
    EXPECT_TRUE(all) << all.error().message;
    return all.value_or(std::vector<tlsrpt::DomainDay>{});
  }

  TempDir dir_;
  Connection connection_ =
      *Connection::open(dir_.path("db"), Access::write, seconds(1));
};

TEST_F(LastDaysTest, CountEachReportOnce) {
  add({1, "alpha.test", k_day, "Alpha", PolicyType::sts, 10, 1, true});
  // One report by two policies, and one of the same day.
  add({2, "alpha.test", k_day, "Beta", PolicyType::sts, 20, 2, false});
  add({2, "alpha.test", k_day, "Beta", PolicyType::tlsa, 30, 0, false});
  add({3, "alpha.test", k_day + hours(23), "Beta", PolicyType::sts, 40, 4});
  EXPECT_EQ(read(), (std::vector<tlsrpt::DomainDay>{
                        {.domain = "alpha.test",
                         .day = k_day,
                         .reports = 3,
                         .unverified = 2,
                         .organizations = 2,
                         .sessions = {{{30, 0}, {70, 7}, {}, {}}}}}));
}

TEST_F(LastDaysTest, AreOfEachDomainItsOwn) {
  add({1, "beta.test", k_day, "Alpha", PolicyType::sts, 1});
  add({2, "beta.test", k_day - seconds(1), "Alpha", PolicyType::sts, 2});
  add({3, "alpha.test", k_day - days(300), "Alpha", PolicyType::sts, 3});
  // What its sender has put into the future says nothing of today.
  add({4, "alpha.test", k_now, "Alpha", PolicyType::sts, 4});
  add({5, "gamma.test", k_now + days(1), "Alpha", PolicyType::sts, 5});
  EXPECT_EQ(read(), (std::vector<tlsrpt::DomainDay>{
                        {.domain = "beta.test",
                         .day = k_day,
                         .reports = 1,
                         .unverified = 1,
                         .organizations = 1,
                         .sessions = {{{}, {1, 0}, {}, {}}}},
                        {.domain = "alpha.test",
                         .day = k_day - days(300),
                         .reports = 1,
                         .unverified = 1,
                         .organizations = 1,
                         .sessions = {{{}, {3, 0}, {}, {}}}}}));
}

TEST_F(LastDaysTest, AreNoneOfNoReports) { EXPECT_TRUE(read().empty()); }

TEST_F(LastDaysTest, AreWrittenWholeOrNotAtAll) {
  add({1, "alpha.test", k_day, "Alpha", PolicyType::sts, 10, 1});
  const std::string path = dir_.path("state/summary");
  ASSERT_TRUE(write_last_days(connection_, path, k_now));
  const auto text = files::read_file(path, 4096);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, tlsrpt::format_report_days(read(), k_now));

  // A folder in its place can't be replaced, and nothing is left beside it.
  const std::string folder = dir_.path("state/folder");
  std::filesystem::create_directory(folder);
  const auto written = write_last_days(connection_, folder, k_now);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message,
            "can't write \"" + folder + "\": Is a directory");
  const auto count =
      std::distance(std::filesystem::directory_iterator(dir_.path("state")),
                    std::filesystem::directory_iterator());
  EXPECT_EQ(count, 2);
}

}  // namespace
}  // namespace mtasts::reports
