// SPDX-License-Identifier: MIT
// Finds certificates and their keys in files and directories, by what is in
// them and not by what they are called. Looking again reads only the files
// that have changed.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "diagnostic.hpp"
#include "files/file_group.hpp"
#include "tls/certificate_check.hpp"
#include "tls/id_index.hpp"
#include "tls/pem_file.hpp"

namespace mtasts::tls {

/// Something to say of a file, and whom it concerns: much of what lies in a
/// folder may be of no use to any policy host here, and in order for others.
struct FileFinding {
  Diagnostic diagnostic;
  /// Of the certificate that it is about; empty when that is not known.
  std::vector<std::string> names;
  CertificatePtr certificate;  // it is used all the same; null: it is not
  bool is_named = false;       // the file itself, in the configuration
};
using FileFindings = std::vector<FileFinding>;

/// The difference to what was found before, and all there is to say of it.
struct FoundCertificates {
  std::vector<CertificatePtr> added;
  std::vector<CertificatePtr> removed;
  FileFindings findings;
  Diagnostics none_found;  // to be said when there is no other error
  /// Of certificates that are not used, or were not until now.
  std::vector<std::string> refused_names;
  bool has_new_inputs = false;  // there may be other directories to watch
};

class CertificateFinder {
 public:
  /// Each path is a PEM file, or a directory that is searched two levels deep,
  /// hidden entries left out.
  FoundCertificates find(const std::vector<std::string>& paths,
                         const files::Scope& scope = {});

  /// Has the next find() read what has a fault again, changed or not.
  void reread_faulty() { files_.reread_faulty(); }

  /// Shows which files there are now.
  void list(files::FileVisitor& visitor) const { files_.list(visitor); }
  /// What differs on the disk from what was found.
  files::FileChanges look(const files::Scope& scope) const {
    return files_.look(scope);
  }

  /// Takes out of `changes` files that have no PEM and had none: a log or a
  /// note beside the certificates need not rest.
  void pass_over(files::FileChanges& changes);

  /// True if a certificate for `host` was found and is not used: the
  /// diagnostics say why.
  bool has_refused(const std::string& host) const;

 private:
  using Id = KeyId;
  using Change = files::FileGroup<PemFile>::Change;

  struct FileKey {
    PemFilePtr file;
    KeyDer key;
  };

  struct Pairing {
    std::vector<CertificatePtr> certificates;
    FileFindings findings;
    std::vector<std::string> refused;  // names
  };

  /// Of certificates_, once all are known.
  struct Swap {
    IdIndex<CertificatePtr>::Entries gone;
    IdIndex<CertificatePtr>::Entries come;
  };

  std::vector<Id> index(const std::vector<Change>& changes);
  Pairing pair(Id id);
  void make(const std::vector<PemFilePtr>& chains,
            const std::vector<FileKey>& keys, Pairing& pairing);
  bool prove(const Certificate& made, bool is_deep) const;
  FileFindings collect() const;
  void replace(Id id, Pairing next, Swap& swap, FoundCertificates& found);

  files::FileGroup<PemFile> files_{"certificates"};
  Intermediates intermediates_;
  IdIndex<PemFilePtr> by_key_;
  IdIndex<CertificatePtr> certificates_;
  std::map<Id, Pairing> findings_;  // of those that are not all good
  std::size_t checks_left_ = 0;     // of signatures, in this round
  bool is_first_ = true;            // nothing was found before
};

}  // namespace mtasts::tls
