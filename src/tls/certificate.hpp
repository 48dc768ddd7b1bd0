// SPDX-License-Identifier: MIT
// A certificate chain and its private key, known to belong together, kept as
// DER: parsed structures weigh ten times as much, and of many thousand
// certificates only a few are in use at a time.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "result.hpp"

namespace mtasts::tls {

struct FreeX509 {
  void operator()(X509* x) const { X509_free(x); }
};
struct FreeX509Stack {
  void operator()(STACK_OF(X509) * stack) const {
    sk_X509_pop_free(stack, X509_free);
  }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using X509Ptr = std::unique_ptr<X509, FreeX509>;
using X509StackPtr = std::unique_ptr<STACK_OF(X509), FreeX509Stack>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeKey>;

/// DER octets; intermediates are shared by all the chains that have them.
using Der = std::shared_ptr<const std::string>;

/// The form that OpenSSL works with.
struct ParsedPair {
  X509Ptr leaf;
  X509StackPtr chain;  // without the leaf
  KeyPtr key;
};

class Certificate {
 public:
  /// `chain` starts with the leaf. Fails when the key is not the leaf's, or
  /// when the leaf names no host. `file` is where the chain came from.
  static Result<Certificate> make(std::vector<Der> chain, std::string key_der,
                                  std::string file);

  /// RFC 8461, 3.3: only dNSName entries of subjectAltName count, and "*" only
  /// as the whole left-most label. `host` is in lower case.
  bool covers(std::string_view host) const;

  /// The dNSName entries, in lower case.
  const std::vector<std::string>& names() const { return names_; }
  std::chrono::sys_seconds not_before() const { return not_before_; }
  std::chrono::sys_seconds not_after() const { return not_after_; }
  bool is_valid_at(std::chrono::sys_seconds time) const {
    return not_before_ <= time && time <= not_after_;
  }
  bool is_ecdsa() const { return ecdsa_; }
  const std::string& file() const { return file_; }
  /// The octets of the leaf: what tells one certificate from another.
  const std::string& leaf_der() const { return *chain_.front(); }
  std::size_t chain_length() const { return chain_.size(); }

  /// Fails only when memory is short: all has been parsed once before.
  Result<ParsedPair> parse() const;

 private:
  Certificate() = default;

  std::vector<Der> chain_;
  std::string key_der_;
  std::string file_;
  std::vector<std::string> names_;
  std::chrono::sys_seconds not_before_;
  std::chrono::sys_seconds not_after_;
  bool ecdsa_ = false;
};

using CertificatePtr = std::shared_ptr<const Certificate>;

/// Null when `der` is no certificate.
X509Ptr parse_x509(std::string_view der);
/// Null when `der` is no private key.
KeyPtr parse_key(std::string_view der);

/// What OpenSSL has to say of its last failure; empties its error queue.
std::string take_openssl_error();

}  // namespace mtasts::tls
