// SPDX-License-Identifier: MIT
// Looks at one domain as a sender does, and at what a sender does not ask.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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
  bool has_reports = true;      // look for where reports go, and POST there
  bool has_nameless = false;    // show ourselves to mail servers without SNI,
                                // too: a second connection to each
  bool has_challenges = false;  // see what a CA is answered by our policy hosts
  bool is_planned = false;      // records and policy are the configuration's
  bool allow_private = false;   // ask addresses that are not public, too
  std::optional<net::Endpoint> connect_to = {};  // instead of the policy host
  std::vector<std::string> mail_hosts = {};   // to look at in place of those of
                                              // the MX records
  std::string helo = {};                      // our name in EHLO
  std::chrono::milliseconds timeout{60'000};  // of one conversation
};

/// What all looks of one run share: hosts that many domains have are looked at
/// once, no server is pressed, and what never answers is not asked for ever.
/// Any number of threads may use it.
class Shared {
 public:
  struct Parts;

  Shared(LookOptions options, tls::TrustStore store);
  ~Shared();
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  const LookOptions& options() const;
  /// As it is now: whether port 25 seems closed shows in the course of a run.
  View view() const;
  /// The resolver has not answered for so long that nobody asks it any more.
  bool has_no_resolver() const;

  /// For looks alone: look_parts.hpp has them.
  Parts& parts() { return *parts_; }

 private:
  std::unique_ptr<Parts> parts_;
};

/// `publication` is the configuration's, or null. Takes as long as the servers
/// do, within the limits of the options.
Facts look(const std::string& domain,
           const publish::PublicationPtr& publication, Shared& shared,
           nameserver::Resolver& resolver, std::chrono::sys_seconds now);

}  // namespace mtasts::verify
