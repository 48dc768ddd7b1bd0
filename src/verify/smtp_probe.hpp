// SPDX-License-Identifier: MIT
// Talks to a mail server up to STARTTLS and no further (RFC 5321; RFC 3207): no
// mail is sent, none is named.
#pragma once

#include <string>
#include <vector>

#include "net/tcp_stream.hpp"
#include "tls/client.hpp"
#include "verify/facts.hpp"

namespace mtasts::verify {

struct SmtpQuestion {
  net::Endpoint endpoint = {};
  std::string host = {};             // of the MX record: the SNI
  std::string helo = {};             // our name in EHLO
  std::vector<tls::Tlsa> tlsa = {};  // at _25._tcp.<host>
  std::chrono::milliseconds connect_time{10'000};
  std::chrono::milliseconds time{30'000};  // for all of it
};

/// One connection; QUIT at its end where there is one to say it to.
SmtpProbe probe_smtp(const SmtpQuestion& question,
                     const tls::TrustStore& store);

/// A second one, to the same server, that names nobody (no SNI): notes in
/// `probe` what it is shown.
void probe_smtp_without_name(const SmtpQuestion& question,
                             const tls::TrustStore& store, SmtpProbe& probe);

}  // namespace mtasts::verify
