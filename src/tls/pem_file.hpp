// SPDX-License-Identifier: MIT
// What a PEM file (RFC 7468) holds that a server needs, whatever its name.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "diagnostic.hpp"
#include "files/file_to_read.hpp"
#include "shared.hpp"
#include "text/path.hpp"
#include "tls/read_certificate.hpp"
#include "tls/secret.hpp"

namespace mtasts::tls {

struct PemFile : Counted {
  bool is_readable_by_all = false;
  bool is_leaf_late = false;  // an authority stands before it in the file
  text::Path path;            // empty only when all is empty
  Chain certificates;         // in the order of the file, but the leaf first
  SharedList<KeyDer> keys;
  SharedList<Diagnostic> diagnostics;

  /// What is wrong in one place makes the whole doubtful.
  const Chain& chain() const {
    static const Chain k_none;
    return diagnostics.empty() ? certificates : k_none;
  }
};
using PemFilePtr = Shared<const PemFile>;

/// Certificates that many chains have in common: of equal octets one is read
/// and handed out to all. From any thread.
class Intermediates {
 public:
  /// As ReadCertificate::read() does.
  ReadCertificatePtr read(std::string_view der);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string_view, ReadCertificatePtr> known_;
};

constexpr std::size_t k_max_pem_octets = 1024 * 1024;

/// True if it can be read, and is no PEM at all.
bool has_no_pem(const std::string& path);

/// A file that is no PEM at all is an empty PemFile, and no fault.
/// `intermediates` has what follows a leaf.
PemFilePtr read_pem_file(const files::FileToRead& file,
                         Intermediates& intermediates);

}  // namespace mtasts::tls
