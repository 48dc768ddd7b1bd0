// SPDX-License-Identifier: MIT
// The words of RFC 8460 for what was applied and what went wrong. Senders have
// others besides, which reports keep as texts. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace mtasts::tlsrpt {

/// RFC 8460, 4.4: what the sender applied to the domain.
enum class PolicyType : std::uint8_t { tlsa, sts, no_policy_found, other };

/// RFC 8460, 4.3.
enum class ResultType : std::uint8_t {
  starttls_not_supported,
  certificate_host_mismatch,
  certificate_expired,
  certificate_not_trusted,
  validation_failure,
  tlsa_invalid,
  dnssec_invalid,
  dane_required,
  sts_policy_fetch_error,
  sts_policy_invalid,
  sts_webpki_invalid,
  other
};

/// `word` in any letters, with "_" for "-"; `other` for one that RFC 8460 does
/// not have.
PolicyType read_policy_type(std::string_view word);
ResultType read_result_type(std::string_view word);

/// The word of RFC 8460: "sts-webpki-invalid"; "other" for all else.
std::string_view format_policy_type(PolicyType type);
std::string_view format_result_type(ResultType type);

/// "MTA-STS (sts)": the name that people know, and the word of RFC 8460.
std::string_view name_policy_type(PolicyType type);

}  // namespace mtasts::tlsrpt
