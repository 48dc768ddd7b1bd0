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
    std::vector<ReadCertificatePtr> chain;
    for (const TestPair* pair : pairs)
      chain.push_back(ReadCertificate::read(pair->der()));
    ChainCheck checked = check_chain(Chain(chain), "a.pem", depth);
    EXPECT_EQ(ERR_peek_error(), 0U);
    return checked;
  }

  /// Each finding as "severity id: message", then what is to be made of it.
  static Strings verdict(const ChainCheck& checked) {
    Strings all;
    for (const Diagnostic& one : checked.diagnostics) {
      all.push_back((one.severity == Severity::error ? "error " : "warning ") +
                    one.id + ": " + one.message);
    }
    all.push_back(!checked.is_usable             ? "refused"
                  : checked.flaw == Flaw::flawed ? "flawed"
                                                 : "good");
    return all;
  }

  static Strings ders(const ChainCheck& checked) {
    Strings all;
    for (const ReadCertificatePtr& one : checked.path) {
      all.emplace_back(one->der());
    }
    return all;
  }
  static Strings ders(const std::vector<const TestPair*>& pairs) {
    Strings all;
    for (const TestPair* one : pairs) all.push_back(one->der());
    return all;
  }

  /// Has the name of `ca_`, and another key.
  TestPair make_twin() {
    TestPair twin = make_pair("CA", KeyKind::ecdsa, {}, &root_);
    X509_set_subject_name(twin.certificate.get(),
                          X509_get_subject_name(ca_.certificate.get()));
    EXPECT_GT(X509_sign(twin.certificate.get(), root_.key.get(), EVP_sha256()),
              0);
    return twin;
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
            (Strings{"warning certificate.root-included: the chain ends with a "
                     "root certificate, which senders have already",
                     "good"}));
}

TEST_F(TlsCertificateCheck, KnowsALeafWithoutItsIssuer) {
  const TestPair leaf = make_leaf(ca_);
  EXPECT_EQ(
      verdict(check({&leaf})),
      (Strings{"warning certificate.chain-incomplete: the file has the "
               "certificate alone, without the intermediate that issued it",
               "flawed"}));
  EXPECT_EQ(verdict(check({&leaf, &upper_})),
            (Strings{"error certificate.chain-incomplete: the issuer of the "
                     "certificate is not in the chain, but others are",
                     "flawed"}));
}

// RFC 8446, 4.4.2: clients put up with it, and what is sent is right.
TEST_F(TlsCertificateCheck, SendsTheShortestRightChain) {
  const TestPair leaf = make_leaf(ca_);
  const TestPair deep = make_leaf(lower_);
  const TestPair by_root = make_leaf(root_);
  using Pairs = std::vector<const TestPair*>;
  const auto expect = [&](const Pairs& given, int wrong, const Pairs& sent) {
    const ChainCheck checked = check(given);
    const Strings found = verdict(checked);
    EXPECT_EQ(found, (Strings{"warning certificate.chain-order: certificate " +
                                  std::to_string(wrong) +
                                  " of the chain is not the issuer of the one "
                                  "before it",
                              "good"}));
    EXPECT_EQ(ders(checked), ders(sent));
  };
  const Pairs whole = {&leaf, &ca_};
  expect({&leaf, &leaf, &ca_}, 2, whole);
  expect({&leaf, &ca_, &ca_}, 3, whole);
  expect({&leaf, &ca_, &upper_}, 3, whole);
  expect({&leaf, &upper_, &ca_}, 2, whole);
  expect({&leaf, &root_, &ca_}, 2, whole);
  expect({&leaf, &ca_, &root_, &root_}, 4, whole);
  expect({&leaf, &ca_, &deep}, 3, whole);
  expect({&deep, &upper_, &lower_}, 2, {&deep, &lower_, &upper_});
  expect({&by_root, &upper_, &root_}, 2, {&by_root});
}

TEST_F(TlsCertificateCheck, SendsNoRoot) {
  const TestPair leaf = make_leaf(ca_);
  EXPECT_EQ(ders(check({&leaf, &ca_, &root_})),
            ders(std::vector<const TestPair*>{&leaf, &ca_}));
}

TEST_F(TlsCertificateCheck, StillMissesAnIssuerAmongRepeatedLeaves) {
  const TestPair leaf = make_leaf(ca_);
  EXPECT_EQ(
      verdict(check({&leaf, &leaf})),
      (Strings{"warning certificate.chain-incomplete: the file has the "
               "certificate alone, without the intermediate that issued it",
               "flawed"}));
  EXPECT_EQ(verdict(check({&leaf, &leaf, &upper_})),
            (Strings{"error certificate.chain-incomplete: the issuer of the "
                     "certificate is not in the chain, but others are",
                     "flawed"}));
}

TEST_F(TlsCertificateCheck, TakesOfTwoIssuersOfOneNameTheOneThatSigned) {
  const TestPair leaf = make_leaf(ca_);
  const TestPair twin = make_twin();
  for (const Depth depth : {Depth::signatures, Depth::facts}) {
    for (const auto& given : {std::vector<const TestPair*>{&leaf, &twin, &ca_},
                              {&leaf, &ca_, &twin}}) {
      const ChainCheck checked = check(given, depth);
      EXPECT_EQ(verdict(checked).back(), "good");
      EXPECT_EQ(ders(checked), ders(std::vector<const TestPair*>{&leaf, &ca_}));
    }
  }
}

// Clients that know an older root alone need the one that this one has signed.
TEST_F(TlsCertificateCheck, PrefersACrossSignedAuthorityToARoot) {
  const TestPair leaf = make_leaf(upper_);
  const TestPair old_root = make_pair("CA");
  TestPair cross = make_pair("CA", KeyKind::ecdsa, {}, &old_root);
  cross.key.reset(root_.key.get());
  EVP_PKEY_up_ref(root_.key.get());
  X509_set_pubkey(cross.certificate.get(), root_.key.get());
  X509_set_subject_name(cross.certificate.get(),
                        X509_get_subject_name(root_.certificate.get()));
  ASSERT_GT(
      X509_sign(cross.certificate.get(), old_root.key.get(), EVP_sha256()), 0);
  for (const auto& given :
       {std::vector<const TestPair*>{&leaf, &upper_, &cross, &root_},
        {&leaf, &upper_, &root_, &cross}}) {
    EXPECT_EQ(ders(check(given)),
              ders(std::vector<const TestPair*>{&leaf, &upper_, &cross}));
  }
}

TEST_F(TlsCertificateCheck, KnowsACertificateThatSignedItself) {
  const TestPair leaf = make_pair("DNS:a.example");
  EXPECT_EQ(verdict(check({&leaf})),
            (Strings{"warning certificate.self-signed: the certificate is "
                     "signed by itself",
                     "flawed"}));
}

// The name of the issuer says nothing about its key.
TEST_F(TlsCertificateCheck, VerifiesSignaturesWhenAskedTo) {
  const TestPair leaf = make_leaf(ca_);
  const TestPair impostor = make_twin();
  EXPECT_EQ(verdict(check({&leaf, &impostor})),
            (Strings{"error certificate.chain-incomplete: certificate 2 of the "
                     "chain has the name of an issuer but not its key",
                     "flawed"}));
  EXPECT_EQ(verdict(check({&leaf, &impostor}, Depth::facts)), Strings{"good"});
}

// RFC 5280, 4.2.1.1: a renewed authority may have its name with another key.
TEST_F(TlsCertificateCheck, ComparesKeyIdsWhereBothHaveThem) {
  TestPair leaf = make_leaf(ca_);
  const auto add = [](const TestPair& to, const TestPair& issuer, int id,
                      const char* value) {
    X509* const x = to.certificate.get();
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer.certificate.get(), x, nullptr, nullptr, 0);
    X509_EXTENSION* extension =
        X509V3_EXT_conf_nid(nullptr, &context, id, value);
    ASSERT_NE(extension, nullptr);
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
    ASSERT_GT(X509_sign(x, issuer.key.get(), EVP_sha256()), 0);
  };
  add(ca_, root_, NID_subject_key_identifier, "hash");
  add(leaf, ca_, NID_authority_key_identifier, "keyid");
  EXPECT_EQ(verdict(check({&leaf, &ca_}, Depth::facts)), Strings{"good"});
  TestPair renewed = make_pair("CA", KeyKind::ecdsa, {}, &root_);
  X509_set_subject_name(renewed.certificate.get(),
                        X509_get_subject_name(ca_.certificate.get()));
  add(renewed, root_, NID_subject_key_identifier, "hash");
  EXPECT_EQ(verdict(check({&leaf, &renewed}, Depth::facts)),
            (Strings{"error certificate.chain-incomplete: the issuer of the "
                     "certificate is not in the chain, but others are",
                     "flawed"}));
}

// Most names are told apart without OpenSSL, and must be as it tells them.
TEST_F(TlsCertificateCheck, TellsNamesApartAsOpensslDoes) {
  struct Part {
    int id, type;
    const char* text;
  };
  const std::vector<std::vector<Part>> names = {
      {{NID_commonName, V_ASN1_UTF8STRING, "An Authority"}},
      {{NID_commonName, V_ASN1_PRINTABLESTRING, "an  authority "}},
      {{NID_commonName, V_ASN1_UTF8STRING, "ANAUTHORITY"}},
      {{NID_commonName, V_ASN1_UTF8STRING, "An Authorit\xc3\xa9"}},
      {{NID_commonName, V_ASN1_T61STRING, "An Authority"}},
      {{NID_commonName, V_ASN1_UTF8STRING, "An\tAuthority"}},
      {{NID_organizationName, V_ASN1_UTF8STRING, "An Authority"}},
      {{NID_commonName, V_ASN1_UTF8STRING, ""}},
      {{NID_countryName, V_ASN1_PRINTABLESTRING, "XX"},
       {NID_commonName, V_ASN1_UTF8STRING, "An Authority"}},
      {{NID_commonName, V_ASN1_UTF8STRING, "An Authority"},
       {NID_countryName, V_ASN1_PRINTABLESTRING, "XX"}},
      {},
  };
  using Name = Owned<X509_NAME, X509_NAME_free>;
  std::vector<Name> made;
  for (const auto& parts : names) {
    made.emplace_back(X509_NAME_new());
    for (const Part& part : parts) {
      ASSERT_EQ(
          X509_NAME_add_entry_by_NID(
              made.back().get(), part.id, part.type,
              reinterpret_cast<const unsigned char*>(part.text), -1, -1, 0),
          1);
    }
  }
  // Two attributes that stand together.
  made.emplace_back(X509_NAME_dup(made[8].get()));
  ASSERT_EQ(X509_NAME_add_entry_by_NID(
                made.back().get(), NID_organizationName, V_ASN1_UTF8STRING,
                reinterpret_cast<const unsigned char*>("Another"), -1, -1, -1),
            1);
  for (const Name& issuer : made) {
    for (const Name& subject : made) {
      TestPair leaf = make_leaf(ca_);
      X509_set_issuer_name(leaf.certificate.get(), issuer.get());
      X509_set_subject_name(ca_.certificate.get(), subject.get());
      ASSERT_GT(X509_sign(leaf.certificate.get(), ca_.key.get(), EVP_sha256()),
                0);
      ASSERT_GT(X509_sign(ca_.certificate.get(), root_.key.get(), EVP_sha256()),
                0);
      const bool is_same = X509_NAME_cmp(issuer.get(), subject.get()) == 0;
      EXPECT_EQ(check({&leaf, &ca_}, Depth::facts).path.size(),
                is_same ? 2U : 1U)
          << &issuer - made.data() << " and " << &subject - made.data();
    }
  }
}

TEST_F(TlsCertificateCheck, RefusesWeakSignatures) {
  TestPair leaf = make_leaf(ca_);
  ASSERT_GT(X509_sign(leaf.certificate.get(), ca_.key.get(), EVP_sha1()), 0);
  EXPECT_EQ(verdict(check({&leaf, &ca_})),
            (Strings{"error certificate.signature-weak: the certificate is "
                     "signed with SHA-1 or MD5",
                     "refused"}));
}

// Nobody looks at the signature of a root.
TEST_F(TlsCertificateCheck, TakesAWeakSignatureThatARootHasGivenItself) {
  ASSERT_GT(X509_sign(root_.certificate.get(), root_.key.get(), EVP_sha1()), 0);
  const TestPair leaf = make_leaf(ca_);
  EXPECT_EQ(verdict(check({&leaf, &ca_, &root_})),
            (Strings{"warning certificate.root-included: the chain ends with a "
                     "root certificate, which senders have already",
                     "good"}));
}

TEST_F(TlsCertificateCheck, RefusesShortKeys) {
  for (const std::size_t bits : {1024U, 2047U}) {
    TestPair leaf = make_leaf(ca_);
    leaf.key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits));
    X509_set_pubkey(leaf.certificate.get(), leaf.key.get());
    ASSERT_GT(X509_sign(leaf.certificate.get(), ca_.key.get(), EVP_sha256()),
              0);
    EXPECT_EQ(verdict(check({&leaf, &ca_})),
              (Strings{"error certificate.key-weak: the certificate has an RSA "
                       "key of " +
                           std::to_string(bits) + " bits, below 2048",
                       "refused"}));
  }
}

TEST_F(TlsCertificateCheck, RefusesKeysThatSendersDoNotKnow) {
  for (EVP_PKEY* const key :
       {EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"),
        EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "secp256k1")}) {
    TestPair leaf = make_leaf(ca_);
    leaf.key.reset(key);
    X509_set_pubkey(leaf.certificate.get(), key);
    ASSERT_GT(X509_sign(leaf.certificate.get(), ca_.key.get(), EVP_sha256()),
              0);
    EXPECT_EQ(verdict(check({&leaf, &ca_})),
              (Strings{"error certificate.key-weak: the certificate has a key "
                       "of a kind that senders do not know",
                       "refused"}));
  }
}

}  // namespace
}  // namespace mtasts::tls
