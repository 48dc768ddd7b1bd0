// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reports/reader_process.hpp"

namespace mtasts::reports {
namespace {

using std::chrono::milliseconds;

/// Does what an item says; for one that says nothing it is a good reader.
ReadReports obey(const Item& item) {
  if (item.octets == "abort") std::abort();
  if (item.octets == "crash") ::raise(SIGSEGV);
  if (item.octets == "exit") ::_exit(7);
  if (item.octets == "hang") {
    for (volatile bool runs = true; runs;) {
    }
  }
  if (item.octets == "eat") {
    std::vector<std::string> eaten;
    for (;;) eaten.emplace_back(std::size_t{1} << 20U, 'x');
  }
  if (item.octets == "open") {
    const bool is_open = std::ifstream("/etc/passwd").good();
    return fail(is_open ? "it is open" : "it is shut");
  }
  if (item.octets == "connect") {
    return fail(::socket(AF_INET, SOCK_STREAM, 0) < 0 ? "no socket" : "socket");
  }
  return fail("read " + item.name);
}

std::string read(ReaderProcess& reader, std::string_view octets) {
  const auto read = reader.read({.octets = octets, .name = "it"});
  if (!read) return "no child: " + read.error().message;
  return *read ? "reports" : read->error().message;
}

TEST(ReaderProcessTest, CostsABadItemAlone) {
  ReaderProcess reader({.time = milliseconds(200)}, &obey);
  EXPECT_EQ(read(reader, ""), "read it");
  EXPECT_EQ(read(reader, "crash"),
            "the reader has ended over it: Segmentation fault");
  EXPECT_EQ(read(reader, ""), "read it");
  EXPECT_EQ(read(reader, "exit"), "the reader has ended over it");
  EXPECT_EQ(read(reader, ""), "read it");
  EXPECT_EQ(read(reader, "hang"), "it takes longer than 200 ms to read it");
  EXPECT_EQ(read(reader, ""), "read it");
  EXPECT_EQ(read(reader, "abort"), "it takes too much memory to read it");
  EXPECT_EQ(read(reader, ""), "read it");
}

#ifndef MTASTSD_INSTRUMENTED
TEST(ReaderProcessTest, EatsNoMoreThanItMay) {
  ReaderProcess reader({}, &obey);
  EXPECT_EQ(read(reader, "eat"), "it takes too much memory to read it");
  EXPECT_EQ(read(reader, ""), "read it");
}

TEST(ReaderProcessTest, DoesNotCountWhatItsParentHas) {
  const std::unique_ptr<char[]> policies(new char[std::size_t{400} << 20U]);
  ReaderProcess reader;
  const auto read = reader.read({.octets = R"({"policies":[{}]})"});
  ASSERT_TRUE(read);
  EXPECT_TRUE(*read);
}

TEST(ReaderProcessTest, CanOpenNothing) {
  ReaderProcess reader({}, &obey);
  EXPECT_EQ(read(reader, "open"), "it is shut");
  EXPECT_EQ(read(reader, "connect"), "no socket");
}
#endif

TEST(ReaderProcessTest, ReplacesItsChildUnnoticed) {
  ReaderProcess reader({}, &obey);
  for (int i = 0; i < 2500; ++i) ASSERT_EQ(read(reader, ""), "read it");
}

TEST(ReaderProcessTest, RefusesWhatIsTooLargeToHandOver) {
  ReaderProcess reader({}, &obey);
  EXPECT_EQ(read(reader, std::string(k_max_item_octets, ' ')), "read it");
  EXPECT_EQ(read(reader, std::string(k_max_item_octets + 1, ' ')),
            "it is larger than 16 MiB");
}

TEST(ReaderProcessTest, ReadsReports) {
  ReaderProcess reader;
  const auto read = reader.read(
      {.octets = R"({"policies":[{"policy":{"policy-domain":"alpha.test"}}]})",
       .channel = Channel::https,
       .received = std::chrono::sys_days{std::chrono::year{2026} / 11 / 25}});
  ASSERT_TRUE(read);
  ASSERT_TRUE(*read);
  ASSERT_EQ((*read)->size(), 1U);
  EXPECT_EQ((*read)->front().report.policies.front().policy_domain,
            "alpha.test");
}

}  // namespace
}  // namespace mtasts::reports
