// SPDX-License-Identifier: MIT
// Looks at one domain as a sender does, and at what a sender does not ask.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "nameserver/resolver.hpp"
#include "net/tcp_stream.hpp"
#include "publish/publication.hpp"
#include "tls/client.hpp"
#include "verify/facts.hpp"

namespace mtasts::verify {

struct LookOptions {
  nameserver::ResolverSettings resolver;
  bool trusts_resolver = false;
  bool has_authoritative = true;  // ask each name server of the zone, too
  bool has_smtp = true;
  bool is_planned = false;     // records and policy are the configuration's
  bool allow_private = false;  // ask addresses that are not public, too
  std::optional<net::Endpoint> connect_to = {};  // instead of the policy host
  std::string helo;
  std::chrono::milliseconds timeout{30'000};  // of one conversation
};

/// What all looks of one run share: hosts that many domains have are looked at
/// once, and no server is pressed. Any number of threads may use it.
class Shared {
 public:
  Shared(LookOptions options, tls::TrustStore store);
  ~Shared();
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  const LookOptions& options() const;
  View view() const;

 private:
  friend class Look;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// `publication` is the configuration's, or null. Takes as long as the servers
/// do, within the limits of the options.
Facts look(const std::string& domain,
           const publish::PublicationPtr& publication, Shared& shared,
           nameserver::Resolver& resolver, std::chrono::sys_seconds now);

}  // namespace mtasts::verify
