// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <filesystem>

#include "files/listing.hpp"
#include "temp_dir.hpp"

namespace mtasts::files {
namespace {

namespace fs = std::filesystem;
using Paths = std::vector<std::string>;

/// What a pattern matches, in the order in which it is shown.
Paths expand_glob(const std::string& pattern) {
  class Collector final : public FileVisitor {
   public:
    void file(const text::Path& path, const FileStamp& stamp) override {
      EXPECT_EQ(stamp, stamp_file(path.text()));
      paths.push_back(path.text());
    }
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

// What is opened anyway need not be looked at before.
TEST(FileGlob, LeavesTheStateOfRegularFilesOpen) {
  class Collector final : public FileVisitor {
   public:
    bool needs_stamps() const override { return false; }
    void file(const text::Path& path, const FileStamp& stamp) override {
      found.emplace_back(path.text(), stamp);
    }
    std::vector<std::pair<std::string, FileStamp>> found;
  };
  const TempDir dir;
  const std::string file = dir.write("a", "x");
  const std::string folder = dir.path("b");
  const std::string link = dir.path("c");
  const std::string dead = dir.path("d");
  const std::string named = dir.write("e/named", "x");
  fs::create_directory(folder);
  fs::create_symlink("a", link);
  fs::create_symlink("gone", dead);
  Collector collector;
  list_files({.files = {named}, .globs = {dir.path("[a-d]")}}, collector);
  const std::vector<std::pair<std::string, FileStamp>> want = {
      {named, stamp_file(named)},
      {file, {.kind = FileKind::listed}},
      {folder, stamp_file(folder)},
      {link, stamp_file(link)},
      {dead, stamp_file(dead)}};
  EXPECT_EQ(collector.found, want);
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
