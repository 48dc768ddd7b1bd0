// SPDX-License-Identifier: MIT
// server/request_head alone: no two readers may differ on a head that it lets
// pass. The first octet is the limit of the head: four octets at the least, and
// four more for each.
#include <algorithm>
#include <vector>

#include "answer_check.hpp"
#include "http/request_head.hpp"

namespace mtasts::server {
namespace {

using fuzz::require;

/// The scan must not hang on how the octets come.
void check_pieces(std::string_view octets, const http::HeadScan& whole,
                  std::size_t most) {
  http::HeadScan scan;
  for (std::size_t size = 1;
       size <= octets.size() && scan.status == 0 && scan.size == 0;
       size += 1 + size / 16) {
    scan = http::scan_head(octets.substr(0, size), scan.scanned, most);
  }
  if (scan.status == 0 && scan.size == 0) {
    scan = http::scan_head(octets, scan.scanned, most);
  }
  require(scan.size == whole.size, "the same end of the head in pieces");
  require((scan.status != 0) == (whole.status != 0), "the same verdict");
}

/// `octets`, whole or not, were found good so far.
void check_octets(std::string_view octets, const http::HeadScan& scan,
                  std::size_t most) {
  require(octets.size() <= most || scan.size != 0, "a limit for what is open");
  const std::string_view seen = octets.substr(0, scan.scanned);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const auto c = static_cast<unsigned char>(seen[i]);
    require(c >= 0x20 || c == '\t' || c == '\r' || c == '\n', "no control");
    require(c != 0x7F, "no DEL");
    require(c != '\n' || (i > 0 && seen[i - 1] == '\r'), "no bare LF");
    require(c != '\r' || octets.substr(i + 1, 1) == "\n", "no bare CR");
  }
}

std::vector<std::string> split_lines(std::string_view head) {
  std::vector<std::string> lines;
  for (std::size_t end; (end = head.find("\r\n")) != std::string_view::npos;) {
    lines.emplace_back(head.substr(0, end));
    head.remove_prefix(end + 2);
  }
  require(head.empty() && lines.back().empty(), "the end of a head");
  lines.pop_back();
  return lines;
}

bool is_within(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() &&
          part.data() + part.size() <= whole.data() + whole.size());
}

/// What a second reader could take otherwise: RFC 9112, 3 to 6 and 11.2.
void check_good(std::string_view head, const http::RequestHead& parsed) {
  const std::vector<std::string> lines = split_lines(head);
  require(std::count(lines[0].begin(), lines[0].end(), ' ') == 2,
          "three parts in the request line");
  require(lines.size() - 1 <= http::k_max_field_lines, "no more field lines");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string name = lines[i].substr(0, lines[i].find(':'));
    require(!name.empty() && name.size() < lines[i].size(), "a name, a colon");
    require(name.find_first_of(" \t\"(),/;<=>?@[\\]{}") == std::string::npos,
            "no folding, and no space before the colon");
  }
  const std::string host = fuzz::find_field(head, "host");
  require(!host.empty() && host != "?", "one Host");
  require(fuzz::find_field(head, "transfer-encoding").empty(), "no body");
  const std::string length = fuzz::find_field(head, "content-length");
  require(
      parsed.has_body == (length.find_first_not_of('0') != std::string::npos),
      "a length that is no length is none of a body");
  require(length.find_first_not_of("0123456789") == std::string::npos,
          "one length, of digits");
  require(!parsed.has_body || (!parsed.keep_alive && parsed.method != "GET" &&
                               parsed.method != "HEAD"),
          "nothing is read behind a body");
  for (const std::string_view part :
       {parsed.method, parsed.scheme, parsed.authority, parsed.path,
        parsed.user_agent}) {
    require(is_within(part, head) || part == "/", "a part of the head");
    require(part.find_first_of("\r\n") == std::string_view::npos, "of a line");
  }
}

/// A head of its parts alone says the same.
void check_again(const http::RequestHead& parsed) {
  if (parsed.method == "CONNECT") return;
  std::string target(parsed.path);
  if (!parsed.scheme.empty()) {
    target = std::string(parsed.scheme) + "://" +
             std::string(parsed.authority) + target;
  }
  const std::string text =
      std::string(parsed.method) + " " + target +
      " HTTP/1.1\r\nHost: " + std::string(parsed.authority) + "\r\n\r\n";
  require(http::scan_head(text, 0, 4096).size == text.size(), "a whole head");
  const http::ParsedHead again = http::parse_head(text);
  require(again.status == 0 && again.head.method == parsed.method &&
              again.head.scheme == parsed.scheme &&
              again.head.authority == parsed.authority &&
              again.head.path == parsed.path && again.head.keep_alive &&
              !again.head.has_body,
          "a head reads as itself");
}

void run(std::string_view input) {
  if (input.empty()) return;
  const std::size_t most =
      4 + std::size_t{4} * static_cast<unsigned char>(input[0]);
  const std::string_view octets = input.substr(1);
  const http::HeadScan scan = http::scan_head(octets, 0, most);
  check_pieces(octets, scan, most);
  if (scan.status != 0) return;
  check_octets(octets, scan, most);
  if (scan.size == 0) return;  // not whole yet
  require(scan.size <= most, "no head above the limit");
  std::string_view head = octets.substr(0, scan.size);
  const http::ParsedHead parsed = http::parse_head(head);
  if (parsed.status != 0) return;
  if (head.starts_with("\r\n")) head.remove_prefix(2);
  check_good(head, parsed.head);
  check_again(parsed.head);
}

}  // namespace
}  // namespace mtasts::server

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::server::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
