// SPDX-License-Identifier: MIT
// The text of the TXT record at _smtp._tls.<policy domain> (RFC 8460, 3).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "result.hpp"
#include "tlsrpt/report_uri.hpp"

namespace mtasts::tlsrpt {

/// "v=TLSRPTv1; rua=<uri>[,<uri>...]"; `rua` may not be empty.
std::string format_txt_record(const std::vector<ReportUri>& rua);

/// The report URIs of a record that follows the ABNF to the letter.
Result<std::vector<ReportUri>> parse_txt_record(std::string_view text);

}  // namespace mtasts::tlsrpt
