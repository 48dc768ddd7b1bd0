// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <set>

#include "files/pending_changes.hpp"

namespace mtasts::files {
namespace {

using std::chrono::milliseconds;
using Time = PendingChanges::Time;
using Strings = std::vector<std::string>;

/// Time and files are what the test says.
class FilesPendingChanges : public testing::Test {
 protected:
  /// A state of a file that no other has.
  FileStamp stamp() { return {.inode = ++inode_, .size = 1}; }

  /// Everything that differs, `ms` after the start.
  void look(int ms, const FileChanges& found) {
    now_ = Time(milliseconds(ms));
    changes_.update(
        found, {.steady = now_, .wall = {}},
        [&](const text::Path& path, const FileStamp&) {
          return told_.contains(path.text());
        },
        [&](const text::Path& path, const FileStamp&) {
          return written_.contains(path.text());
        });
  }

  /// What is to be loaded now, if anything.
  Strings take(bool is_wanted = false) {
    if (is_wanted && !wanted_) wanted_ = now_;
    if (!changes_.is_ripe(now_, wanted_)) return {"(nothing)"};
    wanted_.reset();
    Strings paths;
    for (const FileChange& one : changes_.take(now_)) {
      paths.push_back(one.path.text());
    }
    return paths;
  }

  Strings overdue() const {
    Strings paths;
    for (const auto& one : changes_.overdue(now_)) paths.push_back(one.file);
    return paths;
  }

  PendingChanges changes_;
  Time now_;
  std::optional<Time> wanted_;
  std::set<std::string> told_;
  std::set<std::string> written_;
  std::uint64_t inode_ = 0;
};

const Strings k_nothing = {"(nothing)"};

TEST_F(FilesPendingChanges, RestAFifthOfASecondAfterAnEvent) {
  told_ = {"a"};
  const FileChanges found = {{"a", stamp()}};
  look(0, found);
  EXPECT_EQ(take(), k_nothing);
  look(199, found);
  EXPECT_EQ(take(), k_nothing);
  look(200, found);
  EXPECT_EQ(take(), Strings{"a"});
  EXPECT_TRUE(changes_.empty());
}

TEST_F(FilesPendingChanges, RestASecondWithoutAnEvent) {
  const FileChanges found = {{"a", stamp()}};
  look(0, found);
  look(999, found);
  EXPECT_EQ(take(), k_nothing);
  look(1000, found);
  EXPECT_EQ(take(), Strings{"a"});
}

// Events of one file say nothing of another.
TEST_F(FilesPendingChanges, AreToldOfOneByOne) {
  told_ = {"a"};
  const FileChanges found = {{"a", stamp()}, {"b", stamp()}};
  look(0, found);
  look(500, found);
  EXPECT_EQ(take(), k_nothing);
  look(1000, found);
  EXPECT_EQ(take(), (Strings{"a", "b"}));
}

// A request, a retry and the daily look are no reason to hurry.
TEST_F(FilesPendingChanges, RestAlsoWhenALoadIsWanted) {
  told_ = {"a"};
  for (int ms = 0; ms < 1900; ms += 100) {
    look(ms, {{"a", stamp()}});
    EXPECT_EQ(take(true), k_nothing) << ms;
  }
}

TEST_F(FilesPendingChanges, LetALoadThatIsWantedGoOnWithoutThem) {
  told_ = {"a"};
  const FileStamp other = stamp();
  for (int ms = 0; ms < 2000; ms += 100) {
    look(ms, {{"a", stamp()}, {"b", other}});
    EXPECT_EQ(take(true), k_nothing) << ms;
  }
  look(2000, {{"a", stamp()}, {"b", other}});
  EXPECT_EQ(take(true), Strings{"b"});
  EXPECT_EQ(overdue(), Strings{"a"});
}

TEST_F(FilesPendingChanges, WantedWithoutAnyChangeNeedNotWait) {
  look(0, {});
  EXPECT_EQ(take(true), Strings{});
}

// Who changes several files together wants them taken together.
TEST_F(FilesPendingChanges, WaitForEachOtherAWhile) {
  told_ = {"a", "b"};
  const FileStamp first = stamp();
  for (int ms = 0; ms <= 600; ms += 100) {
    look(ms, {{"a", first}, {"b", stamp()}});
    EXPECT_EQ(take(), k_nothing) << ms;
  }
  const FileChanges found = {{"a", first}, {"b", stamp()}};
  look(700, found);
  look(900, found);
  EXPECT_EQ(take(), (Strings{"a", "b"}));
}

TEST_F(FilesPendingChanges, OneThatNeverRestsStopsItselfAlone) {
  told_ = {"a", "b"};
  for (int ms = 0; ms <= 2000; ms += 100) look(ms, {{"a", stamp()}});
  EXPECT_EQ(overdue(), Strings{"a"});
  EXPECT_TRUE(changes_.is_all_overdue(now_));
  const FileStamp edit = stamp();
  look(2100, {{"a", stamp()}, {"b", edit}});
  EXPECT_EQ(take(), k_nothing);
  look(2300, {{"a", stamp()}, {"b", edit}});
  EXPECT_EQ(take(), Strings{"b"});
}

// New ones may come for ever.
TEST_F(FilesPendingChanges, WhatRestsWaitsForALimitedTime) {
  told_ = {"a"};
  const FileStamp first = stamp();
  for (int ms = 0; ms < 2200; ms += 100) {
    look(ms, {{"a", first}, {"new" + std::to_string(ms), stamp()}});
    EXPECT_EQ(take(), k_nothing) << ms;
  }
  look(2200, {{"a", first}, {"last", stamp()}});
  EXPECT_EQ(take(), Strings{"a"});
}

// A look at very many files takes seconds, and may see a new key and not yet
// the chain that came with it.
TEST_F(FilesPendingChanges, WaitOneLookMoreBesideWhatMoves) {
  const FileStamp key = stamp();
  const FileStamp chain = stamp();
  look(0, {{"private/key", key}});
  const FileChanges found = {{"certs/chain", chain}, {"private/key", key}};
  look(4000, found);
  EXPECT_EQ(take(), k_nothing);
  look(4900, found);
  EXPECT_EQ(take(), k_nothing);
  look(5000, found);
  EXPECT_EQ(take(), (Strings{"certs/chain", "private/key"}));
}

// Where there is always something new, nothing waits for ever.
TEST_F(FilesPendingChanges, WaitNoMoreThanOneLookBesideWhatMoves) {
  const FileStamp key = stamp();
  look(0, {{"key", key}});
  look(4000, {{"key", key}, {"new", stamp()}});
  EXPECT_EQ(take(), k_nothing);
  look(8000, {{"key", key}, {"other", stamp()}});
  EXPECT_EQ(take(), Strings{"key"});
}

TEST_F(FilesPendingChanges, RestOnlyWhenNobodyIsWriting) {
  told_ = {"a"};
  written_ = {"a"};
  const FileChanges found = {{"a", stamp()}};
  look(0, found);
  look(1000, found);
  EXPECT_EQ(take(), k_nothing);
  written_.clear();
  look(1050, found);
  EXPECT_EQ(take(), Strings{"a"});
}

TEST_F(FilesPendingChanges, RestAnewWhenTheyMovedWhileTheyWereRead) {
  told_ = {"a"};
  const FileChanges found = {{"a", stamp()}};
  changes_.restart(found, {.steady = Time(milliseconds(0)), .wall = {}});
  told_.clear();
  look(999, found);
  EXPECT_EQ(take(), k_nothing);
  look(1000, found);
  EXPECT_EQ(take(), Strings{"a"});
}

TEST_F(FilesPendingChanges, AreNoneWhenTheFileIsAsItWas) {
  look(0, {{"a", stamp()}});
  look(100, {});
  EXPECT_TRUE(changes_.empty());
  EXPECT_EQ(take(), k_nothing);
}

}  // namespace
}  // namespace mtasts::files
