// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>

#include "files/read.hpp"
#include "reports/failed_folder.hpp"
#include "temp_dir.hpp"

namespace mtasts::reports {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::sys_seconds k_now =
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 25};

auto count_files(const std::string& folder) {
  return std::distance(fs::directory_iterator(folder),
                       fs::directory_iterator());
}

TEST(FailedFolderTest, KeepsOctetsAndTheReason) {
  const TempDir dir;
  FailedFolder folder(dir.path("state/failed"));
  const auto kept =
      folder.keep("no report", "a\nb", {"it is neither", "unzip it"}, k_now);
  ASSERT_TRUE(kept);
  EXPECT_EQ(*kept, dir.path("state/failed/60183dd7b7905c2d"));
  EXPECT_EQ(files::read_file(*kept, 100), "no report");
  EXPECT_EQ(files::read_file(*kept + ".reason", 100),
            "2026-11-25T00:00:00Z a\\x0ab: it is neither\n");
  struct stat status {};
  ::stat(kept->c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(FailedFolderTest, KeepsTheSameOnce) {
  const TempDir dir;
  FailedFolder folder(dir.path("failed"));
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(folder.keep("same", "it", {"reason", {}}, k_now));
  }
  EXPECT_EQ(count_files(dir.path("failed")), 2);
}

TEST(FailedFolderTest, LetsTheOldestGo) {
  const TempDir dir;
  FailedFolder folder(dir.path("failed"), {.files = 3, .octets = 1000});
  std::string first;
  for (int i = 0; i < 5; ++i) {
    const auto kept =
        folder.keep(std::to_string(i), "it", {"reason", {}}, k_now);
    ASSERT_TRUE(kept);
    // Within one tick of the clock any of them might be the oldest.
    fs::last_write_time(
        *kept, fs::file_time_type::clock::now() - std::chrono::hours(100 - i));
    if (i == 0) first = *kept;
  }
  EXPECT_EQ(count_files(dir.path("failed")), 6);
  EXPECT_FALSE(fs::exists(first));
  EXPECT_FALSE(fs::exists(first + ".reason"));
  const auto large =
      folder.keep(std::string(999, 'x'), "it", {"reason", {}}, k_now);
  ASSERT_TRUE(large);
  EXPECT_EQ(count_files(dir.path("failed")), 4);
  EXPECT_TRUE(fs::exists(*large));
}

TEST(FailedFolderTest, LeavesWhatOthersHavePutThere) {
  const TempDir dir;
  const std::string key = dir.write("privkey.pem", "secret");
  fs::last_write_time(
      key, fs::file_time_type::clock::now() - std::chrono::hours(100));
  FailedFolder folder(dir.path(""), {.files = 1, .octets = 1000});
  for (const char* octets : {"one", "two", "three"}) {
    ASSERT_TRUE(folder.keep(octets, "it", {"reason", {}}, k_now));
  }
  EXPECT_EQ(files::read_file(key, 100), "secret");
  EXPECT_EQ(count_files(dir.path("")), 3);
}

TEST(FailedFolderTest, SaysWhatIsInItsWay) {
  const TempDir dir;
  dir.write("failed", "a file");
  FailedFolder folder(dir.path("failed"));
  const auto kept = folder.keep("x", "it", {"reason", {}}, k_now);
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().message,
            "can't open \"" + dir.path("failed") + "\": Not a directory");
}

}  // namespace
}  // namespace mtasts::reports
