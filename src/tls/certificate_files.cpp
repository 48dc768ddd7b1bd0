// SPDX-License-Identifier: MIT
#include "tls/certificate_files.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace mtasts::tls {
namespace {

constexpr std::size_t k_max_pem_octets = 1024 * 1024;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};

/// The DER octets of a public key: what a certificate and its key share.
using PublicKey = std::string;

struct Chain {
  std::vector<Der> der;
  std::string file;
  bool has_leaf;  // its first certificate is no authority's
};

struct Key {
  std::string der;
  std::string file;
};

PublicKey public_key_of(EVP_PKEY* key) {
  unsigned char* raw = nullptr;
  const int size = i2d_PUBKEY(key, &raw);
  if (size <= 0) return {};
  PublicKey octets(reinterpret_cast<char*>(raw),
                   static_cast<std::size_t>(size));
  OPENSSL_free(raw);
  return octets;
}

class Finder {
 public:
  FoundCertificates run(const std::vector<std::string>& paths);

 private:
  void search(const std::string& path);
  void read(const std::string& path);
  void take_blocks(const std::string& path, const std::string& pem);
  void take_key(const std::string& path, std::string der);
  void take_chain(const std::string& path, std::vector<Der> der);
  void match();
  Der intern(std::string der);
  void report(Severity severity, std::string id, const std::string& file,
              std::string message, std::string hint = {});

  FoundCertificates found_;
  std::multimap<PublicKey, Chain> chains_;
  std::map<PublicKey, Key> keys_;
  std::map<std::string, Der> interned_;
};

void Finder::report(Severity severity, std::string id, const std::string& file,
                    std::string message, std::string hint) {
  found_.diagnostics.push_back({severity, std::move(id), Place{file},
                                std::move(message), std::move(hint)});
}

Der Finder::intern(std::string der) {
  Der& one = interned_[der];
  if (!one) one = std::make_shared<const std::string>(std::move(der));
  return one;
}

void Finder::take_key(const std::string& path, std::string der) {
  const KeyPtr key = parse_key(der);
  if (!key) {
    report(Severity::error, "certificate.key-unusable", path,
           "has a private key that can't be parsed");
    return;
  }
  keys_.try_emplace(public_key_of(key.get()), Key{std::move(der), path});
}

void Finder::take_chain(const std::string& path, std::vector<Der> der) {
  const X509Ptr first = parse_x509(*der.front());
  if (!first) {
    report(Severity::error, "certificate.unusable", path,
           "has a certificate that can't be parsed");
    return;
  }
  PublicKey public_key = public_key_of(X509_get0_pubkey(first.get()));
  const bool has_leaf = X509_check_ca(first.get()) == 0;
  chains_.emplace(std::move(public_key), Chain{std::move(der), path, has_leaf});
}

void Finder::take_blocks(const std::string& path, const std::string& pem) {
  const std::unique_ptr<BIO, FreeBio> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<Der> chain;
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  while (PEM_read_bio(bio.get(), &name, &header, &data, &size) == 1) {
    const std::string_view kind = name;
    std::string der(reinterpret_cast<char*>(data),
                    static_cast<std::size_t>(size));
    if (kind == "CERTIFICATE") {
      chain.push_back(intern(std::move(der)));
    } else if (kind == "ENCRYPTED PRIVATE KEY" ||
               (kind.ends_with("PRIVATE KEY") && *header != '\0')) {
      report(Severity::error, "certificate.key-encrypted", path,
             "has a private key that is encrypted",
             "take the password off: openssl pkey -in OLD -out NEW");
    } else if (kind.ends_with("PRIVATE KEY")) {
      take_key(path, std::move(der));
    }
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<std::size_t>(size));
  }
  const bool at_end =
      ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string why = take_openssl_error();
  if (!at_end) {
    // Half a file: what is whole in it would be half a chain.
    report(Severity::error, "certificate.unusable", path,
           fmt::format("has a PEM block that is cut off or damaged: {}", why));
    return;
  }
  if (!chain.empty()) take_chain(path, std::move(chain));
}

void Finder::read(const std::string& path) {
  const Result<std::string> pem = read_file(path, k_max_pem_octets);
  if (!pem) {
    report(Severity::error, "certificate.unreadable", path,
           fmt::format("can't be read: {}", pem.error().message),
           stamp_file(path).inode == 0
               ? "certificates names PEM files and folders"
               : "the user that runs mta-stsd has to be able to read it");
    return;
  }
  if (pem->find("-----BEGIN ") != std::string::npos) take_blocks(path, *pem);
}

void Finder::search(const std::string& path) {
  if (!is_directory(path)) {
    found_.inputs.files.push_back(path);
    read(path);
    return;
  }
  // live/NAME/fullchain.pem is the deepest that certificate tools lay out.
  for (const std::string_view level : {"/*", "/*/*"}) {
    const std::string pattern = escape_glob(path) + std::string(level);
    found_.inputs.globs.push_back(pattern);
    for (const std::string& file : expand_glob(pattern)) {
      if (!is_directory(file)) read(file);
    }
  }
}

void Finder::match() {
  std::set<std::string> taken;  // leaves: cert.pem lies beside fullchain.pem
  for (auto same = chains_.begin(); same != chains_.end();) {
    const auto end = chains_.upper_bound(same->first);
    const auto key = keys_.find(same->first);
    std::vector<const Chain*> chains;
    for (; same != end; ++same) chains.push_back(&same->second);
    std::stable_sort(chains.begin(), chains.end(),
                     [](const Chain* a, const Chain* b) {
                       return a->der.size() > b->der.size();
                     });
    for (const Chain* chain : chains) {
      if (key == keys_.end()) {
        if (chain->has_leaf) {
          report(Severity::error, "certificate.key-mismatch", chain->file,
                 "no private key that was found belongs to this certificate",
                 "certificate and key have to be replaced together");
        }
        continue;
      }
      if (!taken.insert(*chain->der.front()).second) continue;
      Result<Certificate> made =
          Certificate::make(chain->der, key->second.der, chain->file);
      if (made) {
        found_.certificates.push_back(
            std::make_shared<const Certificate>(*std::move(made)));
      } else {
        report(Severity::error, "certificate.unusable", chain->file,
               made.error().message, made.error().hint);
      }
    }
  }
}

FoundCertificates Finder::run(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) search(path);
  match();
  if (found_.certificates.empty() && !has_errors(found_.diagnostics)) {
    for (const std::string& path : paths) {
      report(Severity::error, "certificate.none-found", path,
             "has no certificate chain with its private key",
             "mta-stsd needs PEM files, such as fullchain.pem and "
             "privkey.pem");
    }
  }
  return std::move(found_);
}

}  // namespace

FoundCertificates find_certificates(const std::vector<std::string>& paths) {
  return Finder().run(paths);
}

}  // namespace mtasts::tls
