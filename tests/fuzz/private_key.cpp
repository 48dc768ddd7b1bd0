// SPDX-License-Identifier: MIT
// tls/key against OpenSSL: the public key that is found in a private key is
// the one that OpenSSL finds. No key is kept in the corpus: the first octet of
// an input picks one that is made anew, and the rest, three by three, says
// which of its octets change.
#include <openssl/bn.h>
#include <openssl/err.h>

#include <array>
#include <optional>

#include "../unit/test_certificates.hpp"
#include "target.hpp"
#include "tls/key.hpp"

namespace mtasts::tls {
namespace {

using fuzz::require;

std::string encode(const KeyPtr& key, const char* structure,
                   std::size_t point = 0) {
  if (point != 0) {
    EVP_PKEY_set_utf8_string_param(key.get(), "point-format",
                                   point == 1 ? "compressed" : "uncompressed");
  }
  unsigned char* raw = nullptr;
  const int size = std::string_view(structure) == "pkcs8"
                       ? [&] {
                           PKCS8_PRIV_KEY_INFO* info =
                               EVP_PKEY2PKCS8(key.get());
                           const int n = i2d_PKCS8_PRIV_KEY_INFO(info, &raw);
                           PKCS8_PRIV_KEY_INFO_free(info);
                           return n;
                         }()
                       : i2d_PrivateKey(key.get(), &raw);
  std::string der(reinterpret_cast<char*>(raw), static_cast<std::size_t>(size));
  OPENSSL_free(raw);
  return der;
}

std::vector<std::string> make_keys() {
  std::vector<std::string> keys = {{}};
  const std::array made = {
      KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048})),
      KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")),
      KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384")),
      KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))};
  for (const KeyPtr& key : made) {
    keys.push_back(encode(key, "pkcs8"));
    keys.push_back(encode(key, "traditional"));
  }
  keys.push_back(encode(made[1], "pkcs8", 1));
  return keys;
}

KeyPtr parse_as_openssl_does(const std::string& der) {
  const auto* data = reinterpret_cast<const unsigned char*>(der.data());
  return KeyPtr(
      d2i_AutoPrivateKey(nullptr, &data, static_cast<long>(der.size())));
}

/// Of an ECDSA key in decimal digits; empty for another.
std::string secret_of(const KeyPtr& key) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), "priv", &number) != 1) return {};
  char* digits = BN_bn2dec(number);
  std::string secret = digits;
  OPENSSL_free(digits);
  BN_free(number);
  return secret;
}

void run(std::string_view input) {
  static const std::vector<std::string> keys = make_keys();
  if (input.empty()) return;
  const auto octet = [&input](std::size_t i) {
    return static_cast<std::size_t>(static_cast<std::uint8_t>(input[i]));
  };
  std::string der = keys[octet(0) % keys.size()];
  input.remove_prefix(1);
  if (der.empty()) der = input;
  for (; der != input && input.size() >= 3; input.remove_prefix(3)) {
    der[(octet(0) << 8U | octet(1)) % der.size()] = input[2];
  }
  const std::string found = plain_public_key(der);
  const KeyPtr key = parse_as_openssl_does(der);
  const KeyPtr ours = parse_key(der);
  if (key && ours) {
    require(EVP_PKEY_eq(key.get(), ours.get()) == 1, "equal public halves");
    require(secret_of(key) == secret_of(ours), "equal secrets");
  }
  unsigned char* raw = nullptr;
  const int size = key && !found.empty() ? i2d_PUBKEY(key.get(), &raw) : 0;
  if (size > 0) {
    const std::optional<PublicKey> theirs = read_public_key(
        {reinterpret_cast<char*>(raw), static_cast<std::size_t>(size)});
    require(theirs && found == theirs->octets, "equal public keys");
  }
  OPENSSL_free(raw);
  ERR_clear_error();
}

}  // namespace
}  // namespace mtasts::tls

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::tls::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
