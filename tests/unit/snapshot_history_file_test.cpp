// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "files/read.hpp"
#include "snapshot/history_file.hpp"
#include "temp_dir.hpp"

namespace mtasts::snapshot {
namespace {

using Strings = std::vector<std::string>;

std::string content(const std::string& path) {
  return *files::read_file(path, 1 << 20);
}

Strings lines(const std::string& path) {
  Strings all;
  const Result<void> read = HistoryFile::read(
      path, [&](std::string_view line) { all.emplace_back(line); });
  EXPECT_TRUE(read);
  return all;
}

/// No file of this process has more octets than `most`, as on a full disk.
class Room {
 public:
  explicit Room(rlim_t most) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = most, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~Room() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(SnapshotHistoryFile, IsMadeWhereItsFolderIs) {
  const TempDir dir;
  const std::string path = dir.path("history");
  Result<HistoryFile> file = HistoryFile::open(path);
  ASSERT_TRUE(file);
  EXPECT_EQ(lines(path), Strings{});
  EXPECT_EQ(lines(dir.path("none")), Strings{});
  EXPECT_TRUE(file->append("one\ntwo\n"));
  EXPECT_TRUE(file->append("three\n"));
  EXPECT_EQ(content(path), "one\ntwo\nthree\n");
  EXPECT_EQ(lines(path), (Strings{"one", "two", "three"}));
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0137U, 0U);  // nobody else's to write or read
}

TEST(SnapshotHistoryFile, SaysWhyItCantBeOpened) {
  const TempDir dir;
  const Result<HistoryFile> lost = HistoryFile::open(dir.path("no/file"));
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().message,
            "can't be opened for writing: No such file or directory");
  ASSERT_EQ(::mkfifo((dir.path("fifo")).c_str(), 0600), 0);
  const Result<HistoryFile> fifo = HistoryFile::open(dir.path("fifo"));
  ASSERT_FALSE(fifo);
  EXPECT_EQ(fifo.error().message, "is no regular file");
}

TEST(SnapshotHistoryFile, EndsALineThatWasTornBeforeItAddsOne) {
  const TempDir dir;
  const std::string path = dir.write("history", "one\ntw");
  Result<HistoryFile> file = HistoryFile::open(path);
  ASSERT_TRUE(file);
  EXPECT_EQ(lines(path), (Strings{"one", "tw"}));
  EXPECT_TRUE(file->append("three\n"));
  EXPECT_TRUE(file->append("four\n"));
  EXPECT_EQ(content(path), "one\ntw\nthree\nfour\n");
}

TEST(SnapshotHistoryFile, WritesAgainWhatAFullDiskHasTorn) {
  const TempDir dir;
  const std::string path = dir.path("history");
  Result<HistoryFile> file = HistoryFile::open(path);
  ASSERT_TRUE(file);
  {
    const Room room(6);
    const Result<void> torn = file->append("one\ntwo\n");
    ASSERT_FALSE(torn);
    EXPECT_EQ(torn.error().message, "can't be written to: there is no room");
    EXPECT_EQ(content(path), "one\ntw");
    const Result<void> full = file->append("three\n");
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().message, "can't be written to: File too large");
    EXPECT_TRUE(file->is_waiting());
  }
  EXPECT_TRUE(file->append(""));
  EXPECT_FALSE(file->is_waiting());
  EXPECT_EQ(content(path), "one\ntw\ntwo\nthree\n");
}

TEST(SnapshotHistoryFile, KeepsWaitingNoMoreThanItMay) {
  const TempDir dir;
  const std::string path = dir.path("history");
  Result<HistoryFile> file = HistoryFile::open(path, 10);
  ASSERT_TRUE(file);
  {
    const Room room(0);
    EXPECT_FALSE(file->append("one\ntwo\n"));
    EXPECT_FALSE(file->append("three\n"));
  }
  const Result<void> lost = file->append("");
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().message,
            "lacks lines for which there was no room for too long");
  EXPECT_EQ(content(path), "one\ntwo\n");
}

TEST(SnapshotHistoryFile, TellsThatItWasRemoved) {
  const TempDir dir;
  const std::string path = dir.path("history");
  Result<HistoryFile> file = HistoryFile::open(path);
  ASSERT_TRUE(file);
  std::filesystem::remove(path);
  const Result<void> gone = file->append("one\n");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().message,
            "was removed or replaced, and what is written now is lost");
}

// As those do who rotate logs.
TEST(SnapshotHistoryFile, TellsThatAnotherHasItsPlace) {
  const TempDir dir;
  const std::string path = dir.path("history");
  Result<HistoryFile> file = HistoryFile::open(path);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->append("one\n"));
  std::filesystem::rename(path, dir.path("history.1"));
  const std::string said =
      "was removed or replaced, and what is written now is lost";
  EXPECT_EQ(file->append("two\n").error().message, said);
  dir.write("history", "");
  EXPECT_EQ(file->append("three\n").error().message, said);
  std::filesystem::rename(dir.path("history.1"), path);
  EXPECT_TRUE(file->append("four\n"));
}

TEST(SnapshotHistoryFile, TellsThatItWasCutOff) {
  const TempDir dir;
  const std::string path = dir.write("history", "one\n");
  Result<HistoryFile> file = HistoryFile::open(path);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->append("two\n"));
  std::filesystem::resize_file(path, 0);
  EXPECT_EQ(file->append("three\n").error().message,
            "was cut off, and lacks what it had");
}

TEST(SnapshotHistoryFile, KnowsWhetherSomebodyElseWritesToo) {
  const TempDir dir;
  const Result<HistoryFile> first = HistoryFile::open(dir.path("history"));
  ASSERT_TRUE(first);
  {
    const Result<HistoryFile> second = HistoryFile::open(dir.path("history"));
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->is_alone());
    EXPECT_FALSE(first->is_alone());
  }
  EXPECT_TRUE(first->is_alone());
}

TEST(SnapshotHistoryFile, SaysWhyItCantBeRead) {
  const TempDir dir;
  const Result<void> read = HistoryFile::read(dir.write("file", "") + "/below",
                                              [](std::string_view) {});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "can't be read: Not a directory");
}

TEST(SnapshotHistoryFile, ReadsLinesOfAnyLengthUpToABound) {
  const TempDir dir;
  const std::string line(700'000, 'a');
  std::string text;
  for (int i = 0; i < 5; ++i) text += line + "\n\n";
  EXPECT_EQ(lines(dir.write("history", text)),
            (Strings{line, "", line, "", line, "", line, "", line, ""}));
  const Result<void> read = HistoryFile::read(
      dir.write("long", std::string(3 << 20, 'a')), [](std::string_view) {});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "has a line of more than 1048576 octets");
}

}  // namespace
}  // namespace mtasts::snapshot
