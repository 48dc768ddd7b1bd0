// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <algorithm>
#include <string>

#include "test_certificates.hpp"
#include "tls/certificate.hpp"

namespace mtasts::tls {
namespace {

void bad(const Result<CertificatePtr>& made, std::string_view message) {
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, message);
}

TEST(TlsCertificate, KnowsItsFacts) {
  const TestPair pair = make_pair("DNS:MTA-STS.a.example,DNS:*.b.example");
  const CertificatePtr one = make_certificate(pair, "there.pem");
  EXPECT_EQ(one->names(), (std::vector<std::string_view>{"mta-sts.a.example",
                                                         "*.b.example"}));
  EXPECT_EQ(one->key_kind(), KeyKind::ecdsa);
  EXPECT_EQ(one->file(), "there.pem");
  EXPECT_EQ(one->leaf_der(), pair.der());
  EXPECT_EQ(one->chain().size(), 1U);
  EXPECT_EQ(one->not_after() - one->not_before(), std::chrono::days(90));
  EXPECT_EQ(
      make_certificate(make_pair("DNS:a.example", KeyKind::rsa))->key_kind(),
      KeyKind::rsa);
}

TEST(TlsCertificate, IsValidFromItsFirstToItsLastSecond) {
  const CertificatePtr one = make_certificate(make_pair("DNS:a.example"));
  const std::chrono::seconds second(1);
  EXPECT_TRUE(one->is_valid_at(one->not_before()));
  EXPECT_TRUE(one->is_valid_at(one->not_after()));
  EXPECT_FALSE(one->is_valid_at(one->not_before() - second));
  EXPECT_FALSE(one->is_valid_at(one->not_after() + second));
}

// What is above the issuer may end: clients find another way there.
TEST(TlsCertificate, EndsWithItsIssuerInTheChain) {
  const TestPair root = make_pair("CA", KeyKind::ecdsa, {.to = 5});
  const TestPair long_ca = make_pair("CA", KeyKind::ecdsa, {.to = 90}, &root);
  const TestPair short_ca = make_pair("CA", KeyKind::ecdsa, {.to = 20}, &root);
  const auto days_of = [&](const TestPair& ca) {
    const TestPair leaf = make_pair("DNS:a.example", KeyKind::ecdsa, {}, &ca);
    const CertificatePtr one = *Certificate::make(
        {ReadCertificate::read(leaf.der()), ReadCertificate::read(ca.der()),
         ReadCertificate::read(root.der())},
        share_key(leaf.key_der()), share_path("a.pem"));
    EXPECT_EQ(one->ends_with_issuer(), &ca == &short_ca);
    EXPECT_FALSE(one->is_valid_at(one->not_after() + std::chrono::seconds(1)));
    return (one->not_after() - one->not_before()) / std::chrono::days(1);
  };
  EXPECT_EQ(days_of(long_ca), 90);
  EXPECT_EQ(days_of(short_ca), 30);
}

// RFC 8461, 3.3.
TEST(TlsCertificate, CoversHosts) {
  const CertificatePtr one = make_certificate(
      make_pair("DNS:mta-sts.a.example,DNS:*.b.example,DNS:m*.c.example,"
                "DNS:x.*.d.example,IP:192.0.2.1,email:mta-sts@e.example"));
  const auto covers = [names = one->names()](std::string_view host) {
    return std::ranges::any_of(names, [host](std::string_view name) {
      return is_covered(name, host);
    });
  };
  for (const std::string_view host :
       {"mta-sts.a.example", "mta-sts.b.example", "x.b.example"}) {
    EXPECT_TRUE(covers(host)) << host;
  }
  for (const std::string_view host :
       {"", ".", "a.example", "x.mta-sts.a.example", "b.example", ".b.example",
        "x.y.b.example", "mta-sts.c.example", "x.y.d.example", "192.0.2.1",
        "e.example", "example"}) {
    EXPECT_FALSE(covers(host)) << host;
  }
}

TEST(TlsCertificate, NeedsANameInItsSubjectAltName) {
  for (const std::string_view san : {"", "IP:192.0.2.1"}) {
    const TestPair pair = make_pair(san);
    bad(Certificate::make({ReadCertificate::read(pair.der())},
                          share_key(pair.key_der()), share_path("a.pem")),
        "the certificate has no DNS name in its subjectAltName");
  }
}

TEST(TlsCertificate, NeedsItsOwnKey) {
  const TestPair pair = make_pair("DNS:a.example");
  const TestPair other = make_pair("DNS:a.example");
  const TestPair rsa = make_pair("DNS:a.example", KeyKind::rsa);
  for (const TestPair* wrong : {&other, &rsa}) {
    bad(Certificate::make({ReadCertificate::read(pair.der())},
                          share_key(wrong->key_der()), share_path("a.pem")),
        "the private key does not belong to the certificate");
  }
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(TlsCertificate, RefusesAKeyThatCanNotBeParsed) {
  bad(Certificate::make(
          {ReadCertificate::read(make_pair("DNS:a.example").der())},
          share_key("x"), share_path("a.pem")),
      "the private key does not belong to the certificate");
  EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace mtasts::tls
