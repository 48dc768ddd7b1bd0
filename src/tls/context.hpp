// SPDX-License-Identifier: MIT
// The one SSL_CTX of the program and the choice of a certificate in each
// handshake. A reload changes what a Selector points to, never the context:
// OpenSSL does not allow that while it is in use.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "result.hpp"
#include "tls/certificate_store.hpp"

namespace mtasts::tls {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using ContextPtr = std::unique_ptr<SSL_CTX, FreeContext>;
struct FreeX509Stack {
  void operator()(STACK_OF(X509) * stack) const {
    sk_X509_pop_free(stack, X509_free);
  }
};
using SslPtr = std::unique_ptr<SSL, FreeSsl>;
using X509StackPtr = std::unique_ptr<STACK_OF(X509), FreeX509Stack>;

/// A certificate in the form that OpenSSL works with.
struct ParsedPair {
  X509Ptr leaf;
  X509StackPtr chain;  // without the leaf
  KeyPtr key;
};

/// Parsed certificates, the most recently used first. One thread's own.
class PairCache {
 public:
  PairCache() = default;
  /// Holds `most_pairs`, one at least.
  explicit PairCache(std::size_t most_pairs) : most_pairs_(most_pairs) {}

  /// Null when OpenSSL can't work with it, or when its key can't sign for it:
  /// nobody tries it again. Valid until the next call.
  const ParsedPair* find(const CertificatePtr& certificate);

  /// Forgets the others, and their keys.
  void keep_only(const CertificateStore& store);

 private:
  Result<ParsedPair> parse(const Certificate& certificate);
  X509* find_intermediate(const Der& der);

  struct Entry {
    CertificatePtr certificate;  // keeps the address taken
    ParsedPair pair;
  };
  std::size_t most_pairs_ = 4096;  // about 8 kB each
  std::list<Entry> entries_;
  std::unordered_map<const Certificate*, std::list<Entry>::iterator> index_;
  std::map<Der, X509Ptr> intermediates_;  // the same for very many
};

/// What one thread's handshakes choose from. Hand it to every SSL of the
/// thread by SSL_set_app_data() before its handshake.
struct Selector {
  std::shared_ptr<const CertificateStore> store;
  PairCache cache;
  std::chrono::sys_seconds (*clock)();  // the present second
};

/// Fails when OpenSSL refuses a setting.
Result<ContextPtr> make_context();

/// The name that the client asked for; empty when it asked for none.
std::string_view server_name(const SSL* ssl);

}  // namespace mtasts::tls
