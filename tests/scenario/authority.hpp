// SPDX-License-Identifier: MIT
// Certificates of chosen names and any validity, by authorities that live as
// long as the scenario.
#pragma once

#include <openssl/x509.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "tls/certificate.hpp"

namespace mtasts::scenario {

/// What is written in a certificate.
struct Wish {
  std::string name;    // its subject, and what the scenario calls it
  std::string issuer;  // empty: it signs itself
  std::vector<std::string> hosts;  // empty: an authority
  std::chrono::sys_seconds from = {};
  std::chrono::sys_seconds to = {};
  bool is_rsa = false;
};

class Authorities {
 public:
  /// False when the name is taken or the issuer unknown.
  bool issue(const Wish& wish);

  bool has(const std::string& name) const { return made_.contains(name); }
  /// PEM: the certificate and what leads to a root, which is left out.
  std::string chain(const std::string& name) const;
  std::string key(const std::string& name) const;

  /// Has `context` trust what signed itself and is an authority.
  void trust(SSL_CTX* context) const;

 private:
  struct Made {
    tls::X509Ptr certificate;
    tls::KeyPtr key;
    std::string issuer;
    bool is_authority = false;
  };
  std::map<std::string, Made> made_;
};

}  // namespace mtasts::scenario
