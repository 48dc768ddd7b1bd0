// SPDX-License-Identifier: MIT
#include "tls/peer_check.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "result.hpp"
#include "text/ascii.hpp"
#include "text/sha256.hpp"
#include "tls/certificate_facts.hpp"
#include "tls/openssl.hpp"

namespace mtasts::tls {
namespace {

// CA/Browser Forum, Baseline Requirements, 6.1.5.
constexpr int k_least_rsa_bits = 2048;
constexpr int k_least_ec_bits = 224;

using StoreContext = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;
using Store = Owned<X509_STORE, X509_STORE_free>;

std::string to_der(X509* certificate) {
  unsigned char* octets = nullptr;
  const int size = i2d_X509(certificate, &octets);
  if (size <= 0) return {};
  std::string der(reinterpret_cast<const char*>(octets),
                  static_cast<std::size_t>(size));
  OPENSSL_free(octets);
  return der;
}

std::string to_key_der(X509* certificate) {
  unsigned char* octets = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &octets);
  if (size <= 0) return {};
  std::string der(reinterpret_cast<const char*>(octets),
                  static_cast<std::size_t>(size));
  OPENSSL_free(octets);
  return der;
}

std::string format_name(const X509_NAME* name) {
  const Owned<BIO, BIO_free_all> out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return printable(
      std::string_view(text, size < 0 ? 0 : static_cast<std::size_t>(size)));
}

std::string read_issuer_url(X509* certificate) {
  const Owned<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free> access(
      static_cast<AUTHORITY_INFO_ACCESS*>(
          X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr)));
  for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
    const ACCESS_DESCRIPTION* one =
        sk_ACCESS_DESCRIPTION_value(access.get(), i);
    if (OBJ_obj2nid(one->method) != NID_ad_ca_issuers ||
        one->location->type != GEN_URI) {
      continue;
    }
    const ASN1_IA5STRING* uri = one->location->d.uniformResourceIdentifier;
    return printable(std::string_view(
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
        static_cast<std::size_t>(ASN1_STRING_length(uri))));
  }
  return {};
}

/// "P-256" of "prime256v1", as everybody but OpenSSL calls it.
std::string format_group(EVP_PKEY* key) {
  char name[80] = {};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, name, sizeof name, &size) != 1) return {};
  const char* nist = EC_curve_nid2nist(OBJ_txt2nid(name));
  return nist == nullptr ? std::string(name, size) : std::string(nist);
}

void describe_key(X509* certificate, PeerCertificate& out) {
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr) {
    out.weakness = "its key can't be read";
    return;
  }
  const int bits = EVP_PKEY_get_bits(key);
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      out.key = fmt::format("RSA {}", bits);
      if (bits < k_least_rsa_bits) out.weakness = out.key;
      break;
    case EVP_PKEY_EC:
      out.key = fmt::format("ECDSA {}", format_group(key));
      if (bits < k_least_ec_bits) out.weakness = out.key;
      break;
    default: {
      const char* name = OBJ_nid2sn(EVP_PKEY_get_base_id(key));
      out.key = name == nullptr ? "unknown" : name;
    }
  }
}

/// A certificate by itself: without time, which the judge has, and at a level
/// where weak keys show in the facts instead of ending it here.
StoreContext make_context(X509_STORE* store, X509* leaf,
                          STACK_OF(X509) * chain) {
  StoreContext context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store, leaf, chain);
  X509_STORE_CTX_set_default(context.get(), "ssl_server");
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_NO_CHECK_TIME);
  X509_VERIFY_PARAM_set_auth_level(rules, 0);
  return context;
}

Trust classify(X509_STORE_CTX* context, int error) {
  switch (error) {
    case X509_V_OK:
      return Trust::trusted;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return Trust::self_signed;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
      // Behind an intermediate that was sent comes a root that is not known.
      X509* last = X509_STORE_CTX_get_current_cert(context);
      const bool is_leaf = X509_STORE_CTX_get_error_depth(context) == 0;
      return is_leaf && last != nullptr && !read_issuer_url(last).empty()
                 ? Trust::incomplete
                 : Trust::untrusted;
    }
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
      return Trust::untrusted;
    default:
      return Trust::invalid;
  }
}

/// What the record is compared with, of one certificate; nothing where the
/// record asks for what nobody knows, or can't be a digest of its kind.
std::optional<std::string> select(X509* certificate, const Tlsa& tlsa) {
  if (tlsa.selector > 1) return std::nullopt;
  std::string octets =
      tlsa.selector == 0 ? to_der(certificate) : to_key_der(certificate);
  if (tlsa.matching == 0) return octets;
  const EVP_MD* digest = tlsa.matching == 1   ? EVP_sha256()
                         : tlsa.matching == 2 ? EVP_sha512()
                                              : nullptr;
  if (digest == nullptr ||
      tlsa.data.size() != static_cast<std::size_t>(EVP_MD_get_size(digest))) {
    return std::nullopt;
  }
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(octets.data(), octets.size(), sum, &size, digest, nullptr);
  return std::string(reinterpret_cast<const char*>(sum), size);
}

/// Whether the leaf of `chain` is good for `name` once `anchor` is trusted.
bool leads_to(STACK_OF(X509) * chain, X509* anchor, const std::string& name) {
  const Store store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), anchor);
  const StoreContext context =
      make_context(store.get(), sk_X509_value(chain, 0), chain);
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set1_host(rules, name.data(), name.size());
  const bool is_good = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  return is_good;
}

}  // namespace

PeerCertificate describe_certificate(X509* certificate) {
  PeerCertificate out;
  out.subject = format_name(X509_get_subject_name(certificate));
  out.issuer = format_name(X509_get_issuer_name(certificate));
  out.issuer_url = read_issuer_url(certificate);
  describe_key(certificate, out);
  const std::string der = to_der(certificate);
  out.sha256 = text::hex(text::sha256(der));
  out.key_sha256 = text::hex(text::sha256(to_key_der(certificate)));
  if (const auto facts = read_facts(der)) {
    for (const std::string_view name : facts->dns_names()) {
      out.dns_names.push_back(text::to_lower(name));
    }
    out.not_before = facts->not_before;
    out.not_after = facts->not_after;
    if (out.weakness.empty() && facts->has_weak_signature) {
      out.weakness = "a signature by MD5 or SHA-1";
    }
  }
  ERR_clear_error();
  return out;
}

void judge_trust(STACK_OF(X509) * chain, X509_STORE* store, PeerFacts& facts) {
  const StoreContext context =
      make_context(store, sk_X509_value(chain, 0), chain);
  const bool is_good = X509_verify_cert(context.get()) == 1;
  const int error =
      is_good ? X509_V_OK : X509_STORE_CTX_get_error(context.get());
  facts.trust = classify(context.get(), error);
  if (!is_good) facts.trust_reason = X509_verify_cert_error_string(error);
  ERR_clear_error();
}

TlsaMatch match_tlsa(STACK_OF(X509) * chain, const Tlsa& tlsa,
                     const std::string& name) {
  const bool is_anchor = tlsa.usage == 2;  // DANE-TA, RFC 7671, 4.2
  if (!is_anchor && tlsa.usage != 3) return TlsaMatch::unusable;
  const int count = is_anchor ? sk_X509_num(chain) : 1;
  for (int i = 0; i < count; ++i) {
    X509* one = sk_X509_value(chain, i);
    const std::optional<std::string> selected = select(one, tlsa);
    if (!selected) return TlsaMatch::unusable;
    if (*selected == tlsa.data && (!is_anchor || leads_to(chain, one, name))) {
      return TlsaMatch::matches;
    }
  }
  // RFC 7671, 5.2.2: an anchor may stand in the record and not in the chain.
  if (is_anchor && tlsa.selector == 0 && tlsa.matching == 0) {
    const X509Ptr anchor = parse_x509(tlsa.data);
    if (anchor && leads_to(chain, anchor.get(), name)) {
      return TlsaMatch::matches;
    }
  }
  return TlsaMatch::differs;
}

}  // namespace mtasts::tls
