// SPDX-License-Identifier: MIT
// Asks name servers.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "nameserver/answer.hpp"
#include "net/tcp_stream.hpp"
#include "result.hpp"

namespace mtasts::nameserver {

struct ResolverSettings {
  std::vector<net::Endpoint> servers;    // recursive ones, in order
  std::chrono::milliseconds wait{2000};  // for each try
  int tries = 2;                         // of each server
};

/// That of the system.
constexpr const char* k_resolv_conf = "/etc/resolv.conf";

/// The servers of a resolv.conf(5), with its timeout and attempts. A file that
/// is not there or names no server stands for the one on this machine, as glibc
/// has it.
Result<ResolverSettings> read_resolv_conf(const std::string& path);

/// Any number of threads may use one: each question has a socket of its own.
class Resolver {
 public:
  explicit Resolver(ResolverSettings settings);

  /// What a recursive server says; with DO and AD set, by UDP with EDNS, and by
  /// TCP where the answer is cut. The next server is asked when one is silent,
  /// refuses or fails; SERVFAIL is an answer. A chain of aliases is as long as
  /// the server made it: nothing is followed here.
  Answer ask(const std::string& name, Type type) const;
  /// The same, and the server shall not validate (CD, RFC 4035, 3.2.2).
  Answer ask_unchecked(const std::string& name, Type type) const;
  /// What this server says by itself (RD=0). A referral is a failure.
  Answer ask_directly(const net::Endpoint& server, const std::string& name,
                      Type type) const;

 private:
  ResolverSettings settings_;
};

}  // namespace mtasts::nameserver
