// SPDX-License-Identifier: MIT
// Fetches a policy from one address as a sender does (RFC 8461, 3.3), and looks
// at everything that a sender would not tell.
#pragma once

#include <chrono>
#include <string>

#include "net/tcp_stream.hpp"
#include "tls/client.hpp"
#include "verify/facts.hpp"

namespace mtasts::verify {

struct PolicyQuestion {
  net::Endpoint endpoint = {};
  std::string host = {};     // "mta-sts.example.com": SNI and Host
  bool without_name = true;  // look at what a client without SNI is shown, too
  bool challenge = false;    // look at what a CA is answered, too
  std::chrono::milliseconds connect_time{10'000};
  std::chrono::milliseconds time{60'000};  // RFC 8461, 3.3: "one minute"
};

Fetch probe_policy(const PolicyQuestion& question,
                   const tls::TrustStore& store);

/// POSTs {} to an https report URI at one address (RFC 8460, 5.5): fills in
/// what `target` says of https.
void probe_report_uri(const net::Endpoint& endpoint, const std::string& path,
                      const tls::TrustStore& store,
                      std::chrono::milliseconds time, ReportTarget& target);

}  // namespace mtasts::verify
