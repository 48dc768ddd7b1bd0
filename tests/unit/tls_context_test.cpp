// SPDX-License-Identifier: MIT
// How handshakes choose is tested with clients, in tests/e2e; here what only a
// start with very many certificates leads to.
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <memory>
#include <utility>

#include "snapshot/clock.hpp"
#include "test_certificates.hpp"
#include "tls/context.hpp"

namespace mtasts::tls {
namespace {

TEST(TlsPairCache, ParsesTheChainInItsOrder) {
  const TestPair ca = make_pair("CA");
  const TestPair pair = make_pair("DNS:a.example", KeyKind::ecdsa, {}, &ca);
  const auto one = std::make_shared<const Certificate>(
      *Certificate::make({share(pair.der()), share(ca.der())},
                         share_key(pair.key_der()), "a.pem"));
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
  ASSERT_NE(cache.find(kept), nullptr);
  ASSERT_NE(cache.find(gone), nullptr);
  cache.keep_only(CertificateStore({kept}));
  EXPECT_EQ(kept.use_count(), 2);
  EXPECT_EQ(gone.use_count(), 1);
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

/// Its secret is another one than its public half says.
CertificatePtr make_broken(std::string_view san) {
  const TestPair pair = make_pair(san);
  std::string key = pair.key_der();
  const std::string secret(find_ec_key(key)->secret);
  key[key.find(secret) + secret.size() - 1] ^= 1;
  return std::make_shared<const Certificate>(*Certificate::make(
      {share(pair.der())}, share_key(std::move(key)), "broken"));
}

TEST(TlsCanSign, KnowsABrokenSecret) {
  EXPECT_TRUE(can_sign(make_pair("DNS:a.example").key.get()));
  EXPECT_TRUE(can_sign(make_pair("DNS:a.example", KeyKind::rsa).key.get()));
  EXPECT_TRUE(
      can_sign(KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")).get()));
  const CertificatePtr broken = make_broken("DNS:a.example");
  const KeyPtr key = parse_key(broken->key_der());
  ASSERT_NE(key, nullptr);
  EXPECT_FALSE(can_sign(key.get()));
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

/// Which key a client of a.example gets: a kind of OpenSSL, or nothing.
std::string shake_hands(
    const std::vector<CertificatePtr>& certificates,
    std::chrono::sys_seconds (*clock)() = snapshot::this_second) {
  const ContextPtr context = *make_context();
  const ContextPtr client_context(SSL_CTX_new(TLS_client_method()));
  Selector selector{.store = std::make_shared<CertificateStore>(certificates),
                    .cache = {},
                    .clock = clock};
  const SslPtr server(SSL_new(context.get()));
  const SslPtr client(SSL_new(client_context.get()));
  BIO* to_client = nullptr;
  BIO* to_server = nullptr;
  BIO_new_bio_pair(&to_client, 0, &to_server, 0);
  SSL_set_bio(server.get(), to_client, to_client);
  SSL_set_bio(client.get(), to_server, to_server);
  SSL_set_app_data(server.get(), &selector);
  SSL_set_accept_state(server.get());
  SSL_set_connect_state(client.get());
  SSL_set_tlsext_host_name(client.get(), "a.example");
  for (int round = 0; round < 10; ++round) {
    SSL_do_handshake(client.get());
    SSL_do_handshake(server.get());
  }
  X509* got = SSL_get0_peer_certificate(client.get());
  const bool done = SSL_is_init_finished(client.get()) == 1 && got != nullptr;
  const std::string kind =
      done ? EVP_PKEY_get0_type_name(X509_get0_pubkey(got)) : "";
  ERR_clear_error();
  return kind;
}

TEST(TlsContext, DoesWithoutABrokenPair) {
  const CertificatePtr rsa =
      make_certificate(make_pair("DNS:a.example", KeyKind::rsa));
  const CertificatePtr star =
      make_certificate(make_pair("DNS:*.example", KeyKind::ecdsa));
  EXPECT_EQ(shake_hands({make_broken("DNS:a.example"), rsa}), "RSA");
  EXPECT_EQ(shake_hands({make_broken("DNS:a.example"), star}), "EC");
  EXPECT_EQ(shake_hands({make_broken("DNS:a.example"),
                         make_broken("DNS:*.example"), rsa}),
            "RSA");
  EXPECT_EQ(shake_hands({make_broken("DNS:a.example")}), "");
}

TEST(TlsContext, AsksTheClockInEachHandshake) {
  const std::vector<CertificatePtr> both = {
      make_certificate(make_pair("DNS:a.example", KeyKind::ecdsa, {.to = 10})),
      make_certificate(make_pair("DNS:*.example", KeyKind::rsa, {.to = 50}))};
  EXPECT_EQ(shake_hands(both), "EC");
  EXPECT_EQ(
      shake_hands(
          both, [] { return snapshot::this_second() + std::chrono::days(11); }),
      "RSA");
}

}  // namespace
}  // namespace mtasts::tls
