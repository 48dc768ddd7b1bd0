// SPDX-License-Identifier: MIT
#include "tls/certificate_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iterator>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "process/all_cores.hpp"
#include "process/sandbox.hpp"
#include "tls/certificate_facts.hpp"
#include "tls/certificate_survey.hpp"
#include "tls/key.hpp"

namespace mtasts::tls {
namespace {

// A renewal has a few new certificates, a start may have 100,000, and to verify
// one costs as much as to load a dozen. Names and key ids do for the rest.
constexpr std::size_t k_max_verified = 50;

constexpr const char* k_key_mismatch = "certificate.key-mismatch";

std::string folder_of(const std::string& path) {
  return std::filesystem::path(path).parent_path();
}
std::string stem_of(const std::string& path) {
  return std::filesystem::path(path).stem();
}

std::string_view key_of_leaf(const PemFile& file) {
  return file.chain().front()->public_key();
}

std::size_t hash_of(std::string_view public_key) {
  return std::hash<std::string_view>{}(public_key);
}

files::Inputs make_inputs(const std::vector<std::string>& paths) {
  files::Inputs inputs{.files = {}, .globs = {}, .only_regular = true};
  for (const std::string& path : paths) {
    if (!files::is_directory(path)) {
      inputs.files.push_back(path);
      continue;
    }
    // live/NAME/fullchain.pem is the deepest that certificate tools lay out.
    for (const std::string_view level : {"/*", "/*/*"}) {
      inputs.globs.push_back(files::escape_glob(path) + std::string(level));
    }
  }
  return inputs;
}

/// cert.pem lies beside fullchain.pem.
bool is_better(const ChainCheck& a, const ChainCheck& b) {
  const auto rank = [](const ChainCheck& one) {
    return std::tuple(one.is_usable, one.flaw == Flaw::none, one.path.size(),
                      one.diagnostics.empty());
  };
  return rank(a) > rank(b);
}

bool is_pem_size(const files::FileStamp& stamp) {
  return stamp.is_regular() &&
         stamp.size <= static_cast<std::int64_t>(k_max_pem_octets);
}

void sort_once(std::vector<KeyId>& ids) {
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
}

template <class List, class From>
void append(List& to, const From& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

/// Takes note of which files have which keys. Returns the public keys that a
/// changed file had or has: where privkey.pem has got another key, the old one,
/// whose certificate has lost it, and the new one.
std::vector<CertificateFinder::Id> CertificateFinder::index(
    const std::vector<Change>& changes) {
  std::vector<Id> touched;
  IdIndex<PemFilePtr>::Entries gone;
  IdIndex<PemFilePtr>::Entries come;
  const auto ids = [&](const PemFile& file) {
    std::vector<Id> all;
    for (const KeyDer& key : file.keys) {
      all.push_back(hash_of(public_key_of(key->octets())));
    }
    if (!file.chain().empty()) all.push_back(hash_of(key_of_leaf(file)));
    sort_once(all);
    append(touched, all);
    return all;
  };
  for (const Change& change : changes) {
    if (change.before) {
      for (const Id id : ids(*change.before)) {
        gone.emplace_back(id, change.before);
      }
    }
    if (change.after) {
      for (const Id id : ids(*change.after))
        come.emplace_back(id, change.after);
    }
  }
  by_key_.change(std::move(gone), std::move(come));
  sort_once(touched);
  return touched;
}

/// True if the key can sign for the certificate. All are tried that are found
/// while others serve: one may take the place of a pair that works. Of those
/// that are there at the start, maybe 100,000, only the first 50 are tried
/// here, and each other one in its first handshake, by PairCache.
bool CertificateFinder::prove(const Certificate& made, bool is_deep) const {
  if (is_first_ && !is_deep) return true;
  const KeyPtr parsed = parse_key(made.key_der());
  const bool good = parsed && can_sign(made.key_der(), parsed.get());
  if (good) made.prove(true);
  return good;
}

struct Choice {
  PemFilePtr file;
  ChainCheck check;
};

/// The best of several of one leaf.
Choice choose_chain(const std::vector<PemFilePtr>& chains, Depth depth) {
  Choice best;
  for (const PemFilePtr& one : chains) {
    ChainCheck next = check_chain(one->chain(), one->path.text(), depth);
    if (best.file && !is_better(next, best.check)) continue;
    best = {one, std::move(next)};
  }
  if (best.file->is_leaf_late && best.check.diagnostics.empty()) {
    best.check.diagnostics.push_back(
        {Severity::warning, "certificate.chain-order",
         Place{best.file->path.text()},
         "has the certificate of an authority before the one it issued",
         "what is sent is put right; write the leaf first, then each one's "
         "issuer: the order of fullchain.pem"});
  }
  return best;
}

/// Makes one certificate of `chains`, which have the same leaf, and `keys`,
/// which belong to it, or says why there can be none.
void CertificateFinder::make(const std::vector<PemFilePtr>& chains,
                             const std::vector<FileKey>& keys,
                             Pairing& pairing) {
  const ReadCertificate& leaf = *chains.front()->chain().front();
  const std::vector<std::string_view> names = leaf.dns_names();
  Diagnostics found;
  const auto finish = [&](CertificatePtr used) {
    for (Diagnostic& one : found) {
      pairing.findings.push_back(
          {std::move(one), {names.begin(), names.end()}, used, false});
    }
    if (used) {
      pairing.certificates.push_back(std::move(used));
    } else {
      append(pairing.refused, names);
    }
  };
  if (keys.empty()) {
    if (leaf.is_authority()) return;
    found.push_back(
        {Severity::error, k_key_mismatch, Place{chains.front()->path.text()},
         "no private key that was found belongs to this certificate",
         "certificate and key have to be replaced together"});
    return finish(nullptr);
  }
  const Depth depth = checks_left_ > 0 ? Depth::signatures : Depth::facts;
  if (depth == Depth::signatures) --checks_left_;
  const Choice choice = choose_chain(chains, depth);
  const ChainCheck& check = choice.check;
  const PemFilePtr& chain = choice.file;
  append(found, check.diagnostics);
  for (const FileKey& key : keys) {
    const Result<CertificatePtr> made =
        Certificate::make(check.is_usable ? check.path : chain->chain(),
                          key.key, chain->path, check.flaw);
    if (!made) {
      found.push_back({Severity::error, "certificate.unusable",
                       Place{chain->path.text()}, made.error().message,
                       made.error().hint});
      return finish(nullptr);
    }
    if (!check.is_usable) return finish(nullptr);
    if (!prove(**made, depth == Depth::signatures)) continue;
    if (key.file->is_readable_by_all) {
      found.push_back({Severity::warning, "certificate.key-world-readable",
                       Place{key.file->path.text()},
                       "everybody on this machine can read the key",
                       fmt::format("chmod 600, or 640 and a group: {}",
                                   key.file->path.text())});
    }
    report_others(names, chain->path.text(), found);
    return finish(*made);
  }
  found.push_back(
      {Severity::error, "certificate.key-unusable",
       Place{keys.front().file->path.text()},
       "has a private key that is damaged: it can't sign for its certificate",
       "take it from a backup, or have a new pair issued"});
  finish(nullptr);
}

CertificateFinder::Pairing CertificateFinder::pair(Id id) {
  std::vector<PemFilePtr> files;
  for (const auto& [key, file] : by_key_.find(id)) files.push_back(file);
  // What is taken must not hang on which was read first.
  std::sort(files.begin(), files.end(),
            [](const PemFilePtr& a, const PemFilePtr& b) {
              return a->path < b->path;
            });
  std::vector<PemFilePtr> chains;
  std::vector<FileKey> keys;
  for (const PemFilePtr& file : files) {
    if (!file->chain().empty() && hash_of(key_of_leaf(*file)) == id) {
      chains.push_back(file);
    }
    for (const KeyDer& key : file->keys) keys.push_back({file, key});
  }
  Pairing pairing;
  while (!chains.empty()) {
    const ReadCertificatePtr leaf = chains.front()->chain().front();
    const auto others = std::stable_partition(
        chains.begin(), chains.end(), [&](const PemFilePtr& one) {
          return one->chain().front()->der() == leaf->der();
        });
    const std::vector<PemFilePtr> same(chains.begin(), others);
    chains.erase(chains.begin(), others);
    std::vector<FileKey> fitting;
    std::copy_if(keys.begin(), keys.end(), std::back_inserter(fitting),
                 [&](const FileKey& one) {
                   return public_key_of(one.key->octets()) ==
                          leaf->public_key();
                 });
    make(same, fitting, pairing);
  }
  return pairing;
}

/// What stays the same stays the same object: caches know it by its address.
void CertificateFinder::replace(Id id, Pairing next, Swap& swap,
                                FoundCertificates& found) {
  const auto known = findings_.find(id);
  if (known != findings_.end()) {
    append(found.refused_names, known->second.refused);
    findings_.erase(known);
  }
  append(found.refused_names, next.refused);
  for (const auto& [key, old] : certificates_.find(id)) {
    const auto same = std::ranges::find_if(
        next.certificates,
        [&old = old](const CertificatePtr& one) { return *one == *old; });
    if (same == next.certificates.end()) {
      found.removed.push_back(old);
      swap.gone.emplace_back(id, old);
      continue;
    }
    for (FileFinding& one : next.findings) {
      if (one.certificate == *same) one.certificate = old;
    }
    next.certificates.erase(same);
  }
  for (CertificatePtr& one : next.certificates) {
    found.added.push_back(one);
    swap.come.emplace_back(id, std::move(one));
  }
  next.certificates.clear();
  if (!next.findings.empty() || !next.refused.empty()) {
    findings_.emplace(id, std::move(next));
  }
}

FoundCertificates CertificateFinder::find(const std::vector<std::string>& paths,
                                          const files::Scope& scope) {
  FoundCertificates found;
  // A folder may have come where there was none, or a file.
  files::Inputs inputs = make_inputs(paths);
  found.has_new_inputs = inputs != files_.inputs();
  files_.set_inputs(std::move(inputs));
  const bool is_too_narrow =
      found.has_new_inputs && std::holds_alternative<files::Paths>(scope);
  const files::Scope everywhere;
  const files::Scope& where = is_too_narrow ? everywhere : scope;
  const auto read = [&](const files::FileToRead& file) {
    // A directory, a FIFO, a large log: only one that was named is missed.
    return is_pem_size(file.stamp()) || files_.is_named(file.path())
               ? read_pem_file(file, intermediates_)
               : PemFilePtr(new PemFile());
  };
  // While others are served they have the cores.
  const std::vector<Change> changes =
      is_first_ ? files_.update(where, read, process::share_on_all_cores)
                : files_.update(where, read);
  checks_left_ = k_max_verified;
  Swap swap;
  for (const Id id : index(changes)) replace(id, pair(id), swap, found);
  certificates_.change(std::move(swap.gone), std::move(swap.come));
  is_first_ = false;
  found.findings = collect();
  for (const std::string& path : paths) {
    // The files of such a folder are not even seen.
    if (!files::is_directory(path) || !process::is_shut_out(path)) continue;
    found.findings.push_back(
        {{Severity::error, "certificate.unreadable", Place{path},
          "can't be read", process::k_shut_out_hint},
         {},
         nullptr,
         true});
  }
  if (certificates_.empty()) {
    for (const std::string& path : paths) {
      found.none_found.push_back(explain_none(path));
    }
  }
  return found;
}

/// A chain is without its key because the file of the key has a fault: then
/// that fault is said, and not what follows from it. Where a.crt lacks its key
/// and a.key can't be read, these two belong together by their name; where no
/// name is the same (fullchain.pem, privkey.pem), all of one folder do.
FileFindings CertificateFinder::collect() const {
  FileFindings all;
  std::multimap<std::string, const FileFinding*> keyless;  // by folder
  for (const auto& [id, pairing] : findings_) {
    for (const FileFinding& one : pairing.findings) {
      if (one.diagnostic.id == k_key_mismatch) {
        keyless.emplace(folder_of(one.diagnostic.place.file), &one);
      } else {
        all.push_back(one);
      }
    }
  }
  std::set<const FileFinding*> explained;
  files_.for_each([&](const text::Path& whole, const PemFile& file) {
    if (file.diagnostics.empty()) return;
    const std::string path = whole.text();
    const auto [begin, end] = keyless.equal_range(folder_of(path));
    const auto is_namesake = [&](const auto& one) {
      return stem_of(one.second->diagnostic.place.file) == stem_of(path);
    };
    const bool has_namesake = std::any_of(begin, end, is_namesake);
    std::vector<std::string> names;
    if (!file.certificates.empty()) {
      append(names, file.certificates.front()->dns_names());
    }
    for (auto one = begin; one != end; ++one) {
      if (has_namesake && !is_namesake(*one)) continue;
      explained.insert(one->second);
      append(names, one->second->names);
    }
    for (const Diagnostic& one : file.diagnostics) {
      all.push_back({one, names, nullptr, files_.is_named(whole)});
    }
  });
  for (const auto& [folder, one] : keyless) {
    if (!explained.contains(one)) all.push_back(*one);
  }
  return all;
}

void CertificateFinder::pass_over(files::FileChanges& changes) {
  files_.pass_over(changes, [this](const text::Path& path,
                                   const files::FileStamp& stamp,
                                   const PemFile* before) {
    const bool was_dull =
        before == nullptr || (before->chain().empty() && before->keys.empty() &&
                              before->diagnostics.empty());
    if (!was_dull || files_.is_named(path)) return false;
    if (!stamp.is_there()) return before != nullptr;
    return !is_pem_size(stamp) || has_no_pem(path.text());
  });
}

bool CertificateFinder::has_refused(const std::string& host) const {
  return std::any_of(findings_.begin(), findings_.end(), [&](const auto& one) {
    const std::vector<std::string>& names = one.second.refused;
    return std::any_of(names.begin(), names.end(), [&](const auto& name) {
      return is_covered(name, host);
    });
  });
}

}  // namespace mtasts::tls
