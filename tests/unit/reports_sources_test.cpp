// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "reports/reader_process.hpp"
#include "reports/sources.hpp"
#include "temp_dir.hpp"

namespace mtasts::reports {
namespace {

namespace fs = std::filesystem;

/// Writes down what it is shown, without the folder that it is in.
class Notes final : public SourceVisitor {
 public:
  explicit Notes(const TempDir& dir) : folder_(dir.path("")) {}

  Result<void> item(const Item& item, const Place& place) override {
    lines.push_back(fmt::format("{}{} [{}] {}", shorten(place.name),
                                place.is_whole_file ? "" : " (part)", item.name,
                                item.octets.substr(0, 60)));
    return stop_at != lines.size() ? Result<void>() : fail("stopped");
  }
  Result<void> unreadable(const Error& error, const Place& place) override {
    lines.push_back(shorten(place.name) + ": " + error.message);
    return {};
  }

  std::vector<std::string> lines;
  std::size_t stop_at = 0;

 private:
  std::string shorten(const std::string& name) const {
    return name.starts_with(folder_) ? name.substr(folder_.size()) : name;
  }

  std::string folder_;
};

using Lines = std::vector<std::string>;

TEST(SourcesTest, ShowsAMaildirInItsOrder) {
  const TempDir dir;
  for (const char* folder : {"m", "m/new", "m/cur", "m/tmp", "m/.Sent"}) {
    fs::create_directory(dir.path(folder));
  }
  dir.write("m/new/2", "b");
  dir.write("m/new/1", "a");
  dir.write("m/cur/0:2,S", "c");
  dir.write("m/tmp/3", "half");
  dir.write("m/new/.hidden", "x");
  dir.write("m/.Sent/4", "x");
  Notes notes(dir);
  EXPECT_TRUE(visit_sources(dir.path("m"), Channel::file, notes));
  EXPECT_EQ(notes.lines,
            (Lines{"m/cur/0:2,S [0:2,S] c", "m/new/1 [1] a", "m/new/2 [2] b"}));
}

TEST(SourcesTest, FollowsLinksToFilesAndNotToFolders) {
  const TempDir dir;
  fs::create_directory(dir.path("in"));
  dir.write("file", "a");
  fs::create_symlink(dir.path("file"), dir.path("in/link"));
  fs::create_symlink(dir.path("in"), dir.path("in/loop"));
  fs::create_symlink(dir.path("nowhere"), dir.path("in/dead"));
  ::mkfifo(dir.path("in/fifo").c_str(), 0600);
  Notes notes(dir);
  EXPECT_TRUE(visit_sources(dir.path("in"), Channel::file, notes));
  EXPECT_EQ(notes.lines, (Lines{"in/link [link] a"}));
}

TEST(SourcesTest, SaysWhatIsNotThere) {
  const TempDir dir;
  ::mkfifo(dir.path("fifo").c_str(), 0600);
  Notes notes(dir);
  EXPECT_TRUE(visit_sources(dir.path("none"), Channel::file, notes));
  EXPECT_TRUE(visit_sources(dir.path("fifo"), Channel::file, notes));
  EXPECT_EQ(notes.lines, (Lines{"none: No such file or directory",
                                "fifo: is not a regular file"}));
}

TEST(SourcesTest, TakesMailboxesApart) {
  const TempDir dir;
  dir.write("mbox",
            "From a Mon\nSubject: 1\n\nFrom here on\n\n"
            "From b Mon\r\nSubject: 2\r\n\r\n\r\nFrom c Mon\r\nSubject: 3");
  Notes notes(dir);
  EXPECT_TRUE(visit_sources(dir.path("mbox"), Channel::file, notes));
  EXPECT_EQ(notes.lines,
            (Lines{"mbox, message 1 (part) [] From a Mon\nSubject: 1\n\n",
                   "mbox, message 2 (part) [] From here on\n\n",
                   "mbox, message 3 (part) [] "
                   "From b Mon\r\nSubject: 2\r\n\r\n\r\n",
                   "mbox, message 4 (part) [] From c Mon\r\nSubject: 3"}));
}

TEST(SourcesTest, SkipsAMessageThatIsTooLarge) {
  const TempDir dir;
  const std::string large(k_max_item_octets, 'x');
  dir.write("mbox", "From a\n\n" + large + "\n\nFrom b\n\n" + large);
  dir.write("one", large + "x");
  Notes notes(dir);
  EXPECT_TRUE(visit_sources(dir.path("mbox"), Channel::file, notes));
  EXPECT_TRUE(visit_sources(dir.path("one"), Channel::file, notes));
  EXPECT_EQ(notes.lines, (Lines{"mbox, message 1: it is larger than 16 MiB",
                                "mbox, message 2: it is larger than 16 MiB",
                                "one: it is larger than 16 MiB"}));
}

TEST(SourcesTest, TakesOctetsAsAMailOrAMailbox) {
  const TempDir dir;
  Notes notes(dir);
  EXPECT_TRUE(visit_octets({.octets = "Subject: 1", .name = "input"}, notes));
  EXPECT_TRUE(
      visit_octets({.octets = "From a\n\nFrom b\n", .name = "input"}, notes));
  EXPECT_EQ(notes.lines, (Lines{"input (part) [input] Subject: 1",
                                "input, message 1 (part) [] From a\n\n",
                                "input, message 2 (part) [] From b\n"}));
}

TEST(SourcesTest, EndsWithTheFirstError) {
  const TempDir dir;
  fs::create_directory(dir.path("in"));
  dir.write("in/1", "a");
  dir.write("in/2", "b");
  Notes notes(dir);
  notes.stop_at = 1;
  EXPECT_FALSE(visit_sources(dir.path("in"), Channel::file, notes));
  EXPECT_EQ(notes.lines, (Lines{"in/1 [1] a"}));
}

}  // namespace
}  // namespace mtasts::reports
