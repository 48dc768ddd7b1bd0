// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <openssl/err.h>

#include "test_certificates.hpp"
#include "tls/certificate_check.hpp"

namespace mtasts::tls {
namespace {

class TlsCertificateCheck : public testing::Test {
 protected:
  using Strings = std::vector<std::string>;

  ChainCheck check(const std::vector<const TestPair*>& pairs,
                   Depth depth = Depth::signatures) {
    std::vector<Der> chain;
    for (const TestPair* pair : pairs) chain.push_back(share(pair->der()));
    ChainCheck checked = check_chain(chain, "a.pem", depth);
    EXPECT_EQ(ERR_peek_error(), 0U);
    return checked;
  }

  /// Each finding as "severity id", then what is to be made of it.
  static Strings verdict(const ChainCheck& checked) {
    Strings all;
    for (const Diagnostic& one : checked.diagnostics) {
      all.push_back((one.severity == Severity::error ? "error " : "warning ") +
                    one.id);
    }
    all.push_back(!checked.is_usable             ? "refused"
                  : checked.flaw == Flaw::flawed ? "flawed"
                                                 : "good");
    return all;
  }

  TestPair make_leaf(const TestPair& issuer) {
    return make_pair("DNS:a.example", KeyKind::ecdsa, {}, &issuer);
  }

  TestPair root_ = make_pair("CA");
  TestPair ca_ = make_pair("CA", KeyKind::ecdsa, {}, &root_);
  TestPair upper_ = make_pair("CA", KeyKind::ecdsa, {}, &root_);
  TestPair lower_ = make_pair("CA", KeyKind::ecdsa, {}, &upper_);
};

TEST_F(TlsCertificateCheck, FindsNothingWrongWithAWholeChain) {
  const TestPair leaf = make_leaf(ca_);
  EXPECT_EQ(verdict(check({&leaf, &ca_})), Strings{"good"});
  const TestPair deep = make_leaf(lower_);
  EXPECT_EQ(verdict(check({&deep, &lower_, &upper_})), Strings{"good"});
}

TEST_F(TlsCertificateCheck, KnowsARootThatIsNotNeeded) {
  const TestPair leaf = make_leaf(ca_);
  EXPECT_EQ(verdict(check({&leaf, &ca_, &root_})),
            (Strings{"warning certificate.root-included", "good"}));
}

TEST_F(TlsCertificateCheck, KnowsALeafWithoutItsIssuer) {
  const TestPair leaf = make_leaf(ca_);
  EXPECT_EQ(verdict(check({&leaf})),
            (Strings{"warning certificate.chain-incomplete", "flawed"}));
  EXPECT_EQ(verdict(check({&leaf, &upper_})),
            (Strings{"error certificate.chain-incomplete", "flawed"}));
}

TEST_F(TlsCertificateCheck, KnowsAWrongOrder) {
  const TestPair deep = make_leaf(lower_);
  EXPECT_EQ(verdict(check({&deep, &upper_, &lower_})),
            (Strings{"error certificate.chain-order", "flawed"}));
}

TEST_F(TlsCertificateCheck, KnowsACertificateThatSignedItself) {
  const TestPair leaf = make_pair("DNS:a.example");
  EXPECT_EQ(verdict(check({&leaf})),
            (Strings{"warning certificate.self-signed", "flawed"}));
}

// The name of the issuer says nothing about its key.
TEST_F(TlsCertificateCheck, VerifiesSignaturesWhenAskedTo) {
  const TestPair leaf = make_leaf(ca_);
  TestPair impostor = make_pair("CA", KeyKind::ecdsa, {}, &root_);
  X509_set_subject_name(impostor.certificate.get(),
                        X509_get_subject_name(ca_.certificate.get()));
  ASSERT_GT(
      X509_sign(impostor.certificate.get(), root_.key.get(), EVP_sha256()), 0);
  EXPECT_EQ(verdict(check({&leaf, &impostor})),
            (Strings{"error certificate.chain-incomplete", "flawed"}));
  EXPECT_EQ(verdict(check({&leaf, &impostor}, Depth::facts)), Strings{"good"});
}

TEST_F(TlsCertificateCheck, RefusesWeakSignatures) {
  TestPair leaf = make_leaf(ca_);
  ASSERT_GT(X509_sign(leaf.certificate.get(), ca_.key.get(), EVP_sha1()), 0);
  EXPECT_EQ(verdict(check({&leaf, &ca_})),
            (Strings{"error certificate.signature-weak", "refused"}));
}

TEST_F(TlsCertificateCheck, RefusesShortKeys) {
  TestPair leaf = make_leaf(ca_);
  leaf.key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}));
  X509_set_pubkey(leaf.certificate.get(), leaf.key.get());
  ASSERT_GT(X509_sign(leaf.certificate.get(), ca_.key.get(), EVP_sha256()), 0);
  EXPECT_EQ(verdict(check({&leaf, &ca_})),
            (Strings{"error certificate.key-weak", "refused"}));
}

TEST_F(TlsCertificateCheck, RefusesWhatIsNoCertificate) {
  EXPECT_EQ(verdict(check_chain({share("x")}, "a.pem", Depth::facts)),
            (Strings{"error certificate.unusable", "refused"}));
}

}  // namespace
}  // namespace mtasts::tls
