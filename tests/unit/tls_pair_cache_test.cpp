// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "test_certificates.hpp"
#include "tls/pair_cache.hpp"

namespace mtasts::tls {
namespace {

TEST(TlsPairCache, ParsesTheChainInItsOrder) {
  const TestPair ca = make_pair("CA");
  const TestPair pair = make_pair("DNS:a.example", KeyKind::ecdsa, {}, &ca);
  const CertificatePtr one = *Certificate::make(
      {ReadCertificate::read(pair.der()), ReadCertificate::read(ca.der())},
      share_key(pair.key_der()), share_path("a.pem"));
  PairCache cache;
  const ParsedPair* parsed = cache.find(one);
  ASSERT_NE(parsed, nullptr);
  EXPECT_EQ(X509_cmp(parsed->leaf.get(), pair.certificate.get()), 0);
  ASSERT_EQ(sk_X509_num(parsed->chain.get()), 1);
  EXPECT_EQ(
      X509_cmp(sk_X509_value(parsed->chain.get(), 0), ca.certificate.get()), 0);
  EXPECT_EQ(X509_check_private_key(parsed->leaf.get(), parsed->key.get()), 1);
  EXPECT_EQ(cache.find(one), parsed);
}

TEST(TlsPairCache, ForgetsWhatAStoreDoesNotHave) {
  const CertificatePtr kept = make_certificate(make_pair("DNS:a.example"));
  const CertificatePtr gone = make_certificate(make_pair("DNS:b.example"));
  PairCache cache;
  const ParsedPair* parsed = cache.find(kept);
  ASSERT_NE(cache.find(gone), nullptr);
  cache.recheck();
  EXPECT_FALSE(cache.release_some(CertificateStore({kept})));
  EXPECT_EQ(kept.use_count(), 2);
  EXPECT_EQ(cache.find(kept), parsed);
  EXPECT_EQ(gone.use_count(), 1);
}

// All at once, 4096 of them would hold up a tenth of a second's clients.
TEST(TlsPairCache, ReleasesInSteps) {
  constexpr std::size_t k_count = 130;
  const TestPair pair = make_pair("DNS:a.example");
  std::vector<CertificatePtr> all;
  PairCache cache;
  for (std::size_t i = 0; i < k_count; ++i) {
    all.push_back(make_certificate(pair));
    ASSERT_NE(cache.find(all.back()), nullptr);
  }
  const auto held = [&all] {
    return std::ranges::count_if(
        all, [](const CertificatePtr& one) { return one.use_count() > 1; });
  };
  const CertificateStore none;
  EXPECT_FALSE(cache.release_some(none)) << "nobody asked it to look";
  EXPECT_EQ(held(), 130);
  cache.recheck();
  EXPECT_TRUE(cache.release_some(none));
  EXPECT_EQ(held(), 66);
  EXPECT_NE(cache.find(all.front()), nullptr) << "of a later store";
  EXPECT_TRUE(cache.release_some(none));
  EXPECT_EQ(held(), 3);
  EXPECT_FALSE(cache.release_some(none));
  EXPECT_EQ(held(), 1);
  cache.recheck();
  EXPECT_FALSE(cache.release_some(none));
  EXPECT_EQ(held(), 0);
  cache.recheck();
  EXPECT_FALSE(cache.release_some(none));
}

TEST(TlsPairCache, LooksWithoutChangingTheOrder) {
  std::vector<CertificatePtr> all;
  PairCache cache(3);
  for (const char* name :
       {"DNS:a.example", "DNS:b.example", "DNS:c.example", "DNS:d.example"}) {
    all.push_back(make_certificate(make_pair(name)));
  }
  for (std::size_t i = 0; i < 3; ++i) cache.find(all[i]);
  cache.recheck();
  EXPECT_FALSE(cache.release_some(CertificateStore(all)));
  cache.find(all[3]);
  EXPECT_EQ(all[0].use_count(), 1);
  EXPECT_EQ(all[1].use_count(), 2);
  EXPECT_EQ(all[2].use_count(), 2);
}

TEST(TlsPairCache, ForgetsTheOneThatWasNotUsedForLongest) {
  const CertificatePtr a = make_certificate(make_pair("DNS:a.example"));
  const CertificatePtr b = make_certificate(make_pair("DNS:b.example"));
  const CertificatePtr c = make_certificate(make_pair("DNS:c.example"));
  PairCache cache(2);
  const ParsedPair* first = cache.find(a);
  cache.find(b);
  EXPECT_EQ(cache.find(a), first);
  cache.find(c);
  EXPECT_EQ(a.use_count(), 2);
  EXPECT_EQ(b.use_count(), 1);
  EXPECT_EQ(c.use_count(), 2);
  EXPECT_EQ(cache.find(a), first);
}

TEST(TlsPairCache, TriesABrokenPairOnce) {
  const CertificatePtr broken = make_broken("DNS:a.example");
  PairCache cache;
  EXPECT_EQ(cache.find(broken), nullptr);
  EXPECT_TRUE(broken->is_broken());
  EXPECT_EQ(cache.find(broken), nullptr);
  EXPECT_EQ(broken.use_count(), 1);
  const CertificatePtr good = make_certificate(make_pair("DNS:a.example"));
  EXPECT_FALSE(good->is_proven());
  EXPECT_NE(cache.find(good), nullptr);
  EXPECT_TRUE(good->is_proven());
}

}  // namespace
}  // namespace mtasts::tls
