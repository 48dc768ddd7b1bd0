// SPDX-License-Identifier: MIT
// What all of our pages have in common. Pure.
#pragma once

#include <string>
#include <string_view>

namespace mtasts::text {

/// For text and for attributes in double quotes, whoever has written it: octets
/// that are no UTF-8 become U+FFFD, control characters spaces.
std::string escape_html(std::string_view text);

/// The look of them: light or dark, as the reader has it.
extern const std::string_view k_page_style;

/// A source expression of a Content-Security-Policy (CSP Level 3, 2.3.1), which
/// admits a style or script with this content.
std::string csp_hash(std::string_view content);

}  // namespace mtasts::text
