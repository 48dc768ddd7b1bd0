// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "reports/database.hpp"
#include "reports/query.hpp"
#include "reports/stored_report.hpp"
#include "temp_dir.hpp"
#include "text/sha256.hpp"

namespace mtasts::reports {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year;
using tlsrpt::PolicyType;

constexpr sys_days k_day = year(2026) / 11 / 27;
constexpr std::chrono::sys_seconds k_now = k_day + days(1) + hours(5);
constexpr Period k_period = {.since = k_day, .until = k_day + days(1)};

tlsrpt::PolicyReport make_policy(const std::string& domain,
                                 const std::string& type = "sts") {
  return {.policy_type = type,
          .policy_string = {"version: STSv1", "mode: testing",
                            "mx: mail.example.com", "max_age: 604800"},
          .policy_domain = domain,
          .total_successful_session_count = 10,
          .total_failure_session_count = 1,
          .failure_details = {{.result_type = "certificate-expired",
                               .receiving_mx_hostname = "mail.example.com",
                               .receiving_ip = "192.0.2.1",
                               .failed_session_count = 1,
                               .failure_reason_code = "10"}}};
}

/// `json` stands for the text that it came as.
ReceivedReport make_report(const std::string& id, const std::string& json) {
  ReceivedReport received;
  received.report = {.organization_name = "Alpha",
                     .contact_info = "tls@alpha.test",
                     .report_id = id,
                     .start_datetime = k_day,
                     .end_datetime = k_day + days(1) - seconds(1),
                     .policies = {make_policy("example.com")}};
  received.digest = text::sha256(json);
  return received;
}

class DatabaseTest : public testing::Test {
 protected:
  Insertion insert(const ReceivedReport& received, const Intake& intake = {}) {
    const auto inserted = database_.insert(received, intake, k_now);
    EXPECT_TRUE(inserted) << inserted.error().message;
    return inserted.value_or(Insertion{});
  }

  void commit() {
    const auto committed = database_.commit();
    ASSERT_TRUE(committed) << committed.error().message;
  }

  std::vector<DomainTotals> totals() {
    commit();
    Connection connection = *open_to_read(path_);
    const auto totals = read_totals(connection, k_period);
    EXPECT_TRUE(totals) << totals.error().message;
    return totals.value_or(std::vector<DomainTotals>{});
  }

  /// Sessions of the only domain that there is.
  Sessions sessions() {
    const auto all = totals();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? Sessions{} : all.front().sessions;
  }

  TempDir dir_;
  const std::string path_ = dir_.path("reports.db");
  Database database_ = *Database::open(path_);
};

TEST_F(DatabaseTest, KeepsWhatAReportSays) {
  EXPECT_EQ(insert(make_report("1", "a")), (Insertion{.stored = 1}));
  EXPECT_EQ(
      totals(),
      (std::vector<DomainTotals>{{.domain = "example.com",
                                  .type = PolicyType::sts,
                                  .sessions = {.successful = 10, .failed = 1},
                                  .verified = 0,
                                  .reports = 1,
                                  .organizations = 1,
                                  .last = k_day + days(1) - seconds(1)}}));
  Connection connection = *open_to_read(path_);
  const auto details = read_details(connection, "example.com", k_period);
  ASSERT_TRUE(details) << details.error().message;
  // The id of the policy that the sender repeats, as our record would have it.
  const std::string id = "c0a762642c8ff96deabc4e74c1e5d657";
  EXPECT_EQ(
      *details,
      (DomainDetails{.domain = "example.com",
                     .senders = {{.organization = "Alpha",
                                  .signer = "",
                                  .is_verified = false,
                                  .type = PolicyType::sts,
                                  .policy_id = id,
                                  .day = k_day,
                                  .sessions = {.successful = 10, .failed = 1},
                                  .reports = 1,
                                  .last = k_day + days(1) - seconds(1)}},
                     .failures = {{.organization = "Alpha",
                                   .policy_id = id,
                                   .type = PolicyType::sts,
                                   .result_type = "certificate-expired",
                                   .receiving_mx_hostname = "mail.example.com",
                                   .failed = 1,
                                   .receiving_ip = "192.0.2.1",
                                   .failure_reason_code = "10",
                                   .last = k_day + days(1) - seconds(1)}}}));
}

TEST_F(DatabaseTest, CountsNothingTwice) {
  insert(make_report("1", "a"));
  EXPECT_EQ(insert(make_report("1", "a")), (Insertion{.duplicates = 1}));
  // By mail and by HTTPS, in another layout.
  EXPECT_EQ(insert(make_report("1", "b")), (Insertion{.duplicates = 1}));
  EXPECT_EQ(insert(make_report("2", "c")), (Insertion{.stored = 1}));
  EXPECT_EQ(sessions(), (Sessions{.successful = 20, .failed = 2}));
  // The same name for another day is another report.
  ReceivedReport next = make_report("1", "d");
  next.report.start_datetime += days(1);
  EXPECT_EQ(insert(next), (Insertion{.stored = 1}));
}

TEST_F(DatabaseTest, CountsNothingTwiceAcrossImporters) {
  insert(make_report("1", "a"));
  commit();
  Database other = *Database::open(path_);
  const auto inserted = other.insert(make_report("1", "b"), {}, k_now);
  ASSERT_TRUE(inserted);
  EXPECT_EQ(*inserted, (Insertion{.duplicates = 1}));
  ASSERT_TRUE(other.commit());
}

TEST_F(DatabaseTest, TakesTwoPoliciesOfOneDomain) {
  ReceivedReport received = make_report("1", "a");
  received.report.policies.push_back(make_policy("example.com"));
  received.report.policies.push_back(make_policy("example.com", "tlsa"));
  EXPECT_EQ(insert(received), (Insertion{.stored = 3}));
  EXPECT_EQ(insert(received), (Insertion{.duplicates = 3}));
  const auto all = totals();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].type, PolicyType::tlsa);
  EXPECT_EQ(all[0].sessions, (Sessions{.successful = 10, .failed = 1}));
  EXPECT_EQ(all[1].sessions, (Sessions{.successful = 20, .failed = 2}));
  EXPECT_EQ(all[1].reports, 1U);
}

TEST_F(DatabaseTest, CountsWhatIsSentAnewAsItWasFirst) {
  insert(make_report("1", "a"));
  ReceivedReport again = make_report("1", "b");
  again.report.policies.push_back(make_policy("example.com"));
  EXPECT_EQ(insert(again), (Insertion{.duplicates = 2}));
  EXPECT_EQ(sessions(), (Sessions{.successful = 10, .failed = 1}));
}

TEST_F(DatabaseTest, TellsReportsWithoutAnIdApart) {
  EXPECT_EQ(insert(make_report("", "a")), (Insertion{.stored = 1}));
  EXPECT_EQ(insert(make_report("", "b")), (Insertion{.stored = 1}));
  EXPECT_EQ(insert(make_report("", "a")), (Insertion{.duplicates = 1}));
}

TEST_F(DatabaseTest, ShowsAReportAsItWasKept) {
  const ReceivedReport received = make_report("1", "a");
  insert(received);
  commit();
  Connection connection = *open_to_read(path_);
  const auto lines = read_list(
      connection, {.period = k_period, .domain = "example.com", .most = 9});
  ASSERT_TRUE(lines) << lines.error().message;
  ASSERT_EQ(lines->size(), 1U);
  const auto stored = find_report(connection, lines->front().id);
  ASSERT_TRUE(stored) << stored.error().message;
  ASSERT_TRUE(*stored);
  EXPECT_EQ((*stored)->report, received.report);
  EXPECT_EQ((*stored)->received, k_now);
  EXPECT_FALSE(*find_report(connection, 77));
  const auto failed = read_list(
      connection, {.period = k_period, .domain = "alpha.test", .most = 9});
  ASSERT_TRUE(failed);
  EXPECT_TRUE(failed->empty());
}

TEST_F(DatabaseTest, RefusesWhatIsNotItsOwn) {
  const auto refuse = [this](const std::string& sql) {
    const std::string path = dir_.path("foreign.db");
    std::filesystem::remove(path);
    {
      Connection foreign =
          *Connection::open(path, Access::write, std::chrono::seconds(1));
      EXPECT_TRUE(foreign.execute(sql));
    }
    const auto written = Database::open(path);
    const auto read = open_to_read(path);
    EXPECT_FALSE(written);
    EXPECT_FALSE(read);
    std::string said = written ? "" : written.error().message;
    EXPECT_EQ(read ? "" : read.error().message, said);
    return said.substr(std::min(said.size(), said.find("\": ") + 3));
  };
  EXPECT_EQ(refuse("CREATE TABLE a (b)"),
            "it is the database of another program");
  EXPECT_EQ(refuse("PRAGMA user_version = 99"),
            "it is of version 99, and this program knows 1");
}

TEST_F(DatabaseTest, SaysWhyItCanNotBeRead) {
  const auto missing = open_to_read(dir_.path("none.db"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message,
            "database \"" + dir_.path("none.db") + "\": it can't be opened");
  EXPECT_NE(missing.error().hint, "");
}

TEST_F(DatabaseTest, LeavesAsideWhatIsNotOurs) {
  const Intake ours{.is_ours = [](std::string_view domain) {
    return domain == "example.com";
  }};
  ReceivedReport received = make_report("1", "a");
  received.report.policies.push_back(make_policy("alpha.test"));
  received.report.policies.push_back(make_policy(""));
  EXPECT_EQ(insert(received, ours), (Insertion{.stored = 1, .foreign = 2}));
  // Later it is.
  EXPECT_EQ(insert(received),
            (Insertion{.stored = 1, .duplicates = 1, .foreign = 1}));
  EXPECT_EQ(totals().size(), 2U);
}

TEST_F(DatabaseTest, ForgetsWhatWasNotCommitted) {
  insert(make_report("1", "a"));
  commit();
  {
    Database other = *Database::open(dir_.path("other.db"));
    ASSERT_TRUE(other.insert(make_report("1", "a"), {}, k_now));
  }
  Connection connection = *open_to_read(dir_.path("other.db"));
  const auto none = read_totals(connection, k_period);
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST_F(DatabaseTest, RemovesWhatIsOld) {
  insert(make_report("1", "a"));
  ReceivedReport next = make_report("2", "b");
  next.report.start_datetime += days(1);
  next.report.end_datetime += days(1);
  insert(next);
  commit();
  const auto none = database_.remove_before(k_day + days(1) - seconds(1));
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_EQ(*none, 0U);
  const auto one = database_.remove_before(k_day + days(1));
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(*one, 1U);
  EXPECT_TRUE(totals().empty());
  // Only what the other one needs is kept.
  Connection connection = *open_to_read(path_);
  const auto kept = connection.read_number(
      "SELECT count(*) FROM text WHERE value IN ('Alpha', 'example.com')");
  EXPECT_EQ(kept.value_or(0), 2);
  // Its JSON is no longer known, and what is newer still is.
  EXPECT_EQ(insert(make_report("1", "a")), (Insertion{.stored = 1}));
  EXPECT_EQ(insert(next), (Insertion{.duplicates = 1}));
}

}  // namespace
}  // namespace mtasts::reports
