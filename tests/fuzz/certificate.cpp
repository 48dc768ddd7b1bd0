// SPDX-License-Identifier: MIT
// tls/certificate_facts against OpenSSL: what both take for a certificate, both
// read in the same way, and OpenSSL's own spelling of it is one that is taken.
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <cstring>

#include "dns/name.hpp"
#include "target.hpp"
#include "text/ascii.hpp"
#include "tls/certificate_facts.hpp"
#include "tls/der.hpp"
#include "tls/openssl.hpp"

namespace mtasts::tls {
namespace {

using fuzz::require;

std::string_view view(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string encode(const X509_NAME* name) {
  unsigned char* raw = nullptr;
  const int size = i2d_X509_NAME(name, &raw);
  require(size >= 0, "a name that was read can be written");
  std::string der(reinterpret_cast<char*>(raw), static_cast<std::size_t>(size));
  OPENSSL_free(raw);
  return der;
}

/// Nothing when it is no time of RFC 5280, 4.1.2.5.
std::optional<std::chrono::sys_seconds> parse_time(const ASN1_TIME* time) {
  ASN1_TIME* strict = ASN1_TIME_new();
  const std::string text(view(time));
  std::tm parts{};
  const bool good = std::strlen(text.c_str()) == text.size() &&
                    ASN1_TIME_set_string_X509(strict, text.c_str()) == 1 &&
                    ASN1_TIME_to_tm(time, &parts) == 1;
  ASN1_TIME_free(strict);
  if (!good) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(timegm(&parts)));
}

void compare_times(const CertificateFacts& facts, X509* x) {
  const auto not_before = parse_time(X509_get0_notBefore(x));
  const auto not_after = parse_time(X509_get0_notAfter(x));
  require(not_before && facts.not_before == *not_before, "equal notBefore");
  require(not_after && facts.not_after == *not_after, "equal notAfter");
}

void compare_keys(const CertificateFacts& facts, X509* x) {
  const ASN1_BIT_STRING* bits = X509_get0_pubkey_bitstr(x);
  require(facts.key.octets == view(bits), "equal public keys");
  EVP_PKEY* key = X509_get0_pubkey(x);
  if (key == nullptr) return;
  const int kind = EVP_PKEY_get_base_id(key);
  require(
      (facts.key.kind == KeyKind::rsa) == (kind == EVP_PKEY_RSA) &&
          (facts.key.kind == KeyKind::ecdsa) == (kind == EVP_PKEY_EC) &&
          (facts.key.kind == KeyKind::ed25519) == (kind == EVP_PKEY_ED25519),
      "equal kinds of keys");
  const auto size = static_cast<std::size_t>(EVP_PKEY_get_bits(key));
  if (kind == EVP_PKEY_RSA) require(facts.key.bits == size, "equal RSA bits");
  // The three curves that senders know have a size here.
  if (kind == EVP_PKEY_EC && facts.key.bits != 0) {
    require(facts.key.bits == size, "equal bits of the curve");
  }
}

/// False when OpenSSL makes nothing of one, or would spell it in another way:
/// it takes BER for DER.
bool has_good_extensions(X509* x) {
  if ((X509_get_extension_flags(x) & EXFLAG_INVALID) != 0) return false;
  for (int i = 0; i < X509_get_ext_count(x); ++i) {
    X509_EXTENSION* one = X509_get_ext(x, i);
    const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(one));
    const X509V3_EXT_METHOD* method = X509V3_EXT_get(one);
    if (method == nullptr || method->it == nullptr) continue;
    void* value = X509V3_EXT_d2i(one);
    if (value == nullptr) return false;
    unsigned char* raw = nullptr;
    const int size = ASN1_item_i2d(static_cast<ASN1_VALUE*>(value), &raw,
                                   ASN1_ITEM_ptr(method->it));
    ASN1_item_free(static_cast<ASN1_VALUE*>(value), ASN1_ITEM_ptr(method->it));
    const bool same =
        size > 0 && view(X509_EXTENSION_get_data(one)) ==
                        std::string_view(reinterpret_cast<char*>(raw),
                                         static_cast<std::size_t>(size));
    OPENSSL_free(raw);
    // Of several of one kind (RFC 5280, 4.2: none may be) it takes none.
    if (!same || X509_get_ext_by_NID(x, nid, -1) != i) return false;
  }
  return true;
}

void compare_names(const CertificateFacts& facts, X509* x) {
  auto* names = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(x, NID_subject_alt_name, nullptr, nullptr));
  std::vector<std::string> wanted;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* one = sk_GENERAL_NAME_value(names, i);
    if (one->type != GEN_DNS) continue;
    wanted.push_back(text::to_lower(view(one->d.dNSName)));
  }
  GENERAL_NAMES_free(names);
  std::vector<std::string> found;
  for (const std::string_view name : facts.dns_names()) {
    found.push_back(text::to_lower(name));
  }
  require(found == wanted, "equal DNS names");
}

void compare_key_ids(const CertificateFacts& facts, X509* x) {
  const ASN1_OCTET_STRING* subject = X509_get0_subject_key_id(x);
  const ASN1_OCTET_STRING* authority = X509_get0_authority_key_id(x);
  require(facts.subject_key_id ==
              (subject == nullptr ? std::string_view{} : view(subject)),
          "equal subject key ids");
  require(facts.authority_key_id ==
              (authority == nullptr ? std::string_view{} : view(authority)),
          "equal authority key ids");
}

void compare_usage(const CertificateFacts& facts, X509* x) {
  const std::uint32_t flags = X509_get_extension_flags(x);
  require(facts.is_authority == ((flags & EXFLAG_CA) != 0), "equal CA flag");
  // All bits are set when there is no such extension.
  const std::uint32_t usage = X509_get_extended_key_usage(x);
  require(
      facts.is_for_servers == ((usage & (XKU_SSL_SERVER | XKU_ANYEKU)) != 0),
      "equal extended key usage");
}

void compare_issuer_url(const CertificateFacts& facts, X509* x) {
  auto* list = static_cast<AUTHORITY_INFO_ACCESS*>(
      X509_get_ext_d2i(x, NID_info_access, nullptr, nullptr));
  if (list == nullptr) return;
  bool found = false;
  for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(list); ++i) {
    const ACCESS_DESCRIPTION* one = sk_ACCESS_DESCRIPTION_value(list, i);
    found = found || OBJ_obj2nid(one->method) == NID_ad_ca_issuers;
  }
  AUTHORITY_INFO_ACCESS_free(list);
  require(facts.names_issuer_url == found, "equal URL of the issuer");
}

void compare(const CertificateFacts& facts, X509* x) {
  require(facts.issuer == encode(X509_get_issuer_name(x)), "equal issuers");
  require(facts.subject == encode(X509_get_subject_name(x)), "equal subjects");
  compare_times(facts, x);
  compare_keys(facts, x);
  // What OpenSSL takes for invalid no sender trusts, whatever it says.
  if (!has_good_extensions(x)) return;
  compare_names(facts, x);
  compare_key_ids(facts, x);
  compare_usage(facts, x);
  compare_issuer_url(facts, x);
}

/// OpenSSL keeps the octets of a name, be they BER.
bool is_der(const X509_NAME* name) {
  return DerReader(encode(name)).next(0x30).has_value();
}

/// BER and junk behind its end are not to be taken, so only OpenSSL's own
/// spelling has to be.
bool has_to_be_taken(X509* x, std::string_view der) {
  i2d_re_X509_tbs(x, nullptr);
  unsigned char* raw = nullptr;
  const int size = i2d_X509(x, &raw);
  const bool same =
      size > 0 && der == std::string_view(reinterpret_cast<char*>(raw),
                                          static_cast<std::size_t>(size));
  OPENSSL_free(raw);
  const int unused_bits = X509_get0_pubkey_bitstr(x)->flags & 7;
  return same && unused_bits == 0 && is_der(X509_get_issuer_name(x)) &&
         is_der(X509_get_subject_name(x)) && X509_get0_pubkey(x) != nullptr &&
         parse_time(X509_get0_notBefore(x)) &&
         parse_time(X509_get0_notAfter(x));
}

void run(std::string_view der) {
  const std::optional<CertificateFacts> facts = read_facts(der);
  const X509Ptr x = parse_x509(der);
  if (x && facts) compare(*facts, x.get());
  if (x && !facts) {
    require(!has_to_be_taken(x.get(), der), "OpenSSL's spelling is taken");
  }
  ERR_clear_error();
}

}  // namespace
}  // namespace mtasts::tls

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::tls::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
