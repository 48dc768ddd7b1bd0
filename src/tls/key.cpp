// SPDX-License-Identifier: MIT
#include "tls/key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <bit>
#include <span>

#include "tls/der.hpp"

namespace mtasts::tls {
namespace {

using namespace std::string_view_literals;

constexpr auto k_rsa = "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"sv;
constexpr auto k_ec = "\x2A\x86\x48\xCE\x3D\x02\x01"sv;
constexpr auto k_ed25519 = "\x2B\x65\x70"sv;

struct Curve {
  std::string_view oid;
  unsigned bits;
  std::string_view name;
};
constexpr std::array<Curve, 3> k_curves = {{
    {"\x2A\x86\x48\xCE\x3D\x03\x01\x07"sv, 256, "P-256"},
    {"\x2B\x81\x04\x00\x22"sv, 384, "P-384"},
    {"\x2B\x81\x04\x00\x23"sv, 521, "P-521"},
}};
constexpr std::size_t k_max_ec_octets = 66;

unsigned bits_of_integer(std::string_view content) {
  const std::size_t first = content.find_first_not_of('\0');
  if (first == std::string_view::npos) return 0;
  const auto lead = static_cast<unsigned char>(content[first]);
  return static_cast<unsigned>((content.size() - first - 1) * 8) +
         static_cast<unsigned>(std::bit_width(lead));
}

/// X.690, 8.3.2: a positive number in its shortest form.
bool is_positive(std::string_view integer) {
  const auto is_high = [](char c) { return (c & 0x80) != 0; };
  if (integer.empty() || is_high(integer[0])) return false;
  return integer[0] != '\0' || (integer.size() > 1 && is_high(integer[1]));
}

/// `reader` is where the numbers of an RSAPrivateKey begin:
///   RSAPublicKey  ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
///   RSAPrivateKey ::= SEQUENCE { version INTEGER, modulus INTEGER,
///                                publicExponent INTEGER, ... }
/// (RFC 8017, A.1.1 and A.1.2). Empty where OpenSSL would spell them in another
/// way.
std::string public_key_of_rsa(DerReader reader) {
  const std::optional<DerElement> modulus = reader.next(k_integer);
  const std::optional<DerElement> exponent = reader.next(k_integer);
  if (!modulus || !is_positive(modulus->content) || !exponent ||
      !is_positive(exponent->content)) {
    return {};
  }
  const std::size_t size = modulus->whole.size() + exponent->whole.size();
  std::string key = "\x30";
  if (size >= 0x100) {
    key += '\x82';
    key += static_cast<char>(size >> 8U);
  } else if (size >= 0x80) {
    key += '\x81';
  }
  key += static_cast<char>(size & 0xFFU);
  key += modulus->whole;
  key += exponent->whole;
  return key;
}

/// A private key without what is around it.
struct PrivateKey {
  std::string_view kind;   // an OID
  std::string_view curve;  // an OID, empty when it stands in the key itself
  DerReader fields;        // from behind the version
};

/// One of three, which the tag behind the version tells apart:
///   PrivateKeyInfo ::= SEQUENCE { version INTEGER,         RFC 5208, 5
///     privateKeyAlgorithm AlgorithmIdentifier,
///     privateKey OCTET STRING, ... }    one of the other two, for RSA and EC
///   RSAPrivateKey  ::= SEQUENCE { version INTEGER, INTEGER, ... }
///   ECPrivateKey   ::= SEQUENCE { version INTEGER, OCTET STRING, ... }
std::optional<PrivateKey> unwrap(std::string_view der) {
  DerReader reader(only_sequence(der));
  reader.next(k_integer);  // version
  DerReader ahead = reader;
  const std::optional<DerElement> second = ahead.next();
  if (!second) return std::nullopt;
  if (second->tag == k_octet_string) return PrivateKey{k_ec, {}, reader};
  if (second->tag == k_integer) return PrivateKey{k_rsa, {}, reader};
  DerReader algorithm(second->content);
  const std::string_view kind = algorithm.take(k_oid);
  DerReader inner(only_sequence(ahead.take(k_octet_string)));
  inner.next(k_integer);
  return PrivateKey{kind, algorithm.take(k_oid), inner};
}

Owned<BIGNUM, BN_clear_free> read_secret(const EcKey& key) {
  Owned<BIGNUM, BN_clear_free> number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(key.secret.data()),
                static_cast<int>(key.secret.size()), BN_secure_new()));
  // No branch and no place in memory may hang on it.
  if (number) BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  return number;
}

/// What d2i_AutoPrivateKey() makes of the same octets, in a twentieth of the
/// time: OpenSSL 3.0 looks for a decoder among all that it has.
KeyPtr make_ec_key(const EcKey& from) {
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  const int size = static_cast<int>(from.secret.size());
  const Owned<BIGNUM, BN_clear_free> number = read_secret(from);
  std::string curve(from.curve);
  std::string point(from.point);
  // In the order of this machine.
  std::array<unsigned char, k_max_ec_octets> secret;
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

/// None has to be freed: they are needed as long as the program runs.
const EC_GROUP* find_group(std::string_view curve) {
  static const auto groups = [] {
    std::array<const EC_GROUP*, k_curves.size()> all{};
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string name(k_curves[i].name);
      all[i] = EC_GROUP_new_by_curve_name(EC_curve_nist2nid(name.c_str()));
    }
    return all;
  }();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (k_curves[i].name == curve) return groups[i];
  }
  return nullptr;
}

/// SEC 1, 3.2.1: the point is the secret times the curve's base point.
/// Nothing where OpenSSL can't tell.
std::optional<bool> is_point_of_secret(const EcKey& key) {
  const EC_GROUP* group = find_group(key.curve);
  const Owned<EC_POINT, EC_POINT_free> point(
      group != nullptr ? EC_POINT_new(group) : nullptr);
  const Owned<BN_CTX, BN_CTX_free> scratch(BN_CTX_secure_new());
  const Owned<BIGNUM, BN_clear_free> secret = read_secret(key);
  std::array<unsigned char, 1 + 2 * k_max_ec_octets> octets;
  std::size_t size = 0;
  if (point && scratch && secret &&
      EC_POINT_mul(group, point.get(), secret.get(), nullptr, nullptr,
                   scratch.get()) == 1) {
    size = EC_POINT_point2oct(group, point.get(), POINT_CONVERSION_UNCOMPRESSED,
                              octets.data(), octets.size(), scratch.get());
  }
  ERR_clear_error();
  if (size == 0) return std::nullopt;
  return std::ranges::equal(
      key.point, std::span(octets).first(size), {},
      [](char c) { return static_cast<unsigned char>(c); });
}

bool verifies_own_signature(EVP_PKEY* key) {
  constexpr std::string_view k_text = "mta-stsd";
  const auto* text = reinterpret_cast<const unsigned char*>(k_text.data());
  // Ed25519 has its own.
  const EVP_MD* digest =
      EVP_PKEY_is_a(key, "ED25519") == 1 ? nullptr : EVP_sha256();
  const Owned<EVP_MD_CTX, EVP_MD_CTX_free> signer(EVP_MD_CTX_new());
  const Owned<EVP_MD_CTX, EVP_MD_CTX_free> verifier(EVP_MD_CTX_new());
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

}  // namespace

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

// RFC 5280, 4.1, RFC 8017, A.1.1 and RFC 5480, 2.1.1:
//   SubjectPublicKeyInfo ::= SEQUENCE { AlgorithmIdentifier, BIT STRING }
//   AlgorithmIdentifier  ::= SEQUENCE { OBJECT IDENTIFIER, parameters }
// For ECDSA the parameters are the OID of the curve; for RSA the bits have an
// RSAPublicKey, see public_key_of_rsa().
std::optional<PublicKey> read_public_key(std::string_view info) {
  DerReader reader(only_sequence(info));
  DerReader algorithm(reader.take(k_sequence));
  const std::string_view kind = algorithm.take(k_oid);
  PublicKey key;
  key.octets = bits_of(reader.take(k_bit_string));
  if (key.octets.empty()) return std::nullopt;
  if (kind == k_rsa) {
    key.kind = KeyKind::rsa;
    DerReader outer(key.octets);
    DerReader numbers(outer.take(k_sequence));
    key.bits = bits_of_integer(numbers.take(k_integer));
  } else if (kind == k_ec) {
    key.kind = KeyKind::ecdsa;
    const std::string_view name = algorithm.take(k_oid);
    for (const Curve& curve : k_curves) {
      if (curve.oid == name) key.bits = curve.bits;
    }
  } else if (kind == k_ed25519) {
    key.kind = KeyKind::ed25519;
    key.bits = 256;
  }
  return key;
}

// RFC 5915, 3:
//   ECPrivateKey ::= SEQUENCE {
//     version    INTEGER,
//     privateKey OCTET STRING,
//     parameters [0] EXPLICIT OBJECT IDENTIFIER OPTIONAL,
//     publicKey  [1] EXPLICIT BIT STRING OPTIONAL }
// In a PrivateKeyInfo the curve stands in the AlgorithmIdentifier, and should
// not stand here. Where both name one, and not the same, OpenSSL decides.
std::optional<EcKey> find_ec_key(std::string_view private_key) {
  std::optional<PrivateKey> found = unwrap(private_key);
  if (!found || found->kind != k_ec) return std::nullopt;
  EcKey key{
      .curve = {}, .secret = found->fields.take(k_octet_string), .point = {}};
  DerReader parameters(found->fields.take(explicit_tag(0)));
  const std::string_view named = parameters.take(k_oid);
  DerReader inner(found->fields.take(explicit_tag(1)));
  key.point = bits_of(inner.take(k_bit_string));
  if (found->curve.empty()) found->curve = named;
  if (!named.empty() && found->curve != named) return key;
  for (const Curve& curve : k_curves) {
    const std::size_t size = (curve.bits + 7U) / 8;
    if (curve.oid == found->curve && key.secret.size() == size &&
        key.point.size() == 1 + 2 * size) {
      key.curve = curve.name;
    }
  }
  return key;
}

std::string plain_public_key(std::string_view private_key) {
  const std::optional<PrivateKey> found = unwrap(private_key);
  if (!found) return {};
  if (found->kind == k_rsa) return public_key_of_rsa(found->fields);
  const std::optional<EcKey> ec = find_ec_key(private_key);
  // The uncompressed form is the one that certificates use.
  return ec && ec->point.starts_with('\x04') ? std::string(ec->point)
                                             : std::string{};
}

KeyPtr parse_key(std::string_view der) {
  const std::optional<EcKey> ec = find_ec_key(der);
  if (ec && !ec->curve.empty()) {
    if (KeyPtr key = make_ec_key(*ec)) return key;
  }
  return parse_der<d2i_AutoPrivateKey, EVP_PKEY_free>(der);
}

bool can_sign(std::string_view private_key, EVP_PKEY* key) {
  const std::optional<EcKey> ec = find_ec_key(private_key);
  // A point may have two other forms.
  if (ec && !ec->curve.empty() && ec->point.starts_with('\x04')) {
    if (const std::optional<bool> known = is_point_of_secret(*ec)) {
      return *known;
    }
  }
  return verifies_own_signature(key);
}

std::string public_key_of(std::string_view private_key) {
  std::string found = plain_public_key(private_key);
  if (!found.empty()) return found;
  const KeyPtr key = parse_key(private_key);
  unsigned char* raw = nullptr;
  const int size = key ? i2d_PUBKEY(key.get(), &raw) : 0;
  if (size > 0) {
    const std::optional<PublicKey> read = read_public_key(
        {reinterpret_cast<char*>(raw), static_cast<std::size_t>(size)});
    if (read) found = read->octets;
  }
  OPENSSL_free(raw);
  ERR_clear_error();
  return found;
}

}  // namespace mtasts::tls
