// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <type_traits>

#include "files/file_to_read.hpp"
#include "temp_dir.hpp"

namespace mtasts::files {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_max = 1000;
constexpr FileStamp k_listed{.kind = FileKind::listed};

std::string read(const FileToRead& file) {
  const Result<FileContent> content = file.read(k_max);
  return content ? content->octets : content.error().message;
}

// A file server that moves a whole folder does not give two halves.
TEST(FileToRead, IsTheOneOfTheOpenFolderAndNotOfItsPath) {
  const TempDir dir;
  const text::Path path(dir.write("a/x", "old"));
  const FileStamp old = stamp_file(path.text());
  const Folder folder(path.folder());
  fs::rename(dir.path("a"), dir.path("b"));
  dir.write("a/x", "another");
  EXPECT_EQ(read({folder, path, old}), "old");
  EXPECT_EQ(read({folder, path, k_listed}), "old");
  EXPECT_EQ(FileToRead(folder, path, k_listed).stamp(), old);
  EXPECT_EQ(read(FileToRead(path)), "another");
}

TEST(FileToRead, IsLookedAtByItsWholePathWhereThereIsNoFolder) {
  const TempDir dir;
  const std::string path = dir.write("x", "text");
  const FileToRead file(path);
  EXPECT_EQ(file.path(), text::Path(path));
  EXPECT_EQ(file.stamp(), stamp_file(path));
  EXPECT_EQ(read(file), "text");
  EXPECT_EQ(read(FileToRead(dir.path("y"))), "No such file or directory");
}

// It would be gone before the file is read.
static_assert(
    !std::is_constructible_v<FileToRead, Folder, text::Path, FileStamp>);

TEST(FileToRead, IsLookedAtByOpeningItWhereItIsOnlyListed) {
  const TempDir dir;
  const text::Path path(dir.write("x", "text"));
  const Folder folder(path.folder());
  const FileToRead file(folder, path, k_listed);
  EXPECT_EQ(file.stamp(), stamp_file(path.text()));
  EXPECT_EQ(read(file), "text");
}

TEST(FileToRead, KeepsTheStateInWhichItWasFound) {
  const TempDir dir;
  const text::Path path(dir.write("x", "text"));
  const FileStamp found = stamp_file(path.text());
  dir.write("x", "longer text");
  const Folder folder(path.folder());
  const FileToRead file(folder, path, found);
  EXPECT_EQ(file.stamp(), found);
}

TEST(FileToRead, MayBeGoneSinceItWasListed) {
  const TempDir dir;
  const text::Path path(dir.path("x"));
  const Folder folder(path.folder());
  const FileToRead file(folder, path, k_listed);
  EXPECT_EQ(file.stamp(), FileStamp{});
  EXPECT_EQ(read(file), "No such file or directory");
}

TEST(FileToRead, MayHaveBecomeSomethingElseSinceItWasListed) {
  const TempDir dir;
  const text::Path path(dir.path("x"));
  ASSERT_EQ(::mkfifo(path.text().c_str(), 0600), 0);
  const Folder folder(path.folder());
  const FileToRead file(folder, path, k_listed);
  EXPECT_EQ(file.stamp(), stamp_file(path.text()));
  EXPECT_EQ(read(file), "is not a regular file");
}

TEST(FileToRead, SaysWhatIsWrongWithItsFolder) {
  const TempDir dir;
  const text::Path path(dir.write("x", "") + "/y");
  const Folder folder(path.folder());
  EXPECT_EQ(read({folder, path, k_listed}), "Not a directory");
}

TEST(FileToRead, OfTheCurrentFolderHasNoFolder) {
  const text::Path path("no-such-file");
  const Folder folder(path.folder());
  EXPECT_EQ(read({folder, path, {}}), "No such file or directory");
}

}  // namespace
}  // namespace mtasts::files
