// SPDX-License-Identifier: MIT
// How handshakes choose is tested with clients, in tests/e2e; here what only a
// start with very many certificates leads to.
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <memory>
#include <utility>

#include "process/clock.hpp"
#include "test_certificates.hpp"
#include "tls/context.hpp"

namespace mtasts::tls {
namespace {

/// Which key a client of a.example gets: a kind of OpenSSL, or nothing.
std::string shake_hands(
    const std::vector<CertificatePtr>& certificates,
    std::chrono::sys_seconds (*clock)() = process::this_second) {
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
          both, [] { return process::this_second() + std::chrono::days(11); }),
      "RSA");
}

}  // namespace
}  // namespace mtasts::tls
