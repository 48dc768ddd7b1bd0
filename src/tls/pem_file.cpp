// SPDX-License-Identifier: MIT
#include "tls/pem_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "files/read.hpp"
#include "files/stamp.hpp"
#include "process/sandbox.hpp"
#include "tls/certificate_facts.hpp"
#include "tls/key.hpp"
#include "tls/pem_block.hpp"

namespace mtasts::tls {
namespace {

constexpr std::string_view k_write_anew =
    "write it anew, under another name, and rename it into place";

/// What is found in a file, as long as it is read.
struct Content {
  std::string path;
  std::vector<ReadCertificatePtr> certificates = {};
  std::vector<KeyDer> keys = {};
  Diagnostics diagnostics = {};
};

void report(Content& file, std::string id, std::string message,
            std::string hint = {}) {
  file.diagnostics.push_back({Severity::error, std::move(id), Place{file.path},
                              std::move(message), std::move(hint)});
}

/// Tools write keys for root alone, and we are somebody else.
std::string make_hint(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0 && errno == EACCES) {
    return fmt::format(
        "user {0} has to be able to read it: chown {0} {2}, or chgrp {1} and "
        "chmod 640; in Compose group_add with the group of the file; in "
        "Kubernetes fsGroup: {1} and defaultMode: 0440",
        ::geteuid(), ::getegid(), path);
  }
  if (process::is_shut_out(path)) return process::k_shut_out_hint;
  const files::FileStamp stamp = files::stamp_file(path);
  if (!stamp.is_there()) return "certificates names PEM files and folders";
  if (stamp.kind == files::FileKind::dead_link) {
    return "it is a symbolic link that leads to nothing";
  }
  return "a PEM file is a regular file of 1 MiB at most";
}

void take_certificate(Content& file, std::string_view der,
                      Intermediates& intermediates) {
  ReadCertificatePtr read = file.certificates.empty()
                                ? ReadCertificate::read(der)
                                : intermediates.read(der);
  if (!read) {
    report(file, "certificate.unusable",
           "has a certificate that can't be parsed", std::string(k_write_anew));
    return;
  }
  file.certificates.push_back(std::move(read));
}

void take_key(Content& file, KeyDer key) {
  if (public_key_of(key->octets()).empty()) {
    report(file, "certificate.key-unusable",
           "has a private key that can't be parsed", std::string(k_write_anew));
    return;
  }
  file.keys.push_back(std::move(key));
}

void take_block(Content& file, PemBlock block, Intermediates& intermediates) {
  if (block.label == "CERTIFICATE") {
    take_certificate(file, block.der, intermediates);
  } else if (block.label == "ENCRYPTED PRIVATE KEY" ||
             (block.label.ends_with("PRIVATE KEY") && block.has_header)) {
    report(file, "certificate.key-encrypted",
           "has a private key that is encrypted",
           "take the password off: openssl pkey -in OLD -out NEW");
  } else if (block.label.ends_with("PRIVATE KEY")) {
    take_key(file, Secret::take(std::move(block.der)));
  }
}

void take_blocks(Content& file, std::string_view pem,
                 Intermediates& intermediates) {
  const std::optional<std::string> fault =
      find_pem_fault(pem, [&](PemBlock block) {
        take_block(file, std::move(block), intermediates);
      });
  if (!fault) return;
  // Half a file: what is whole in it would be half a chain.
  report(file, "certificate.unusable",
         fmt::format("has a PEM block that is cut off or damaged: {}", *fault),
         std::string(k_write_anew));
}

bool is_pem(std::string_view text) {
  return text.find("-----BEGIN ") != std::string_view::npos;
}

/// The leaf is the first certificate of no authority. True if one of an
/// authority stood before it.
bool put_leaf_first(std::vector<ReadCertificatePtr>& chain) {
  const auto leaf = std::ranges::find(
      chain, false,
      [](const ReadCertificatePtr& one) { return one->is_authority(); });
  if (leaf == chain.begin() || leaf == chain.end()) return false;
  std::rotate(chain.begin(), leaf, std::next(leaf));
  return true;
}

}  // namespace

ReadCertificatePtr Intermediates::read(std::string_view der) {
  const std::lock_guard lock(mutex_);
  const auto known = known_.find(der);
  if (known != known_.end()) return known->second;
  ReadCertificatePtr read = ReadCertificate::read(der);
  if (read) known_.emplace(read->der(), read);
  return read;
}

bool has_no_pem(const std::string& path) {
  Result<std::string> text = files::read_file(path, k_max_pem_octets);
  return text && !is_pem(Secret::take(*std::move(text))->octets());
}

PemFilePtr read_pem_file(const files::FileToRead& from,
                         Intermediates& intermediates) {
  const Shared<PemFile> file(new PemFile());
  file->path = from.path();
  Content content{.path = from.path().text()};
  Result<files::FileContent> text = from.read(k_max_pem_octets);
  if (!text) {
    report(content, "certificate.unreadable",
           fmt::format("can't be read: {}", text.error().message),
           make_hint(content.path));
  } else {
    const KeyDer pem = Secret::take(std::move(text->octets));
    if (is_pem(pem->octets())) {
      take_blocks(content, pem->octets(), intermediates);
    }
    file->is_leaf_late = put_leaf_first(content.certificates);
    file->is_readable_by_all =
        !content.keys.empty() && text->is_readable_by_all;
  }
  file->certificates = Chain(content.certificates);
  file->keys = SharedList<KeyDer>(content.keys);
  file->diagnostics = SharedList<Diagnostic>(content.diagnostics);
  return file;
}

}  // namespace mtasts::tls
