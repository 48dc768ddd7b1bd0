// SPDX-License-Identifier: MIT
#include "http/request_head.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "text/ascii.hpp"

namespace mtasts::http {
namespace {

constexpr int k_bad_request = 400;
constexpr int k_uri_too_long = 414;
constexpr int k_expectation_failed = 417;
constexpr int k_head_too_large = 431;
constexpr int k_not_implemented = 501;
constexpr int k_version_not_supported = 505;

using text::has;
using text::is_digit;
using text::is_hex_digit;
using text::trim;

/// RFC 9110, 5.6.2.
bool is_tchar(char c) {
  constexpr std::string_view k_marks = "!#$%&'*+-.^_`|~";
  return text::is_alphanumeric(c) || has(k_marks, c);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_tchar);
}

/// RFC 3986, 3.3 and 3.4: pchar, and `more`; "%" needs two hex digits.
bool is_uri_part(std::string_view text, std::string_view more) {
  constexpr std::string_view k_marks = "-._~!$&'()*+,;=:@";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !is_hex_digit(text[i + 1]) ||
          !is_hex_digit(text[i + 2])) {
        return false;
      }
      i += 2;
    } else if (!text::is_alphanumeric(c) && !has(k_marks, c) && !has(more, c)) {
      return false;
    }
  }
  return true;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return text::to_lower(a) == b; });
}

/// Cuts the next line, without its CRLF, off `rest`.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

constexpr std::size_t k_max_length_digits = 19;
constexpr int k_max_port = 65'535;

struct Fields {
  std::optional<std::string_view> host;
  std::optional<std::string_view> content_length;
  std::optional<std::string_view> transfer_encoding;
  std::optional<std::string_view> expect;
  std::string_view user_agent;
  std::string_view accept;
  std::string_view content_type;
  bool close = false;
};

/// True if the comma-separated `list` has `option` (RFC 9110, 7.6.1).
bool has_option(std::string_view list, std::string_view option) {
  while (!list.empty()) {
    const std::string_view one = trim(text::take_until(list, ","));
    if (equals_ignoring_case(one, option)) return true;
  }
  return false;
}

/// One field line (RFC 9112, 5). False if it is bad.
bool take_field(std::string_view line, Bodies bodies, Fields& fields) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  // No white space before the colon (5.1) and no line folding (5.2): both
  // have been used to smuggle requests, and no token holds a space.
  const std::string_view name = line.substr(0, colon);
  if (!is_token(name)) return false;
  const std::string_view value = trim(line.substr(colon + 1));
  if (equals_ignoring_case(name, "host")) {
    if (fields.host || !is_authority(value)) return false;
    fields.host = value;
  } else if (equals_ignoring_case(name, "content-length")) {
    // RFC 9112, 6.3: digits, once. Twenty of them no counter holds.
    if (fields.content_length || value.empty() ||
        value.size() > k_max_length_digits ||
        !std::ranges::all_of(value, is_digit)) {
      return false;
    }
    fields.content_length = value;
  } else if (equals_ignoring_case(name, "transfer-encoding")) {
    if (bodies == Bodies::unread || fields.transfer_encoding) return false;
    fields.transfer_encoding = value;
  } else if (equals_ignoring_case(name, "expect")) {
    fields.expect = value;
  } else if (equals_ignoring_case(name, "connection")) {
    fields.close = fields.close || has_option(value, "close");
  } else if (fields.user_agent.empty() &&
             equals_ignoring_case(name, "user-agent")) {
    fields.user_agent = value;
  } else if (fields.accept.empty() && equals_ignoring_case(name, "accept")) {
    fields.accept = value;
  } else if (fields.content_type.empty() &&
             equals_ignoring_case(name, "content-type")) {
    fields.content_type = value;
  }
  return true;
}

/// It has k_max_length_digits digits at most.
std::uint64_t read_length(std::string_view digits) {
  std::uint64_t length = 0;
  for (const char c : digits) {
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return length;
}

/// What is said of the body. Returns the status to refuse with, or 0.
int take_framing(const Fields& fields, Bodies bodies, RequestHead& head) {
  if (fields.transfer_encoding) {
    // RFC 9112, 6.1 and 6.3: both fields at once are an attempt at smuggling,
    // and HTTP/1.0 does not know this one.
    if (fields.content_length || !head.takes_chunks) return k_bad_request;
    if (!equals_ignoring_case(*fields.transfer_encoding, "chunked")) {
      return k_not_implemented;
    }
    head.is_chunked = true;
  }
  if (fields.content_length) {
    head.has_length = true;
    head.content_length = read_length(*fields.content_length);
  }
  head.has_body = head.is_chunked || head.content_length != 0;
  // RFC 9110, 9.3.1 and 9.3.2: of a GET "no defined semantics", and a way to
  // smuggle; for other methods the answer is theirs, such as 405.
  if (head.has_body && (head.method == "GET" || head.method == "HEAD")) {
    return k_bad_request;
  }
  // RFC 9110, 10.1.1: of HTTP/1.0 it is to be ignored.
  if (bodies == Bodies::read && fields.expect && head.takes_chunks) {
    if (!equals_ignoring_case(*fields.expect, "100-continue")) {
      return k_expectation_failed;
    }
    head.expects_continue = head.has_body;
  }
  return 0;
}

/// The four forms of a request target (RFC 9112, 3.2).
bool take_target(std::string_view target, RequestHead& head) {
  if (head.method == "CONNECT") {
    head.authority = target;
    return is_authority(target) && has(target, ":");
  }
  if (target == "*") {
    head.path = target;
    return head.method == "OPTIONS";
  }
  if (target.starts_with('/')) {
    head.path = target;
    return is_uri_part(target, "/?");
  }
  const std::size_t colon = target.find("://");
  if (colon == std::string_view::npos || colon == 0) return false;
  head.scheme = target.substr(0, colon);
  const std::string_view rest = target.substr(colon + 3);
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  head.authority = rest.substr(0, end);
  head.path = end == rest.size() ? std::string_view("/") : rest.substr(end);
  return text::is_letter(head.scheme[0]) && is_token(head.scheme) &&
         is_authority(head.authority) && is_uri_part(head.path, "/?");
}

/// RFC 9112, 2.3: "HTTP" in upper case, one digit, a dot, one digit. Sets
/// `minor_0` for HTTP/1.0. Returns the status to refuse with, or 0.
int check_version(std::string_view version, bool& minor_0) {
  if (version.size() != 8 || !version.starts_with("HTTP/") ||
      !is_digit(version[5]) || version[6] != '.' || !is_digit(version[7])) {
    return k_bad_request;
  }
  if (version[5] != '1') return k_version_not_supported;
  minor_0 = version[7] == '0';
  return 0;
}

}  // namespace

bool is_authority(std::string_view text) {
  std::string_view host = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    const bool literal = !host.empty() && std::ranges::all_of(host, [](char c) {
      return is_hex_digit(c) || c == ':' || c == '.';
    });
    if (!literal) return false;
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    host = text.substr(0, colon);
    port = text.substr(colon);
    // reg-name: like a path segment, but without ":" and "@".
    if (host.empty() || !is_uri_part(host, {}) || has(host, "@")) {
      return false;
    }
  }
  if (port.empty()) return true;
  port.remove_prefix(1);
  if (text[text.size() - port.size() - 1] != ':' || port.size() > 5) {
    return false;
  }
  int number = 0;
  for (const char c : port) {
    if (!is_digit(c)) return false;
    number = number * 10 + (c - '0');
  }
  return number <= k_max_port;
}

HeadScan scan_head(std::string_view octets, std::size_t from,
                   std::size_t max_head_octets) {
  const auto refused = [](int status) { return HeadScan{.status = status}; };
  HeadScan scan;
  // RFC 9112, 2.2: "SHOULD ignore at least one empty line (CRLF) received
  // prior to the request-line"; one it is.
  const std::size_t start = octets.starts_with("\r\n") ? 2 : 0;
  std::size_t i = std::max(from, start);
  for (; i < octets.size(); ++i) {
    if (i >= max_head_octets) return refused(k_head_too_large);
    const char c = octets[i];
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x20 && octet != 0x7F) continue;
    if (c == '\t') continue;
    // A bare LF, a NUL, any control octet.
    if (c != '\r') return refused(k_bad_request);
    if (i + 1 == octets.size()) break;  // wait for what follows the CR
    if (octets[i + 1] != '\n') return refused(k_bad_request);
    ++i;
    if (i >= max_head_octets) return refused(k_head_too_large);
    // An empty line ends the head; in the place of the request line it is a
    // second one, which is no more to be ignored.
    if (i == start + 1) return refused(k_bad_request);
    if (octets.substr(0, i + 1).ends_with("\r\n\r\n")) {
      scan.size = i + 1;
      break;
    }
  }
  scan.scanned = i;
  const std::size_t line_end =
      std::min(octets.find("\r\n", start), octets.size());
  if (line_end - start > k_max_request_line_octets) {
    scan.status = k_uri_too_long;
  }
  return scan;
}

bool is_head_request(std::string_view octets) {
  if (octets.starts_with("\r\n")) octets.remove_prefix(2);
  return octets.starts_with("HEAD ");
}

ParsedHead parse_head(std::string_view octets, Bodies bodies) {
  ParsedHead parsed;
  if (octets.starts_with("\r\n")) octets.remove_prefix(2);
  std::string_view line = take_line(octets);
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  parsed.status = k_bad_request;
  // RFC 9112, 3: three parts and two single spaces.
  if (first == std::string_view::npos || first == last) return parsed;
  RequestHead& head = parsed.head;
  head.method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  bool minor_0 = false;
  const int version = check_version(line.substr(last + 1), minor_0);
  if (!is_token(head.method)) return parsed;
  if (version != 0) {
    parsed.status = version;
    return parsed;
  }
  if (!take_target(target, head)) return parsed;

  Fields fields;
  std::size_t count = 0;
  for (line = take_line(octets); !line.empty(); line = take_line(octets)) {
    if (++count > k_max_field_lines) {
      parsed.status = k_head_too_large;
      return parsed;
    }
    if (!take_field(line, bodies, fields)) return parsed;
  }
  // RFC 9112, 3.2: 400 for a request "that lacks a Host header field"; one is
  // asked of HTTP/1.0 too, as no sending MTA leaves it out.
  if (!fields.host) return parsed;
  if (head.authority.empty()) head.authority = *fields.host;
  head.takes_chunks = !minor_0;
  parsed.status = take_framing(fields, bodies, head);
  if (parsed.status != 0) return parsed;
  head.user_agent = fields.user_agent;
  head.accept = fields.accept;
  head.content_type = fields.content_type;
  head.keep_alive =
      !minor_0 && !fields.close && (!head.has_body || bodies == Bodies::read);
  return parsed;
}

}  // namespace mtasts::http
