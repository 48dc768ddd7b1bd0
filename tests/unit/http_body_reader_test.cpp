// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "http/body_reader.hpp"

namespace mtasts::http {
namespace {

using State = BodyReader::State;
using Result =
    std::tuple<State, std::string, std::string>;  // state, body, rest

constexpr std::uint64_t k_max = 20;

Result read(const RequestHead& head, const std::string& octets,
            std::size_t piece) {
  BodyReader reader(head, k_max);
  std::string body;
  std::string rest = octets;
  const auto take = [&](std::string_view part) {
    body += part;
    return true;
  };
  std::string_view none;
  State state = reader.read(none, take);
  while (state == State::incomplete && !rest.empty()) {
    const std::string now = rest.substr(0, piece);
    std::string_view left = now;
    state = reader.read(left, take);
    rest.erase(0, now.size() - left.size());
  }
  return {state, body, rest};
}

/// The same in pieces of each size.
Result read_chunks(const std::string& octets) {
  RequestHead head;
  head.is_chunked = true;
  const Result whole = read(head, octets, octets.size());
  for (std::size_t piece = 1; piece < octets.size(); ++piece) {
    EXPECT_EQ(read(head, octets, piece), whole) << piece << " " << octets;
  }
  return whole;
}

Result read_length(std::uint64_t length, const std::string& octets) {
  RequestHead head;
  head.content_length = length;
  return read(head, octets, 3);
}

TEST(HttpBodyReader, ReadsAsMuchAsTheHeadSays) {
  EXPECT_EQ(read_length(0, "next"), Result(State::whole, "", "next"));
  EXPECT_EQ(read_length(5, "12345next"), Result(State::whole, "12345", "next"));
  EXPECT_EQ(read_length(5, "1234"), Result(State::incomplete, "1234", ""));
  EXPECT_EQ(read_length(20, std::string(20, 'x')),
            Result(State::whole, std::string(20, 'x'), ""));
  EXPECT_EQ(read_length(21, "x"), Result(State::too_large, "", "x"));
}

TEST(HttpBodyReader, ReadsChunks) {
  EXPECT_EQ(read_chunks("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nnext"),
            Result(State::whole, "abcde", "next"));
  EXPECT_EQ(read_chunks("0\r\n\r\n"), Result(State::whole, "", ""));
  EXPECT_EQ(read_chunks("003;a=b\r\nabc\r\n0 ;x\r\nTrailer: 1\r\nB: 2\r\n\r\n"),
            Result(State::whole, "abc", ""));
  EXPECT_EQ(read_chunks("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"),
            Result(State::whole, "01234567890123456789", ""));
  EXPECT_EQ(read_chunks("3\r\nab"), Result(State::incomplete, "ab", ""));
}

TEST(HttpBodyReader, RefusesWhatTwoReadersCouldTakeDifferently) {
  for (const char* octets :
       {"\r\n", "x\r\n", ";a\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", "1\n", "1\rx",
        "3\r\nabcd\r\n", "3\r\nabc\n", "3\r\nabcx\r\n", "1\r\na\r\n\r\n",
        "1,1\r\n"}) {
    EXPECT_EQ(std::get<State>(read_chunks(octets)), State::malformed) << octets;
  }
  EXPECT_EQ(std::get<State>(read_chunks("1;" + std::string(5000, 'x') +
                                        "\r\na\r\n0\r\n\r\n")),
            State::malformed);
}

TEST(HttpBodyReader, TakesNoMoreThanItMay) {
  EXPECT_EQ(std::get<State>(read_chunks("15\r\n")), State::too_large);
  EXPECT_EQ(std::get<State>(read_chunks("14\r\n01234567890123456789\r\n1\r\n")),
            State::too_large);
  EXPECT_EQ(std::get<State>(read_chunks("ffffffffffffffffffff\r\n")),
            State::too_large);
}

TEST(HttpBodyReader, EndsWhereNoMoreIsTaken) {
  RequestHead head;
  head.content_length = 5;
  BodyReader reader(head, k_max);
  std::string_view octets = "12345";
  EXPECT_EQ(reader.read(octets, [](std::string_view) { return false; }),
            State::refused);
}

}  // namespace
}  // namespace mtasts::http
