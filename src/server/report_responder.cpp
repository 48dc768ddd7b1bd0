// SPDX-License-Identifier: MIT
#include "server/report_responder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "http/body_reader.hpp"
#include "log.hpp"
#include "server/respond.hpp"
#include "text/ascii.hpp"
#include "text/time.hpp"

namespace mtasts::server {
namespace {

struct Status {
  int code;
  std::string_view reason;
  std::string_view fields;  // each with its CRLF
  std::string_view body;
};

constexpr std::array k_statuses = std::to_array<Status>({
    {201, "Created", "", "stored\n"},
    {404, "Not Found", "", "no report is taken here\n"},
    {405, "Method Not Allowed", "Allow: POST\r\n",
     "only POST is allowed here\n"},
    {411, "Length Required", "", "the length of the report is missing\n"},
    {413, "Content Too Large", "", "a report has 1 MiB at most\n"},
    {415, "Unsupported Media Type",
     "Accept: application/tlsrpt+gzip, application/tlsrpt+json\r\n",
     "a report is application/tlsrpt+gzip or application/tlsrpt+json (RFC "
     "8460, 5.4)\n"},
    {421, "Misdirected Request", "",
     "no reports are taken here for this host name\n"},
    {503, "Service Unavailable", "Retry-After: 600\r\n",
     "there is no room for reports now\n"},
});

Status find_status(int code) {
  const auto* found = std::ranges::find(k_statuses, code, &Status::code);
  if (found != k_statuses.end()) return *found;
  const Response known = make_response(code);
  return {known.status, known.reason, "", known.body};
}

/// "application/tlsrpt+gzip" whatever its case and parameters.
std::string media_type(std::string_view field) {
  return text::to_lower(text::trim(text::take_until(field, ";")));
}

}  // namespace

Admittance admit_report(std::string_view host, const ReportTokens& tokens,
                        const http::RequestHead& head,
                        std::optional<std::string_view> sni) {
  const bool is_other_scheme =
      sni && !head.scheme.empty() && text::to_lower(head.scheme) != "https";
  if (snapshot::normalise_host(head.authority) != host || is_other_scheme ||
      (sni && snapshot::normalise_host(*sni) != host)) {
    return {.status = 421};
  }
  std::optional<std::string> tenant;
  if (head.path.starts_with('/')) {
    tenant = tokens.find_tenant(head.path.substr(1));
  }
  if (!tenant) return {.status = 404};
  if (head.method != "POST") return {.status = 405};
  const std::string type = media_type(head.content_type);
  const bool is_gzip = type == "application/tlsrpt+gzip";
  if (!is_gzip && type != "application/tlsrpt+json") return {.status = 415};
  if (!head.is_chunked && !head.content_length) return {.status = 411};
  if (head.content_length == 0U) return {.status = 400};
  if (head.content_length > k_max_report_octets) return {.status = 413};
  return {.status = 0,
          .tenant = *std::move(tenant),
          .suffix = is_gzip ? "json.gz" : "json"};
}

/// One report on its way into the inbox.
class ReportResponder::ReportUpload final : public Upload {
 public:
  ReportUpload(ReportResponder& responder, const http::RequestHead& head,
               Admittance admitted, std::unique_ptr<ReportInbox::Entry> entry)
      : responder_(responder),
        reader_(head, k_max_report_octets),
        admitted_(std::move(admitted)),
        entry_(std::move(entry)) {}

  bool take(std::string_view& octets) override {
    state_ = reader_.read(octets, [this](std::string_view part) {
      const Result<void> written = entry_->write(part);
      if (!written) fault_ = written.error().message;
      return written.has_value();
    });
    return state_ != http::BodyReader::State::incomplete;
  }

  Answer finish(AfterAnswer after, std::string& out) override {
    using State = http::BodyReader::State;
    int status = 201;
    if (state_ == State::malformed) status = 400;
    if (state_ == State::too_large) status = 413;
    if (state_ == State::refused) status = 503;
    if (state_ == State::whole) status = store();
    const bool is_last = state_ != State::whole;
    responder_.write(status, http::Part::with_body,
                     is_last ? AfterAnswer::close : after, out);
    return {.status = status, .is_last = is_last};
  }

 private:
  int store() {
    if (entry_->octets() == 0) return 400;
    const Result<void> stored =
        entry_->store(responder_.now_, admitted_.tenant, admitted_.suffix);
    if (!stored) {
      log::error("report-lost", {{"tenant", admitted_.tenant},
                                 {"reason", stored.error().message}});
      return 503;
    }
    log::info("report",
              {{"tenant", admitted_.tenant}, {"octets", entry_->octets()}});
    return 201;
  }

  ReportResponder& responder_;
  http::BodyReader reader_;
  Admittance admitted_;
  std::unique_ptr<ReportInbox::Entry> entry_;
  http::BodyReader::State state_ = http::BodyReader::State::incomplete;
  std::string fault_;
};

ReportResponder::ReportResponder(const snapshot::SnapshotHolder& snapshots,
                                 Collection& collection)
    : snapshots_(snapshots),
      collection_(collection),
      generation_(snapshots.generation()) {
  take_snapshot();
}

void ReportResponder::begin_turn() {
  const std::chrono::sys_seconds now = process::this_second();
  if (now != now_) {
    now_ = now;
    date_ = text::format_http_date(now);
  }
  const std::uint64_t generation = snapshots_.generation();
  if (generation == generation_) return;
  generation_ = generation;
  take_snapshot();
}

void ReportResponder::take_snapshot() {
  snapshot_ = snapshots_.get();
  selector_.store = snapshot_->certificates;
  selector_.cache.keep_only(*selector_.store);
}

Answer ReportResponder::answer(const Request& request, AfterAnswer after,
                               std::string& out) {
  const http::RequestHead& head = request.head;
  Admittance admitted = admit_report(collection_.host(), *collection_.tokens(),
                                     head, request.sni);
  std::unique_ptr<ReportInbox::Entry> entry;
  if (admitted.status == 0) {
    Result<std::unique_ptr<ReportInbox::Entry>> begun =
        collection_.inbox().begin();
    if (begun) {
      entry = *std::move(begun);
    } else {
      admitted.status = 503;
      if (may_log()) {
        log::warning("report-refused", {{"tenant", admitted.tenant},
                                        {"reason", begun.error().message}});
      }
    }
  }
  if (entry) {
    if (head.expects_continue) out += "HTTP/1.1 100 Continue\r\n\r\n";
    return {.status = 0,
            .upload = std::make_unique<ReportUpload>(
                *this, head, std::move(admitted), std::move(entry))};
  }
  // Whether the body of a refused report still comes is not known.
  const bool is_last = head.has_body;
  write(
      admitted.status,
      head.method == "HEAD" ? http::Part::without_body : http::Part::with_body,
      is_last ? AfterAnswer::close : after, out);
  return {.status = admitted.status, .is_last = is_last};
}

void ReportResponder::refuse(int status, std::string_view octets,
                             std::string& out) {
  write(status,
        http::is_head_request(octets) ? http::Part::without_body
                                      : http::Part::with_body,
        AfterAnswer::close, out);
}

void ReportResponder::write(int status, http::Part part, AfterAnswer after,
                            std::string& out) const {
  const Status known = find_status(status);
  fmt::format_to(std::back_inserter(out),
                 "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: text/plain\r\n"
                 "{}Content-Length: {}\r\n{}\r\n",
                 status, known.reason, date_, known.fields, known.body.size(),
                 after == AfterAnswer::close ? "Connection: close\r\n" : "");
  if (part == http::Part::with_body) out += known.body;
}

}  // namespace mtasts::server
