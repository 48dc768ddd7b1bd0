// SPDX-License-Identifier: MIT
// Challenges of ACME by TLS-ALPN-01 (RFC 8737): for the moment in which a CA
// looks whether we hold a name, an ACME client lays a certificate for it into a
// folder, and takes it away afterwards.
//
//   FOLDER/mta-sts.example.com.crt.pem   as dehydrated and lighttpd name them
//   FOLDER/mta-sts.example.com.key.pem
//
// They are read when a CA asks, not when they change: it may ask at once. Such
// a pair proves itself: half of it, or one of another name, is as good as none.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "result.hpp"
#include "tls/certificate.hpp"
#include "tls/context.hpp"

namespace mtasts::tls {

/// RFC 8737, 6.2.
constexpr std::string_view k_acme_protocol = "acme-tls/1";

struct Challenge {
  X509Ptr certificate;
  KeyPtr key;
};

/// The challenge for `host` in `folder`, if there is a whole one that is valid
/// at `now`: self-signed or not, with acmeIdentifier and for this one name (RFC
/// 8737, 3). Else says why not. From any thread.
Result<Challenge> read_challenge(const std::string& folder,
                                 std::string_view host,
                                 std::chrono::sys_seconds now);

/// What the handshakes of challenges share. Hand it to every SSL of
/// make_challenge_context() by SSL_set_app_data() before its handshake.
struct ChallengeFolder {
  std::string path;
  std::chrono::sys_seconds (*clock)() = wall_clock;
};

/// Shows challenges, speaks `acme-tls/1` and nothing else. A context of its
/// own, so that neither it nor the other can ever show a certificate of the
/// other one. Fails when OpenSSL refuses a setting.
Result<ContextPtr> make_challenge_context();

}  // namespace mtasts::tls
