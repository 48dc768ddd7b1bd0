// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "test_certificates.hpp"
#include "tls/der.hpp"

namespace mtasts::tls {
namespace {

/// `der` with the first `from` behind `mark` replaced by `to`.
std::string replace(std::string der, std::string_view mark,
                    std::string_view from, std::string_view to) {
  const std::size_t at = der.find(from, der.find(mark));
  EXPECT_NE(at, std::string::npos);
  return der.replace(at, from.size(), to);
}

class TlsDer : public testing::Test {
 protected:
  const std::string good_ = make_pair("DNS:a.example").der();
};

// RFC 5280, 4.1.2.5; OpenSSL can't tell such a time from any other either.
TEST_F(TlsDer, RefusesATimeThatIsNone) {
  ASSERT_TRUE(read_certificate(good_));
  const std::size_t at = good_.find("\x17\x0D") + 2;  // YYMMDDHHMMSSZ
  for (const auto& [offset, digits] :
       std::vector<std::pair<std::size_t, std::string_view>>{
           {2, "13"}, {2, "00"}, {4, "32"}, {6, "24"}, {8, "60"}, {10, "60"}}) {
    std::string bad = good_;
    bad.replace(at + offset, 2, digits);
    EXPECT_FALSE(read_certificate(bad)) << digits << " at " << offset;
  }
}

// Names behind the fault would be overlooked.
TEST_F(TlsDer, RefusesExtensionsThatAreNoDer) {
  // The list as a primitive, which no SEQUENCE is.
  EXPECT_FALSE(read_certificate(replace(good_, "\xA3", "\x30", "\x10")));
  // An extension without its OCTET STRING; 55 1D 11 is subjectAltName.
  EXPECT_FALSE(
      read_certificate(replace(good_, "\x55\x1D\x11", "\x04", "\x05")));
}

}  // namespace
}  // namespace mtasts::tls
