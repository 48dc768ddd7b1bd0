// SPDX-License-Identifier: MIT
// A report with what is known of how it came.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "text/sha256.hpp"
#include "tlsrpt/report.hpp"

namespace mtasts::reports {

enum class Channel : std::uint8_t {
  file,   // JSON, compressed or not, that somebody kept
  mail,   // from its fields it may be seen who sent it
  https,  // from the spool: whoever knows the token may have sent it
};

/// What a mail says of itself; of the others there is only the channel. As a
/// stranger wrote it, but for fields that a server of ours added.
struct Delivery {
  Channel channel = Channel::file;
  std::string from = {};           // the address alone: "noreply@example.com"
  std::string submitter = {};      // TLS-Report-Submitter, in lower case
  std::string report_domain = {};  // TLS-Report-Domain, in lower case
  /// The Authentication-Results fields (RFC 8601), each on one line, the
  /// topmost first: that is the one that was added last.
  std::vector<std::string> authentication_results = {};

  friend bool operator==(const Delivery&, const Delivery&) = default;
};

struct ReceivedReport {
  tlsrpt::Report report;
  Delivery delivery = {};
  /// Of the JSON, not compressed: the same when a report comes twice.
  text::Sha256 digest = {};

  friend bool operator==(const ReceivedReport&,
                         const ReceivedReport&) = default;
};

}  // namespace mtasts::reports
