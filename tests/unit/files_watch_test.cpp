// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

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

}  // namespace
}  // namespace mtasts::files
