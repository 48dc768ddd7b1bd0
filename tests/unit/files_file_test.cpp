// SPDX-License-Identifier: MIT
#include "files/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "temp_dir.hpp"
#include "unprivileged.hpp"

namespace mtasts::files {
namespace {

namespace fs = std::filesystem;
using Paths = std::vector<std::string>;

/// What a pattern matches, in the order in which it is shown.
Paths expand_glob(const std::string& pattern) {
  class Collector final : public FileVisitor {
   public:
    void file(const std::string& path, const FileStamp& stamp) override {
      EXPECT_EQ(stamp, stamp_file(path));
      paths.push_back(path);
    }
    void directory(const std::string&) override {}
    void link(const std::string&) override {}
    Paths paths;
  };
  Collector collector;
  const Inputs inputs{.files = {}, .globs = {pattern}};
  list_files(inputs, collector);
  for (const std::string& path : collector.paths) {
    EXPECT_TRUE(is_listed(inputs, path)) << path;
  }
  return collector.paths;
}

void expect_unreadable(const std::string& path, const std::string& message) {
  const Result<std::string> content = read_file(path, 100);
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().message, message);
}

TEST(FileRead, GivesEveryOctet) {
  const TempDir dir;
  const std::string octets("a\0\r\n\xff", 5);
  const Result<std::string> content = read_file(dir.write("a", octets), 100);
  ASSERT_TRUE(content);
  EXPECT_EQ(*content, octets);
}

TEST(FileRead, GivesAnEmptyFile) {
  const TempDir dir;
  const Result<std::string> content = read_file(dir.write("a", ""), 100);
  ASSERT_TRUE(content);
  EXPECT_EQ(*content, "");
}

TEST(FileRead, GivesAFileOfExactlyTheLimit) {
  const TempDir dir;
  const Result<std::string> content =
      read_file(dir.write("a", std::string(100, 'x')), 100);
  ASSERT_TRUE(content);
  EXPECT_EQ(content->size(), 100U);
}

TEST(FileRead, RefusesOneOctetMore) {
  const TempDir dir;
  expect_unreadable(dir.write("a", std::string(101, 'x')),
                    "has more than 100 octets");
}

TEST(FileRead, GivesMoreThanOneBufferful) {
  const TempDir dir;
  const std::string large(200'000, 'y');
  const Result<std::string> content =
      read_file(dir.write("a", large), large.size());
  ASSERT_TRUE(content);
  EXPECT_EQ(*content, large);
}

// It says of itself that it is empty.
TEST(FileRead, GivesAFileThatIsLargerThanItSays) {
  const std::string path = "/proc/self/limits";
  ASSERT_EQ(stamp_file(path).size, 0);
  const Result<std::string> content = read_file(path, 1'000'000);
  ASSERT_TRUE(content);
  EXPECT_TRUE(content->starts_with("Limit "));
  EXPECT_TRUE(content->ends_with("\n"));
}

TEST(FileRead, RefusesAMissingFile) {
  const TempDir dir;
  expect_unreadable(dir.path("a"), "No such file or directory");
}

TEST(FileRead, RefusesADirectory) {
  const TempDir dir;
  expect_unreadable(dir.path(""), "is a directory");
}

TEST(FileRead, RefusesAFifoWithoutWaitingForAWriter) {
  const TempDir dir;
  ASSERT_EQ(::mkfifo(dir.path("fifo").c_str(), 0600), 0);
  expect_unreadable(dir.path("fifo"), "is not a regular file");
}

TEST(FileRead, RefusesADevice) {
  expect_unreadable("/dev/zero", "is not a regular file");
}

TEST(FileRead, RefusesALoopOfLinks) {
  const TempDir dir;
  fs::create_symlink("a", dir.path("a"));
  expect_unreadable(dir.path("a"), "Too many levels of symbolic links");
}

TEST(FileRead, RefusesAFileThatItMayNotRead) {
  const TempDir dir;
  const std::string path = dir.write("a", "x");
  fs::permissions(dir.path(""), fs::perms{0755});
  fs::permissions(path, fs::perms::none);
  const Unprivileged user;
  if (user.is_root()) GTEST_SKIP() << "there is no other user";
  expect_unreadable(path, "Permission denied");
}

// Kubernetes mounts a ConfigMap as links to links.
TEST(FileRead, FollowsLinks) {
  const TempDir dir;
  dir.write("..2026/a.toml", "x");
  fs::create_directory_symlink("..2026", dir.path("..data"));
  fs::create_symlink("..data/a.toml", dir.path("a.toml"));
  const Result<std::string> content = read_file(dir.path("a.toml"), 100);
  ASSERT_TRUE(content);
  EXPECT_EQ(*content, "x");
}

TEST(FileStamp, OfNoFileHasNoInode) {
  const TempDir dir;
  EXPECT_EQ(stamp_file(dir.path("a")), FileStamp{});
  EXPECT_EQ(FileStamp{}.inode, 0U);
}

TEST(FileStamp, OfWhatCanNotBeThereHasNoInode) {
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
  const FileStamp want = {.device = status.st_dev,
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
  EXPECT_EQ(before.size, -1);
  dir.write("a", "x");
  EXPECT_EQ(stamp_file(dir.path("")), before);
}

TEST(FileStamp, OfALinkToNothingIsThatOfTheLink) {
  const TempDir dir;
  fs::create_symlink("gone", dir.path("a"));
  fs::create_symlink("b", dir.path("b"));
  for (const std::string& path : {dir.path("a"), dir.path("b")}) {
    EXPECT_NE(stamp_file(path).inode, 0U);
    EXPECT_EQ(stamp_file(path).size, -2);
  }
}

TEST(FileStamp, StaysWhileTheFileStays) {
  const TempDir dir;
  const std::string path = dir.write("a", "x");
  EXPECT_EQ(stamp_file(path), stamp_file(path));
  EXPECT_NE(stamp_file(path).inode, 0U);
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

TEST(FileIsEmpty, KnowsFilesOfNoOctetFromOthers) {
  const TempDir dir;
  EXPECT_TRUE(is_empty_file(dir.write("a", "")));
  EXPECT_FALSE(is_empty_file(dir.write("b", "x")));
  EXPECT_FALSE(is_empty_file(dir.path("")));
  EXPECT_FALSE(is_empty_file(dir.path("c")));
}

TEST(FileIsReadableByAll, LooksAtNeitherOwnerNorGroup) {
  const TempDir dir;
  const std::string path = dir.write("a", "");
  ASSERT_EQ(::chmod(path.c_str(), 0770), 0);
  EXPECT_FALSE(is_readable_by_all(path));
  ASSERT_EQ(::chmod(path.c_str(), 0604), 0);
  EXPECT_TRUE(is_readable_by_all(path));
}

TEST(FileGlob, ExpandsInTheOrderOfNames) {
  const TempDir dir;
  const Paths want = {dir.write("10.toml", ""), dir.write("20.toml", ""),
                      dir.write("30.toml", "")};
  EXPECT_EQ(expand_glob(dir.path("*.toml")), want);
}

TEST(FileGlob, LeavesOtherFilesAlone) {
  const TempDir dir;
  const Paths want = {dir.write("a.toml", "")};
  dir.write("a.toml~", "");
  dir.write("README", "");
  EXPECT_EQ(expand_glob(dir.path("*.toml")), want);
}

// Editors keep their swap files hidden.
TEST(FileGlob, LeavesHiddenFilesAlone) {
  const TempDir dir;
  dir.write(".a.toml", "");
  EXPECT_EQ(expand_glob(dir.path("*.toml")), Paths{});
}

TEST(FileGlob, TakesHiddenFilesThatThePatternNames) {
  const TempDir dir;
  const Paths want = {dir.write(".a.toml", "")};
  EXPECT_EQ(expand_glob(dir.path(".*.toml")), want);
  EXPECT_EQ(expand_glob(dir.path(".*")), want);
}

TEST(FileGlob, ExpandsTheNamesOfFoldersToo) {
  const TempDir dir;
  const Paths want = {dir.write("a/x.toml", ""), dir.write("b/x.toml", ""),
                      dir.path("c/x.toml")};
  fs::create_directory_symlink("b", dir.path("c"));
  dir.write("a/y.toml", "");
  dir.write("d", "");
  dir.write("e/f/x.toml", "");
  EXPECT_EQ(expand_glob(dir.path("*/x.toml")), want);
}

TEST(FileGlob, ListsWhatItWouldExpandToAndNothingElse) {
  const Inputs inputs{.files = {"/a.toml"}, .globs = {"/d/*.toml"}};
  for (const std::string path : {"/a.toml", "/d/b.toml"}) {
    EXPECT_TRUE(is_listed(inputs, path)) << path;
  }
  for (const std::string path :
       {"/b.toml", "/d/e/b.toml", "/d/.b.toml", "/d/b.toml~"}) {
    EXPECT_FALSE(is_listed(inputs, path)) << path;
  }
}

TEST(FileGlob, GivesNothingForAMissingFolder) {
  const TempDir dir;
  EXPECT_EQ(expand_glob(dir.path("none/*.toml")), Paths{});
}

TEST(FileGlob, IsKnownByItsThreeCharacters) {
  EXPECT_TRUE(has_glob("a/*.toml"));
  EXPECT_TRUE(has_glob("a?"));
  EXPECT_TRUE(has_glob("a[12]"));
  EXPECT_FALSE(has_glob("policies.d/a-b_c{d}.toml"));
}

TEST(FileGlob, EscapedPathMatchesItselfAlone) {
  const TempDir dir;
  const Paths want = {dir.write("a[1]*?\\", "")};
  dir.write("a1*?\\", "");
  EXPECT_EQ(expand_glob(escape_glob(want[0])), want);
}

TEST(FileGlob, EscapedFolderIsThatFolderAlone) {
  const TempDir dir;
  const Paths want = {dir.write("a\\b/c.toml", "")};
  dir.write("ab/c.toml", "");
  EXPECT_EQ(expand_glob(escape_glob(dir.path("a\\b")) + "/*.toml"), want);
}

TEST(FileGlob, EscapingLeavesAPlainPathAlone) {
  EXPECT_EQ(escape_glob("/etc/mta-stsd/a.toml"), "/etc/mta-stsd/a.toml");
}

TEST(FileResolve, StartsAtTheFolderOfTheFile) {
  EXPECT_EQ(resolve_beside("/etc/mta-stsd/a.toml", "policies.d/*.toml"),
            "/etc/mta-stsd/policies.d/*.toml");
}

TEST(FileResolve, KeepsAnAbsolutePath) {
  EXPECT_EQ(resolve_beside("/etc/mta-stsd/a.toml", "/certs"), "/certs");
}

TEST(FileResolve, TakesDotsOut) {
  EXPECT_EQ(resolve_beside("/etc/mta-stsd/a.toml", "./../certs"), "/etc/certs");
}

TEST(FileResolve, StaysRelativeBesideARelativeFile) {
  EXPECT_EQ(resolve_beside("etc/a.toml", "b.toml"), "etc/b.toml");
  EXPECT_EQ(resolve_beside("a.toml", "b.toml"), "b.toml");
}

}  // namespace
}  // namespace mtasts::files
