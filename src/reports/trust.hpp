// SPDX-License-Identifier: MIT
// Who has sent a report, as far as anybody on our side has checked it: a mail
// server of ours writes into Authentication-Results (RFC 8601) whose DKIM
// signature (RFC 6376) was good. Pure.
#pragma once

#include <span>
#include <string>

#include "reports/received_report.hpp"

namespace mtasts::reports {

struct Trust {
  /// A mail server of ours found a good signature of `signer`, and that is who
  /// the report says that it is from: its contact-info or its
  /// TLS-Report-Submitter lies at, above or below that domain. What the report
  /// calls its organization is nobody's to check: `signer` is who it was.
  bool is_verified = false;
  std::string signer = {};  // in lower case; empty when no signature was good

  friend bool operator==(const Trust&, const Trust&) = default;
};

/// Only fields of the servers in `authserv_ids` count, which are in lower case.
/// A server that is named there has to take fields in its name away from what
/// comes from outside (RFC 8601, 5). What did not come by mail is never
/// verified.
Trust judge_trust(const ReceivedReport& received,
                  std::span<const std::string> authserv_ids);

}  // namespace mtasts::reports
