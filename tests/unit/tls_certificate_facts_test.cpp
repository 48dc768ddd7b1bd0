// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "test_certificates.hpp"
#include "tls/certificate_facts.hpp"

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
TEST(TlsCertificateFacts, RefusesATimeThatIsNone) {
  const std::string good = make_pair("DNS:a.example").der();
  ASSERT_TRUE(read_facts(good));
  const std::size_t at = good.find("\x30\x1E\x17\x0D") + 4;  // YYMMDDHHMMSSZ
  for (const auto& [offset, digits] :
       std::vector<std::pair<std::size_t, std::string_view>>{
           {2, "13"}, {2, "00"}, {4, "32"}, {6, "24"}, {8, "60"}, {10, "60"}}) {
    std::string bad = good;
    bad.replace(at + offset, 2, digits);
    EXPECT_FALSE(read_facts(bad)) << digits << " at " << offset;
  }
}

TEST(TlsCertificateFacts, ReadsTheFirstAndLastMomentsOfTime) {
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
    EXPECT_EQ(read_facts(der)->not_before, want) << digits;
  }
}

// RFC 5280, 4.1.2.5: from 2050 on as a GeneralizedTime, YYYYMMDDHHMMSSZ.
TEST(TlsCertificateFacts, ReadsTimesOfTwoKindsAndNoThird) {
  using namespace std::chrono;
  const auto age = sys_days(2050y / 1 / 2) - floor<days>(system_clock::now());
  const std::string der = make_pair("DNS:a.example", KeyKind::ecdsa,
                                    {.to = static_cast<int>(age.count())})
                              .der();
  const std::optional<CertificateFacts> facts = read_facts(der);
  ASSERT_TRUE(facts);
  EXPECT_EQ(year_month_day(floor<days>(facts->not_after)), 2050y / 1 / 2);
  EXPECT_FALSE(
      read_facts(replace(der, "\x30\x20\x17\x0D", "\x18\x0F", "\x19\x0F")));
  EXPECT_FALSE(
      read_facts(replace(der, "\x30\x20\x17\x0D", "\x18\x0F", "\x17\x0F")));
  EXPECT_FALSE(read_facts(replace(der, "\x30\x20", "\x17\x0D", "\x18\x0D")));
}

// Names behind the fault would be overlooked.
TEST(TlsCertificateFacts, RefusesExtensionsThatAreNoDer) {
  const std::string good = make_pair("DNS:a.example").der();
  // The list as a primitive, which no SEQUENCE is.
  std::string primitive = good;
  primitive[good.rfind("\x30", good.find("\x55\x1D") - 3)] = '\x10';
  EXPECT_FALSE(read_facts(primitive));
  // An extension without its OCTET STRING; 55 1D 11 is subjectAltName.
  EXPECT_FALSE(read_facts(replace(good, "\x55\x1D\x11", "\x04", "\x05")));
}

TEST(TlsCertificateFacts, KnowsAnAuthorityByAnyTruth) {
  const std::string der = make_pair("CA").der();
  EXPECT_TRUE(read_facts(der)->is_authority);
  const auto with = [&der](std::string_view octet) {
    // The last BOOLEAN is CA, behind the one that says "critical".
    std::string other = der;
    return other.replace(other.rfind("\x01\x01\xFF"sv) + 2, 1, octet);
  };
  EXPECT_TRUE(read_facts(with("\x01"))->is_authority);
  EXPECT_FALSE(read_facts(with("\0"sv))->is_authority);
}

// OpenSSL's reading of the same octets is the second opinion.
TEST(TlsCertificateFacts, ReadsWhatOpenSslReads) {
  for (const auto kind : {KeyKind::ecdsa, KeyKind::rsa}) {
    const TestPair ca = make_pair("CA", kind);
    const TestPair pair = make_pair("DNS:a.example", kind, {}, &ca);
    const std::string der = pair.der();
    const std::optional<CertificateFacts> facts = read_facts(der);
    ASSERT_TRUE(facts);
    unsigned char* raw = nullptr;
    const int size =
        i2d_X509_NAME(X509_get_issuer_name(pair.certificate.get()), &raw);
    ASSERT_GT(size, 0);
    EXPECT_EQ(facts->issuer, std::string_view(reinterpret_cast<char*>(raw),
                                              static_cast<std::size_t>(size)));
    OPENSSL_free(raw);
    const ASN1_BIT_STRING* bits =
        X509_get0_pubkey_bitstr(pair.certificate.get());
    EXPECT_EQ(facts->key.octets,
              std::string_view(reinterpret_cast<const char*>(bits->data),
                               static_cast<std::size_t>(bits->length)));
    EXPECT_EQ(static_cast<int>(facts->key.bits),
              EVP_PKEY_get_bits(pair.key.get()));
    EXPECT_FALSE(facts->is_authority);
    const std::string authority = ca.der();
    EXPECT_TRUE(read_facts(authority)->is_authority);
  }
}

TEST(TlsCertificateFacts, NeverReadsBeyondAnyCut) {
  const std::string der = make_pair("DNS:a.example").der();
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(read_facts(std::string(der.substr(0, size)))) << size;
  }
}

}  // namespace
}  // namespace mtasts::tls
