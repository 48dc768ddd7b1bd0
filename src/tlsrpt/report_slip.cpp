// SPDX-License-Identifier: MIT
#include "tlsrpt/report_slip.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "text/ascii.hpp"
#include "text/utf8.hpp"

namespace mtasts::tlsrpt {
namespace {

constexpr std::string_view k_mailto = "mailto:";
constexpr std::string_view k_around = " \t\"'`;";

using text::trim;

/// `text` without the size of a DMARC URI, "!10m" (RFC 7489, 6.4):
/// dmarc-uri = URI [ "!" 1*DIGIT [ "k" / "m" / "g" / "t" ] ]
std::string_view without_size(std::string_view text) {
  const std::size_t mark = text.rfind('!');
  if (mark == std::string_view::npos) return text;
  std::string_view size = text.substr(mark + 1);
  if (!size.empty() && text::has("kmgtKMGT", size.substr(size.size() - 1))) {
    size.remove_suffix(1);
  }
  const bool is_size =
      !size.empty() && std::ranges::all_of(size, text::is_digit);
  return is_size ? text.substr(0, mark) : text;
}

/// The value of the first rua, if this is the record or a field of it.
std::string_view take_rua(std::string_view text) {
  const std::size_t rua = text::to_lower(text).find("rua=");
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
        i >= start && i < end && (text::has(others, uri[i]) || octet >= 0x80);
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
  part = without_size(trim(part, k_around));
  const std::string lower = text::to_lower(part);
  std::string candidate;
  if (lower.starts_with("http:") || lower.starts_with("https:")) {
    text::take_until(part, ":");
    candidate = fmt::format("https://{}", trim(part, "/ "));
    if (part.ends_with('/')) candidate += '/';
  } else if (text::has(part, "@")) {
    if (lower.starts_with(k_mailto)) part.remove_prefix(k_mailto.size());
    part.remove_prefix(std::min(part.find_first_not_of("/ \t"), part.size()));
    candidate = fmt::format("{}{}", k_mailto, part);
  } else {
    return std::nullopt;
  }
  Result<ReportUri> uri = ReportUri::from_typed(candidate);
  if (!uri) uri = ReportUri::from_typed(encode(candidate));
  if (!uri) return std::nullopt;
  return *std::move(uri);
}

}  // namespace

std::vector<ReportUri> find_meant_uris(std::string_view text) {
  const std::string plain = text::remove_disguises(text);
  std::string_view rest = trim(take_rua(plain), k_around);
  const std::string_view whole = rest;
  // A name in front of an address may have spaces.
  const std::string_view between = text::has(rest, "<") ? ",;" : ", \t;";
  std::vector<ReportUri> meant;
  while (!rest.empty()) {
    const std::string_view part = text::take_until(rest, between);
    if (part.empty() || text::to_lower(part) == k_mailto) continue;
    std::optional<ReportUri> uri = find_meant_uri(part);
    if (!uri) {
      // In an address, neither is likely to be meant.
      if (!text::to_lower(whole).starts_with("http")) return {};
      uri = find_meant_uri(whole);
      return uri ? std::vector{*std::move(uri)} : std::vector<ReportUri>{};
    }
    meant.push_back(*std::move(uri));
  }
  return meant;
}

Error explain_uri(std::string_view text, Error fault) {
  const std::string lower = text::to_lower(text);
  if (take_rua(text) != text || lower.starts_with("v=tlsrptv1")) {
    fault = {"is a record, not a URI of it",
             "give the URIs of its rua alone, or take the record along with "
             "import --tls-rpt"};
  } else if (const auto disguise = text::find_disguise(text)) {
    fault = *disguise;
  } else if (lower.starts_with("mailto:/")) {
    fault.message = "has \"/\" behind mailto:, where the address starts";
  } else if (text::has(text, "<")) {
    fault.message = "has more than the address in it";
  } else if (without_size(text) != text) {
    fault.message = "has a size limit, which DMARC knows and TLS-RPT does not";
  }
  std::vector<std::string> values;
  for (const ReportUri& uri : find_meant_uris(text)) {
    values.push_back(uri.text());
  }
  if (!values.empty()) {
    fault.hint = propose(values, "write each URI as a string of its own") +
                 " (RFC 8460, 3)";
  } else if (fault.hint.empty() || fault.hint.starts_with("write ")) {
    fault.hint =
        "an address or a URL and nothing else (RFC 8460, 3): "
        "\"mailto:tls-reports@your-domain.example\"";
  }
  return fault;
}

std::optional<Error> find_encoded_slip(const ReportUri& uri) {
  if (!text::has(uri.text(), '%')) return std::nullopt;
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
