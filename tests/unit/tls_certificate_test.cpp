// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <openssl/err.h>

#include "test_certificates.hpp"
#include "tls/certificate.hpp"

namespace mtasts::tls {
namespace {

void bad(const Result<Certificate>& made, std::string_view message) {
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, message);
}

TEST(TlsCertificate, KnowsItsFacts) {
  const TestPair pair = make_pair("DNS:MTA-STS.a.example,DNS:*.b.example");
  const CertificatePtr one = make_certificate(pair, "there.pem");
  EXPECT_EQ(one->names(),
            (std::vector<std::string>{"mta-sts.a.example", "*.b.example"}));
  EXPECT_TRUE(one->is_ecdsa());
  EXPECT_EQ(one->file(), "there.pem");
  EXPECT_EQ(one->leaf_der(), pair.der());
  EXPECT_EQ(one->chain_length(), 1U);
  EXPECT_EQ(one->not_after() - one->not_before(), std::chrono::days(90));
  EXPECT_FALSE(
      make_certificate(make_pair("DNS:a.example", KeyKind::rsa))->is_ecdsa());
}

TEST(TlsCertificate, IsValidFromItsFirstToItsLastSecond) {
  const CertificatePtr one = make_certificate(make_pair("DNS:a.example"));
  const std::chrono::seconds second(1);
  EXPECT_TRUE(one->is_valid_at(one->not_before()));
  EXPECT_TRUE(one->is_valid_at(one->not_after()));
  EXPECT_FALSE(one->is_valid_at(one->not_before() - second));
  EXPECT_FALSE(one->is_valid_at(one->not_after() + second));
}

// RFC 8461, 3.3.
TEST(TlsCertificate, CoversHosts) {
  const CertificatePtr one = make_certificate(
      make_pair("DNS:mta-sts.a.example,DNS:*.b.example,DNS:m*.c.example,"
                "DNS:x.*.d.example,IP:192.0.2.1,email:mta-sts@e.example"));
  for (const std::string_view host :
       {"mta-sts.a.example", "mta-sts.b.example", "x.b.example"}) {
    EXPECT_TRUE(one->covers(host)) << host;
  }
  for (const std::string_view host :
       {"", ".", "a.example", "x.mta-sts.a.example", "b.example", ".b.example",
        "x.y.b.example", "mta-sts.c.example", "x.y.d.example", "192.0.2.1",
        "e.example", "example"}) {
    EXPECT_FALSE(one->covers(host)) << host;
  }
}

TEST(TlsCertificate, NeedsANameInItsSubjectAltName) {
  for (const std::string_view san : {"", "IP:192.0.2.1"}) {
    const TestPair pair = make_pair(san);
    bad(Certificate::make({share(pair.der())}, pair.key_der(), "a.pem"),
        "the certificate has no DNS name in its subjectAltName");
  }
}

TEST(TlsCertificate, NeedsItsOwnKey) {
  const TestPair pair = make_pair("DNS:a.example");
  const TestPair other = make_pair("DNS:a.example");
  const TestPair rsa = make_pair("DNS:a.example", KeyKind::rsa);
  for (const TestPair* wrong : {&other, &rsa}) {
    bad(Certificate::make({share(pair.der())}, wrong->key_der(), "a.pem"),
        "the private key does not belong to the certificate");
  }
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(TlsCertificate, RefusesWhatCanNotBeParsed) {
  const TestPair pair = make_pair("DNS:a.example");
  bad(Certificate::make({share("x")}, pair.key_der(), "a.pem"),
      "the certificate or its key can't be parsed");
  bad(Certificate::make({share(pair.der())}, "x", "a.pem"),
      "the certificate or its key can't be parsed");
  bad(Certificate::make({share(pair.der()), share("x")}, pair.key_der(),
                        "a.pem"),
      "the chain can't be parsed");
  const std::string der = pair.der();
  bad(Certificate::make({share(der.substr(0, der.size() - 1))}, pair.key_der(),
                        "a.pem"),
      "the certificate or its key can't be parsed");
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(TlsCertificate, ParsesTheChainInItsOrder) {
  const TestPair ca = make_pair("CA");
  const TestPair pair = make_pair("DNS:a.example", KeyKind::ecdsa, {}, &ca);
  const Result<Certificate> one = Certificate::make(
      {share(pair.der()), share(ca.der())}, pair.key_der(), "a.pem");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->chain_length(), 2U);
  const Result<ParsedPair> parsed = one->parse();
  ASSERT_TRUE(parsed);
  EXPECT_EQ(X509_cmp(parsed->leaf.get(), pair.certificate.get()), 0);
  ASSERT_EQ(sk_X509_num(parsed->chain.get()), 1);
  EXPECT_EQ(
      X509_cmp(sk_X509_value(parsed->chain.get(), 0), ca.certificate.get()), 0);
  EXPECT_EQ(EVP_PKEY_eq(parsed->key.get(), pair.key.get()), 1);
}

}  // namespace
}  // namespace mtasts::tls
