// SPDX-License-Identifier: MIT
#include "tlsrpt/txt_record.hpp"

#include <fmt/format.h>

#include <cassert>

#include "dns/tag_list.hpp"
#include "text/ascii.hpp"
#include "tlsrpt/report_slip.hpp"

namespace mtasts::tlsrpt {
namespace {

constexpr std::string_view k_version = "v=TLSRPTv1";

}  // namespace

std::string format_txt_record(const std::vector<ReportUri>& rua) {
  assert(!rua.empty());
  std::string text = fmt::format("{}; rua=", k_version);
  for (const ReportUri& uri : rua) {
    if (&uri != &rua.front()) text += ',';
    text += uri.text();
  }
  return text;
}

// tlsrpt-record = tlsrpt-version 1*(field-delim tlsrpt-field) [field-delim]
// tlsrpt-rua    = %s"rua=" tlsrpt-uri *(*WSP "," *WSP tlsrpt-uri)
Result<std::vector<ReportUri>> parse_txt_record(std::string_view text) {
  const Result<std::vector<dns::Tag>> tags =
      dns::parse_tag_list(text, k_version, "rua");
  if (!tags) return fail(tags.error());
  for (const auto& [name, value] : *tags) {
    if (name != "rua") continue;
    std::vector<ReportUri> uris;
    // White space may stand around a comma, and nowhere else.
    if (text::trim(value) != value) {
      return fail(
          fmt::format("rua {} has white space around it", in_quotes(value)));
    }
    std::string_view rest = value;
    for (bool is_last = false; !is_last;) {
      is_last = !text::has(rest, ",");
      const std::string_view one = text::trim(text::take_until(rest, ","));
      Result<ReportUri> uri = ReportUri::parse(one);
      if (!uri) {
        return fail(about_value("rua", one, explain_uri(one, uri.error())));
      }
      uris.push_back(*std::move(uri));
    }
    return uris;
  }
  return fail("has no rua");
}

}  // namespace mtasts::tlsrpt
