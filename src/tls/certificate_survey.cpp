// SPDX-License-Identifier: MIT
#include "tls/certificate_survey.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "files/read.hpp"
#include "files/stamp.hpp"
#include "tls/certificate.hpp"
#include "tls/certificate_facts.hpp"
#include "tls/der.hpp"
#include "tls/key.hpp"
#include "tls/pem_file.hpp"
#include "tls/secret.hpp"

namespace mtasts::tls {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

constexpr std::size_t k_searched_levels = 2;
constexpr std::size_t k_most_levels = 6;
constexpr std::size_t k_most_entries = 2000;
constexpr std::size_t k_most_named = 3;  // of each cause

/// What a file is that does not count, and how it comes to count. "{}" in the
/// cure stands for its path.
struct Form {
  std::string_view what;  // empty: any other file
  std::string_view cure;
};

constexpr Form k_empty = {"is empty",
                          "is the certificate there yet? an empty file is what "
                          "a tool leaves that has failed"};
constexpr Form k_traefik = {
    "is Traefik's store",
    "traefik-certs-dumper file --version v2 --source {} "
    "--dest DIR, and name DIR"};
constexpr Form k_der = {"is DER",
                        "openssl x509 -inform der -in {0} -out {0}.pem"};
constexpr Form k_der_key = {"is a key in DER",
                            "openssl pkey -inform der -in {0} -out {0}.pem"};
constexpr Form k_pkcs12 = {
    "is PKCS #12", "openssl pkcs12 -in {0} -noenc -out {0}.pem; chmod 600 it"};
constexpr Form k_pkcs7 = {
    "is PKCS #7",
    "openssl pkcs7 -print_certs -inform der -in {0} -out {0}.pem"};
constexpr Form k_pkcs7_pem = {
    "is PKCS #7", "openssl pkcs7 -print_certs -in {0} -out {0}.pem"};
constexpr Form k_keystore = {
    "is a Java keystore",
    "keytool -importkeystore -srckeystore {0} "
    "-destkeystore {0}.p12 -deststoretype pkcs12, then "
    "openssl pkcs12 -in {0}.p12 -noenc -out {0}.pem"};
constexpr Form k_utf16 = {"is UTF-16",
                          "iconv -f UTF-16 -t ASCII {0} > {0}.pem"};
constexpr Form k_secret = {"is a manifest of Kubernetes",
                           "mount the Secret as a volume, and name the folder"};
constexpr Form k_bare = {"is base64 without BEGIN and END lines",
                         "base64 -d {0} | openssl x509 -inform der"};
constexpr Form k_request = {"is a certificate request",
                            "have the request signed by an authority"};
constexpr Form k_openssh = {"is a key of OpenSSH",
                            "senders of mail know X.509 only"};
constexpr Form k_key = {"is a key without its certificate",
                        "put fullchain.pem beside it"};
constexpr Form k_authority = {"is of an authority",
                              "the certificate of the host itself is missing"};
constexpr Form k_lone = {"is a certificate without its key",
                         "the private key has to be there too, as privkey.pem"};
constexpr Form k_large = {"has more than 1 MiB", "cut the certificates out"};
constexpr Form k_other = {"",
                          "name PEM files, such as fullchain.pem and "
                          "privkey.pem, or their folder"};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Form classify_pem(const std::string& path, std::string_view text) {
  if (has(text, "-----BEGIN PKCS7") || has(text, "-----BEGIN CMS")) {
    return k_pkcs7_pem;
  }
  Intermediates intermediates;
  const PemFilePtr file = read_pem_file(files::FileToRead(path), intermediates);
  if (!file->chain().empty()) {
    return file->chain().front()->is_authority() ? k_authority : k_lone;
  }
  if (has(text, "OPENSSH PRIVATE KEY-----")) return k_openssh;
  if (has(text, "CERTIFICATE REQUEST-----")) return k_request;
  return has(text, "PRIVATE KEY-----") ? k_key : k_other;
}

Form classify_der(std::string_view text) {
  constexpr auto k_signed_data =
      "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"sv;
  DerReader reader(text);
  const std::optional<DerElement> whole = reader.next(0x30);
  if (!whole) {
    // An indefinite length, as some tools write PKCS #12 and #7.
    return text.starts_with("\x30\x80\x02\x01\x03"sv) ? k_pkcs12 : k_other;
  }
  if (whole->content.starts_with(k_signed_data)) return k_pkcs7;
  if (read_facts(whole->whole)) return k_der;
  if (whole->content.starts_with("\x02\x01\x03\x30"sv)) return k_pkcs12;
  return public_key_of(whole->whole).empty() ? k_other : k_der_key;
}

Form classify(const std::string& path, std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return k_empty;
  }
  if (has(text, "-----BEGIN ")) return classify_pem(path, text);
  if (text.starts_with("\x30"sv)) return classify_der(text);
  if (text.starts_with("\xfe\xed\xfe\xed"sv)) return k_keystore;
  if (text.starts_with("\xff\xfe"sv) || text.starts_with("\xfe\xff"sv)) {
    return k_utf16;
  }
  if (has(text, "\"Certificates\"") && has(text, "\"key\"")) return k_traefik;
  if (has(text, "tls.crt:") && has(text, "kind:")) return k_secret;
  return text.starts_with("MII") ? k_bare : k_other;
}

/// Things of one kind: how many, and the first few of them.
struct Heap {
  std::string_view cure = {};
  std::size_t count = 0;
  std::string first;  // the whole path
  std::string names;

  void add(const std::string& path, const std::string& name) {
    if (count == 0) first = path;
    if (count < k_most_named) names += (count == 0 ? "" : ", ") + name;
    ++count;
  }
  std::string list() const {
    return count > k_most_named
               ? fmt::format("{} and {} more", names, count - k_most_named)
               : names;
  }
};

class Survey {
 public:
  explicit Survey(const std::string& path) : top_(path) {}

  Diagnostic run();
  std::string list_deep();

 private:
  void look_into(const fs::path& folder, std::size_t level);
  void look_at(const fs::path& path, std::size_t level);
  void look_at_file(const std::string& path);
  std::string name_of(const fs::path& path) const;

  fs::path top_;
  std::size_t entries_ = 0;
  std::size_t files_ = 0;
  Heap denied_;
  Heap dead_links_;
  Heap deep_;
  fs::path last_deep_;
  std::map<std::string_view, Heap> forms_;  // by Form::what
};

std::string Survey::name_of(const fs::path& path) const {
  const std::string below = path.lexically_relative(top_);
  return below.empty() || below == "." ? path.string() : below;
}

void Survey::look_at_file(const std::string& path) {
  const files::FileStamp stamp = files::stamp_file(path);
  if (!stamp.is_regular()) return;
  ++files_;
  Form form = k_large;
  if (stamp.size <= static_cast<std::int64_t>(k_max_pem_octets)) {
    Result<std::string> text = files::read_file(path, k_max_pem_octets);
    if (!text) return denied_.add(path, name_of(path));
    const KeyDer secret = Secret::take(*std::move(text));
    form = classify(path, secret->octets());
  }
  forms_.try_emplace(form.what, Heap{form.cure, 0, {}, {}})
      .first->second.add(path, name_of(path));
}

void Survey::look_at(const fs::path& path, std::size_t level) {
  std::error_code none;
  const fs::file_status status = fs::status(path, none);
  if (fs::is_directory(status)) {
    // A link may lead back up.
    if (level > k_searched_levels && fs::is_symlink(path, none)) return;
    return look_into(path, level + 1);
  }
  if (level > k_searched_levels) {
    const std::string extension = path.extension();
    constexpr std::array k_usual = {".pem"sv, ".crt"sv, ".cer"sv, ".key"sv};
    if (std::find(k_usual.begin(), k_usual.end(), extension) != k_usual.end()) {
      const fs::path folder = path.parent_path();
      // certbot's live/ has the same as its archive/, and only the newest;
      // accounts/ has the keys that a client of ACME talks to its CA with.
      for (const fs::path& part : folder.lexically_relative(top_)) {
        if (part == "archive" || part == "accounts") return;
      }
      if (std::exchange(last_deep_, folder) == folder) return;
      deep_.add(folder, name_of(folder));
    }
  } else if (status.type() == fs::file_type::not_found &&
             fs::is_symlink(path, none)) {
    dead_links_.add(path, fmt::format("{} -> {}", name_of(path),
                                      fs::read_symlink(path, none).string()));
  } else if (!fs::exists(status) && !fs::status_known(status)) {
    denied_.add(path, name_of(path));
  } else {
    look_at_file(path);
  }
}

void Survey::look_into(const fs::path& folder, std::size_t level) {
  if (level > k_most_levels) return;
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator one(folder, error), end; !error && one != end;
       one.increment(error)) {
    if (++entries_ > k_most_entries) break;
    const std::string name = one->path().filename();
    if (!name.starts_with('.')) found.push_back(one->path());
  }
  if (error == std::errc::permission_denied) {
    denied_.add(folder, name_of(folder));
  }
  std::sort(found.begin(), found.end());
  for (const fs::path& one : found) look_at(one, level);
}

std::string Survey::list_deep() {
  look_at(top_, 0);
  return deep_.list();
}

Diagnostic Survey::run() {
  look_at(top_, 0);
  std::vector<std::string> causes;
  std::string hint;
  const auto add = [&](const Heap& heap, std::string cause, std::string cure) {
    if (heap.count == 0) return;
    causes.push_back(std::move(cause));
    if (hint.empty()) hint = std::move(cure);
  };
  add(denied_, fmt::format("Permission denied: {}", denied_.list()),
      fmt::format("user {0}, group {1}, has to be let in: chgrp {1} and chmod "
                  "g+rx folders, g+r files, from {2} on (with certbot also "
                  "archive); or setfacl -R -m u:{0}:rX {2}; in Compose "
                  "group_add, in Kubernetes fsGroup: {1}",
                  ::geteuid(), ::getegid(), denied_.first));
  add(dead_links_,
      fmt::format("{} symbolic link{} to nothing: {}", dead_links_.count,
                  dead_links_.count == 1 ? " leads" : "s lead",
                  dead_links_.list()),
      "what they lead to is not here: mount or copy the folder above too, with "
      "certbot all of /etc/letsencrypt");
  add(deep_,
      fmt::format("folders deeper than two levels were not searched: {}",
                  deep_.list()),
      fmt::format("certificates = [\"{}\"]",
                  fs::path(deep_.first).parent_path().string()));
  for (const auto& [what, heap] : forms_) {
    if (what.empty()) continue;
    add(heap, fmt::format("{} {}", heap.list(), what),
        fmt::format(fmt::runtime(heap.cure), heap.first));
  }
  if (hint.empty()) hint = k_other.cure;
  std::string message = "has no certificate chain with its private key";
  if (files_ > 0) {
    message += fmt::format("; looked at {} file{}, none of use", files_,
                           files_ == 1 ? "" : "s");
  } else if (causes.empty()) {
    message += ": there is no file in it";
  }
  for (const std::string& cause : causes) message += "; " + cause;
  return {Severity::error, "certificate.none-found", Place{top_.string()},
          std::move(message), std::move(hint)};
}

}  // namespace

Diagnostic explain_none(const std::string& path) { return Survey(path).run(); }

std::string list_unsearched(const std::string& path) {
  return Survey(path).list_deep();
}

}  // namespace mtasts::tls
