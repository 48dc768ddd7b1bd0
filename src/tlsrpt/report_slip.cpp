// SPDX-License-Identifier: MIT
#include "tlsrpt/report_slip.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "dns/name.hpp"
#include "text/utf8.hpp"

namespace mtasts::tlsrpt {
namespace {

constexpr std::string_view k_mailto = "mailto:";
constexpr std::string_view k_around = " \t\"'`;";

std::string_view trim(std::string_view text, std::string_view around) {
  const std::size_t start = text.find_first_not_of(around);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(around) - start + 1);
}

/// Where the size suffix of a DMARC URI starts (RFC 7489, 6.2), "!10m".
std::size_t find_size_suffix(std::string_view text) {
  const std::size_t mark = text.rfind('!');
  if (mark == std::string_view::npos) return text.size();
  const std::size_t end = text.find_first_not_of("0123456789", mark + 1);
  if (end == mark + 1 || mark + 1 == text.size()) return text.size();
  const bool is_size =
      end == std::string_view::npos ||
      (end + 1 == text.size() && text.find_first_of("kmgtKMGT", end) == end);
  return is_size ? mark : text.size();
}

/// The value of the first rua, if this is the record or a field of it.
std::string_view take_rua(std::string_view text) {
  const std::size_t rua = dns::to_lower_ascii(text).find("rua=");
  if (rua == std::string_view::npos || text.find('?') < rua) return text;
  text.remove_prefix(rua + 4);
  return text.substr(0, text.find(';'));
}

/// Percent-encodes what may not stand in a path or in a local part as it is.
std::string encode(std::string_view uri) {
  const bool is_mail = uri.starts_with(k_mailto);
  const std::size_t start =
      is_mail ? k_mailto.size() : std::min(uri.find('/', 8), uri.size());
  const std::size_t end = is_mail ? uri.rfind('@') : uri.size();
  const std::string_view others = is_mail ? "!#&=/" : "!;#, \"\\<>[]{}|^`";
  std::string text;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    const auto octet = static_cast<unsigned char>(uri[i]);
    const bool odd =
        i >= start && i < end &&
        (others.find(uri[i]) != std::string_view::npos || octet >= 0x80);
    text += odd ? fmt::format("%{:02X}", octet) : std::string(1, uri[i]);
  }
  return text;
}

std::string decode(std::string_view uri) {
  std::string text;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    unsigned char octet = 0;
    const char* digits = uri.data() + i + 1;
    if (uri[i] == '%' && i + 2 < uri.size() &&
        std::from_chars(digits, digits + 2, octet, 16).ptr == digits + 2) {
      text += static_cast<char>(octet);
      i += 2;
    } else {
      text += uri[i];
    }
  }
  return text;
}

std::optional<ReportUri> find_meant_uri(std::string_view part) {
  const std::size_t angle = part.find('<');
  if (angle != std::string_view::npos) {
    part = part.substr(angle + 1, part.find('>') - angle - 1);
  }
  part = trim(part, k_around);
  part = part.substr(0, find_size_suffix(part));
  const std::string lower = dns::to_lower_ascii(part);
  std::string candidate;
  if (lower.starts_with("http:") || lower.starts_with("https:")) {
    part.remove_prefix(part.find(':') + 1);
    candidate = fmt::format("https://{}", trim(part, "/ "));
    if (part.ends_with('/')) candidate += '/';
  } else if (part.find('@') != std::string_view::npos) {
    if (lower.starts_with(k_mailto)) part.remove_prefix(k_mailto.size());
    part.remove_prefix(std::min(part.find_first_not_of("/ \t"), part.size()));
    candidate = fmt::format("{}{}", k_mailto, part);
  } else {
    return std::nullopt;
  }
  Result<ReportUri> uri = ReportUri::from_typed(candidate);
  if (!uri) uri = ReportUri::from_typed(encode(candidate));
  return uri ? std::optional(*std::move(uri)) : std::nullopt;
}

}  // namespace

std::vector<ReportUri> find_meant_uris(std::string_view text) {
  const std::string plain = text::remove_disguises(text);
  std::string_view rest = trim(take_rua(plain), k_around);
  const std::string_view whole = rest;
  // A name in front of an address may have spaces.
  const std::string_view between =
      rest.find('<') == std::string_view::npos ? ", \t;" : ",;";
  std::vector<ReportUri> meant;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find_first_of(between));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    if (part.empty() || dns::to_lower_ascii(part) == k_mailto) continue;
    std::optional<ReportUri> uri = find_meant_uri(part);
    if (!uri) {
      // In an address, neither is likely to be meant.
      if (!dns::to_lower_ascii(whole).starts_with("http")) return {};
      uri = find_meant_uri(whole);
      if (!uri) return {};
      return {*std::move(uri)};
    }
    meant.push_back(*std::move(uri));
  }
  return meant;
}

Error explain_uri(std::string_view text, Error fault) {
  const std::string lower = dns::to_lower_ascii(text);
  if (take_rua(text) != text || lower.starts_with("v=tlsrptv1")) {
    fault = {"is a record, not a URI of it",
             "give the URIs of its rua alone, or take the record along with "
             "import --tls-rpt"};
  } else if (const auto disguise = text::find_disguise(text)) {
    fault = *disguise;
  } else if (lower.starts_with("mailto:/")) {
    fault.message = "has \"/\" behind mailto:, where the address starts";
  } else if (text.find('<') != std::string_view::npos) {
    fault.message = "has more than the address in it";
  } else if (find_size_suffix(text) != text.size()) {
    fault.message = "has a size limit, which DMARC knows and TLS-RPT does not";
  }
  std::vector<std::string> values;
  for (const ReportUri& uri : find_meant_uris(text)) {
    values.push_back(uri.text());
  }
  if (values.size() == 1) {
    fault.hint = fmt::format("write {} (RFC 8460, 3)", list_values(values));
  } else if (!values.empty()) {
    fault.hint = fmt::format(
        "write each URI as a string of its own: {} (RFC "
        "8460, 3)",
        list_values(values));
  } else if (fault.hint.empty() || fault.hint.starts_with("write ")) {
    fault.hint =
        "an address or a URL and nothing else (RFC 8460, 3): "
        "\"mailto:tls-reports@your-domain.example\"";
  }
  return fault;
}

std::optional<Error> find_encoded_slip(const ReportUri& uri) {
  const std::string decoded = decode(uri.text());
  const std::vector<ReportUri> meant = find_meant_uris(decoded);
  if (meant.size() != 1 || decode(meant.front().text()) == decoded) {
    return std::nullopt;
  }
  return Error{
      fmt::format(
          "sends reports to {}",
          in_quotes(decoded.substr(uri.is_mail() ? k_mailto.size() : 0))),
      fmt::format("did you mean \"{}\"? (RFC 8460, 3)", meant.front().text())};
}

}  // namespace mtasts::tlsrpt
