// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>

#include "files/stamp.hpp"
#include "temp_dir.hpp"

namespace mtasts::files {
namespace {

namespace fs = std::filesystem;

TEST(FileStamp, OfNoFileIsThatOfNothing) {
  const TempDir dir;
  EXPECT_EQ(stamp_file(dir.path("a")), FileStamp{});
  EXPECT_FALSE(FileStamp{}.is_there());
}

TEST(FileStamp, OfWhatCanNotBeThereIsThatOfNothing) {
  const TempDir dir;
  EXPECT_EQ(stamp_file(dir.write("a", "x") + "/b"), FileStamp{});
  EXPECT_EQ(stamp_file(dir.path(std::string(300, 'a'))), FileStamp{});
}

TEST(FileStamp, OfARegularFileIsWhatItsInodeSays) {
  const TempDir dir;
  const std::string path = dir.write("a", "xy");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  const auto ns = [](const timespec& time) {
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
  };
  const FileStamp want = {.kind = FileKind::regular,
                          .device = status.st_dev,
                          .inode = status.st_ino,
                          .size = 2,
                          .modified_ns = ns(status.st_mtim),
                          .changed_ns = ns(status.st_ctim)};
  EXPECT_EQ(stamp_file(path), want);
  EXPECT_TRUE(want.is_regular());
}

// What lies in it has stamps of its own.
TEST(FileStamp, OfADirectoryStaysWhenItGetsAFile) {
  const TempDir dir;
  const FileStamp before = stamp_file(dir.path(""));
  EXPECT_EQ(before.kind, FileKind::other);
  dir.write("a", "x");
  EXPECT_EQ(stamp_file(dir.path("")), before);
}

TEST(FileStamp, OfALinkToNothingIsThatOfTheLink) {
  const TempDir dir;
  fs::create_symlink("gone", dir.path("a"));
  fs::create_symlink("b", dir.path("b"));
  for (const std::string& path : {dir.path("a"), dir.path("b")}) {
    EXPECT_EQ(stamp_file(path).kind, FileKind::dead_link);
    EXPECT_TRUE(stamp_file(path).is_there());
  }
}

TEST(FileStamp, StaysWhileTheFileStays) {
  const TempDir dir;
  const std::string path = dir.write("a", "x");
  EXPECT_EQ(stamp_file(path), stamp_file(path));
  EXPECT_TRUE(stamp_file(path).is_there());
}

TEST(FileStamp, ChangesWithTheSize) {
  const TempDir dir;
  const FileStamp before = stamp_file(dir.write("a", "x"));
  EXPECT_NE(stamp_file(dir.write("a", "xy")), before);
}

TEST(FileStamp, ChangesWithTheTime) {
  const TempDir dir;
  const std::string path = dir.write("a", "x");
  const FileStamp before = stamp_file(path);
  fs::last_write_time(path, fs::file_time_type{} + std::chrono::hours(1));
  EXPECT_NE(stamp_file(path), before);
}

// `mv` and most editors: another file, perhaps of the same size and time.
TEST(FileStamp, ChangesWhenAnotherFileIsRenamedIntoPlace) {
  const TempDir dir;
  const std::string path = dir.write("a", "x");
  const std::string other = dir.write("b", "y");
  fs::last_write_time(other, fs::last_write_time(path));
  const FileStamp before = stamp_file(path);
  fs::rename(other, path);
  const FileStamp after = stamp_file(path);
  EXPECT_EQ(after.size, before.size);
  EXPECT_EQ(after.modified_ns, before.modified_ns);
  EXPECT_NE(after, before);
}

// rsync -t and tar put an old time back.
TEST(FileStamp, ChangesWithTheContentWhenSizeAndTimeStay) {
  const TempDir dir;
  const std::string path = dir.write("a", "x");
  const fs::file_time_type time = fs::last_write_time(path);
  const FileStamp before = stamp_file(path);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  // Within one tick of the kernel's clock it can't.
  while (stamp_file(path) == before && std::chrono::steady_clock::now() < end) {
    dir.write("a", "y");
    fs::last_write_time(path, time);
  }
  EXPECT_NE(stamp_file(path), before);
}

TEST(FileStamp, DiffersInEachOfItsParts) {
  const FileStamp one{};
  EXPECT_NE(one, FileStamp{.kind = FileKind::other});
  EXPECT_NE(one, FileStamp{.device = 1});
  EXPECT_NE(one, FileStamp{.inode = 1});
  EXPECT_NE(one, FileStamp{.size = 1});
  EXPECT_NE(one, FileStamp{.modified_ns = 1});
  EXPECT_NE(one, FileStamp{.changed_ns = 1});
}

TEST(FileStamp, FollowsLinks) {
  const TempDir dir;
  const std::string path = dir.write("a", "x");
  fs::create_symlink("a", dir.path("b"));
  EXPECT_EQ(stamp_file(dir.path("b")), stamp_file(path));
}

TEST(FileIsDirectory, KnowsFoldersFromFilesAndNothing) {
  const TempDir dir;
  EXPECT_TRUE(is_directory(dir.path("")));
  EXPECT_FALSE(is_directory(dir.write("a", "x")));
  EXPECT_FALSE(is_directory(dir.path("b")));
}

}  // namespace
}  // namespace mtasts::files
