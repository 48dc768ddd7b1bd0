// SPDX-License-Identifier: MIT
#include "tls/context.hpp"

#include <fmt/format.h>
#include <openssl/err.h>

#include <cerrno>
#include <new>
#include <string>
#include <string_view>

#include "text/ascii.hpp"

namespace mtasts::tls {
namespace {

// RFC 9325, 4.2: ephemeral keys and AEAD only.
constexpr const char* k_tls12_ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
// RFC 8446, 9.1 requires the first. It goes first because SHA-256 is cheaper
// than SHA-384 and 128 bits are plenty for a public text.
constexpr const char* k_tls13_ciphers =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
    "TLS_CHACHA20_POLY1305_SHA256";

/// RFC 6066, 3 and RFC 8461, 7.1: present a certificate that matches, or abort.
int choose_certificate(SSL* ssl, int* alert, void*) {
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  auto* selector = static_cast<Selector*>(SSL_get_app_data(ssl));
  std::string_view name = server_name(ssl);
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty()) return SSL_TLSEXT_ERR_ALERT_FATAL;
  const std::string host = text::to_lower(name);
  for (;;) {
    const std::vector<CertificatePtr> chosen =
        selector->store->find(host, selector->clock());
    if (chosen.empty()) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *alert = SSL_AD_INTERNAL_ERROR;
    bool has_any = false;
    bool has_broken = false;
    for (const CertificatePtr& one : chosen) {
      const ParsedPair* pair = selector->cache.find(one);
      has_broken = has_broken || pair == nullptr;
      has_any = (pair != nullptr &&
                 SSL_use_cert_and_key(ssl, pair->leaf.get(), pair->key.get(),
                                      pair->chain.get(), 1) == 1) ||
                has_any;
    }
    // What it has found to be broken is not chosen any more.
    if (has_any) return SSL_TLSEXT_ERR_OK;
    if (!has_broken) return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
}

/// RFC 7301, 3.2: a client that offers only other protocols is refused, so
/// that nobody takes this server for another kind (ALPACA).
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* in, unsigned int in_size, void*) {
  constexpr std::string_view k_http11 = "http/1.1";
  for (unsigned int i = 0; i < in_size; i += 1U + in[i]) {
    const std::string_view offered(reinterpret_cast<const char*>(in + i + 1),
                                   in[i]);
    if (offered == k_http11) {
      *out = in + i + 1;
      *out_size = in[i];
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

void report_lack_of_memory() {
  if (const std::new_handler handler = std::get_new_handler()) handler();
}

Result<ContextPtr> make_context() {
  ContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (!context) return fail(fmt::format("TLS: {}", take_openssl_error()));
  SSL_CTX* ctx = context.get();
  // No ticket and no cache: senders come once a day and never resume, each
  // ticket costs a tenth of a handshake, and a session could be resumed under
  // another name than the one it was made for (RFC 6066, 3).
  SSL_CTX_set_options(
      ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
               // A FIN alone ends a conversation too.
               SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  // An idle connection then keeps no record buffers: 17 kB each.
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_tlsext_servername_callback(ctx, choose_certificate);
  SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, nullptr);
  const bool good = SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
                    SSL_CTX_set_num_tickets(ctx, 0) == 1 &&
                    SSL_CTX_set_max_early_data(ctx, 0) == 1 &&
                    SSL_CTX_set_cipher_list(ctx, k_tls12_ciphers) == 1 &&
                    SSL_CTX_set_ciphersuites(ctx, k_tls13_ciphers) == 1;
  if (!good) return fail(fmt::format("TLS: {}", take_openssl_error()));
  // OpenSSL 3.5 knows the hybrid group, 3.0 does not.
  if (SSL_CTX_set1_groups_list(ctx, "X25519MLKEM768:X25519:P-256:P-384") != 1 &&
      SSL_CTX_set1_groups_list(ctx, "X25519:P-256:P-384") != 1) {
    return fail(fmt::format("TLS: {}", take_openssl_error()));
  }
  ERR_clear_error();
  return context;
}

std::string_view server_name(const SSL* ssl) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? std::string_view{} : std::string_view(name);
}

}  // namespace mtasts::tls
