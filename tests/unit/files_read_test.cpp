// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "files/descriptor.hpp"
#include "files/read.hpp"
#include "files/stamp.hpp"
#include "temp_dir.hpp"
#include "unprivileged.hpp"

namespace mtasts::files {
namespace {

namespace fs = std::filesystem;

void expect_unreadable(const std::string& path, const std::string& message) {
  const Result<std::string> content = read_file(path, 100);
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().message, message);
}

TEST(FileRead, GivesEveryOctet) {
  const TempDir dir;
  const std::string octets("a\0\r\n\xff", 5);
  const Result<std::string> content = read_file(dir.write("a", octets), 100);
  ASSERT_TRUE(content);
  EXPECT_EQ(*content, octets);
}

TEST(FileRead, GivesAnEmptyFile) {
  const TempDir dir;
  const Result<std::string> content = read_file(dir.write("a", ""), 100);
  ASSERT_TRUE(content);
  EXPECT_EQ(*content, "");
}

TEST(FileRead, GivesAFileOfExactlyTheLimit) {
  const TempDir dir;
  const Result<std::string> content =
      read_file(dir.write("a", std::string(100, 'x')), 100);
  ASSERT_TRUE(content);
  EXPECT_EQ(content->size(), 100U);
}

TEST(FileRead, RefusesOneOctetMore) {
  const TempDir dir;
  expect_unreadable(dir.write("a", std::string(101, 'x')),
                    "has more than 100 octets");
}

TEST(FileRead, GivesMoreThanOneBufferful) {
  const TempDir dir;
  const std::string large(200'000, 'y');
  const Result<std::string> content =
      read_file(dir.write("a", large), large.size());
  ASSERT_TRUE(content);
  EXPECT_EQ(*content, large);
}

// It says of itself that it is empty.
TEST(FileRead, GivesAFileThatIsLargerThanItSays) {
  const std::string path = "/proc/self/limits";
  ASSERT_EQ(stamp_file(path).size, 0);
  const Result<std::string> content = read_file(path, 1'000'000);
  ASSERT_TRUE(content);
  EXPECT_TRUE(content->starts_with("Limit "));
  EXPECT_TRUE(content->ends_with("\n"));
}

TEST(FileRead, RefusesAMissingFile) {
  const TempDir dir;
  expect_unreadable(dir.path("a"), "No such file or directory");
}

TEST(FileRead, RefusesADirectory) {
  const TempDir dir;
  expect_unreadable(dir.path(""), "is a directory");
}

TEST(FileRead, RefusesAFifoWithoutWaitingForAWriter) {
  const TempDir dir;
  ASSERT_EQ(::mkfifo(dir.path("fifo").c_str(), 0600), 0);
  expect_unreadable(dir.path("fifo"), "is not a regular file");
}

TEST(FileRead, RefusesADevice) {
  expect_unreadable("/dev/zero", "is not a regular file");
}

TEST(FileRead, RefusesALoopOfLinks) {
  const TempDir dir;
  fs::create_symlink("a", dir.path("a"));
  expect_unreadable(dir.path("a"), "Too many levels of symbolic links");
}

TEST(FileRead, RefusesAFileThatItMayNotRead) {
  const TempDir dir;
  const std::string path = dir.write("a", "x");
  fs::permissions(dir.path(""), fs::perms{0755});
  fs::permissions(path, fs::perms::none);
  const Unprivileged user;
  if (user.is_root()) GTEST_SKIP() << "there is no other user";
  expect_unreadable(path, "Permission denied");
}

// Kubernetes mounts a ConfigMap as links to links.
TEST(FileRead, FollowsLinks) {
  const TempDir dir;
  dir.write("..2026/a.toml", "x");
  fs::create_directory_symlink("..2026", dir.path("..data"));
  fs::create_symlink("..data/a.toml", dir.path("a.toml"));
  const Result<std::string> content = read_file(dir.path("a.toml"), 100);
  ASSERT_TRUE(content);
  EXPECT_EQ(*content, "x");
}

TEST(FileRead, SaysWhoElseMayReadIt) {
  const TempDir dir;
  const std::string path = dir.write("a", "x");
  ASSERT_EQ(::chmod(path.c_str(), 0770), 0);
  EXPECT_FALSE(read_with_facts(path, 100)->is_readable_by_all);
  ASSERT_EQ(::chmod(path.c_str(), 0604), 0);
  EXPECT_TRUE(read_with_facts(path, 100)->is_readable_by_all);
}

TEST(FileRead, SaysThatNoPathLeadsToIt) {
  const TempDir dir;
  const std::string path = dir.write("a", "x");
  EXPECT_FALSE(read_with_facts(path, 100)->is_nameless);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::unlink(path.c_str()), 0);
  EXPECT_TRUE(read_with_facts("/proc/self/fd/" + std::to_string(file.fd()), 100)
                  ->is_nameless);
}

// Its first piece may be as large as any file that is read at once.
TEST(FileRead, ReadsAStreamToItsEnd) {
  const TempDir dir;
  const std::string path = dir.path("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const std::string octets = std::string(65535, 'a') + "b";
  std::thread writer([&] {
    const Descriptor to(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    ::fcntl(to.fd(), F_SETPIPE_SZ, 1 << 20);
    EXPECT_EQ(::write(to.fd(), octets.data(), 65535), 65535);
    EXPECT_EQ(::write(to.fd(), "b", 1), 1);
  });
  const Result<std::string> content = read_stream(path, 1'000'000);
  writer.join();
  ASSERT_TRUE(content);
  EXPECT_EQ(*content, octets);
}

}  // namespace
}  // namespace mtasts::files
