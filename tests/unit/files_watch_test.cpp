// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <variant>
#include <vector>

#include "files/watch.hpp"
#include "process/clock.hpp"
#include "temp_dir.hpp"

namespace mtasts::files {
namespace {

namespace fs = std::filesystem;

/// Watches of this process, as the kernel counts them.
std::size_t count_watches() {
  std::size_t count = 0;
  for (const fs::directory_entry& one :
       fs::directory_iterator("/proc/self/fdinfo")) {
    std::ifstream file(one.path());
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("inotify ")) ++count;
    }
  }
  return count;
}

// Releases stay on the disk for years, and watches are few.
TEST(FilesWatch, LetsGoOfFoldersThatNoLinkLeadsToAnyMore) {
  const TempDir dir;
  const auto release = [&](int i) {
    const std::string name = fmt::format("releases/{}", i);
    dir.write(name + "/a.toml", fmt::format("{}", i));
    fs::create_symlink(name, dir.path("next"));
    fs::rename(dir.path("next"), dir.path("current"));
  };
  release(0);
  const Inputs inputs{.files = {},
                      .globs = {escape_glob(dir.path("current")) + "/*.toml"}};
  Watch watch(
      [&](const Scope& scope) {
        FileGroup<int> group;
        group.set_inputs(inputs);
        return group.look(scope);
      },
      process::this_moment);
  EXPECT_FALSE(watch.find_settled());
  const std::size_t before = count_watches();
  ASSERT_GT(before, 0U);
  for (int i = 1; i <= 120; ++i) {
    release(i);
    EXPECT_FALSE(watch.find_settled());
  }
  EXPECT_EQ(count_watches(), before);
}

// Who writes 3,000 files makes one change, and not dozens.
TEST(FilesWatch, LooksAtAllThatWasChangedAtATime) {
  const TempDir dir;
  Paths files;
  const auto write_all = [&] {
    for (int i = 0; i < 3000; ++i) {
      files.insert(dir.write(fmt::format("{}.toml", i), "text"));
    }
  };
  write_all();
  std::vector<Scope> scopes;
  FileGroup<int> group;
  group.set_inputs(
      {.files = {}, .globs = {escape_glob(dir.path("")) + "*.toml"}});
  Watch watch(
      [&](const Scope& scope) {
        scopes.push_back(scope);
        group.look(scope);
        return FileChanges{};
      },
      process::this_moment);
  EXPECT_FALSE(watch.find_settled());
  scopes.clear();
  write_all();
  EXPECT_FALSE(watch.find_settled());
  ASSERT_EQ(scopes.size(), 1U);
  EXPECT_EQ(std::get<Paths>(scopes.front()), files);
}

/// Looks at times that the test says.
class FilesWatchLook : public testing::Test {
 protected:
  FilesWatchLook() { group_.set_inputs({.files = {}, .globs = {pattern_}}); }

  /// Something that is of no interest happens, and is looked at.
  void look_in_vain() {
    dir_.write("log", "text");
    EXPECT_FALSE(watch_.find_settled());
  }
  /// How long events wait after a look.
  std::chrono::milliseconds pause() {
    const auto before = now_;
    for (int i = 0; i < 100 && watch_.fd() < 0; ++i) {
      now_ += std::chrono::milliseconds(10);
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(now_ - before);
  }

  const TempDir dir_;
  const std::string pattern_ = escape_glob(dir_.path("")) + "*.toml";
  FileGroup<int> group_;
  PendingChanges::Time now_{std::chrono::hours(1)};
  Watch watch_{[this](const Scope& scope) { return group_.look(scope); },
               [this] { return Moment{.steady = now_, .wall = {}}; }};
};

// Nobody shall wait because an editor made a file beside it first.
TEST_F(FilesWatchLook, ComesSoonAgainAfterOneInVain) {
  EXPECT_FALSE(watch_.find_settled());
  now_ += std::chrono::seconds(1);
  look_in_vain();
  EXPECT_EQ(pause(), std::chrono::milliseconds(50));
}

TEST_F(FilesWatchLook, IsSeldomBesideALogThatIsWrittenTo) {
  EXPECT_FALSE(watch_.find_settled());
  for (int i = 0; i < 10; ++i) {
    pause();
    look_in_vain();
  }
  EXPECT_EQ(pause(), std::chrono::milliseconds(500));
  now_ += std::chrono::seconds(1);
  look_in_vain();
  EXPECT_EQ(pause(), std::chrono::milliseconds(50));
}

}  // namespace
}  // namespace mtasts::files
