// SPDX-License-Identifier: MIT
// What render makes of it is in tests/e2e.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "files/read.hpp"
#include "files/stamp.hpp"
#include "files/tree.hpp"
#include "temp_dir.hpp"

namespace mtasts::files {
namespace {

TEST(FilesTree, MakesFoldersAndFiles) {
  const TempDir dir;
  const Result<Tree> tree = Tree::open(dir.path("new"));
  ASSERT_TRUE(tree) << tree.error().message;
  ASSERT_TRUE(tree->write("a/b/c.txt", "one"));
  ASSERT_TRUE(tree->write("c.txt", ""));
  EXPECT_EQ(*read_file(dir.path("new/a/b/c.txt"), 10), "one");
  EXPECT_EQ(*read_file(dir.path("new/c.txt"), 10), "");
}

TEST(FilesTree, ReplacesAFileByAnotherAndLeavesARightOne) {
  const TempDir dir;
  const std::string path = dir.write("a/b", "one");
  const Result<Tree> tree = Tree::open(dir.path(""));
  const FileStamp before = stamp_file(path);
  ASSERT_TRUE(tree->write("a/b", "one"));
  EXPECT_EQ(stamp_file(path), before);
  ASSERT_TRUE(tree->write("a/b", "two"));
  EXPECT_NE(stamp_file(path).inode, before.inode);
  EXPECT_EQ(*read_file(path, 10), "two");
  // Nothing of the writing is left.
  const std::filesystem::directory_iterator files(dir.path("a"));
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST(FilesTree, FollowsNoLinkBelowItself) {
  const TempDir dir;
  dir.write("real/file", "one");
  std::filesystem::create_directory(dir.path("tree"));
  std::filesystem::create_symlink("../real", dir.path("tree/folder"));
  std::filesystem::create_symlink("../real/file", dir.path("tree/file"));
  std::filesystem::create_symlink("tree", dir.path("link"));
  const Result<Tree> tree = Tree::open(dir.path("link"));
  ASSERT_TRUE(tree) << tree.error().message;
  const Result<void> below = tree->write("folder/file", "two");
  ASSERT_FALSE(below);
  EXPECT_TRUE(below.error().message.starts_with(
      "can't open " + in_quotes(dir.path("link/folder")) + ": "))
      << below.error().message;
  EXPECT_EQ(below.error().hint,
            "it has to be a folder; symbolic links are not followed here");
  // A link in the place of the file is replaced, not followed.
  ASSERT_TRUE(tree->write("file", "two"));
  EXPECT_EQ(*read_file(dir.path("real/file"), 10), "one");
  EXPECT_EQ(*read_file(dir.path("tree/file"), 10), "two");
}

TEST(FilesTree, SaysWhatIsInTheWay) {
  const TempDir dir;
  dir.write("a/b/c", "");
  const Result<Tree> tree = Tree::open(dir.path(""));
  const Result<void> written = tree->write("a/b", "two");
  ASSERT_FALSE(written);
  EXPECT_TRUE(written.error().message.starts_with("can't write "))
      << written.error().message;
  EXPECT_FALSE(Tree::open(dir.path("a/b/c")));
}

}  // namespace
}  // namespace mtasts::files
