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

void report(PemFile& file, std::string id, std::string message,
            std::string hint = {}) {
  file.diagnostics.push_back({Severity::error, std::move(id),
                              Place{file.path.text()}, std::move(message),
                              std::move(hint)});
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

void take_certificate(PemFile& file, std::string der,
                      Intermediates& intermediates) {
  ReadCertificatePtr read = file.chain.empty()
                                ? read_certificate(std::move(der))
                                : intermediates.read(std::move(der));
  if (!read) {
    report(file, "certificate.unusable",
           "has a certificate that can't be parsed", std::string(k_write_anew));
    return;
  }
  file.chain.push_back(std::move(read));
}

void take_key(PemFile& file, KeyDer key) {
  if (public_key_of(key->octets()).empty()) {
    report(file, "certificate.key-unusable",
           "has a private key that can't be parsed", std::string(k_write_anew));
    return;
  }
  file.keys.push_back(std::move(key));
}

void take_block(PemFile& file, PemBlock block, Intermediates& intermediates) {
  if (block.label == "CERTIFICATE") {
    take_certificate(file, std::move(block.der), intermediates);
  } else if (block.label == "ENCRYPTED PRIVATE KEY" ||
             (block.label.ends_with("PRIVATE KEY") && block.has_header)) {
    report(file, "certificate.key-encrypted",
           "has a private key that is encrypted",
           "take the password off: openssl pkey -in OLD -out NEW");
  } else if (block.label.ends_with("PRIVATE KEY")) {
    take_key(file, std::make_shared<const Secret>(std::move(block.der)));
  }
}

void take_blocks(PemFile& file, std::string_view pem,
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

bool is_pem(const Secret& text) {
  return text.octets().find("-----BEGIN ") != std::string::npos;
}

/// The leaf is the first certificate of no authority.
void put_leaf_first(PemFile& file) {
  const auto leaf = std::find_if(
      file.chain.begin(), file.chain.end(),
      [](const ReadCertificatePtr& one) { return !one->facts.is_authority; });
  if (leaf == file.chain.begin() || leaf == file.chain.end()) return;
  std::rotate(file.chain.begin(), leaf, std::next(leaf));
  file.is_leaf_late = true;
}

}  // namespace

ReadCertificatePtr Intermediates::read(std::string der) {
  const std::lock_guard lock(mutex_);
  const auto known = known_.find(der);
  if (known != known_.end()) return known->second;
  ReadCertificatePtr read = read_certificate(std::move(der));
  if (read) known_.emplace(read->der, read);
  return read;
}

bool has_no_pem(const std::string& path) {
  Result<std::string> text = files::read_file(path, k_max_pem_octets);
  return text && !is_pem(Secret(*std::move(text)));
}

PemFilePtr read_pem_file(const text::Path& whole,
                         Intermediates& intermediates) {
  auto file = std::make_shared<PemFile>();
  file->path = whole;
  const std::string path = whole.text();
  Result<files::FileContent> text =
      files::read_with_facts(path, k_max_pem_octets);
  if (!text) {
    report(*file, "certificate.unreadable",
           fmt::format("can't be read: {}", text.error().message),
           make_hint(path));
    return file;
  }
  const Secret pem(std::move(text->octets));
  if (!is_pem(pem)) return file;
  take_blocks(*file, pem.octets(), intermediates);
  put_leaf_first(*file);
  // What is wrong in one place makes the whole doubtful.
  if (!file->diagnostics.empty() && !file->chain.empty()) {
    file->names = file->chain.front()->facts.dns_names();
    file->chain.clear();
  }
  file->chain.shrink_to_fit();
  file->keys.shrink_to_fit();
  file->is_readable_by_all = !file->keys.empty() && text->is_readable_by_all;
  return file;
}

}  // namespace mtasts::tls
