// SPDX-License-Identifier: MIT
#include "tls/pair_cache.hpp"

#include <cerrno>
#include <iterator>
#include <utility>

#include "log.hpp"
#include "tls/context.hpp"

namespace mtasts::tls {
namespace {

constexpr std::size_t k_max_cached_intermediates = 256;
// To free a pair takes 40 us, and clients wait meanwhile.
constexpr std::size_t k_checked_at_a_time = 64;

/// CertificateFinder says it of those that it tries, and at a start with many
/// these are not all. Said once for each, in whichever thread found it.
void say_broken(const Certificate& certificate,
                const Result<ParsedPair>& pair) {
  log::error("finding", {{"id", "certificate.key-unusable"},
                         {"place", certificate.file()},
                         {"message", pair.error().message},
                         {"hint", "write certificate and key anew"}});
}

}  // namespace

const ParsedPair* PairCache::find(const CertificatePtr& certificate) {
  const auto known = index_.find(certificate.get());
  if (known != index_.end()) {
    entries_.splice(entries_.begin(), entries_, known->second);
    return &entries_.front().pair;
  }
  if (certificate->is_broken()) return nullptr;
  errno = 0;
  Result<ParsedPair> pair = parse(*certificate);
  if (pair && !certificate->is_proven() &&
      !can_sign(certificate->key_der(), pair->key.get())) {
    pair = fail("the key can't sign for the certificate");
  }
  // A lack of memory says nothing of the pair. OpenSSL calls it an error of
  // the pair; malloc(3) alone sets ENOMEM.
  if (!pair && errno == ENOMEM) {
    report_lack_of_memory();
    return nullptr;
  }
  if (certificate->prove(pair.has_value())) say_broken(*certificate, pair);
  if (!pair) return nullptr;
  if (entries_.size() >= most_pairs_) {
    index_.erase(entries_.back().certificate.get());
    entries_.pop_back();
  }
  entries_.push_front({certificate, *std::move(pair)});
  index_[certificate.get()] = entries_.begin();
  return &entries_.front().pair;
}

void PairCache::recheck() {
  unchecked_ = entries_.size();
  intermediates_.clear();
}

/// From the last to the first, each to the front: in the end all are in the
/// order in which they were.
bool PairCache::release_some(const CertificateStore& store) {
  for (std::size_t i = 0; i < k_checked_at_a_time && unchecked_ != 0; ++i) {
    --unchecked_;
    const auto last = std::prev(entries_.end());
    if (store.has(last->certificate)) {
      entries_.splice(entries_.begin(), entries_, last);
    } else {
      index_.erase(last->certificate.get());
      entries_.pop_back();
    }
  }
  return unchecked_ != 0;
}

X509* PairCache::find_intermediate(const ReadCertificatePtr& one) {
  if (intermediates_.size() >= k_max_cached_intermediates) {
    intermediates_.clear();
  }
  X509Ptr& known = intermediates_[one];
  if (!known) known = parse_x509(one->der());
  return known.get();
}

Result<ParsedPair> PairCache::parse(const Certificate& certificate) {
  ParsedPair pair{.leaf = parse_x509(certificate.leaf_der()),
                  .chain = X509StackPtr(sk_X509_new_null()),
                  .key = parse_key(certificate.key_der())};
  // OpenSSL takes a certificate whose public key it could not read.
  if (!pair.leaf || !X509_get0_pubkey(pair.leaf.get()) || !pair.key ||
      !pair.chain) {
    return fail("the certificate or its key can't be parsed");
  }
  for (std::size_t i = 1; i < certificate.chain().size(); ++i) {
    X509* issuer = find_intermediate(certificate.chain()[i]);
    if (issuer == nullptr || X509_up_ref(issuer) != 1) {
      return fail("the chain can't be parsed");
    }
    sk_X509_push(pair.chain.get(), issuer);
  }
  return pair;
}

}  // namespace mtasts::tls
