// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "reports/importer.hpp"
#include "temp_dir.hpp"

namespace mtasts::reports {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::sys_seconds k_now =
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 25};

std::string make_report(int number) {
  return fmt::format(
      R"({{"organization-name":"Sender","report-id":"{}","policies":[{{"policy":)"
      R"({{"policy-type":"sts","policy-domain":"alpha.test"}}}}]}})",
      number);
}

class ImporterTest : public testing::Test {
 protected:
  ImporterTest() {
    fs::create_directory(dir_.path("spool"));
    for (int i = 0; i < 3; ++i) {
      dir_.write(fmt::format("spool/{}", i), make_report(i));
    }
    dir_.write("spool/bad", "no report");
  }

  ImportSettings settings() {
    return {.failed = dir_.path("failed"),
            .removes_files = true,
            .now = k_now,
            .tell_failure = [this](const Place& place, const Error& reason,
                                   const std::string& kept) {
              told_.push_back(fmt::format(
                  "{}: {} {}", fs::path(place.name).filename().string(),
                  reason.message, fs::path(kept).filename().string()));
            }};
  }

  /// What is left of the spool.
  std::size_t left() const {
    return static_cast<std::size_t>(std::distance(
        fs::directory_iterator(dir_.path("spool")), fs::directory_iterator()));
  }

  TempDir dir_;
  std::vector<std::string> told_;
};

TEST_F(ImporterTest, RemovesFilesWhenTheyAreInTheDatabase) {
  auto database = Database::open(dir_.path("reports.db"));
  ASSERT_TRUE(database) << database.error().message;
  Importer importer(*database, settings());
  ASSERT_TRUE(visit_sources(dir_.path("spool"), Channel::https, importer));
  EXPECT_EQ(left(), 4U);
  ASSERT_TRUE(importer.commit());
  EXPECT_EQ(left(), 0U);
  EXPECT_EQ(
      importer.counts(),
      (ImportCounts{
          .items = 4, .reports = 3, .failed = 1, .policies = {.stored = 3}}));
  EXPECT_EQ(told_, (std::vector<std::string>{
                       "bad: it is neither a mail, nor JSON, nor gzip "
                       "60183dd7b7905c2d"}));
  EXPECT_TRUE(fs::exists(dir_.path("failed/60183dd7b7905c2d.reason")));
}

TEST_F(ImporterTest, CountsOnceWhatItReadsAgain) {
  {
    auto database = Database::open(dir_.path("reports.db"));
    ASSERT_TRUE(database);
    Importer importer(*database, settings());
    ASSERT_TRUE(visit_sources(dir_.path("spool"), Channel::https, importer));
    // As after a crash: in the database, and still in the spool.
    ASSERT_TRUE(database->commit());
  }
  EXPECT_EQ(left(), 4U);
  auto database = Database::open(dir_.path("reports.db"));
  ASSERT_TRUE(database);
  Importer importer(*database, settings());
  ASSERT_TRUE(visit_sources(dir_.path("spool"), Channel::https, importer));
  ASSERT_TRUE(importer.commit());
  EXPECT_EQ(left(), 0U);
  EXPECT_EQ(importer.counts().policies,
            (Insertion{.stored = 0, .duplicates = 3}));
}

TEST_F(ImporterTest, LosesNothingThatWasNotCommitted) {
  {
    auto database = Database::open(dir_.path("reports.db"));
    ASSERT_TRUE(database);
    Importer importer(*database, settings());
    ASSERT_TRUE(visit_sources(dir_.path("spool"), Channel::https, importer));
  }
  EXPECT_EQ(left(), 4U);
  auto database = Database::open(dir_.path("reports.db"));
  ASSERT_TRUE(database);
  Importer importer(*database, settings());
  ASSERT_TRUE(visit_sources(dir_.path("spool"), Channel::https, importer));
  ASSERT_TRUE(importer.commit());
  EXPECT_EQ(importer.counts().policies, (Insertion{.stored = 3}));
}

TEST_F(ImporterTest, EndsWhenAFileCannotBeKept) {
  dir_.write("failed", "in the way");
  auto database = Database::open(dir_.path("reports.db"));
  ASSERT_TRUE(database);
  Importer importer(*database, settings());
  const auto done = visit_sources(dir_.path("spool"), Channel::https, importer);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message,
            "can't open \"" + dir_.path("failed") + "\": Not a directory");
  EXPECT_EQ(left(), 4U);
}

}  // namespace
}  // namespace mtasts::reports
