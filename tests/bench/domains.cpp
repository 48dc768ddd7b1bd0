// SPDX-License-Identifier: MIT
// Makes many mail domains to serve: d000000.example and so on, each with a
// policy file and with a certificate and key of its own, as certbot writes
// them: fullchain.pem (leaf and intermediate) and privkey.pem (PKCS #8). Or
// what all of them can be renewed with: certificates alone, of another issuer.
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr long k_day_seconds = 24L * 60 * 60;
constexpr long k_leaf_days = 90;
constexpr long k_authority_days = 3650;

struct Free {
  void operator()(ASN1_STRING* text) const { ASN1_STRING_free(text); }
  void operator()(AUTHORITY_KEYID* id) const { AUTHORITY_KEYID_free(id); }
  void operator()(BASIC_CONSTRAINTS* limits) const {
    BASIC_CONSTRAINTS_free(limits);
  }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EXTENDED_KEY_USAGE* uses) const {
    EXTENDED_KEY_USAGE_free(uses);
  }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "domains: error: %s\n", what.c_str());
  std::exit(1);
}

void require(bool good, const char* what) {
  if (good) return;
  ERR_print_errors_fp(stderr);
  fail(what);
}

// --- Certificates ---

/// A certificate and its key.
struct Pair {
  Owned<X509> certificate;
  Owned<EVP_PKEY> key;
};

void add_extension(X509* to, int nid, void* value, bool critical) {
  require(X509_add1_ext_i2d(to, nid, value, critical ? 1 : 0,
                            X509V3_ADD_APPEND) == 1,
          "can't add an extension");
}

/// RFC 5280, 4.2.1.2: SHA-1 of the key's bits; no signature rests on it.
Owned<ASN1_OCTET_STRING> key_id(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  X509_pubkey_digest(certificate, EVP_sha1(), digest.data(), &size);
  Owned<ASN1_OCTET_STRING> id(ASN1_OCTET_STRING_new());
  ASN1_OCTET_STRING_set(id.get(), digest.data(), static_cast<int>(size));
  return id;
}

void add_key_usage(X509* to, std::initializer_list<int> bits) {
  const Owned<ASN1_BIT_STRING> usage(ASN1_BIT_STRING_new());
  for (const int bit : bits) ASN1_BIT_STRING_set_bit(usage.get(), bit, 1);
  add_extension(to, NID_key_usage, usage.get(), true);
}

void add_basic_constraints(X509* to, bool authority) {
  const Owned<BASIC_CONSTRAINTS> limits(BASIC_CONSTRAINTS_new());
  limits->ca = authority ? 1 : 0;
  add_extension(to, NID_basic_constraints, limits.get(), true);
}

/// A new key, a certificate for it without extensions, and no signature yet.
Pair start_pair(const char* common_name, long days) {
  Pair pair{Owned<X509>(X509_new()), Owned<EVP_PKEY>(EVP_EC_gen("P-256"))};
  require(pair.certificate && pair.key, "can't make a key");
  X509* x = pair.certificate.get();
  X509_set_version(x, X509_VERSION_3);
  static std::atomic<std::uint64_t> serial =
      static_cast<std::uint64_t>(std::time(nullptr)) << 24;
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(x), -k_day_seconds);
  X509_gmtime_adj(X509_getm_notAfter(x), days * k_day_seconds);
  X509_NAME_add_entry_by_NID(
      X509_get_subject_name(x), NID_commonName, MBSTRING_UTF8,
      reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
  X509_set_pubkey(x, pair.key.get());
  add_extension(x, NID_subject_key_identifier, key_id(x).get(), false);
  return pair;
}

void sign(Pair& pair, const Pair& issuer) {
  X509* x = pair.certificate.get();
  X509_set_issuer_name(x, X509_get_subject_name(issuer.certificate.get()));
  if (&pair != &issuer) {
    const Owned<AUTHORITY_KEYID> id(AUTHORITY_KEYID_new());
    id->keyid = key_id(issuer.certificate.get()).release();
    add_extension(x, NID_authority_key_identifier, id.get(), false);
  }
  require(X509_sign(x, issuer.key.get(), EVP_sha256()) > 0, "can't sign");
}

Pair make_authority(const char* name, const Pair* issuer) {
  Pair pair = start_pair(name, k_authority_days);
  add_basic_constraints(pair.certificate.get(), true);
  add_key_usage(pair.certificate.get(), {5, 6});  // keyCertSign, cRLSign
  sign(pair, issuer == nullptr ? pair : *issuer);
  return pair;
}

Pair make_leaf(const std::string& host, const Pair& issuer) {
  Pair pair = start_pair(host.c_str(), k_leaf_days);
  X509* x = pair.certificate.get();
  add_basic_constraints(x, false);
  add_key_usage(x, {0});  // digitalSignature
  const Owned<EXTENDED_KEY_USAGE> uses(sk_ASN1_OBJECT_new_null());
  sk_ASN1_OBJECT_push(uses.get(), OBJ_nid2obj(NID_server_auth));
  add_extension(x, NID_ext_key_usage, uses.get(), false);
  const Owned<GENERAL_NAMES> names(GENERAL_NAMES_new());
  GENERAL_NAME* name = GENERAL_NAME_new();
  ASN1_IA5STRING* text = ASN1_IA5STRING_new();
  ASN1_STRING_set(text, host.data(), static_cast<int>(host.size()));
  GENERAL_NAME_set0_value(name, GEN_DNS, text);
  sk_GENERAL_NAME_push(names.get(), name);
  add_extension(x, NID_subject_alt_name, names.get(), false);
  sign(pair, issuer);
  return pair;
}

// --- Files ---

std::string text_of(const Owned<BIO>& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string to_pem(X509* certificate) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio);
}

std::string to_pem(EVP_PKEY* key) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr,
                                nullptr);
  return text_of(bio);
}

void write(const fs::path& path, std::string_view text, bool secret) {
  std::ofstream out(path, std::ios::binary);
  if (secret) {
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  }
  out << text;
  out.close();
  if (!out) fail("can't write " + path.string());
}

enum class Layout {
  flat,      // certs/HOST.crt and certs/HOST.key
  folders,   // certs/HOST/fullchain.pem and certs/HOST/privkey.pem
  renewals,  // the same, and no policies
};

class Maker {
 public:
  Maker(fs::path folder, Layout layout)
      : folder_(std::move(folder)),
        layout_(layout),
        root_(make_authority("bench root", nullptr)),
        intermediate_(make_authority(layout == Layout::renewals
                                         ? "bench intermediate 2"
                                         : "bench intermediate",
                                     &root_)),
        intermediate_pem_(to_pem(intermediate_.certificate.get())) {
    fs::create_directories(folder_ / "certs");
    if (layout != Layout::renewals) {
      fs::create_directories(folder_ / "policies.d");
    }
    write(folder_ / "root.pem", to_pem(root_.certificate.get()), false);
  }

  void make_domain(std::size_t number) const {
    std::array<char, 32> domain;
    std::snprintf(domain.data(), domain.size(), "d%06zu.example", number);
    const std::string name = domain.data();
    const std::string host = "mta-sts." + name;
    write_pair(host, folder_ / "certs");
    if (layout_ == Layout::renewals) return;
    write(folder_ / "policies.d" / (name + ".toml"),
          "[[policy]]\ndomains = [\"" + name +
              "\"]\nmode = \"enforce\"\nmx = [\"mx1." + name + "\", \"mx2." +
              name + "\"]\nmax_age = \"4w\"\ntls_rpt = [\"mailto:tls-reports@" +
              name + "\"]\n",
          false);
    // What it can be renewed with.
    if (number == 0) write_pair(host, folder_ / "renewed");
  }

 private:
  void write_pair(const std::string& host, fs::path to) const {
    const Pair leaf = make_leaf(host, intermediate_);
    const bool flat = layout_ == Layout::flat;
    if (!flat) to /= host;
    fs::create_directories(to);
    write(to / (flat ? host + ".crt" : "fullchain.pem"),
          to_pem(leaf.certificate.get()) + intermediate_pem_, false);
    write(to / (flat ? host + ".key" : "privkey.pem"), to_pem(leaf.key.get()),
          true);
  }

  fs::path folder_;
  Layout layout_;
  Pair root_;
  Pair intermediate_;
  std::string intermediate_pem_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string_view, Layout> layouts = {
      {"flat", Layout::flat},
      {"folders", Layout::folders},
      {"renewals", Layout::renewals}};
  const auto layout = layouts.find(argc == 4 ? argv[3] : "");
  const auto count =
      argc == 4 ? std::strtoul(argv[2], nullptr, 10) : std::size_t{0};
  if (count == 0 || count > 1'000'000 || layout == layouts.end()) {
    fail("usage: domains FOLDER COUNT flat|folders|renewals");
  }
  const Maker maker(argv[1], layout->second);
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency());
       ++i) {
    threads.emplace_back([&] {
      for (std::size_t n = next++; n < count; n = next++) maker.make_domain(n);
    });
  }
  for (std::thread& thread : threads) thread.join();
}
