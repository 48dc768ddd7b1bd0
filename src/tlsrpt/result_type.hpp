// SPDX-License-Identifier: MIT
// The words of RFC 8460 for what went wrong, and how those are read that
// senders write. They have others besides, which reports keep as texts. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "tlsrpt/policy_type.hpp"

namespace mtasts::tlsrpt {

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
std::string_view format_result_type(ResultType type);

}  // namespace mtasts::tlsrpt
