// SPDX-License-Identifier: MIT
#include "tls/certificate.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

namespace mtasts::tls {

namespace {

/// What d2i_AutoPrivateKey() makes of the same octets, in a twentieth of the
/// time: OpenSSL 3.0 looks for a decoder among all that it has.
KeyPtr make_ec_key(const EcKey& from) {
  struct Free {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
    void operator()(BIGNUM* number) const { BN_clear_free(number); }
  };
  const std::unique_ptr<EVP_PKEY_CTX, Free> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  const auto octets = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  const std::unique_ptr<BIGNUM, Free> number(
      BN_bin2bn(octets(from.secret), static_cast<int>(from.secret.size()),
                BN_secure_new()));
  std::string curve(from.curve);
  std::string point(from.point);
  std::array<unsigned char, 66> secret;  // in the order of this machine
  const int size = static_cast<int>(from.secret.size());
  EVP_PKEY* key = nullptr;
  if (context && number &&
      BN_bn2nativepad(number.get(), secret.data(), size) == size) {
    std::array parameters = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                         curve.data(), 0),
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, secret.data(),
                                from.secret.size()),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                          point.size()),
        OSSL_PARAM_construct_end()};
    EVP_PKEY_fromdata_init(context.get());
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.data());
  }
  OPENSSL_cleanse(secret.data(), secret.size());
  ERR_clear_error();
  return KeyPtr(key);
}

}  // namespace

X509Ptr parse_x509(std::string_view der) {
  const auto* data = reinterpret_cast<const unsigned char*>(der.data());
  X509Ptr certificate(d2i_X509(nullptr, &data, static_cast<long>(der.size())));
  ERR_clear_error();
  return certificate;
}

KeyPtr parse_key(std::string_view der) {
  const std::optional<EcKey> ec = find_ec_key(der);
  if (ec && !ec->curve.empty()) {
    if (KeyPtr key = make_ec_key(*ec)) return key;
  }
  const auto* data = reinterpret_cast<const unsigned char*>(der.data());
  KeyPtr key(d2i_AutoPrivateKey(nullptr, &data, static_cast<long>(der.size())));
  ERR_clear_error();
  return key;
}

std::string take_openssl_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown error" : reason;
}

bool can_sign(EVP_PKEY* key) {
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  constexpr std::string_view k_text = "mta-stsd";
  const auto* text = reinterpret_cast<const unsigned char*>(k_text.data());
  // Ed25519 has its own.
  const EVP_MD* digest =
      EVP_PKEY_is_a(key, "ED25519") == 1 ? nullptr : EVP_sha256();
  const std::unique_ptr<EVP_MD_CTX, Free> signer(EVP_MD_CTX_new());
  const std::unique_ptr<EVP_MD_CTX, Free> verifier(EVP_MD_CTX_new());
  std::string signature(
      static_cast<std::size_t>(std::max(EVP_PKEY_get_size(key), 1)), '\0');
  auto* octets = reinterpret_cast<unsigned char*>(signature.data());
  std::size_t size = signature.size();
  const bool good =
      signer && verifier &&
      EVP_DigestSignInit(signer.get(), nullptr, digest, nullptr, key) == 1 &&
      EVP_DigestSign(signer.get(), octets, &size, text, k_text.size()) == 1 &&
      EVP_DigestVerifyInit(verifier.get(), nullptr, digest, nullptr, key) ==
          1 &&
      EVP_DigestVerify(verifier.get(), octets, size, text, k_text.size()) == 1;
  ERR_clear_error();
  return good;
}

std::string public_key_of(std::string_view private_key) {
  std::string found = find_public_key(private_key);
  if (!found.empty()) return found;
  const KeyPtr key = parse_key(private_key);
  unsigned char* raw = nullptr;
  const int size = key ? i2d_PUBKEY(key.get(), &raw) : 0;
  if (size > 0) {
    found = read_public_key_info(
        {reinterpret_cast<char*>(raw), static_cast<std::size_t>(size)});
  }
  OPENSSL_free(raw);
  ERR_clear_error();
  return found;
}

Result<Certificate> Certificate::make(std::vector<Der> chain, KeyDer key,
                                      std::string file, Flaw flaw) {
  std::optional<CertificateFacts> facts = read_certificate(*chain.front());
  if (!facts) return fail("has a certificate that can't be parsed");
  if (public_key_of(key->octets()) != facts->public_key) {
    return fail("the private key does not belong to the certificate");
  }
  if (facts->dns_names.empty()) {
    return fail("the certificate has no DNS name in its subjectAltName",
                "senders look at no other field (RFC 8461, 3.3)");
  }
  Certificate certificate;
  certificate.chain_ = std::move(chain);
  certificate.chain_.shrink_to_fit();
  certificate.key_ = std::move(key);
  certificate.file_ = std::move(file);
  certificate.names_ = std::move(facts->dns_names);
  certificate.names_.shrink_to_fit();
  certificate.not_before_ = facts->not_before;
  certificate.not_after_ = facts->not_after;
  certificate.key_kind_ = facts->key_kind;
  certificate.flaw_ = flaw;
  return certificate;
}

bool operator==(const Certificate& a, const Certificate& b) {
  const auto same = [](const Der& x, const Der& y) { return *x == *y; };
  return a.file_ == b.file_ && a.flaw_ == b.flaw_ &&
         a.key_der() == b.key_der() &&
         std::equal(a.chain_.begin(), a.chain_.end(), b.chain_.begin(),
                    b.chain_.end(), same);
}

std::string_view format_key_kind(KeyKind kind) {
  switch (kind) {
    case KeyKind::rsa:
      return "rsa";
    case KeyKind::ecdsa:
      return "ecdsa";
    case KeyKind::ed25519:
      return "ed25519";
    case KeyKind::other:
      break;
  }
  return "other";
}

bool is_covered(std::string_view name, std::string_view host) {
  if (!name.starts_with("*.")) return name == host;
  const std::size_t dot = host.find('.');
  return dot != std::string_view::npos && dot > 0 &&
         host.substr(dot) == name.substr(1);
}

}  // namespace mtasts::tls
