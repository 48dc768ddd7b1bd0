// SPDX-License-Identifier: MIT
#include "text/sha256_sum.hpp"

#include <openssl/evp.h>

namespace mtasts::text {

struct Sha256Sum::Context {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> md{EVP_MD_CTX_new(),
                                                             &EVP_MD_CTX_free};
};

Sha256Sum::Sha256Sum() : context_(std::make_unique<Context>()) {
  EVP_DigestInit_ex(context_->md.get(), EVP_sha256(), nullptr);
}

Sha256Sum::~Sha256Sum() = default;

void Sha256Sum::add(std::string_view piece) {
  EVP_DigestUpdate(context_->md.get(), piece.data(), piece.size());
}

Sha256 Sha256Sum::finish() {
  Sha256 digest{};
  EVP_DigestFinal_ex(context_->md.get(), digest.data(), nullptr);
  return digest;
}

}  // namespace mtasts::text
