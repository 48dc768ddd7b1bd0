// SPDX-License-Identifier: MIT
// The whole way of a request, from raw octets to the answer, in memory. The
// first octet chooses the connection: without TLS, or one of two names in SNI.
#include <algorithm>
#include <array>

#include "../unit/test_site.hpp"
#include "server/http_engine.hpp"
#include "target.hpp"

namespace mtasts::server {
namespace {

using fuzz::require;

constexpr std::size_t k_max_head = 16 * 1024;
// Status line and fields are ours; the largest has Allow and Content-Length.
constexpr std::size_t k_max_answer_head = 250;

bool is_within(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() &&
          part.data() + part.size() <= whole.data() + whole.size());
}

/// The scan must not hang on how the octets come.
void check_pieces(std::string_view octets, const HeadScan& whole) {
  HeadScan scan;
  for (std::size_t size = 1;
       size <= octets.size() && scan.status == 0 && scan.size == 0;
       size += 1 + size / 16) {
    scan = scan_head(octets.substr(0, size), scan.scanned, k_max_head);
  }
  if (scan.status == 0 && scan.size == 0) {
    scan = scan_head(octets, scan.scanned, k_max_head);
  }
  require(scan.size == whole.size, "the same end of the head in pieces");
  require((scan.status != 0) == (whole.status != 0), "the same verdict");
}

/// The value of the one field `name` (lower case), read as simply as can be;
/// "?" when there are several.
std::string find_field(std::string_view head, std::string_view name) {
  std::string found;
  std::size_t count = 0;
  while (!head.empty()) {
    const std::size_t end = head.find("\r\n");
    const std::string line = dns::to_lower_ascii(head.substr(0, end));
    head.remove_prefix(end + 2);
    if (line.substr(0, name.size() + 1) != std::string(name) + ":") continue;
    ++count;
    found = line.substr(name.size() + 1);
  }
  std::erase_if(found, [](char c) { return c == ' ' || c == '\t'; });
  return count > 1 ? "?" : found;
}

/// What a host has to be when it is given a policy: nothing is normalised but
/// case, one dot at the end and the port.
std::string domain_of(std::string authority) {
  authority = authority.substr(0, authority.find(':'));
  if (!authority.empty() && authority.back() == '.') authority.pop_back();
  return authority.substr(0, 8) == "mta-sts." ? authority.substr(8) : "";
}

void check_200(std::string_view head, const RequestHead& request,
               std::optional<std::string_view> sni, std::string_view body) {
  const std::string line =
      dns::to_lower_ascii(head.substr(0, head.find("\r\n")));
  const std::size_t first = line.find(' ') + 1;
  const std::string target = line.substr(first, line.rfind(' ') - first);
  const std::string host = find_field(head, "host");
  std::string authority = host;
  if (target.front() != '/') {
    const std::size_t start = target.find("://") + 3;
    authority = target.substr(start, target.find_first_of("/?", start) - start);
  }
  const std::string domain = domain_of(authority);
  require(body == (domain == "example.org" ? k_example_org : k_example_com),
          "the policy of the host that was asked");
  require(domain == "example.com" || domain == "example.net" ||
              domain == "example.org",
          "never a 200 for another host");
  require(!sni || domain_of(std::string(*sni)) == domain,
          "never a 200 for another name than in SNI");
  require(host != "?" && !host.empty(), "one Host");
  require(find_field(head, "transfer-encoding").empty(), "no body");
  const std::string length = find_field(head, "content-length");
  require(length.find_first_not_of('0') == std::string::npos, "no body");
  require(request.method == "GET" || request.method == "HEAD",
          "200 for GET and HEAD alone");
}

/// Every answer in the world: its octets, whatever was asked.
void check_answer(std::string_view answer, const Response& response,
                  bool to_head) {
  const std::size_t end = answer.find("\r\n\r\n");
  require(end != std::string_view::npos && end < k_max_answer_head,
          "a head that does not grow with the request");
  require(
      answer.substr(end + 4) == (to_head ? std::string_view{} : response.body),
      "the body, and nothing behind it");
  require(answer.find("\r\nContent-Length: " +
                      std::to_string(response.body.size()) + "\r\n") < end,
          "the length of the body");
}

void run(std::string_view input) {
  static const Site site{make_live()};
  static HttpEngine engine;
  if (input.empty()) return;
  constexpr std::array<std::optional<std::string_view>, 3> k_names = {
      std::nullopt, "mta-sts.example.com", "mta-sts.example.org"};
  const auto sni = k_names[static_cast<unsigned char>(input[0]) % 3];
  const std::string_view octets = input.substr(1);
  const HeadScan scan = scan_head(octets, 0, k_max_head);
  check_pieces(octets, scan);
  std::string answer;
  if (scan.status != 0) {
    engine.refuse(scan.status, octets, answer);
    check_answer(answer, refuse(scan.status), is_head_request(octets));
    return;
  }
  if (scan.size == 0) return;  // not whole yet
  const std::string_view head = octets.substr(0, scan.size);
  require(head.ends_with("\r\n\r\n"), "a head ends with an empty line");
  const ParsedHead parsed = parse_head(head);
  if (parsed.status != 0) {
    engine.refuse(parsed.status, head, answer);
    check_answer(answer, refuse(parsed.status), is_head_request(head));
    return;
  }
  const RequestHead& request = parsed.head;
  for (const std::string_view part :
       {request.method, request.scheme, request.authority, request.path,
        request.user_agent}) {
    require(is_within(part, head) || part == "/", "a part of the head");
    require(part.find_first_of("\r\n\0", 0, 3) == std::string_view::npos,
            "no line break in a part");
  }
  const Response response =
      engine.answer(site, request, sni, AfterAnswer::keep_open, answer);
  check_answer(answer, response, request.method == "HEAD");
  require((response.policy != nullptr) || response.status == 421,
          "421 where nothing is served");
  if (response.status == 200) {
    check_200(head.starts_with("\r\n") ? head.substr(2) : head, request, sni,
              response.body);
  }
}

}  // namespace
}  // namespace mtasts::server

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::server::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
