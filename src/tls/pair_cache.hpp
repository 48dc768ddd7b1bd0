// SPDX-License-Identifier: MIT
// Certificates and keys in the form that OpenSSL works with, of those alone
// that clients ask for.
#pragma once

#include <openssl/x509.h>

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <unordered_map>

#include "result.hpp"
#include "tls/certificate.hpp"
#include "tls/certificate_store.hpp"
#include "tls/key.hpp"
#include "tls/openssl.hpp"

namespace mtasts::tls {

inline void free_stack(STACK_OF(X509) * stack) {
  sk_X509_pop_free(stack, X509_free);
}
using X509StackPtr = Owned<STACK_OF(X509), free_stack>;

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

  /// Any of them may have left the store: release_some() has to look at each.
  /// Until then nobody finds it, for who asks has it from the store.
  void recheck();
  /// Looks at the next few, and frees those that `store` does not have. True if
  /// there is more to do: with very many it takes a tenth of a second in all.
  bool release_some(const CertificateStore& store);

 private:
  Result<ParsedPair> parse(const Certificate& certificate);
  X509* find_intermediate(const ReadCertificatePtr& one);

  struct Entry {
    CertificatePtr certificate;  // keeps the address taken
    ParsedPair pair;
  };
  std::size_t most_pairs_ = 4096;  // about 8 kB each
  std::list<Entry> entries_;
  std::size_t unchecked_ = 0;  // at the end of entries_
  std::unordered_map<const Certificate*, std::list<Entry>::iterator> index_;
  std::map<ReadCertificatePtr, X509Ptr>
      intermediates_;  // the same for very many
};

}  // namespace mtasts::tls
