// SPDX-License-Identifier: MIT
// The parts of a mail that may be reports, and what its head tells. GMime
// enters here.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/received_report.hpp"
#include "result.hpp"
#include "tlsrpt/anomaly.hpp"

namespace mtasts::reports {

/// Larger ones are refused by most mail servers, too.
constexpr std::size_t k_max_mail_octets = std::size_t{10} << 20U;

struct MailPart {
  std::string media_type;  // in lower case: "application/tlsrpt+gzip"
  std::string file_name;   // may be empty
  std::string octets;      // decoded
};

struct Mail {
  Delivery delivery;
  std::optional<std::chrono::sys_seconds> date = {};
  std::string media_type = {};  // of the whole
  /// Those declared as reports first, then as they come; also of mails in it.
  /// Texts for people, pictures and the like are left out.
  std::vector<MailPart> parts = {};
  std::vector<tlsrpt::Anomaly> anomalies = {};
};

/// True if `octets` begin with a field, or with the line that mbox has in
/// front.
bool is_mail(std::string_view octets);

/// Before a sandbox that lets no file be read; else read_mail() sees to it.
void prepare_to_read_mails();

/// The error says why nothing can be a report.
Result<Mail> read_mail(std::string_view octets);

/// True if the part is declared as RFC 8460, 6.4 and 6.5, has it.
bool is_declared(const MailPart& part);

}  // namespace mtasts::reports
