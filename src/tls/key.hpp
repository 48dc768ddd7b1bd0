// SPDX-License-Identifier: MIT
// Public keys as certificates have them, and private keys, read straight from
// their octets; and private keys as OpenSSL works with them.
#pragma once

#include <openssl/evp.h>

#include <optional>
#include <string>
#include <string_view>

#include "tls/openssl.hpp"

namespace mtasts::tls {

enum class KeyKind { rsa, ecdsa, ed25519, other };

/// "ecdsa", "rsa", ...
std::string_view format_key_kind(KeyKind kind);

struct PublicKey {
  KeyKind kind = KeyKind::other;
  unsigned bits = 0;        // 0 when it is not known
  std::string_view octets;  // the bits of subjectPublicKey
};

/// Of a SubjectPublicKeyInfo (RFC 5280, 4.1), of which it is a view. Nothing
/// when `info` is none.
std::optional<PublicKey> read_public_key(std::string_view info);

/// The public key that is inside of a private key in the form of
/// PublicKey::octets. Empty when it isn't there in plain sight:
/// only OpenSSL can tell then.
std::string plain_public_key(std::string_view private_key);

/// A private key for ECDSA: views of the octets that it was read from.
struct EcKey {
  std::string_view curve;   // by its NIST name; empty when it is another one
  std::string_view secret;  // a number, its highest octet first
  std::string_view point;   // the public key; empty when it isn't there
};

/// Nothing when `private_key` is of another kind. Of a curve that is named
/// here, secret and point have the size that they must have.
std::optional<EcKey> find_ec_key(std::string_view private_key);

using KeyPtr = Owned<EVP_PKEY, EVP_PKEY_free>;

/// Null when `der` is no private key that OpenSSL can work with.
KeyPtr parse_key(std::string_view der);

/// True if the secret half fits the public half that the key states: one
/// flipped bit shows nowhere else. `key` is `private_key`, parsed. Of a curve
/// that is named here it costs a seventh of a signature and its verification,
/// which tell it of other keys.
bool can_sign(std::string_view private_key, EVP_PKEY* key);

/// The public key that belongs to `private_key`, in the form of
/// PublicKey::octets; empty when OpenSSL can't parse it.
std::string public_key_of(std::string_view private_key);

}  // namespace mtasts::tls
