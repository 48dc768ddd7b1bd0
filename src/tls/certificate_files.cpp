// SPDX-License-Identifier: MIT
#include "tls/certificate_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iterator>
#include <utility>

namespace mtasts::tls {
namespace {

// A renewal has a few new certificates, a start may have 100,000, and to verify
// one costs as much as to load a dozen. Names and key ids do for the rest.
constexpr std::size_t k_max_verified = 50;

std::string_view key_of_leaf(const PemFile& file) {
  // Parsed once already, when the file was read.
  return read_certificate(*file.chain.front())->public_key;
}

Inputs make_inputs(const std::vector<std::string>& paths) {
  Inputs inputs;
  for (const std::string& path : paths) {
    if (!is_directory(path)) {
      inputs.files.push_back(path);
      continue;
    }
    // live/NAME/fullchain.pem is the deepest that certificate tools lay out.
    for (const std::string_view level : {"/*", "/*/*"}) {
      inputs.globs.push_back(escape_glob(path) + std::string(level));
    }
  }
  return inputs;
}

template <class List>
void append(List& to, const List& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

/// The public keys whose pairs may be others now.
std::set<CertificateFinder::Id> CertificateFinder::index(
    const std::vector<Change>& changes) {
  const std::hash<std::string_view> hash;
  std::set<Id> touched;
  const auto ids = [&](const PemFile& file) {
    std::set<Id> all;
    for (const KeyDer& key : file.keys) {
      all.insert(hash(public_key_of(key->octets())));
    }
    if (!file.chain.empty()) all.insert(hash(key_of_leaf(file)));
    touched.insert(all.begin(), all.end());
    return all;
  };
  bool is_other_fault = false;
  for (const Change& change : changes) {
    if (change.before) {
      is_other_fault = faulty_.erase(change.before) != 0 || is_other_fault;
      for (const Id id : ids(*change.before)) {
        const auto [first, last] = by_key_.equal_range(id);
        const auto known = std::find_if(first, last, [&](const auto& one) {
          return one.second == change.before;
        });
        if (known != last) by_key_.erase(known);
      }
    }
    if (change.after) {
      if (!change.after->diagnostics.empty()) {
        faulty_.insert(change.after);
        is_other_fault = true;
      }
      for (const Id id : ids(*change.after)) by_key_.emplace(id, change.after);
    }
  }
  for (const auto& [id, pairing] : findings_) {
    if (is_other_fault && pairing.lacks_key) touched.insert(id);
  }
  return touched;
}

void CertificateFinder::refuse_without_key(const PemFile& chain,
                                           Pairing& pairing) const {
  std::optional<CertificateFacts> leaf = read_certificate(*chain.chain[0]);
  if (leaf->is_authority) return;
  pairing.lacks_key = true;
  pairing.refused = std::move(leaf->dns_names);
  const auto folder = [](const PemFile& file) {
    return std::filesystem::path(file.path).parent_path();
  };
  // A key beside it that can't be read was reported.
  if (std::any_of(faulty_.begin(), faulty_.end(), [&](const auto& other) {
        return folder(*other) == folder(chain);
      })) {
    return;
  }
  pairing.diagnostics.push_back(
      {Severity::error, "certificate.key-mismatch", Place{chain.path},
       "no private key that was found belongs to this certificate",
       "certificate and key have to be replaced together"});
}

/// Null when it can't be used.
CertificatePtr CertificateFinder::make(const PemFile& chain,
                                       const PemFile& key_file,
                                       const KeyDer& key, Pairing& pairing) {
  const Depth depth = checks_left_ > 0 ? Depth::signatures : Depth::facts;
  if (checks_left_ > 0) --checks_left_;
  ChainCheck check = check_chain(chain.chain, chain.path, depth);
  append(pairing.diagnostics, check.diagnostics);
  if (key_file.is_readable_by_all) {
    pairing.diagnostics.push_back(
        {Severity::warning, "certificate.key-world-readable",
         Place{key_file.path}, "everybody on this machine can read the key",
         fmt::format("chmod 600, or 640 and a group: {}", key_file.path)});
  }
  Result<Certificate> made =
      Certificate::make(chain.chain, key, chain.path, check.flaw);
  if (!made) {
    pairing.diagnostics.push_back({Severity::error, "certificate.unusable",
                                   Place{chain.path}, made.error().message,
                                   made.error().hint});
    return nullptr;
  }
  if (depth == Depth::signatures && !parse_key(key->octets())) {
    check.is_usable = false;
    pairing.diagnostics.push_back(
        {Severity::error, "certificate.key-unusable", Place{key_file.path},
         "has a private key that OpenSSL does not take",
         "make a new key: ECDSA P-256, or RSA of 2048 bits"});
  }
  if (check.is_usable) {
    return std::make_shared<const Certificate>(*std::move(made));
  }
  pairing.refused = made->names();
  return nullptr;
}

CertificateFinder::Pairing CertificateFinder::pair(Id id) {
  Pairing pairing;
  std::vector<PemFilePtr> chains;
  std::vector<std::pair<PemFilePtr, KeyDer>> keys;
  const auto [first, last] = by_key_.equal_range(id);
  for (auto one = first; one != last; ++one) {
    const PemFilePtr& file = one->second;
    if (!file->chain.empty()) chains.push_back(file);
    for (const KeyDer& key : file->keys) keys.emplace_back(file, key);
  }
  // cert.pem lies beside fullchain.pem.
  std::sort(chains.begin(), chains.end(),
            [](const PemFilePtr& a, const PemFilePtr& b) {
              return a->chain.size() != b->chain.size()
                         ? a->chain.size() > b->chain.size()
                         : a->path < b->path;
            });
  // The one that is taken must not hang on which was read first.
  std::stable_sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) {
    return a.first->path < b.first->path;
  });
  std::set<std::string_view> taken;
  for (const PemFilePtr& chain : chains) {
    const std::string_view public_key = key_of_leaf(*chain);
    const auto key =
        std::find_if(keys.begin(), keys.end(), [&](const auto& one) {
          return public_key_of(one.second->octets()) == public_key;
        });
    if (std::hash<std::string_view>{}(public_key) != id ||
        !taken.insert(*chain->chain.front()).second) {
      continue;
    }
    if (key == keys.end()) {
      refuse_without_key(*chain, pairing);
      continue;
    }
    CertificatePtr made = make(*chain, *key->first, key->second, pairing);
    if (made) pairing.certificates.push_back(std::move(made));
  }
  return pairing;
}

/// What stays the same stays the same object: caches know it by its address.
void CertificateFinder::replace(Id id, Pairing next, FoundCertificates& found) {
  const auto known = findings_.find(id);
  if (known != findings_.end()) {
    append(found.withdrawn, known->second.diagnostics);
    append(found.refused_names, known->second.refused);
    findings_.erase(known);
  }
  append(found.refused_names, next.refused);
  const auto [first, last] = certificates_.equal_range(id);
  for (auto old = first; old != last;) {
    const auto same = std::find_if(
        next.certificates.begin(), next.certificates.end(),
        [&](const CertificatePtr& one) { return *one == *old->second; });
    if (same != next.certificates.end()) {
      next.certificates.erase(same);
      ++old;
    } else {
      found.removed.push_back(old->second);
      old = certificates_.erase(old);
    }
  }
  for (CertificatePtr& one : next.certificates) {
    found.added.push_back(one);
    certificates_.emplace(id, std::move(one));
  }
  append(found.diagnostics, next.diagnostics);
  next.certificates.clear();
  if (!next.diagnostics.empty() || !next.refused.empty() || next.lacks_key) {
    findings_.emplace(id, std::move(next));
  }
}

FoundCertificates CertificateFinder::find(const std::vector<std::string>& paths,
                                          const Scope& scope) {
  FoundCertificates found;
  // A folder may have come where there was none, or a file.
  Inputs inputs = make_inputs(paths);
  found.has_new_inputs = inputs != files_.inputs();
  files_.set_inputs(std::move(inputs));
  const auto& named = files_.inputs().files;
  const std::vector<Change> changes = files_.update(
      found.has_new_inputs ? Scope{} : scope,
      [&](const std::string& path, const FileStamp& stamp) {
        // A directory, a FIFO, a large log: only one that was named is missed.
        const bool is_named =
            std::find(named.begin(), named.end(), path) != named.end();
        const bool is_pem =
            stamp.is_regular() &&
            stamp.size <= static_cast<std::int64_t>(k_max_pem_octets);
        return is_pem || is_named ? read_pem_file(path, intermediates_)
                                  : std::make_shared<const PemFile>();
      });
  for (const Change& change : changes) {
    if (change.before) append(found.withdrawn, change.before->diagnostics);
  }
  checks_left_ = k_max_verified;
  const std::set<Id> touched = index(changes);
  for (const auto& [id, pairing] : findings_) {
    if (!touched.contains(id) && has_errors(pairing.diagnostics)) {
      append(found.diagnostics, pairing.diagnostics);
    }
  }
  for (const Id id : touched) replace(id, pair(id), found);
  for (const PemFilePtr& file : faulty_) {
    append(found.diagnostics, file->diagnostics);
  }
  for (const std::string& path : paths) {
    // The files of such a folder are not even seen.
    if (!is_directory(path) || !is_shut_out(path)) continue;
    found.diagnostics.push_back({Severity::error, "certificate.unreadable",
                                 Place{path}, "can't be read",
                                 k_shut_out_hint});
  }
  if (certificates_.empty() && !has_errors(found.diagnostics)) {
    for (const std::string& path : paths) {
      found.diagnostics.push_back(
          {Severity::error, "certificate.none-found", Place{path},
           "has no certificate chain with its private key",
           "mta-stsd needs PEM files, such as fullchain.pem and "
           "privkey.pem"});
    }
  }
  sort_diagnostics(found.diagnostics);
  return found;
}

bool CertificateFinder::has_refused(const std::string& host) const {
  return std::any_of(findings_.begin(), findings_.end(), [&](const auto& one) {
    const std::vector<std::string>& names = one.second.refused;
    return std::any_of(names.begin(), names.end(), [&](const auto& name) {
      return is_covered(name, host);
    });
  });
}

FoundCertificates find_certificates(const std::vector<std::string>& paths) {
  return CertificateFinder().find(paths);
}

}  // namespace mtasts::tls
