// SPDX-License-Identifier: MIT
#include "dns/foreign_form.hpp"

#include <cstddef>
#include <string>

#include "text/ascii.hpp"

namespace mtasts::dns {
namespace {

enum class Where { start, line };  // the text begins so, or one of its lines

struct Form {
  Where where;
  // One space stands for any white space, as it does around a line.
  std::string_view start;
  std::string_view message;
  std::string_view hint = {};  // empty: the caller's
};

constexpr std::string_view k_encoding_hint =
    "save it as ASCII or UTF-8: in PowerShell, dig ... | Out-File -Encoding "
    "ascii FILE";

// The first that fits counts.
constexpr Form k_forms[] = {
    {Where::start, "\xFF\xFE", "is UTF-16, not ASCII", k_encoding_hint},
    {Where::start, "\xFE\xFF", "is UTF-16, not ASCII", k_encoding_hint},
    {Where::start, "\x1F\x8B", "is compressed", "unpack it first: zcat FILE"},
    {Where::start, "PK\x03\x04", "is compressed", "unpack it first: unzip"},
    {Where::start, "{\\rtf", "is RTF", "save it as plain text"},
    {Where::start, "<", "is a web page or XML"},
    {Where::start, "{", "is JSON"},
    {Where::start, "[{", "is JSON"},
    {Where::start, "[ {", "is JSON"},
    {Where::start, "[]", "is JSON"},
    // cloudflare_dns_record, aws_route53_record, ...
    {Where::line, "resource \"", "is Terraform"},
    {Where::line, "module \"", "is Terraform"},
    {Where::line, "data \"", "is Terraform"},
    {Where::line, "D(", "is the JavaScript of DNSControl",
     "give what dnscontrol get-zones --format=zone prints"},
    {Where::line, "D_EXTEND(", "is the JavaScript of DNSControl",
     "give what dnscontrol get-zones --format=zone prints"},
    {Where::line, "update add ", "is a script for nsupdate"},
    {Where::line, "update del", "is a script for nsupdate"},
    {Where::line, "apiVersion: ", "is a Kubernetes object"},
    {Where::line, "type: TXT", "is YAML, as octoDNS has it"},
    {Where::line, "- type: TXT", "is YAML, as octoDNS has it"},
    {Where::line, "type: CNAME", "is YAML, as octoDNS has it"},
    {Where::line, "- type: CNAME", "is YAML, as octoDNS has it"},
    {Where::line, "NAME TYPE CLASS TTL ", "is the table of doggo"},
    {Where::line, "Name Type TTL Section ", "is the table of Resolve-DnsName"},
    {Where::line, "HostName RecordType ",
     "is the table of Get-DnsServerResourceRecord",
     "give what dnscmd /ZoneExport writes"},
    {Where::line, "Type,", "is a table with commas (CSV)"},
    {Where::line, "Name,", "is a table with commas (CSV)"},
    {Where::line, "Host,", "is a table with commas (CSV)"},
    {Where::line, "\"Type\",", "is a table with commas (CSV)"},
};

/// The start of `line` in the words of a Form, long enough for each.
std::string squeeze(std::string_view line) {
  constexpr std::size_t k_octets = 32;
  std::string out;
  for (const char c : line) {
    if (out.size() == k_octets) break;
    if (!text::has(" \t\r\n", c)) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

/// "+name:address:ttl", "'name:text" (tinydns-data, where no blank may be).
bool is_tinydns(std::string_view line) {
  constexpr std::string_view k_marks = "'+=.&@C:^Z";
  const std::string_view word = line.substr(0, line.find_first_of(" \t\";"));
  return word.size() > 2 && text::has(k_marks, word[0]) &&
         word.find(':', 1) != std::string_view::npos &&
         !text::has(word, "::") && word.find('.') < word.find(':', 1);
}

std::optional<Error> find_form(std::string_view text, Where where,
                               std::string_view hint) {
  const std::string start = squeeze(text);
  for (const Form& form : k_forms) {
    if (form.where != where || !start.starts_with(form.start)) continue;
    return Error{std::string(form.message),
                 std::string(form.hint.empty() ? hint : form.hint)};
  }
  return std::nullopt;
}

/// The JSON of DNS over HTTPS has a status: 0 is NOERROR, 3 is NXDOMAIN.
std::optional<Error> find_failed_json(std::string_view text) {
  constexpr std::string_view k_key = "\"Status\":";
  const std::size_t key = text.find(k_key);
  if (key == text.npos || !squeeze(text).starts_with('{')) return std::nullopt;
  text = text::trim(text.substr(key + k_key.size()), " \t\r\n");
  const std::string status(
      text.substr(0, text.find_first_not_of("0123456789")));
  if (status.empty() || status == "0" || status == "3") return std::nullopt;
  return Error{"the look-up failed: Status " + status,
               "that is no sign that the record is absent: ask again, or "
               "another server"};
}

}  // namespace

std::optional<Error> find_foreign_form(std::string_view text,
                                       std::string_view hint) {
  if (auto error = find_failed_json(text)) return error;
  if (auto error = find_form(text, Where::start, hint)) return error;
  if (const std::size_t nul = text.find('\0'); nul != text.npos) {
    // ASCII as UTF-16, without a mark, has it in its first character.
    if (nul < 2) return find_form("\xFF\xFE", Where::start, hint);
    return Error{"is binary, not text",
                 "named-compilezone -f raw -F text writes a zone of BIND as "
                 "text"};
  }
  while (!text.empty()) {
    const std::string_view line = text::take_until(text, "\n");
    if (auto error = find_form(line, Where::line, hint)) return error;
    if (is_tinydns(line)) return Error{"is data of tinydns", std::string(hint)};
  }
  return std::nullopt;
}

}  // namespace mtasts::dns
