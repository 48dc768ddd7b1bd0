// SPDX-License-Identifier: MIT
#include "sts/policy_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "text/ascii.hpp"

namespace mtasts::sts {
namespace {

constexpr std::string_view k_wsp = " \t";

}  // namespace

// sts-policy-field       = sts-policy-version / sts-policy-mode /
//                          sts-policy-max-age / sts-policy-mx /
//                          sts-policy-extension
// sts-policy-field-delim = ":" *WSP
// So white space stands behind the colon, and at the end of the line:
// sts-policy-record      = sts-policy-field *WSP
//                          *(sts-policy-term sts-policy-field *WSP)
//                          [sts-policy-term]
Result<PolicyLine> parse_line(std::string_view text) {
  const std::size_t start = text.find_first_not_of(k_wsp);
  const std::size_t colon = text.find(':');
  if (start == std::string_view::npos) {
    return fail(text.empty() ? "is empty" : "is nothing but white space",
                "remove the line; mox, postfix-tlspol and go-mtasts refuse "
                "the policy for it (RFC 8461, 3.2)");
  }
  if (text::has(text, "\r")) {
    return fail("has a CR that no LF follows",
                "lines end in CRLF or LF (RFC 8461, 3.2)");
  }
  if (text[start] == '#' || text[start] == ';') {
    return fail("is a comment, which a policy can't have",
                "remove the line (RFC 8461, 3.2)");
  }
  if (start != 0) {
    return fail("starts with white space",
                "remove it; lines are not folded (RFC 8461, 3.2)");
  }
  if (colon == std::string_view::npos) {
    return fail(fmt::format("{} has no colon", in_quotes(text)),
                "a line is a name, a colon and a value: \"mode: testing\" "
                "(RFC 8461, 3.2)");
  }
  if (colon != 0 && text::has(k_wsp, text[colon - 1])) {
    return fail("has white space before the colon",
                "remove it (RFC 8461, 3.2)");
  }
  const std::string_view raw = text.substr(colon + 1);
  const std::string_view value = text::trim(raw);
  const std::string_view gap = raw.substr(0, raw.find(value));
  return PolicyLine{.name = text.substr(0, colon),
                    .value = value,
                    .tab_before_value = text::has(gap, "\t")};
}

bool is_policy_field(std::string_view name) {
  return std::ranges::find(k_policy_fields, name) != k_policy_fields.end();
}

}  // namespace mtasts::sts
