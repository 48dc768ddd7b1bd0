// SPDX-License-Identifier: MIT
#include "tls/challenges.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstddef>
#include <ctime>
#include <string>
#include <utility>

#include "dns/name.hpp"
#include "files/read.hpp"
#include "files/stamp.hpp"
#include "tls/openssl.hpp"
#include "tls/secret.hpp"

namespace mtasts::tls {
namespace {

// Real ones have 500 to 2000.
constexpr std::size_t k_max_challenge_octets = 16 * 1024;
constexpr const char* k_certificate = ".crt.pem";
constexpr const char* k_key = ".key.pem";
constexpr const char* k_acme_identifier = "1.3.6.1.5.5.7.1.31";

using BioPtr = Owned<BIO, BIO_free>;

/// Nobody can be asked for a pass phrase.
int refuse_passphrase(char*, int, int, void*) { return -1; }

Result<std::string> read_part(const std::string& path) {
  return files::read_file(path, k_max_challenge_octets);
}

bool is_there(const std::string& path) {
  return files::stamp_file(path).is_there();
}

/// Null when there is none.
X509Ptr parse_certificate(const std::string& pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return X509Ptr(
      bio ? PEM_read_bio_X509(bio.get(), nullptr, refuse_passphrase, nullptr)
          : nullptr);
}

KeyPtr parse_private_key(std::string_view pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return KeyPtr(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr,
                                              refuse_passphrase, nullptr)
                    : nullptr);
}

/// RFC 8737, 3: it has the identifier, so it is no certificate that anybody is
/// served with.
bool has_acme_identifier(const X509* certificate) {
  const Owned<ASN1_OBJECT, ASN1_OBJECT_free> identifier(
      OBJ_txt2obj(k_acme_identifier, 1));
  return identifier &&
         X509_get_ext_by_OBJ(certificate, identifier.get(), -1) >= 0;
}

bool is_valid_at(const X509* certificate, std::chrono::sys_seconds now) {
  std::time_t time = std::chrono::system_clock::to_time_t(now);
  return X509_cmp_time(X509_get0_notBefore(certificate), &time) < 0 &&
         X509_cmp_time(X509_get0_notAfter(certificate), &time) > 0;
}

int show_challenge(SSL* ssl, int* alert, void*) {
  // RFC 6066, 3, as for names that have no certificate.
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  const auto& all = *static_cast<const Challenges*>(SSL_get_app_data(ssl));
  const std::string_view host = server_name(ssl);
  const Result<std::optional<Challenge>> found =
      read_challenge(all.folder, host, all.clock());
  if (!found) all.report(host, found.error());
  if (!found || !*found) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *alert = SSL_AD_INTERNAL_ERROR;
  return SSL_use_cert_and_key(ssl, (*found)->certificate.get(),
                              (*found)->key.get(), nullptr, 1) == 1
             ? SSL_TLSEXT_ERR_OK
             : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// Only clients that offer it alone come here, see HelloReader::offers_only().
int speak_acme(SSL*, const unsigned char** out, unsigned char* out_size,
               const unsigned char* in, unsigned int in_size, void*) {
  const std::string_view offered(reinterpret_cast<const char*>(in), in_size);
  if (offered.substr(1) != k_acme_protocol) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = in + 1;
  *out_size = static_cast<unsigned char>(k_acme_protocol.size());
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Result<std::optional<Challenge>> read_challenge(const std::string& folder,
                                                std::string_view host,
                                                std::chrono::sys_seconds now) {
  // A name has no slash and begins with no dot: it stays in the folder.
  const Result<dns::Name> name = dns::Name::parse(host);
  if (!name) return std::nullopt;
  const std::string path = fmt::format("{}/{}", folder, name->text());
  const Result<std::string> certificate = read_part(path + k_certificate);
  Result<std::string> key = read_part(path + k_key);
  if (!certificate || !key) {
    if (!is_there(path + k_certificate) && !is_there(path + k_key)) {
      return std::nullopt;
    }
    return fail(fmt::format("{} can't be read: {}",
                            certificate ? "its key" : "its certificate",
                            (certificate ? key : certificate).error().message));
  }
  const KeyDer secret = Secret::take(*std::move(key));
  Challenge challenge{parse_certificate(*certificate),
                      parse_private_key(secret->octets())};
  const X509* leaf = challenge.certificate.get();
  if (leaf == nullptr || !challenge.key ||
      X509_check_private_key(leaf, challenge.key.get()) != 1) {
    ERR_clear_error();  // the handshake would take it for its own
    return fail("certificate and key are no pair, or not whole");
  }
  if (!has_acme_identifier(leaf)) {
    return fail("it is the certificate of no challenge (RFC 8737, 3)");
  }
  if (X509_check_host(
          challenge.certificate.get(), name->text().data(), name->text().size(),
          X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_WILDCARDS,
          nullptr) != 1) {
    return fail("it is for another name");
  }
  if (!is_valid_at(leaf, now))
    return fail("it has expired, or is not valid yet");
  return std::optional(std::move(challenge));
}

Result<ContextPtr> make_challenge_context() {
  Result<ContextPtr> context = make_context();
  if (!context) return context;
  SSL_CTX_set_tlsext_servername_callback(context->get(), show_challenge);
  SSL_CTX_set_alpn_select_cb(context->get(), speak_acme, nullptr);
  return context;
}

}  // namespace mtasts::tls
