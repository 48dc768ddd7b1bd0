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
#include <functional>
#include <optional>
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

/// The challenge for `host` in `folder`: self-signed or not, with
/// acmeIdentifier, for this one name, and valid at `now` (RFC 8737, 3). Nothing
/// where no file has this name; fails where one has, and is no such challenge
/// or only half of it. From any thread.
Result<std::optional<Challenge>> read_challenge(const std::string& folder,
                                                std::string_view host,
                                                std::chrono::sys_seconds now);

/// What all handshakes of challenges share. A context of their own, which shows
/// challenges and speaks `acme-tls/1`: neither it nor that of the policy host
/// can ever show a certificate of the other one. Hand the whole to every SSL of
/// the context by SSL_set_app_data() before its handshake.
struct Challenges {
  std::string folder;
  std::function<std::chrono::sys_seconds()> clock;  // the present second
  /// Told why what lies there for `host` was not shown. From any thread.
  std::function<void(std::string_view host, const Error& why)> report;
  ContextPtr context;
};

/// Fails when OpenSSL refuses a setting.
Result<ContextPtr> make_challenge_context();

}  // namespace mtasts::tls
