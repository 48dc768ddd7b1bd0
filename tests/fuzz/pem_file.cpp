// SPDX-License-Identifier: MIT
// tls/pem_file and the pairing of certificates with keys, through a file. No
// key is kept in the corpus: "@a" to "@h" stand for PEM blocks that are made
// anew, everything else for itself.
#include "tls/pem_file.hpp"

#include <openssl/err.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "../unit/test_certificates.hpp"
#include "target.hpp"
#include "tls/certificate_files.hpp"

namespace mtasts::tls {
namespace {

using fuzz::require;

std::array<std::string, 8> make_blocks() {
  const TestPair root = make_pair("CA");
  const TestPair ca = make_pair("CA", KeyKind::ecdsa, {}, &root);
  const TestPair one = make_pair("DNS:a.example", KeyKind::ecdsa, {}, &ca);
  const TestPair two = make_pair("DNS:*.b.example", KeyKind::rsa, {}, &ca);
  return {one.pem(),
          one.key_pem(),
          two.pem(),
          two.key_pem(),
          ca.pem(),
          root.pem(),
          one.key_pem("secret"),
          make_pair("", KeyKind::ecdsa, {}, &ca).pem()};
}

std::string expand(std::string_view text) {
  static const std::array<std::string, 8> blocks = make_blocks();
  std::string pem;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '@' && i + 1 < text.size() && text[i + 1] >= 'a' &&
        text[i + 1] <= 'h') {
      pem += blocks[static_cast<std::size_t>(text[++i] - 'a')];
    } else {
      pem += text[i];
    }
  }
  return pem;
}

/// In memory where there is such a file system; gone at the end.
const std::string& temporary_file() {
  static const struct File {
    std::string path = std::filesystem::is_directory("/dev/shm")
                           ? "/dev/shm/mta-stsd-fuzz.XXXXXX"
                           : "/tmp/mta-stsd-fuzz.XXXXXX";
    File() { ::close(::mkstemp(path.data())); }
    ~File() { ::unlink(path.c_str()); }
  } file;
  return file.path;
}

void check_pair(const Certificate& one, const PemFile& file) {
  std::set<std::string> there;
  for (const ReadCertificatePtr& read : file.chain()) {
    there.emplace(read->der());
  }
  std::set<std::string> sent;
  for (const ReadCertificatePtr& read : one.chain()) {
    require(there.contains(std::string(read->der())),
            "nothing that is not in the file");
    require(sent.emplace(read->der()).second, "nothing twice");
  }
  require(!sent.empty() && one.leaf_der() == file.chain().front()->der(),
          "the leaf first");
  const X509Ptr leaf = parse_x509(one.leaf_der());
  const KeyPtr key = parse_key(one.key_der());
  require(!leaf || !key || X509_check_private_key(leaf.get(), key.get()) == 1,
          "a pair whose key is the one of its leaf");
  require(!one.names().empty(), "a pair names a host");
  ERR_clear_error();
}

void run(std::string_view text) {
  const std::string& path = temporary_file();
  std::ofstream(path, std::ios::binary) << expand(text);
  Intermediates intermediates;
  const PemFilePtr file = read_pem_file(files::FileToRead(path), intermediates);
  require(ERR_peek_error() == 0, "no error is left in OpenSSL's queue");
  require(file->chain().empty() || file->diagnostics.empty(),
          "no chain of a file that has a fault");
  for (const ReadCertificatePtr& read : file->chain()) {
    require(read != nullptr, "a chain of certificates");
  }
  for (const KeyDer& der : file->keys) {
    require(!public_key_of(der->octets()).empty(), "keys with a public key");
  }
  const FoundCertificates found = CertificateFinder().find({path});
  require(found.added.size() <= 1, "one chain, one pair at most");
  require(found.removed.empty(), "nothing is removed at first");
  Diagnostics said = found.none_found;
  for (const FileFinding& one : found.findings) said.push_back(one.diagnostic);
  require(!found.added.empty() || has_errors(said),
          "a pair, or an error that says why there is none");
  for (const CertificatePtr& one : found.added) check_pair(*one, *file);
  for (const Diagnostic& one : said) {
    fuzz::require_clean({one.message, one.hint});
  }
}

}  // namespace
}  // namespace mtasts::tls

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::tls::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
