// SPDX-License-Identifier: MIT
// What the looks of one run share, for the files that look.
#pragma once

#include <chrono>
#include <optional>

#include "nameserver/answer.hpp"
#include "tls/client.hpp"
#include "tls/peer_facts.hpp"
#include "verify/facts.hpp"
#include "verify/look.hpp"
#include "verify/once_map.hpp"
#include "verify/pace.hpp"
#include "verify/silence.hpp"

namespace mtasts::verify {

/// Addresses of one domain that stay silent, each for the time of one attempt,
/// before the rest is left: who names 3,000 of them would hold us for days.
constexpr int k_most_attempts = 10;
/// Of one name: who has more of them could have us knock at the doors of
/// others.
constexpr std::size_t k_most_addresses = 32;
constexpr const char* k_too_many = "it is one of more than 32 addresses";
constexpr const char* k_out_of_time =
    "the addresses before it took ten times the time for one";

struct Shared::Parts {
  Parts(LookOptions given, tls::TrustStore roots)
      : options(std::move(given)), store(std::move(roots)) {}

  const LookOptions options;
  const tls::TrustStore store;
  View view = {};  // but for what shows in the course of the run

  /// Names that many domains ask for: those of name servers, of providers, of
  /// top-level domains.
  OnceMap<nameserver::Answer> answers{10'000};
  OnceMap<MxHost> hosts{4'000};
  OnceMap<ReportTarget> reports{1'000};
  /// By address, what it shows to who names nobody: the same for all names.
  OnceMap<std::optional<tls::PeerCertificate>> nameless{1'000};

  /// A mail server may take us for a spammer, a web server hardly.
  Pace smtp{
      {.with_one = 1, .with_all = 20, .between = std::chrono::seconds(1)}};
  Pace fetches{
      {.with_one = 4, .with_all = 256, .between = std::chrono::seconds(0)}};

  SilentPeer resolver{3, 200};
  SilentPeers name_servers{3};
  SilentPeers policy_hosts{3};
  ClosedPort port_25{3};
};

}  // namespace mtasts::verify
