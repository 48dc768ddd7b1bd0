// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "temp_dir.hpp"
#include "test_certificates.hpp"
#include "tls/challenges.hpp"

namespace mtasts::tls {
namespace {

constexpr const char* k_host = "mta-sts.example.com";

std::chrono::sys_seconds this_second() {
  return std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
}

/// As an ACME client makes it (RFC 8737, 3).
TestPair make_challenge(std::string_view san, Life life = {}) {
  TestPair pair = make_pair(san, KeyKind::ecdsa, life);
  std::string digest = "critical,DER:04:20";
  for (int i = 0; i < 32; ++i) digest += ":5a";
  X509_EXTENSION* extension =
      X509V3_EXT_conf(nullptr, nullptr, "1.3.6.1.5.5.7.1.31", digest.c_str());
  EXPECT_NE(extension, nullptr);
  X509_add_ext(pair.certificate.get(), extension, -1);
  X509_EXTENSION_free(extension);
  EXPECT_GT(X509_sign(pair.certificate.get(), pair.key.get(), EVP_sha256()), 0);
  return pair;
}

class TlsChallenges : public testing::Test {
 protected:
  void write(const TestPair& pair, const std::string& name = k_host) {
    dir_.write(name + ".crt.pem", pair.pem());
    dir_.write(name + ".key.pem", pair.key_pem());
  }
  /// Empty for a challenge, else "none", or why it is not shown.
  std::string read(std::string_view host = k_host) {
    const auto found = read_challenge(dir_.path(""), host, this_second());
    EXPECT_EQ(ERR_peek_error(), 0U);
    if (!found) return found.error().message;
    return *found ? "" : "none";
  }

  TempDir dir_;
};

TEST_F(TlsChallenges, AreFoundByTheirName) {
  const TestPair pair = make_challenge("DNS:mta-sts.example.com");
  write(pair);
  const auto found =
      read_challenge(dir_.path(""), "MTA-STS.example.com", this_second());
  ASSERT_TRUE(found && *found);
  EXPECT_EQ(X509_cmp((*found)->certificate.get(), pair.certificate.get()), 0);
  EXPECT_EQ(read("mta-sts.example.org"), "none");
}

TEST_F(TlsChallenges, LeadNowhereElse) {
  write(make_challenge("DNS:mta-sts.example.com"), "x");
  for (const char* host :
       {"", ".", "..", "../x", "x/../x", "/etc/passwd", "*.example.com", "a..b",
        "a_b.example", "mta-sts.example.com."}) {
    EXPECT_EQ(read(host), "none") << host;
  }
}

TEST_F(TlsChallenges, AreWholePairs) {
  const TestPair pair = make_challenge("DNS:mta-sts.example.com");
  write(pair);
  const std::string wrong = "certificate and key are no pair, or not whole";
  const std::string pem = pair.pem();
  dir_.write("mta-sts.example.com.crt.pem", pem.substr(0, pem.size() / 2));
  EXPECT_EQ(read(), wrong);
  dir_.write("mta-sts.example.com.crt.pem", "");
  EXPECT_EQ(read(), wrong);
  dir_.write("mta-sts.example.com.crt.pem", pem);
  EXPECT_EQ(read(), "");
  dir_.write("mta-sts.example.com.key.pem", make_pair("DNS:a").key_pem());
  EXPECT_EQ(read(), wrong);
  dir_.write("mta-sts.example.com.key.pem", pair.key_pem("secret"));
  EXPECT_EQ(read(), wrong);
  std::filesystem::remove(dir_.path("mta-sts.example.com.key.pem"));
  EXPECT_EQ(read(), "its key can't be read: No such file or directory");
  std::filesystem::create_directory(dir_.path("mta-sts.example.com.key.pem"));
  EXPECT_EQ(read(), "its key can't be read: is a directory");
  std::filesystem::remove(dir_.path("mta-sts.example.com.crt.pem"));
  ASSERT_EQ(::mkfifo(dir_.path("mta-sts.example.com.crt.pem").c_str(), 0600),
            0);
  EXPECT_EQ(read(), "its certificate can't be read: is not a regular file");
}

TEST_F(TlsChallenges, AreForThisNameAlone) {
  for (const char* san : {"DNS:*.example.com", "DNS:mta-sts.example.org"}) {
    write(make_challenge(san));
    EXPECT_EQ(read(), "it is for another name") << san;
  }
}

TEST_F(TlsChallenges, AreNoCertificatesOfHosts) {
  write(make_pair("DNS:mta-sts.example.com"));
  EXPECT_EQ(read(), "it is the certificate of no challenge (RFC 8737, 3)");
}

TEST_F(TlsChallenges, HaveTheirTime) {
  const std::string wrong = "it has expired, or is not valid yet";
  write(make_challenge("DNS:mta-sts.example.com", {.from = -9, .to = -1}));
  EXPECT_EQ(read(), wrong);
  write(make_challenge("DNS:mta-sts.example.com", {.from = 1, .to = 9}));
  EXPECT_EQ(read(), wrong);
}

}  // namespace
}  // namespace mtasts::tls
