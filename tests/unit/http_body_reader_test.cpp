// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "http/body_reader.hpp"

namespace mtasts::http {
namespace {

constexpr std::uint64_t k_most = 100;

struct Outcome {
  std::string body;
  int status = 0;
  bool is_whole = false;
  std::string rest;  // what is not of it

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& one) {
  return out << '"' << one.body << "\" " << one.status << ' ' << one.is_whole
             << " \"" << one.rest << '"';
}

/// In pieces of `step` octets.
Outcome read(const RequestHead& head, std::string_view octets,
             std::size_t step) {
  BodyReader reader(head, k_most);
  Outcome outcome;
  while (!octets.empty() && reader.status() == 0 && !reader.is_whole()) {
    const std::size_t size = std::min(step, octets.size());
    const BodyReader::Piece piece = reader.take(octets.substr(0, size));
    outcome.body += piece.octets;
    octets.remove_prefix(piece.taken);
  }
  outcome.status = reader.status();
  outcome.is_whole = reader.is_whole();
  if (outcome.is_whole) outcome.rest = octets;
  return outcome;
}

RequestHead chunked() {
  RequestHead head;
  head.has_body = head.is_chunked = true;
  return head;
}

RequestHead of_length(std::uint64_t octets) {
  RequestHead head;
  head.has_body = true;
  head.content_length = octets;
  return head;
}

/// The same, however it comes.
Outcome read_chunks(std::string_view octets) {
  const RequestHead head = chunked();
  const Outcome whole = read(head, octets, octets.size());
  for (std::size_t step = 1; step < octets.size(); ++step) {
    EXPECT_EQ(read(head, octets, step), whole) << step;
  }
  return whole;
}

TEST(BodyReaderTest, TakesAsManyOctetsAsWereAnnounced) {
  const RequestHead head = of_length(5);
  const Outcome wanted{"abcde", 0, true, "GET"};
  for (std::size_t step = 1; step < 9; ++step) {
    EXPECT_EQ(read(head, "abcdeGET", step), wanted);
  }
  EXPECT_EQ(read(head, "abcd", 9), (Outcome{"abcd", 0, false, ""}));
}

TEST(BodyReaderTest, RefusesALengthAboveTheMostAtOnce) {
  EXPECT_EQ(BodyReader(of_length(100), k_most).status(), 0);
  EXPECT_EQ(BodyReader(of_length(101), k_most).status(), 413);
  EXPECT_TRUE(BodyReader(of_length(0), k_most).is_whole());
}

TEST(BodyReaderTest, PutsChunksTogether) {
  EXPECT_EQ(read_chunks("3\r\nabc\r\n0\r\n\r\nGET"),
            (Outcome{"abc", 0, true, "GET"}));
  EXPECT_EQ(read_chunks("3\r\nabc\r\n000A\r\n0123456789\r\n00\r\n\r\n"),
            (Outcome{"abc0123456789", 0, true, ""}));
  EXPECT_EQ(read_chunks("3;name=value\r\nabc\r\n0 ; x\r\nA: b\r\nC: d\r\n\r\n"),
            (Outcome{"abc", 0, true, ""}));
  EXPECT_EQ(read_chunks("0\r\n\r\n"), (Outcome{"", 0, true, ""}));
}

TEST(BodyReaderTest, RefusesChunksThatTwoParsersCouldReadInTwoWays) {
  for (const std::string_view octets :
       {"\r\nabc", "x\r\n", "-1\r\n", "+1\r\n", " 1\r\na\r\n", "0x1\r\na\r\n",
        "1\na\r\n", "1\r\nab\r\n", "1\r\na\n", "1\ra\r\n", ";a\r\n",
        "1;\x01\r\na\r\n", "0\r\nA: b\n\r\n", "0\r\n\n", "0\r\n\r\r",
        "1\r\na\rb", "1 2\x7f\r\n"}) {
    const Outcome outcome = read_chunks(octets);
    EXPECT_EQ(outcome.status, 400) << octets;
    EXPECT_FALSE(outcome.is_whole) << octets;
  }
}

TEST(BodyReaderTest, RefusesChunksAboveTheMostBeforeTheyCome) {
  EXPECT_EQ(read_chunks("65\r\n").status, 413);
  EXPECT_EQ(read_chunks("64\r\n").status, 0);
  EXPECT_EQ(read_chunks("FFFFFFFFFFFFFFFFFFFFFFFF\r\n").status, 413);
  const std::string ten = "a\r\n0123456789\r\n";
  std::string many;
  for (int i = 0; i < 10; ++i) many += ten;
  EXPECT_EQ(read_chunks(many + "0\r\n\r\n").status, 0);
  EXPECT_EQ(read_chunks(many + "1\r\n").status, 413);
}

TEST(BodyReaderTest, BoundsWhatIsNoData) {
  const std::string line(300, '0');
  EXPECT_EQ(read_chunks(line).status, 400);
  EXPECT_EQ(read_chunks("1;" + line).status, 400);
  EXPECT_EQ(read_chunks("0\r\nA: " + line).status, 400);
  std::string trailers = "0\r\n";
  while (trailers.size() < 600'000) trailers += "A: b\r\n";
  const RequestHead head = chunked();
  EXPECT_EQ(read(head, trailers, trailers.size()).status, 400);
}

}  // namespace
}  // namespace mtasts::http
