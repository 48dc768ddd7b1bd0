// SPDX-License-Identifier: MIT
// The strict check of a request head on its raw octets (RFC 9112, 2 to 6),
// before anything else sees it. Pure; tolerates nothing that two parsers could
// read in two ways. Who reads no bodies closes the connection behind a request
// that has one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mtasts::http {

/// RFC 9112, 3: "recommended that all HTTP senders and recipients support, at
/// a minimum, request-line lengths of 8000 octets".
constexpr std::size_t k_max_request_line_octets = 8000;
constexpr std::size_t k_max_field_lines = 100;

/// How far a head has come. `status` is 0 while it is good; otherwise it is
/// the HTTP status to refuse it with, and the connection has to close.
struct HeadScan {
  int status = 0;
  std::size_t size = 0;     // octets of the whole head; 0 while incomplete
  std::size_t scanned = 0;  // where to go on when more octets have come
};

/// Looks for the end of the head in `octets` and for what makes it bad
/// already: a bare LF or CR, a control octet, a line or a head that is too
/// long. `from` is the `scanned` of the scan before, so that a head that comes
/// one octet at a time costs no more than one that comes whole.
HeadScan scan_head(std::string_view octets, std::size_t from,
                   std::size_t max_head_octets);

/// True if `octets`, good or bad, start a HEAD request: its answer must not
/// have a body (RFC 9110, 9.3.2).
bool is_head_request(std::string_view octets);

/// The parts of a good head. The views point into it.
struct RequestHead {
  std::string_view method;
  std::string_view scheme;     // of an absolute-form target, else empty
  std::string_view authority;  // of the target if it has one, else of Host
  std::string_view path;       // with its query; "*" for the asterisk form
  std::string_view user_agent = {};    // of the first such field
  std::string_view accept = {};        // likewise
  std::string_view content_type = {};  // likewise
  std::uint64_t content_length = 0;    // of the body, unless it is_chunked
  bool keep_alive = false;        // the client can use the connection again
  bool takes_chunks = false;      // of HTTP/1.1 (RFC 9112, 6.1)
  bool has_body = false;          // it follows; never with GET or HEAD
  bool has_length = false;        // it was said, if only to be 0
  bool is_chunked = false;        // the body is; only where bodies are read
  bool expects_continue = false;  // before the body (RFC 9110, 10.1.1)
};

struct ParsedHead {
  int status = 0;  // 0, or the HTTP status to refuse it with
  RequestHead head;
};

/// Whether the one who asks reads bodies. Where nobody does, keep_alive is
/// false with a body, and Transfer-Encoding is refused: it need not be
/// understood, and is the smugglers' field.
enum class Bodies : std::uint8_t { unread, read };

/// Takes a head apart that scan_head() found whole and good.
ParsedHead parse_head(std::string_view octets, Bodies bodies = Bodies::unread);

/// True for `uri-host [":" port]` (RFC 9110, 7.2) with a host that is not
/// empty and a port that there can be.
bool is_authority(std::string_view text);

}  // namespace mtasts::http
