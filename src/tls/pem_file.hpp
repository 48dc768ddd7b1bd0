// SPDX-License-Identifier: MIT
// What a PEM file (RFC 7468) holds that a server needs, whatever its name.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "diagnostic.hpp"
#include "files/file_group.hpp"
#include "tls/certificate.hpp"

namespace mtasts::tls {

struct PemFile {
  text::Path path;  // empty only when all is empty
  Chain chain;      // in the order of the file, but the leaf first
  std::vector<KeyDer> keys;
  Diagnostics diagnostics;
  std::vector<std::string> names;  // of the leaf, of a file with a fault only
  bool is_readable_by_all = false;
  bool is_leaf_late = false;  // an authority stands before it in the file
};
using PemFilePtr = std::shared_ptr<const PemFile>;

/// Certificates that many chains have in common: of equal octets one is read
/// and handed out to all. From any thread.
class Intermediates {
 public:
  /// As read_certificate() does.
  ReadCertificatePtr read(std::string der);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string_view, ReadCertificatePtr> known_;
};

constexpr std::size_t k_max_pem_octets = 1024 * 1024;

/// True if it can be read, and is no PEM at all.
bool has_no_pem(const std::string& path);

/// A file that is no PEM at all is an empty PemFile, and no fault.
/// `intermediates` has what follows a leaf.
PemFilePtr read_pem_file(const text::Path& path, Intermediates& intermediates);

}  // namespace mtasts::tls
