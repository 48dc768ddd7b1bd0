// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "server/fetch_log.hpp"

namespace mtasts::server {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::string_view k_old = "c0a762642c8ff96deabc4e74c1e5d657";
constexpr std::string_view k_new = "00000000000000000000000000000001";
// The begin of an hour.
constexpr std::chrono::sys_seconds k_start{seconds(1'795'471'200)};

class ServerFetchLog : public testing::Test {
 protected:
  void fetch(std::string_view id, std::chrono::sys_seconds time,
             SenderFamily family = SenderFamily::other) {
    log_.count("example.com", id, family, time);
  }
  DomainFetches find(std::chrono::sys_seconds now) const {
    return log_.find("example.com", now).value_or(DomainFetches{});
  }

  FetchLog log_;
};

TEST_F(ServerFetchLog, KnowsNothingOfADomainThatNobodyAskedFor) {
  fetch(k_old, k_start);
  EXPECT_FALSE(log_.find("example.net", k_start));
  EXPECT_EQ(log_.counts_of("example.net"), std::make_pair(0UL, 0UL));
}

TEST_F(ServerFetchLog, CountsByFamily) {
  fetch(k_old, k_start, SenderFamily::google);
  fetch(k_old, k_start + seconds(5), SenderFamily::google);
  fetch(k_old, k_start + seconds(9));
  log_.count_refused("example.com");
  const DomainFetches found = find(k_start + seconds(10));
  EXPECT_EQ(found.answered, 3U);
  EXPECT_EQ(found.refused, 1U);
  EXPECT_EQ(found.current.id, k_old);
  const FamilyFetches& google = found.current.by_family[0];
  EXPECT_EQ(google.count, 2U);
  EXPECT_EQ(google.first, k_start);
  EXPECT_EQ(google.last, k_start + seconds(5));
  EXPECT_EQ(found.current.total().count, 3U);
  EXPECT_EQ(found.current.total().first, k_start);
  EXPECT_EQ(found.current.total().last, k_start + seconds(9));
}

TEST_F(ServerFetchLog, KeepsThePolicyBefore) {
  fetch(k_old, k_start);
  fetch(k_new, k_start + seconds(1));
  fetch(k_old, k_start + seconds(2));  // from a thread that lags behind
  const DomainFetches found = find(k_start + seconds(3));
  EXPECT_EQ(found.current.id, k_new);
  EXPECT_EQ(found.current.total().count, 1U);
  EXPECT_EQ(found.previous.id, k_old);
  EXPECT_EQ(found.previous.total().count, 2U);
}

TEST_F(ServerFetchLog, ForgetsThePolicyBeforeThat) {
  fetch(k_old, k_start);
  fetch(k_new, k_start);
  fetch("00000000000000000000000000000002", k_start);
  const DomainFetches found = find(k_start);
  EXPECT_EQ(found.previous.id, k_new);
  EXPECT_EQ(found.answered, 3U);
}

TEST_F(ServerFetchLog, KeepsADayByTheHour) {
  fetch(k_old, k_start);
  fetch(k_old, k_start + seconds(3599));
  fetch(k_old, k_start + hours(1));
  fetch(k_old, k_start + hours(23));
  DomainFetches found = find(k_start + hours(23));
  EXPECT_EQ(found.hours[0], 2U);
  EXPECT_EQ(found.hours[1], 1U);
  EXPECT_EQ(found.hours[23], 1U);
  found = find(k_start + hours(24));
  EXPECT_EQ(found.hours[0], 1U);
  EXPECT_EQ(found.hours[22], 1U);
  EXPECT_EQ(found.hours[23], 0U);
}

TEST_F(ServerFetchLog, ForgetsWhatIsOlderThanADay) {
  fetch(k_old, k_start);
  EXPECT_EQ(find(k_start + hours(24)).hours,
            (std::array<std::uint32_t, k_hours_kept>{}));
  fetch(k_old, k_start + hours(100));
  const DomainFetches found = find(k_start + hours(100));
  EXPECT_EQ(found.hours[23], 1U);
  EXPECT_EQ(found.hours[19], 0U);
}

TEST_F(ServerFetchLog, ForgetsEachHourOfADayThatIsOver) {
  for (int i = 0; i < 24; ++i) fetch(k_old, k_start + hours(i));
  fetch(k_old, k_start + hours(23 + 24));
  std::array<std::uint32_t, k_hours_kept> want{};
  want.back() = 1;
  EXPECT_EQ(find(k_start + hours(23 + 24)).hours, want);
}

TEST_F(ServerFetchLog, ShowsNothingOfTheFutureWhenTheClockWasSetBack) {
  fetch(k_old, k_start + hours(24));
  EXPECT_EQ(find(k_start).hours, (std::array<std::uint32_t, k_hours_kept>{}));
}

TEST_F(ServerFetchLog, GoesOnWhenTheClockWasFarAheadForOneFetch) {
  std::array<std::uint32_t, k_hours_kept> want{};
  want.back() = 2;
  for (const hours ahead : {hours(24), hours(25), hours(24 * 365)}) {
    fetch(k_old, k_start + ahead);
    fetch(k_old, k_start);
    fetch(k_old, k_start + seconds(1));
    EXPECT_EQ(find(k_start + seconds(2)).hours, want) << ahead.count();
    fetch(k_old, k_start - hours(24 * 365));  // makes the table empty
  }
}

TEST_F(ServerFetchLog, LosesNothingBetweenThreads) {
  constexpr int k_threads = 4;
  constexpr int k_each = 5000;
  std::vector<std::thread> threads;
  for (int i = 0; i < k_threads; ++i) {
    threads.emplace_back([this] {
      for (int j = 0; j < k_each; ++j) {
        log_.count("d" + std::to_string(j % 50), k_old, SenderFamily::other,
                   k_start);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::uint64_t sum = 0;
  for (int i = 0; i < 50; ++i) {
    sum += log_.counts_of("d" + std::to_string(i)).first;
  }
  EXPECT_EQ(sum, std::uint64_t{k_threads} * k_each);
}

TEST(ServerSenderFamily, IsAPartOfTheUserAgentInAnyCase) {
  EXPECT_EQ(classify_sender("Google-SMTP-STS"), SenderFamily::google);
  EXPECT_EQ(classify_sender("postfix-tlspol/1.8"), SenderFamily::tlspol);
  EXPECT_EQ(classify_sender("postfix-mta-sts-resolver"),
            SenderFamily::postfix_mta_sts_resolver);
  EXPECT_EQ(classify_sender(""), SenderFamily::other);
  EXPECT_EQ(classify_sender(std::string(250, 'x') + "google"),
            SenderFamily::google);
  EXPECT_EQ(classify_sender(std::string(251, 'x') + "google"),
            SenderFamily::other);
}

}  // namespace
}  // namespace mtasts::server
