// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "test_certificates.hpp"
#include "tls/der.hpp"

namespace mtasts::tls {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

/// `der` with the first `from` behind `mark` replaced by `to`.
std::string replace(std::string der, std::string_view mark,
                    std::string_view from, std::string_view to) {
  const std::size_t at = der.find(from, der.find(mark));
  EXPECT_NE(at, std::string::npos);
  return der.replace(at, from.size(), to);
}

// X.690, 8.1.3 and 10.1: a length in its shortest form, of three octets here.
TEST(TlsDer, ReadsLengthsInTheirShortestForm) {
  for (const auto& [start, size] :
       std::vector<std::pair<std::string_view, std::size_t>>{
           {"\x04\0"sv, 0},
           {"\x04\x7F", 0x7F},
           {"\x04\x81\x80", 0x80},
           {"\x04\x81\xFF", 0xFF},
           {"\x04\x82\x01\0"sv, 0x100},
           {"\x04\x83\x01\0\0"sv, 0x10000}}) {
    const std::string der = std::string(start) + std::string(size, 'x');
    DerReader reader(der);
    const std::optional<DerElement> element = reader.next();
    ASSERT_TRUE(element) << size;
    EXPECT_EQ(element->content.size(), size);
    EXPECT_EQ(element->whole, der);
    EXPECT_TRUE(reader.is_at_end());
    const std::string cut = der.substr(0, der.size() - 1);
    EXPECT_FALSE(DerReader(cut).next()) << size;
  }
  for (const auto& [start, size] :
       std::vector<std::pair<std::string_view, std::size_t>>{
           {"", 0},
           {"\x04", 0},
           {"\x04\x80", 1},
           {"\x04\x81\x7F", 0x7F},
           {"\x04\x82\0\xFF"sv, 0xFF},
           {"\x04\x83\0\x80\0"sv, 0x8000},
           {"\x04\x84\x01\0\0\0"sv, 0x1000000},
           {"\x1F\0"sv, 0}}) {
    const std::string der = std::string(start) + std::string(size, 'x');
    EXPECT_FALSE(DerReader(der).next()) << size;
  }
}

std::string element(char tag, const std::string& content) {
  std::string der(1, tag);
  if (content.size() >= 0x100) {
    der += '\x82';
    der += static_cast<char>(content.size() >> 8U);
  } else if (content.size() >= 0x80) {
    der += '\x81';
  }
  return der + static_cast<char>(content.size() & 0xFFU) + content;
}

std::string rsa_numbers(const std::string& modulus) {
  return element('\x02', modulus) + element('\x02', "\x03");
}

/// RFC 8017, A.1.2, as far as it is read.
std::string rsa_key(const std::string& modulus) {
  return element('\x30', element('\x02', "\0"s) + rsa_numbers(modulus));
}

TEST(TlsDer, FindsThePublicKeyInRsaKeysOfAnySize) {
  // Elements of 127, 128, 255 and 256 octets are among them.
  for (std::size_t size = 100; size < 300; ++size) {
    const std::string modulus(size, '\x7F');
    EXPECT_EQ(find_public_key(rsa_key(modulus)),
              element('\x30', rsa_numbers(modulus)))
        << size;
  }
}

// X.690, 8.3.2.
TEST(TlsDer, FindsNoPublicKeyInARsaKeyWithALongNumber) {
  EXPECT_NE(find_public_key(rsa_key("\0\x80"s)), "");
  EXPECT_NE(find_public_key(rsa_key("\x7F")), "");
  EXPECT_EQ(find_public_key(rsa_key("\0\x7F"s)), "");
  EXPECT_EQ(find_public_key(rsa_key("\0"s)), "");
  EXPECT_EQ(find_public_key(rsa_key("\x80")), "");
  EXPECT_EQ(find_public_key(rsa_key("")), "");
}

// RFC 5280, 4.1.2.5; OpenSSL can't tell such a time from any other either.
TEST(TlsDer, RefusesATimeThatIsNone) {
  const std::string good = make_pair("DNS:a.example").der();
  ASSERT_TRUE(read_certificate(good));
  const std::size_t at = good.find("\x30\x1E\x17\x0D") + 4;  // YYMMDDHHMMSSZ
  for (const auto& [offset, digits] :
       std::vector<std::pair<std::size_t, std::string_view>>{
           {2, "13"}, {2, "00"}, {4, "32"}, {6, "24"}, {8, "60"}, {10, "60"}}) {
    std::string bad = good;
    bad.replace(at + offset, 2, digits);
    EXPECT_FALSE(read_certificate(bad)) << digits << " at " << offset;
  }
}

TEST(TlsDer, ReadsTheFirstAndLastMomentsOfTime) {
  using namespace std::chrono;
  const std::string good = make_pair("DNS:a.example").der();
  const std::size_t at = good.find("\x30\x1E\x17\x0D") + 4;
  for (const auto& [digits, want] :
       std::vector<std::pair<std::string_view, sys_seconds>>{
           {"491231235959", sys_days(2049y / 12 / 31) + 24h - 1s},
           {"500101000000", sys_days(1950y / 1 / 1)},
           {"280229235959", sys_days(2028y / 2 / 29) + 24h - 1s}}) {
    std::string der = good;
    der.replace(at, digits.size(), digits);
    EXPECT_EQ(read_certificate(der)->not_before, want) << digits;
  }
}

// RFC 5280, 4.1.2.5: from 2050 on as a GeneralizedTime, YYYYMMDDHHMMSSZ.
TEST(TlsDer, ReadsTimesOfTwoKindsAndNoThird) {
  using namespace std::chrono;
  const auto age = sys_days(2050y / 1 / 2) - floor<days>(system_clock::now());
  const std::string der = make_pair("DNS:a.example", KeyKind::ecdsa,
                                    {.to = static_cast<int>(age.count())})
                              .der();
  const std::optional<CertificateFacts> facts = read_certificate(der);
  ASSERT_TRUE(facts);
  EXPECT_EQ(year_month_day(floor<days>(facts->not_after)), 2050y / 1 / 2);
  EXPECT_FALSE(read_certificate(
      replace(der, "\x30\x20\x17\x0D", "\x18\x0F", "\x19\x0F")));
  EXPECT_FALSE(read_certificate(
      replace(der, "\x30\x20\x17\x0D", "\x18\x0F", "\x17\x0F")));
  EXPECT_FALSE(
      read_certificate(replace(der, "\x30\x20", "\x17\x0D", "\x18\x0D")));
}

// Names behind the fault would be overlooked.
TEST(TlsDer, RefusesExtensionsThatAreNoDer) {
  const std::string good = make_pair("DNS:a.example").der();
  // The list as a primitive, which no SEQUENCE is.
  std::string primitive = good;
  primitive[good.rfind("\x30", good.find("\x55\x1D") - 3)] = '\x10';
  EXPECT_FALSE(read_certificate(primitive));
  // An extension without its OCTET STRING; 55 1D 11 is subjectAltName.
  EXPECT_FALSE(read_certificate(replace(good, "\x55\x1D\x11", "\x04", "\x05")));
}

TEST(TlsDer, KnowsAnAuthorityByAnyTruth) {
  const std::string der = make_pair("CA").der();
  EXPECT_TRUE(read_certificate(der)->is_authority);
  const auto with = [&der](std::string_view octet) {
    // The last BOOLEAN is CA, behind the one that says "critical".
    std::string other = der;
    return other.replace(other.rfind("\x01\x01\xFF"sv) + 2, 1, octet);
  };
  EXPECT_TRUE(read_certificate(with("\x01"))->is_authority);
  EXPECT_FALSE(read_certificate(with("\0"sv))->is_authority);
}

// A modulus without its leading zero octet is a negative number: what to make
// of it is left to OpenSSL.
TEST(TlsDer, FindsNoPublicKeyInAnRsaKeyWithANegativeNumber) {
  const std::string key = make_pair("DNS:a.example", KeyKind::rsa).key_der();
  ASSERT_FALSE(find_public_key(key).empty());
  std::string bad = key;
  bad[bad.find("\x02\x82\x01\x01\0"sv) + 4] = '\x80';
  EXPECT_EQ(find_public_key(bad), "");
}

}  // namespace
}  // namespace mtasts::tls
