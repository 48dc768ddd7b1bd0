// SPDX-License-Identifier: MIT
#include "tlsrpt/report_uri.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include "dns/name.hpp"
#include "text/ascii.hpp"

namespace mtasts::tlsrpt {
namespace {

constexpr std::string_view k_mailto = "mailto:";
constexpr std::string_view k_https = "https://";

/// Checks a part of a URI octet by octet. `delimiters` are the reserved
/// characters (RFC 3986, 2.2) that may stand in this part as they are.
/// unreserved  = ALPHA / DIGIT / "-" / "." / "_" / "~"
/// pct-encoded = "%" HEXDIG HEXDIG
Result<void> check_part(std::string_view part, std::string_view delimiters) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    const char c = part[i];
    if (c == '%') {
      if (i + 2 >= part.size() || !text::is_hex_digit(part[i + 1]) ||
          !text::is_hex_digit(part[i + 2])) {
        return fail("has a \"%\" that no two hex digits follow");
      }
      i += 2;
      continue;
    }
    if (text::is_alphanumeric(c) || c == '-' || c == '.' || c == '_' ||
        c == '~' || text::has(delimiters, c)) {
      continue;
    }
    if (static_cast<unsigned char>(c) >= 0x80) {
      return fail("has octets outside ASCII", "percent-encode them");
    }
    return fail(fmt::format("has {}, which may not stand there",
                            in_quotes(part.substr(i, 1))),
                c == ','
                    ? "write each URI as a string of its own, or \"%2C\" for a "
                      "comma inside one (RFC 8460, 3)"
                    : fmt::format("write it as \"%{:02X}\" (RFC 8460, 3)",
                                  static_cast<unsigned char>(c)));
  }
  return {};
}

Result<dns::Name> parse_host(std::string_view text) {
  Result<dns::Name> name = dns::Name::from_typed(text);
  if (!name) {
    return fail(fmt::format("has the host {}, which {}", in_quotes(text),
                            name.error().message),
                name.error().hint);
  }
  return name;
}

/// RFC 3986, 3.2.3: ":" and digits; empty is allowed by the grammar but says
/// nothing, so it is refused.
bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

}  // namespace

// RFC 6068, 2, with one address as RFC 8460, 3 wants the "," encoded:
// mailtoURI  = "mailto:" addr-spec [ hfields ]
// addr-spec  = local-part "@" domain
// hfields    = "?" hfield *( "&" hfield )
Result<ReportUri> ReportUri::from_mailto(std::string_view text) {
  const std::string_view rest = text.substr(k_mailto.size());
  const std::string_view address = rest.substr(0, rest.find('?'));
  const std::string_view fields = rest.substr(address.size());
  const std::size_t at = address.rfind('@');
  const std::string_view local = address.substr(0, at);
  if (at == std::string_view::npos || local.empty() || local.starts_with('.') ||
      local.ends_with('.') || text::has(local, "..")) {
    return fail("is no mail address", "mailto:tls-reports@example.net");
  }
  const Result<void> local_check = check_part(local, "$'()*+:");
  if (!local_check) return fail(local_check.error());
  const Result<void> fields_check =
      check_part(fields.substr(fields.empty() ? 0 : 1), "$'()*+:@&=");
  if (!fields_check) return fail(fields_check.error());
  const Result<dns::Name> host = parse_host(address.substr(at + 1));
  if (!host) return fail(host.error());
  return ReportUri(
      fmt::format("{}{}@{}{}", k_mailto, local, host->text(), fields),
      host->text());
}

// RFC 9110, 4.2.2, without what RFC 3986, 3.2 has in an authority besides:
// https-URI  = "https" "://" host [ ":" port ] path-abempty [ "?" query ]
Result<ReportUri> ReportUri::from_https(std::string_view text) {
  const std::string_view rest = text.substr(k_https.size());
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const std::string_view tail = rest.substr(authority.size());
  if (text::has(authority, '@')) {
    return fail("has a user name in it", "anyone can read the record");
  }
  if (authority.starts_with('[')) {
    return fail("has an address where the host's name belongs",
                "use a name that the certificate there is for");
  }
  const std::size_t colon = authority.find(':');
  if (colon != std::string_view::npos &&
      !is_port(authority.substr(colon + 1))) {
    return fail("has a port that is no number",
                "leave the port out for 443, or give a number");
  }
  const Result<dns::Name> host = parse_host(authority.substr(0, colon));
  if (!host) return fail(host.error());
  const Result<void> tail_check = check_part(tail, "/?$&'()*+=:@");
  if (!tail_check) return fail(tail_check.error());
  return ReportUri(
      fmt::format("{}{}{}{}", k_https, host->text(),
                  colon == std::string_view::npos ? std::string_view{}
                                                  : authority.substr(colon),
                  tail),
      host->text());
}

Result<ReportUri> ReportUri::from_typed(std::string_view text) {
  // First of all: everything behind a comma would be blamed for it.
  if (text::has(text, ",")) {
    return fail(check_part(",", {}).error());
  }
  const std::string scheme =
      text::to_lower(text.substr(0, std::min(text.find(':') + 1, text.size())));
  if (scheme == k_mailto) return from_mailto(text);
  if (scheme == "https:" && text.substr(scheme.size()).starts_with("//")) {
    return from_https(text);
  }
  if (scheme.empty() && text::has(text, '@')) {
    return fail("is neither a mailto: nor an https: URI",
                fmt::format("did you mean {}?",
                            in_quotes(fmt::format("mailto:{}", text))));
  }
  return fail("is neither a mailto: nor an https: URI",
              "RFC 8460, 3 knows these two only");
}

Result<ReportUri> ReportUri::parse(std::string_view text) {
  if (std::ranges::any_of(
          text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    return fail("has octets outside ASCII");
  }
  return from_typed(text);
}

}  // namespace mtasts::tlsrpt
