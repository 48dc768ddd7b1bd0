// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <zlib.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/inflate.hpp"

namespace mtasts::reports {
namespace {

using tlsrpt::Anomaly;
using tlsrpt::AnomalyKind;

std::string pack(std::string_view octets) {
  z_stream z{};
  constexpr int k_gzip = 15 + 16;
  EXPECT_EQ(::deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, k_gzip, 8,
                           Z_DEFAULT_STRATEGY),
            Z_OK);
  std::string packed(::deflateBound(&z, octets.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
  z.avail_in = static_cast<uInt>(octets.size());
  z.next_out = reinterpret_cast<Bytef*>(packed.data());
  z.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(::deflate(&z, Z_FINISH), Z_STREAM_END);
  packed.resize(z.total_out);
  ::deflateEnd(&z);
  return packed;
}

struct Inflated {
  std::string octets = {};
  std::string fault = {};
  std::vector<Anomaly> anomalies = {};
};

Inflated inflate(std::string_view packed) {
  Inflated result;
  OctetsInMemory source(packed);
  InflateSource inflated(source, result.anomalies);
  for (std::string_view piece = inflated.read(); !piece.empty();
       piece = inflated.read()) {
    result.octets += piece;
  }
  if (const auto fault = inflated.find_fault()) result.fault = fault->message;
  return result;
}

TEST(InflateTest, InflatesWhatIsLongerThanASlice) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i);
  const Inflated result = inflate(pack(text));
  EXPECT_EQ(result.octets, text);
  EXPECT_EQ(result.fault, "");
}

TEST(InflateTest, TakesMembersAsOneText) {
  const Inflated result = inflate(pack("one ") + pack("") + pack("two"));
  EXPECT_EQ(result.octets, "one two");
  EXPECT_EQ(result.fault, "");
  EXPECT_TRUE(result.anomalies.empty());
}

TEST(InflateTest, LeavesAsideWhatIsBehind) {
  const Inflated result = inflate(pack("one") + "\r\n");
  EXPECT_EQ(result.octets, "one");
  EXPECT_EQ(result.fault, "");
  EXPECT_EQ(result.anomalies,
            (std::vector<Anomaly>{{AnomalyKind::trailing, "gzip", "", 1}}));
}

TEST(InflateTest, StopsABombAtItsLimit) {
  // 105 MB of one letter, in 100 kB.
  const std::string bomb = pack(std::string(105'000'000, 'a'));
  const Inflated result = inflate(bomb);
  EXPECT_LE(result.octets.size(), k_max_inflated_octets);
  EXPECT_EQ(result.fault, "the gzip has more than 16 MiB in it");
}

TEST(InflateTest, StopsManyMembersAtTheirLimit) {
  std::string members;
  for (int i = 0; i < 10'000; ++i) members += pack("a");
  const Inflated result = inflate(members);
  EXPECT_EQ(result.octets, std::string(64, 'a'));
  EXPECT_EQ(result.fault, "the gzip has more than 64 members");
}

TEST(InflateTest, TellsWhatIsWrong) {
  const std::string good = pack(std::string(1000, 'a'));
  for (std::size_t size = 2; size < good.size(); ++size) {
    EXPECT_EQ(inflate(good.substr(0, size)).fault,
              "the gzip ends in the middle")
        << size;
  }
  std::string broken = good;
  broken[broken.size() - 6] = static_cast<char>(~broken[broken.size() - 6]);
  EXPECT_EQ(inflate(broken).fault, "the gzip is broken: incorrect data check");
  EXPECT_EQ(inflate("\x1F\x8B\x09").fault, "the gzip ends in the middle");
}

TEST(InflateTest, TellsWhatItCanRead) {
  EXPECT_TRUE(is_deflated("\x1F\x8B\x08"));
  EXPECT_TRUE(is_deflated("\x78\x9C"));
  EXPECT_FALSE(is_deflated("x"));
  EXPECT_FALSE(is_deflated("xa"));
  EXPECT_FALSE(is_deflated(""));
}

}  // namespace
}  // namespace mtasts::reports
