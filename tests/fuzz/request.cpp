// SPDX-License-Identifier: MIT
// The whole way of a request, from raw octets to the answer, in memory. The
// first octet chooses the connection: without TLS, or one of two names in SNI.
#include <algorithm>
#include <array>

#include "answer_check.hpp"
#include "http/answer_writer.hpp"
#include "http/request_head.hpp"
#include "server/respond.hpp"

namespace mtasts::server {
namespace {

using fuzz::require;

constexpr std::size_t k_max_head = 16 * 1024;

/// Every answer in the world: its octets, whatever was asked.
void check_answer(std::string_view answer, const Response& response,
                  bool to_head) {
  const std::size_t end = answer.find("\r\n\r\n");
  require(end != std::string_view::npos && end < fuzz::k_max_answer_head,
          "a head that does not grow with the request");
  require(
      answer.substr(end + 4) == (to_head ? std::string_view{} : response.body),
      "the body, and nothing behind it");
  require(answer.find("\r\nContent-Length: " +
                      std::to_string(response.body.size()) + "\r\n") < end,
          "the length of the body");
}

std::string write(const Response& response, bool to_head) {
  static http::AnswerWriter writer;
  std::string out;
  writer.write(response,
               to_head ? http::Part::without_body : http::Part::with_body,
               http::AfterAnswer::keep_open, out);
  return out;
}

void check_refusal(int status, std::string_view octets) {
  const bool to_head = http::is_head_request(octets);
  check_answer(write(make_response(status), to_head), make_response(status),
               to_head);
}

void run(std::string_view input) {
  static const snapshot::Snapshot serving = make_snapshot();
  if (input.empty()) return;
  constexpr std::array<std::optional<std::string_view>, 3> k_names = {
      std::nullopt, "mta-sts.example.com", "mta-sts.example.org"};
  const auto sni = k_names[static_cast<unsigned char>(input[0]) % 3];
  const std::string_view octets = input.substr(1);
  const http::HeadScan scan = http::scan_head(octets, 0, k_max_head);
  if (scan.status != 0) return check_refusal(scan.status, octets);
  if (scan.size == 0) return;  // not whole yet
  const std::string_view head = octets.substr(0, scan.size);
  require(head.ends_with("\r\n\r\n"), "a head ends with an empty line");
  const http::ParsedHead parsed = http::parse_head(head);
  if (parsed.status != 0) return check_refusal(parsed.status, head);
  const http::RequestHead& request = parsed.head;
  const Response response = respond(serving, request, sni);
  const bool to_head = request.method == "HEAD";
  check_answer(write(response, to_head), response, to_head);
  require((response.policy != nullptr) || response.status == 421,
          "421 where nothing is served");
  if (response.status == 200) {
    fuzz::check_200(head, sni, response.body);
  }
}

}  // namespace
}  // namespace mtasts::server

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::server::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
