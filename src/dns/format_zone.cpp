// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "dns/format.hpp"

namespace mtasts::dns {
namespace {

/// RFC 1035, 5.1: inside quotes only the quote and the backslash are special.
std::string quote_character_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
  return out;
}

}  // namespace

std::string format_zone(const std::vector<DomainRecords>& domains) {
  std::string out;
  for (const DomainRecords& domain : domains) {
    if (!out.empty()) out += '\n';
    out += fmt::format("; {}: {}\n", domain.domain.text(), domain.note);
    for (const TxtRecord& record : domain.txt) {
      out += fmt::format("{}.\t{}\tIN\tTXT", record.owner, record.ttl.count());
      for (const std::string_view text : split_character_strings(record.data)) {
        out += (out.ends_with("TXT") ? '\t' : ' ');
        out += quote_character_string(text);
      }
      out += '\n';
    }
    out += fmt::format(
        "; {}. also needs A and AAAA records, or a CNAME, that lead to this "
        "server\n",
        domain.policy_host);
  }
  return out;
}

}  // namespace mtasts::dns
