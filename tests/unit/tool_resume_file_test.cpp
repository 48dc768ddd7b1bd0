// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <unordered_map>

#include "files/read.hpp"
#include "temp_dir.hpp"
#include "tool/resume_file.hpp"

namespace mtasts::tool {
namespace {

using Done = std::unordered_map<std::string, std::string>;

constexpr const char* k_good =
    R"({"domain":"a.alpha.test","mode":"enforce","verdict":"good"})"
    "\n";
constexpr const char* k_bad =
    R"({"domain":"b.alpha.test","mode":null,"verdict":"error"})"
    "\n";

class ResumeFileTest : public testing::Test {
 protected:
  std::string path() const { return dir_.path("seen.jsonl"); }
  std::string read() const {
    return files::read_file(path(), std::size_t{1} << 20U).value_or("");
  }

  TempDir dir_;
};

TEST_F(ResumeFileTest, BeginsAFile) {
  const Result<ResumeFile> file = ResumeFile::open(path());
  ASSERT_TRUE(file);
  EXPECT_EQ(file->done(), Done{});
  ASSERT_TRUE(file->add(k_good));
  ASSERT_TRUE(file->add(k_bad));
  EXPECT_EQ(read(), std::string(k_good) + k_bad);
}

TEST_F(ResumeFileTest, RefusesWhatHasNoEnd) {
  ASSERT_EQ(::mkfifo(dir_.path("pipe").c_str(), 0600), 0);
  for (const std::string& path :
       {std::string("/dev/full"), dir_.path("pipe")}) {
    const Result<ResumeFile> file = ResumeFile::open(path);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().message,
              "--resume \"" + path + "\": is no regular file");
  }
}

TEST_F(ResumeFileTest, KnowsWhoseLinesAreThere) {
  dir_.write("seen.jsonl", std::string(k_good) + k_bad);
  const Result<ResumeFile> file = ResumeFile::open(path());
  ASSERT_TRUE(file);
  EXPECT_EQ(file->done(),
            (Done{{"a.alpha.test", "good"}, {"b.alpha.test", "error"}}));
}

TEST_F(ResumeFileTest, CutsWhatIsNoWholeLineWhereverItWasCut) {
  for (std::size_t size = 0; size < std::string(k_bad).size(); ++size) {
    dir_.write("seen.jsonl", k_good + std::string(k_bad).substr(0, size));
    const Result<ResumeFile> file = ResumeFile::open(path());
    ASSERT_TRUE(file) << size;
    EXPECT_EQ(file->done(), (Done{{"a.alpha.test", "good"}})) << size;
    ASSERT_TRUE(file->add(k_bad));
    EXPECT_EQ(read(), std::string(k_good) + k_bad) << size;
  }
}

TEST_F(ResumeFileTest, RefusesAFileOfSomethingElse) {
  dir_.write("seen.jsonl", std::string(k_good) + "a shopping list\n");
  const Result<ResumeFile> file = ResumeFile::open(path());
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message,
            "--resume \"" + path() + "\": line 2 is of no domain");
  EXPECT_EQ(file.error().hint, "a file that --resume has begun");
  EXPECT_EQ(read(), std::string(k_good) + "a shopping list\n");
}

TEST_F(ResumeFileTest, RefusesAFileThatAnotherRunHas) {
  const Result<ResumeFile> first = ResumeFile::open(path());
  ASSERT_TRUE(first);
  const Result<ResumeFile> second = ResumeFile::open(path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message,
            "--resume \"" + path() + "\": another run writes to it");
}

TEST_F(ResumeFileTest, RefusesWhatCantBeOpened) {
  const Result<ResumeFile> file = ResumeFile::open(dir_.path(""));
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message,
            "--resume \"" + dir_.path("") + "\": Is a directory");
}

}  // namespace
}  // namespace mtasts::tool
