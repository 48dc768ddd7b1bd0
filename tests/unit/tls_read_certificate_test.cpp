// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "test_certificates.hpp"
#include "tls/read_certificate.hpp"

namespace mtasts::tls {
namespace {

using Views = std::vector<std::string_view>;

// A copy would have no octets behind it.
static_assert(!std::is_copy_constructible_v<ReadCertificate>);

/// Everything, as text.
std::string describe(const CertificateFacts& facts) {
  std::string all;
  for (const std::string_view one :
       {facts.issuer, facts.subject, facts.key.octets, facts.alt_names,
        facts.subject_key_id, facts.authority_key_id}) {
    all.append(one).append("|");
  }
  all += std::to_string(static_cast<int>(facts.key.kind)) + " " +
         std::to_string(facts.key.bits) + " " +
         std::to_string(facts.not_before.time_since_epoch().count()) + " " +
         std::to_string(facts.not_after.time_since_epoch().count()) + " " +
         std::to_string(static_cast<int>(facts.unknown_critical));
  for (const bool one : {facts.has_weak_signature, facts.is_authority,
                         facts.is_for_servers, facts.names_issuer_url}) {
    all += one ? " yes" : " no";
  }
  return all;
}

TEST(TlsReadCertificate, HasTheFactsOfItsOwnOctets) {
  const TestPair ca = make_pair("CA");
  for (const KeyKind kind : {KeyKind::ecdsa, KeyKind::rsa, KeyKind::ed25519}) {
    const TestPair leaf = make_pair("DNS:a.example", kind, {}, &ca);
    for (const std::string& der : {leaf.der(), ca.der()}) {
      const ReadCertificatePtr read = ReadCertificate::read(der);
      ASSERT_NE(read, nullptr);
      EXPECT_EQ(read->der(), der);
      EXPECT_EQ(describe(read->facts()), describe(*read_facts(der)));
      EXPECT_EQ(read->not_before(), read->facts().not_before);
      EXPECT_EQ(read->not_after(), read->facts().not_after);
      EXPECT_EQ(read->key_kind(), read->facts().key.kind);
      EXPECT_EQ(read->public_key(), read->facts().key.octets);
      EXPECT_EQ(read->is_authority(), read->facts().is_authority);
      const char* subject = read->facts().subject.data();
      EXPECT_GT(subject, read->der().data());
      EXPECT_LT(subject, read->der().data() + read->der().size());
    }
  }
}

TEST(TlsReadCertificate, HasItsNamesInLowerCase) {
  const std::string der =
      make_pair("DNS:MTA-STS.A.example,DNS:b.example,IP:192.0.2.1").der();
  const ReadCertificatePtr read = ReadCertificate::read(der);
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(read->dns_names(), (Views{"mta-sts.a.example", "b.example"}));
  EXPECT_EQ(read->der(), der) << "and is what clients are sent";
  EXPECT_EQ(read_facts(read->der())->dns_names(),
            (Views{"MTA-STS.A.example", "b.example"}));
}

TEST(TlsReadCertificate, IsNoneOfWhatCanNotBeParsed) {
  const std::string der = make_pair("DNS:a.example").der();
  for (const std::string& bad :
       {std::string("x"), der.substr(0, der.size() - 1), der + "x"}) {
    EXPECT_EQ(ReadCertificate::read(bad), nullptr);
  }
}

}  // namespace
}  // namespace mtasts::tls
