// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "files/file_group.hpp"
#include "process/all_cores.hpp"
#include "process/progress.hpp"
#include "temp_dir.hpp"

namespace mtasts::process {
namespace {

using std::chrono::milliseconds;
using Strings = std::vector<std::string>;

class ProcessProgress : public testing::Test {
 protected:
  void step(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) progress_->has_read();
  }

  Strings told_;
  Progress::Moment now_{std::chrono::hours(1)};
  std::optional<Progress> progress_{
      std::in_place, [this](const std::string& text) { told_.push_back(text); },
      [this] { return now_; }};
};

TEST_F(ProcessProgress, TellsHowFarItIsOnceASecond) {
  progress_->begin("Reading", "certificates", 100'000);
  step(41'600 - 16);
  EXPECT_EQ(told_, Strings{});
  now_ += milliseconds(1000);
  step(16);
  const Strings first = {"Reading certificates: 41,600 of 100,000 files"};
  EXPECT_EQ(told_, first);
  step(16'000);
  now_ += milliseconds(999);
  step(16'000);
  EXPECT_EQ(told_, first);
  now_ += milliseconds(1);
  step(16);
  EXPECT_EQ(told_, (Strings{first[0],
                            "Reading certificates: 73,616 of 100,000 files"}));
}

TEST_F(ProcessProgress, CountsEachPartOfTheWorkAnew) {
  progress_->begin("Looking for", "policies", 0);
  now_ += milliseconds(1500);
  step(1'600);
  progress_->begin("Reading", "policies", 1'600);
  step(800);
  now_ += milliseconds(1500);
  step(800);
  EXPECT_EQ(told_, (Strings{"Looking for policies: 16 files",
                            "Reading policies: 816 of 1,600 files"}));
}

TEST_F(ProcessProgress, EndsWithNothingLeftOfIt) {
  now_ += milliseconds(1000);
  progress_->begin("Reading", "certificates", 16);
  step(16);
  progress_.reset();
  EXPECT_EQ(told_, (Strings{"Reading certificates: 16 of 16 files", ""}));
}

TEST_F(ProcessProgress, TellsNothingOfWhatIsOverInASecond) {
  progress_->begin("Reading", "policies", 100'000);
  step(100'000);
  now_ += milliseconds(1000);  // and nothing more is done
  progress_.reset();
  EXPECT_EQ(told_, Strings{});
}

/// Whoever steps over the mark tells; what is told only grows.
TEST(ProcessProgressThreads, CountWithoutWaitingForEachOther) {
  constexpr std::size_t k_count = 100'000;
  std::atomic<int> seconds{0};
  Strings told;  // by one thread at a time
  {
    Progress progress(
        [&told](const std::string& text) { told.push_back(text); },
        [&seconds] {
          return Progress::Moment(std::chrono::seconds(seconds.fetch_add(1)));
        });
    progress.begin("Reading", "policies", k_count);
    share_on_all_cores(k_count, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) progress.has_read();
    });
    for (int i = 0; i < 16; ++i) progress.has_read();
  }
  ASSERT_GE(told.size(), 2U);
  EXPECT_EQ(told.back(), "");
  told.pop_back();
  EXPECT_EQ(told.back(), "Reading policies: 100,016 of 100,000 files");
  // Of texts of one form, the longer one has the larger number.
  EXPECT_TRUE(std::ranges::is_sorted(
      told, [](const std::string& a, const std::string& b) {
        return a.size() != b.size() ? a.size() < b.size() : a < b;
      }));
}

struct Part {
  std::string path;
  Diagnostics diagnostics = {};
};

TEST(ProcessProgressOfFiles, CountsWhatIsListedAndWhatIsRead) {
  const TempDir dir;
  Strings paths;
  for (int i = 10; i < 42; ++i) {
    paths.push_back(dir.write(std::to_string(i), ""));
  }
  files::FileGroup<Part> group("notes");
  group.set_inputs({.files = {}, .globs = {dir.path("*")}});
  Strings told;
  int seconds = 0;
  Progress progress(
      [&told](const std::string& text) { told.push_back(text); },
      [&seconds] { return Progress::Moment(std::chrono::seconds(seconds++)); });
  const auto read = [](const files::FileToRead& file) {
    return std::make_shared<const Part>(Part{file.path().text()});
  };
  EXPECT_EQ(group.update(files::Everywhere{&progress}, read).size(), 32U);
  EXPECT_EQ(told, (Strings{"Looking for notes: 16 files",
                           "Looking for notes: 32 files",
                           "Reading notes: 16 of 32 files",
                           "Reading notes: 32 of 32 files"}));
  Strings read_paths;
  group.for_each([&](const text::Path&, const Part& part) {
    read_paths.push_back(part.path);
  });
  EXPECT_EQ(read_paths, paths);
}

TEST(ProcessGroupDigits, SeparatesThousands) {
  Strings all;
  for (const std::size_t number : {0U, 999U, 1'000U, 41'000U, 1'234'567U}) {
    all.push_back(group_digits(number));
  }
  EXPECT_EQ(all, (Strings{"0", "999", "1,000", "41,000", "1,234,567"}));
}

}  // namespace
}  // namespace mtasts::process
