// SPDX-License-Identifier: MIT
// Asks name servers. ldns enters here.
#pragma once

#include <chrono>
#include <memory>
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

/// The servers of a resolv.conf(5).
Result<ResolverSettings> read_resolv_conf(const std::string& path);

/// Of no use to two threads at once.
class Resolver {
 public:
  explicit Resolver(ResolverSettings settings);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// What a recursive server says; with DO and AD set, by UDP with EDNS, and by
  /// TCP where the answer is cut. The next server is asked when one is silent.
  Answer ask(const std::string& name, Type type);
  /// The same, and the server shall not validate (CD, RFC 4035, 3.2.2).
  Answer ask_unchecked(const std::string& name, Type type);
  /// What this server says by itself (RD=0).
  Answer ask_directly(const net::Endpoint& server, const std::string& name,
                      Type type);

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

}  // namespace mtasts::nameserver
