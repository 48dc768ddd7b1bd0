// SPDX-License-Identifier: MIT
// What a server's certificates say, and whether they can be trusted: whatever
// the hour and the name, which are for others to judge.
#pragma once

#include <openssl/x509.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tls/peer_facts.hpp"

namespace mtasts::tls {

/// The data of a TLSA record (RFC 6698, 2.1).
struct Tlsa {
  std::uint8_t usage = 0;
  std::uint8_t selector = 0;
  std::uint8_t matching = 0;
  std::string data = {};  // octets
};

PeerCertificate describe_certificate(X509* certificate);

/// Notes in `facts` whether `chain`, as the server has sent it, leads to a root
/// of `store`, or to a certificate that its issuer says where to get.
void judge_trust(STACK_OF(X509) * chain, X509_STORE* store, PeerFacts& facts);

/// Whether `chain` is what `tlsa` asks for, as mail senders take it (RFC 7672,
/// 3.1): usages 0 and 1 are unusable, and only usage 2 asks for `name`.
TlsaMatch match_tlsa(STACK_OF(X509) * chain, const Tlsa& tlsa,
                     const std::string& name);

}  // namespace mtasts::tls
