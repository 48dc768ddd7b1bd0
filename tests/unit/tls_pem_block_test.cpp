// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test_certificates.hpp"
#include "tls/pem_block.hpp"

namespace mtasts::tls {
namespace {

struct Read {
  std::vector<std::string> blocks;  // "LABEL: octets", "+" after a header
  std::optional<std::string> fault;
};

Read read(const std::string& pem) {
  Read found;
  found.fault = find_pem_fault(pem, [&](const PemBlock& block) {
    found.blocks.push_back(std::string(block.label) +
                           (block.has_header ? "+: " : ": ") + block.der);
  });
  return found;
}

std::string block(const std::string& label, const std::string& base64) {
  return "-----BEGIN " + label + "-----\n" + base64 + "-----END " + label +
         "-----\n";
}

// What is read here and what OpenSSL reads must be the same. With a remark in
// front, which it alone understands, it reads all.
TEST(TlsPemBlock, ReadsEachFormAsOpensslDoes) {
  const TestPair pair = make_pair("DNS:a.example");
  const std::string certificate = pair.pem();
  const std::string key = pair.key_pem();
  const std::string full(64, 'A');
  const std::vector<std::string> files = {
      certificate,
      key + certificate,
      certificate + "\n" + key,
      "subject=a\n" + certificate,
      certificate + "-----BEGIN CERTIFICATE-----\n",
      certificate.substr(0, certificate.size() / 2),
      certificate.substr(0, certificate.size() - 3),
      block("X", "YQ==\n"),
      block("X", "YWI=\n"),
      block("X", "YWJj\n"),
      block("X", "YWJj\r\n"),
      block("X", " YWJj\n"),
      block("X", "YWJj"),
      block("X", "YWJjZ\n"),
      block("X", "Y===\n"),
      block("X", "=YWJ\n"),
      block("X", "YQ==YQ==\n"),
      block("X", "YW\nJj\n"),
      block("X", "Y*Jj\n"),
      block("X", ""),
      block("X", "\n"),
      block("X", full + "\n"),
      block("X", full + "AAAA\n"),
      block("X", full + "\n" + full + "\n"),
      block("X", full + "\nYQ==\nYWJj\n"),
      block("X", std::string(62, 'A') + "==\nYWJj\n"),
      block("EC PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\n\nYWJj\n"),
      block("", "YWJj\n"),
      "-----BEGIN X-----\nYWJj\n-----END Y-----\n",
      "-----BEGIN X-----\nYWJj\n-----END X----\n",
      "-----BEGIN X-----\nYWJj\n-----END X-----",
      block("X", "YWJj\n") + block("X", "Y*Jj\n"),
      "",
      "no PEM at all\n",
  };
  for (const std::string& file : files) {
    const Read strict = read(file);
    const Read lenient = read("a remark\n" + file);
    EXPECT_EQ(strict.blocks, lenient.blocks) << file;
    EXPECT_EQ(strict.fault, lenient.fault) << file;
  }
}

TEST(TlsPemBlock, SaysWhatIsWrong) {
  const Read found = read(block("X", "YWJj\n") + block("X", "Y*Jj\n"));
  EXPECT_EQ(found.blocks, std::vector<std::string>{"X: abc"});
  EXPECT_EQ(found.fault, "bad base64 decode");
}

}  // namespace
}  // namespace mtasts::tls
