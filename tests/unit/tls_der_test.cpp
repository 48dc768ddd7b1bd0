// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "test_certificates.hpp"
#include "tls/der.hpp"

namespace mtasts::tls {
namespace {

using namespace std::string_view_literals;

/// `der` with the first `from` behind `mark` replaced by `to`.
std::string replace(std::string der, std::string_view mark,
                    std::string_view from, std::string_view to) {
  const std::size_t at = der.find(from, der.find(mark));
  EXPECT_NE(at, std::string::npos);
  return der.replace(at, from.size(), to);
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
