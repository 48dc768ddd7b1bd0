// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>

#include "server/wire.hpp"

namespace mtasts::server {
namespace {

/// What a whole turn reads.
std::size_t read_all(Wire& wire) {
  std::array<char, 1000> out;
  std::size_t sum = 0;
  while (const int got = wire.read(out.data(), out.size())) {
    sum += static_cast<std::size_t>(got);
  }
  return sum;
}

TEST(ServerWire, ReadsTheSocketOnceInATurn) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()),
            0);
  const std::string octets(12 * 1024, 'x');
  ASSERT_EQ(::send(ends[0], octets.data(), octets.size(), 0),
            static_cast<ssize_t>(octets.size()));
  const auto wire = std::make_unique<Wire>();
  std::size_t sum = 0;
  for (const std::size_t want : {8 * 1024, 4 * 1024, 0}) {
    wire->begin(ends[1]);
    const std::size_t got = read_all(*wire);
    EXPECT_EQ(got, want);
    EXPECT_TRUE(wire->wants_more());
    EXPECT_EQ(wire->has_moved(), want > 0);
    sum += got;
  }
  EXPECT_EQ(sum, octets.size());
  ::close(ends[0]);
  wire->begin(ends[1]);
  wire->put_back("over");
  wire->put_back("left ");
  EXPECT_EQ(wire->unread(), "left over");
  EXPECT_EQ(read_all(*wire), 9U);
  EXPECT_TRUE(wire->has_ended());
  ::close(ends[1]);
}

}  // namespace
}  // namespace mtasts::server
