// SPDX-License-Identifier: MIT
// A certificate as any server has shown it, as a sender judges it. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostic.hpp"
#include "tls/peer_facts.hpp"

namespace mtasts::verify {

struct CertificateFault {
  std::string_view name;  // "expired": the end of an id
  bool is_fatal;          // a sender refuses it
  std::string message;
  std::string hint;
};

/// What is wrong with the certificate in `tls`, which claims to be `host`.
/// Nothing is said of one that is not for that name: it is the wrong one.
std::vector<CertificateFault> find_certificate_faults(
    const tls::PeerFacts& tls, const std::string& host,
    std::chrono::sys_seconds now);

/// Whether a name of the certificate covers `host`.
bool is_for(const tls::PeerCertificate& certificate, const std::string& host);

/// "the certificate is for "a", "b"", or that there are no names.
std::string format_names(const tls::PeerCertificate& certificate);

}  // namespace mtasts::verify
