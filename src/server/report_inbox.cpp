// SPDX-License-Identifier: MIT
#include "server/report_inbox.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "log.hpp"
#include "text/ascii.hpp"

namespace mtasts::server {
namespace {

struct Status {
  int code;
  std::string_view body;
  http::AnswerField field = {};
};

constexpr std::array<Status, 15> k_statuses = {{
    {201, "the report is kept\n"},
    {400, "the request is malformed\n"},
    {404, "reports are taken at the address of your record\n"},
    {405, "only POST is allowed here\n", {"Allow", "POST"}},
    {411, "a report has a Content-Length, or is chunked\n"},
    {413, "a report has 1 MiB at most\n"},
    {414, "the request line is too long\n"},
    {415,
     "reports are application/tlsrpt+gzip or application/tlsrpt+json\n",
     {"Accept", "application/tlsrpt+gzip, application/tlsrpt+json"}},
    {417, "only 100-continue can be expected here\n"},
    {421, "no reports are taken at this host name\n"},
    {431, "the request head is too large\n"},
    {500, ""},
    {501, "only chunks are known as transfer coding here\n"},
    {503,
     "the report can't be kept now; send it again\n",
     {"Retry-After", "600"}},
    {505, "only HTTP/1.1 is spoken here\n"},
}};

const Status& status_of(int code) {
  const auto* found = std::ranges::find(k_statuses, code, &Status::code);
  return found == k_statuses.end() ? status_of(500) : *found;
}

/// RFC 9110, 8.3.1: without parameters, in any case.
std::string media_type(std::string_view field) {
  return text::to_lower(text::trim(field.substr(0, field.find(';'))));
}

constexpr std::string_view k_gzip = "application/tlsrpt+gzip";
constexpr std::string_view k_json = "application/tlsrpt+json";

}  // namespace

int judge_report(const Request& request, std::string_view host,
                 const config::ReportTokens& tokens, std::string& tenant) {
  const http::RequestHead& head = request.head;
  // RFC 9110, 15.5.20, as for policies: who asks for another origin than the
  // connection was secured for is at the wrong place.
  const bool is_other_scheme = request.sni && !head.scheme.empty() &&
                               text::to_lower(head.scheme) != "https";
  if (is_other_scheme || snapshot::normalise_host(head.authority) != host ||
      (request.sni && snapshot::normalise_host(*request.sni) != host)) {
    return 421;
  }
  if (!head.path.starts_with('/')) return 404;
  const std::string* found = tokens.find_tenant(head.path.substr(1));
  if (found == nullptr) return 404;
  if (head.method != "POST") return 405;
  const std::string type = media_type(head.content_type);
  if (type != k_gzip && type != k_json) return 415;
  if (!head.is_chunked && !head.has_length) return 411;
  if (head.content_length > k_most_report_octets) return 413;
  if (!head.has_body) return 400;
  tenant = *found;
  return 0;
}

ReportInbox::ReportInbox(ReportSpool& spool,
                         const snapshot::SnapshotHolder& snapshots,
                         files::Clock clock)
    : SnapshotResponder(snapshots, std::move(clock)),
      spool_(spool),
      host_(serving().startup.collect->host) {}

Answer ReportInbox::answer(const Request& request, AfterAnswer after,
                           std::string& out) {
  std::string tenant;
  int status = judge_report(request, host_, *serving().live.tokens, tenant);
  Answer answer;
  if (status == 0) {
    const bool is_gzip = media_type(request.head.content_type) == k_gzip;
    answer.upload = spool_.begin(tenant, is_gzip, now());
    if (answer.upload) {
      if (may_log()) log::debug("report", {{"tenant", tenant}});
      return answer;
    }
    status = 503;
  }
  // The path may be a token.
  if (may_log()) {
    log::debug("request", {{"host", request.head.authority},
                           {"method", request.head.method},
                           {"status", status}});
  }
  write(status, request.head.method == "HEAD", after, out);
  answer.status = status;
  return answer;
}

void ReportInbox::conclude(int status, AfterAnswer after, std::string& out) {
  write(status, false, after, out);
}

void ReportInbox::refuse(int status, std::string_view octets,
                         std::string& out) {
  write(status, http::is_head_request(octets), AfterAnswer::close, out);
}

void ReportInbox::write(int status, bool is_head, AfterAnswer after,
                        std::string& out) {
  const Status& known = status_of(status);
  writer().write({.status = known.code,
                  .reason = {},  // the library knows it
                  .body = known.body,
                  .field = known.field},
                 is_head ? http::Part::without_body : http::Part::with_body,
                 after, out);
}

}  // namespace mtasts::server
