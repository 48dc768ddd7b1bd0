// SPDX-License-Identifier: MIT
#include "server/respond.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "sts/policy_host.hpp"
#include "text/ascii.hpp"

namespace mtasts::server {
namespace {

struct Status {
  int code;
  std::string_view reason;
  std::string_view body;
};

constexpr std::array<Status, 10> k_statuses = {{
    {200, "OK", ""},
    {400, "Bad Request", "the request is malformed\n"},
    {404, "Not Found", "only /.well-known/mta-sts.txt is served here\n"},
    {405, "Method Not Allowed", "only GET and HEAD are allowed here\n"},
    {414, "URI Too Long", "the request line is too long\n"},
    {421, "Misdirected Request",
     "no MTA-STS policy is served here for this host name\n"},
    {431, "Request Header Fields Too Large", "the request head is too large\n"},
    {501, "Not Implemented", "this method is not known here\n"},
    {503, "Service Unavailable", ""},
    {505, "HTTP Version Not Supported", "only HTTP/1.1 is spoken here\n"},
}};

const Status* find_status(int code) {
  const auto found = std::ranges::find(k_statuses, code, &Status::code);
  return found == k_statuses.end() ? nullptr : &*found;
}

/// The methods of RFC 9110, 9 and of RFC 5789.
bool is_known_method(std::string_view method) {
  constexpr std::array<std::string_view, 9> k_methods = {
      "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS",
      "PATCH",   "POST",   "PUT", "TRACE"};
  return std::ranges::find(k_methods, method) != k_methods.end();
}

/// RFC 3986, 6.2.2.2: an encoded unreserved character is equivalent to the
/// character itself; nothing else is decoded. A query names another resource.
bool is_policy_path(std::string_view path) {
  if (path == sts::k_policy_path) return true;
  if (!text::has(path, '%')) return false;
  std::string decoded;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      decoded += path[i];
      continue;
    }
    const char c = text::read_hex(path[i + 1], path[i + 2]);
    const bool unreserved = text::is_alphanumeric(c) || text::has("-._~", c);
    if (!unreserved) return false;
    decoded += c;
    i += 2;
  }
  return decoded == sts::k_policy_path;
}

}  // namespace

Response respond(const snapshot::Snapshot& serving,
                 const http::RequestHead& request,
                 std::optional<std::string_view> sni) {
  const publish::Publication* policy =
      serving.find_authority(request.authority);
  // RFC 9110, 7.4 and 15.5.20: a request for another origin than the one the
  // connection was secured for is misdirected, its scheme included.
  const bool other_scheme = sni && !request.scheme.empty() &&
                            text::to_lower(request.scheme) != "https";
  if (policy == nullptr || other_scheme ||
      (sni && snapshot::normalise_host(request.authority) !=
                  snapshot::normalise_host(*sni))) {
    return make_response(421);
  }
  const bool readable = request.method == "GET" || request.method == "HEAD";
  const bool no_path = request.path.empty() || request.path == "*";
  int status = 200;
  if (!is_known_method(request.method)) {
    status = 501;
  } else if (!no_path && !is_policy_path(request.path)) {
    status = 404;
  } else if (!readable) {
    status = 405;
  }
  Response response = make_response(status);
  if (status == 200) response.body = policy->body();
  response.policy = policy;
  return response;
}

Response make_response(int status) {
  const Status* known = find_status(status);
  if (known == nullptr) return {{.status = status, .reason = {}, .body = {}}};
  return {{.status = status, .reason = known->reason, .body = known->body}};
}

std::string_view reason_phrase(int status) {
  const Status* known = find_status(status);
  return known == nullptr ? std::string_view{} : known->reason;
}

}  // namespace mtasts::server
