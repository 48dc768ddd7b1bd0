// SPDX-License-Identifier: MIT
// A sending MTA without sockets: TLS, its verdict on the certificate, and the
// policy, all in memory and at the scenario's time.
#pragma once

#include <chrono>
#include <string>

#include "authority.hpp"
#include "server/policy_responder.hpp"
#include "tls/context.hpp"

namespace mtasts::scenario {

struct Sender {
  const Authorities& trusted;
  std::chrono::sys_seconds now;
  std::string agent = "postfix-tlspol";

  /// What it sees of `host`, as text: the certificate by its name in the
  /// scenario and why it is refused, if it is; status and body.
  std::string fetch(const std::string& host, server::PolicyResponder& responder,
                    SSL_CTX* context) const;
};

}  // namespace mtasts::scenario
