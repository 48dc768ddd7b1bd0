// SPDX-License-Identifier: MIT
#include "tls/pem_block.hpp"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstddef>
#include <utility>

#include "text/ascii.hpp"
#include "tls/openssl.hpp"

namespace mtasts::tls {
namespace {

constexpr std::size_t k_line_octets = 64;  // RFC 7468, 2

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

/// The label of "-----BEGIN label-----"; nothing when `line` is no such line.
std::optional<std::string_view> find_label(std::string_view line,
                                           std::string_view begin) {
  constexpr std::string_view k_end = "-----";
  if (line.size() <= begin.size() + k_end.size()) return {};
  if (!line.starts_with(begin) || !line.ends_with(k_end)) return {};
  line.remove_prefix(begin.size());
  line.remove_suffix(k_end.size());
  return line;
}

/// Appends what `line` says; false if it is no base64.
bool decode(std::string_view line, std::string& to) {
  const std::size_t before = to.size();
  to.resize(before + line.size() / 4 * 3);
  const int got =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(to.data() + before),
                      reinterpret_cast<const unsigned char*>(line.data()),
                      static_cast<int>(line.size()));
  return got == static_cast<int>(to.size() - before);
}

/// Takes the base64 in front of the next "-": lines of 64, but for the last.
/// False when they have any other form.
bool take_base64(std::string_view& text, std::string& der) {
  for (bool is_last = false; !is_last;) {
    std::string_view line = take_line(text);
    is_last = text.starts_with('-');
    if (line.empty() || line.size() > k_line_octets || line.size() % 4 != 0 ||
        (!is_last && line.size() != k_line_octets) || !decode(line, der)) {
      return false;
    }
    for (int i = 0; is_last && i < 2 && line.ends_with('='); ++i) {
      der.pop_back();
      line.remove_suffix(1);
    }
    if (text::has(line, '=')) return false;
  }
  return true;
}

/// Takes the first block of `pem` if it is as all tools of today write it (RFC
/// 7468, 3: stricttextualmsg). Anything else is for OpenSSL, which spends three
/// times as much, and nothing is taken then.
std::optional<PemBlock> find_strict_block(std::string_view& pem) {
  std::string_view rest = pem;
  const auto label = find_label(take_line(rest), "-----BEGIN ");
  const std::size_t octets = rest.find('-');
  if (!label || octets == std::string_view::npos) return {};
  PemBlock block{.label = *label, .der = {}};
  block.der.reserve(octets / 4 * 3 + 3);  // so that it never moves
  if (!take_base64(rest, block.der) ||
      find_label(take_line(rest), "-----END ") != label) {
    OPENSSL_cleanse(block.der.data(), block.der.size());
    return {};
  }
  pem = rest;
  return block;
}

/// Of any form that OpenSSL understands.
std::optional<std::string> find_fault_leniently(
    std::string_view pem, const std::function<void(PemBlock)>& take) {
  const Owned<BIO, BIO_free> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  // Secure: OpenSSL wipes what it has held of each block.
  constexpr unsigned k_flags = PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE;
  while (PEM_read_bio_ex(bio.get(), &name, &header, &data, &size, k_flags) ==
         1) {
    take({.label = name,
          .has_header = *header != '\0',
          .der = std::string(reinterpret_cast<char*>(data),
                             static_cast<std::size_t>(size))});
    OPENSSL_secure_free(name);
    OPENSSL_secure_free(header);
    OPENSSL_secure_clear_free(data, static_cast<std::size_t>(size));
  }
  const bool is_at_end =
      ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  std::string why = take_openssl_error();
  if (is_at_end) return {};
  return why;
}

}  // namespace

std::optional<std::string> find_pem_fault(
    std::string_view pem, const std::function<void(PemBlock)>& take) {
  while (!pem.empty()) {
    std::optional<PemBlock> block = find_strict_block(pem);
    if (!block) return find_fault_leniently(pem, take);
    take(*std::move(block));
  }
  return {};
}

}  // namespace mtasts::tls
