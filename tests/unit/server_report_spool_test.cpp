// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "files/read.hpp"
#include "server/report_spool.hpp"
#include "temp_dir.hpp"

namespace mtasts::server {
namespace {

constexpr std::uint64_t k_quota = 100'000;
constexpr std::chrono::sys_seconds k_now{std::chrono::seconds(1'795'838'400)};

std::vector<std::string> list(const TempDir& dir, std::string_view part) {
  std::vector<std::string> names;
  for (const auto& one : std::filesystem::directory_iterator(dir.path(part))) {
    names.push_back(one.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// Open and started; take() and keep() are what a connection does.
class ServerReportSpool : public testing::Test {
 protected:
  ServerReportSpool() : spool_(dir_.path(""), k_quota) {
    EXPECT_TRUE(spool_.open().has_value());
    spool_.start([this] {
      woken_.store(true);
      woken_.notify_all();
    });
  }

  std::unique_ptr<Upload> begin(bool is_gzip = false) {
    return spool_.begin("alpha", is_gzip, k_now);
  }

  /// What comes of a report with these octets; 0 when it may not begin.
  int keep(std::string_view octets, bool is_gzip = false) {
    const std::unique_ptr<Upload> upload = begin(is_gzip);
    if (!upload) return 0;
    if (const int status = upload->take(octets); status != 0) return status;
    woken_.store(false);
    upload->finish();
    woken_.wait(false);
    return upload->outcome().value_or(-1);
  }

  const TempDir dir_;
  std::atomic<bool> woken_{false};
  ReportSpool spool_;
};

TEST_F(ServerReportSpool, KeepsWhatCameUnderANameThatSaysHow) {
  EXPECT_EQ(keep("octets"), 201);
  const std::vector<std::string> names = list(dir_, "new");
  ASSERT_EQ(names.size(), 1U);
  EXPECT_TRUE(std::regex_match(
      names[0], std::regex(R"(1795838400\.[0-9a-f]{16}\.alpha\.json)")));
  EXPECT_EQ(*files::read_file(dir_.path("new/" + names[0]), 100), "octets");
  EXPECT_EQ(keep("octets", true), 201);
  EXPECT_EQ(std::ranges::count_if(list(dir_, "new"),
                                  [](const std::string& name) {
                                    return name.ends_with(".alpha.json.gz");
                                  }),
            1);
  EXPECT_EQ(list(dir_, "tmp"), std::vector<std::string>());
}

TEST_F(ServerReportSpool, HasOutcomesOnlyOfWhatIsWhole) {
  const std::unique_ptr<Upload> upload = begin();
  EXPECT_EQ(upload->take("half"), 0);
  EXPECT_FALSE(upload->outcome().has_value());
  EXPECT_EQ(list(dir_, "new"), std::vector<std::string>());
  EXPECT_EQ(list(dir_, "tmp").size(), 1U);
}

TEST_F(ServerReportSpool, LeavesNothingOfWhatIsGivenUp) {
  EXPECT_EQ(begin()->take("half"), 0);
  EXPECT_EQ(list(dir_, "tmp"), std::vector<std::string>());
  // And its octets do not count any more.
  EXPECT_EQ(keep(std::string(k_quota - 4096, 'x')), 201);
}

TEST_F(ServerReportSpool, KeepsItsQuotaWithWhatIsComing) {
  const std::unique_ptr<Upload> first = begin();
  EXPECT_EQ(first->take(std::string(60'000, 'x')), 0);
  const std::unique_ptr<Upload> second = begin();
  EXPECT_EQ(second->take(std::string(20'000, 'x')), 0);
  EXPECT_EQ(second->take(std::string(20'000, 'x')), 503);
  EXPECT_EQ(begin(), nullptr);
}

TEST_F(ServerReportSpool, CountsABlockForEachReport) {
  EXPECT_EQ(keep("x"), 201);
  EXPECT_EQ(keep("xx"), 201);
  EXPECT_EQ(spool_.count().reports, 2U);
  EXPECT_EQ(spool_.count().octets, 2 * 4096 + 3U);
}

TEST_F(ServerReportSpool, StoresWhatIsFinishedBeforeItStops) {
  const std::unique_ptr<Upload> upload = begin();
  EXPECT_EQ(upload->take("octets"), 0);
  upload->finish();
  spool_.stop();
  EXPECT_EQ(upload->outcome(), std::optional(201));
  EXPECT_EQ(list(dir_, "new").size(), 1U);
}

TEST_F(ServerReportSpool, SaysSoWhenAReportCanNotBeNamed) {
  const std::unique_ptr<Upload> upload = begin();
  EXPECT_EQ(upload->take("octets"), 0);
  std::filesystem::remove(dir_.path("tmp/" + list(dir_, "tmp").at(0)));
  upload->finish();
  spool_.stop();
  EXPECT_EQ(upload->outcome(), std::optional(503));
  EXPECT_EQ(list(dir_, "new"), std::vector<std::string>());
}

TEST_F(ServerReportSpool, RefusesWhereNoFileCanBeMade) {
  std::filesystem::remove(dir_.path("tmp"));
  EXPECT_EQ(begin(), nullptr);
}

TEST_F(ServerReportSpool, IsOfOneProcess) {
  ReportSpool second(dir_.path(""), k_quota);
  const Result<void> opened = second.open();
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().message,
            "the spool " + dir_.path("") + " is in use by another process");
}

TEST(ServerReportSpoolOpen, RemovesWhatACrashHasLeftAndNothingElse) {
  const TempDir dir;
  const std::string ours = "1795838400.0123456789abcdef.alpha.json.gz";
  const std::vector<std::string> others = {
      "1795838400.0123.alpha.json", "a.0123456789abcdef.alpha.json", "key.pem"};
  dir.write("tmp/" + ours, "half");
  dir.write("new/" + ours, "whole");
  for (const std::string& one : others) dir.write("tmp/" + one, "theirs");
  ReportSpool spool(dir.path(""), k_quota);
  ASSERT_TRUE(spool.open().has_value());
  EXPECT_EQ(list(dir, "tmp"), others);
  EXPECT_EQ(list(dir, "new"), std::vector<std::string>{ours});
  EXPECT_EQ(spool.count().octets, 4096 + 5U);
}

TEST(ServerReportSpoolOpen, NeedsItsFolder) {
  const TempDir dir;
  ReportSpool spool(dir.path("none"), k_quota);
  const Result<void> opened = spool.open();
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().message, "can't open the spool " + dir.path("none") +
                                        ": No such file or directory");
}

}  // namespace
}  // namespace mtasts::server
