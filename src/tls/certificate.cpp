// SPDX-License-Identifier: MIT
#include "tls/certificate.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "dns/name.hpp"

namespace mtasts::tls {
namespace {

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::vector<std::string> dns_names(const X509* leaf) {
  const std::unique_ptr<GENERAL_NAMES, FreeNames> entries(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> names;
  for (int i = 0; i < sk_GENERAL_NAME_num(entries.get()); ++i) {
    const GENERAL_NAME* entry = sk_GENERAL_NAME_value(entries.get(), i);
    if (entry->type != GEN_DNS) continue;
    const ASN1_STRING* text = entry->d.dNSName;
    names.push_back(dns::to_lower_ascii(
        {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
         static_cast<std::size_t>(ASN1_STRING_length(text))}));
  }
  return names;
}

std::chrono::sys_seconds to_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
}

}  // namespace

X509Ptr parse_x509(std::string_view der) {
  const auto* data = reinterpret_cast<const unsigned char*>(der.data());
  X509Ptr certificate(d2i_X509(nullptr, &data, static_cast<long>(der.size())));
  ERR_clear_error();
  return certificate;
}

KeyPtr parse_key(std::string_view der) {
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

Result<Certificate> Certificate::make(std::vector<Der> chain,
                                      std::string key_der, std::string file) {
  Certificate certificate;
  certificate.chain_ = std::move(chain);
  certificate.key_der_ = std::move(key_der);
  certificate.file_ = std::move(file);
  const Result<ParsedPair> pair = certificate.parse();
  if (!pair) return tl::unexpected<Error>(pair.error());
  if (X509_check_private_key(pair->leaf.get(), pair->key.get()) != 1) {
    ERR_clear_error();
    return fail("the private key does not belong to the certificate");
  }
  certificate.names_ = dns_names(pair->leaf.get());
  if (certificate.names_.empty()) {
    return fail("the certificate has no DNS name in its subjectAltName",
                "senders look at no other field (RFC 8461, 3.3)");
  }
  certificate.not_before_ = to_time(X509_get0_notBefore(pair->leaf.get()));
  certificate.not_after_ = to_time(X509_get0_notAfter(pair->leaf.get()));
  certificate.ecdsa_ = EVP_PKEY_get_base_id(pair->key.get()) != EVP_PKEY_RSA;
  return certificate;
}

bool Certificate::covers(std::string_view host) const {
  return std::any_of(names_.begin(), names_.end(),
                     [host](std::string_view name) {
                       if (!name.starts_with("*.")) return name == host;
                       const std::size_t dot = host.find('.');
                       return dot != std::string_view::npos && dot > 0 &&
                              host.substr(dot) == name.substr(1);
                     });
}

Result<ParsedPair> Certificate::parse() const {
  ParsedPair pair{.leaf = parse_x509(*chain_.front()),
                  .chain = X509StackPtr(sk_X509_new_null()),
                  .key = parse_key(key_der_)};
  if (!pair.leaf || !pair.key || !pair.chain) {
    return fail("the certificate or its key can't be parsed");
  }
  for (std::size_t i = 1; i < chain_.size(); ++i) {
    X509Ptr issuer = parse_x509(*chain_[i]);
    if (!issuer || sk_X509_push(pair.chain.get(), issuer.get()) == 0) {
      return fail("the chain can't be parsed");
    }
    static_cast<void>(issuer.release());  // the stack owns it now
  }
  return pair;
}

}  // namespace mtasts::tls
