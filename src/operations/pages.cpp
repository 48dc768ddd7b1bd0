// SPDX-License-Identifier: MIT
#include "operations/pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "operations/status.hpp"
#include "operations/status_page.hpp"
#include "text/ascii.hpp"

namespace mtasts::operations {
namespace {

constexpr std::size_t k_domains_of_page = 50;
// Of one page; what comes behind them is asked for with its offset.
constexpr std::size_t k_max_domains = 1000;
constexpr const char* k_not_found =
    "there are /livez, /readyz, /metrics, /status and /\n";
constexpr const char* k_not_found_of_collect =
    "there are /livez, /readyz and /metrics\n";

std::size_t find_number(const PageRequest& request, const std::string& key,
                        std::size_t fallback) {
  const auto found = request.query.find(key);
  if (found == request.query.end()) return fallback;
  const std::string& text = found->second;
  std::size_t number = fallback;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

StatusQuery read_query(const PageRequest& request, std::size_t limit) {
  const auto part = request.query.find("q");
  return {
      .part = part == request.query.end() ? std::string{}
                                          : text::to_lower(part->second),
      .offset = find_number(request, "offset", 0),
      .limit = std::min(find_number(request, "limit", limit), k_max_domains)};
}

/// A key or value of a form (URL Standard, 5.1); the head check has seen to it
/// that two hex digits follow each "%".
std::string decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      out += text::read_hex(text[i + 1], text[i + 2]);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

/// A page of status, as its reader takes it.
class DomainTexts final : public server::Body {
 public:
  DomainTexts(const Observed& observed, Status status, StatusText text)
      : observed_(observed),
        status_(std::move(status)),
        text_(std::move(text)) {}

  bool write_some(std::string& out) override {
    constexpr std::size_t k_some = 8 * 1024;
    const std::size_t end = out.size() + k_some;
    out += std::exchange(text_.start, {});
    for (; next_ < status_.found.size(); ++next_) {
      if (out.size() >= end) return true;
      if (next_ != 0) out += text_.separator;
      out += text_.format(describe(observed_, status_, status_.found[next_]),
                          status_.now);
    }
    out += text_.end;
    return false;
  }

 private:
  const Observed& observed_;
  const Status status_;
  StatusText text_;
  std::size_t next_ = 0;  // of status_.found
};

}  // namespace

PageRequest read_target(std::string_view target, std::string_view accept) {
  const std::size_t end = std::min(target.find('?'), target.size());
  PageRequest request{
      .path = target.substr(0, end), .query = {}, .accept = accept};
  std::string_view rest = target.substr(end);
  while (!rest.empty()) {
    rest.remove_prefix(1);  // "?" or "&"
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(pair.size());
    const std::size_t sign = std::min(pair.find('='), pair.size());
    if (pair.empty()) continue;
    request.query.insert_or_assign(
        decode(pair.substr(0, sign)),
        decode(pair.substr(std::min(sign + 1, pair.size()))));
  }
  return request;
}

bool Pages::is_probe(std::string_view path) {
  return path == "/livez" || path == "/readyz";
}

Page Pages::write_metrics(const PageRequest& request) {
  const bool open = text::has(request.accept, "application/openmetrics-text");
  Page page{.type = open ? "application/openmetrics-text; version=1.0.0; "
                           "charset=utf-8"
                         : "text/plain; version=0.0.4; charset=utf-8",
            .body = {}};
  page.rest = metrics_.write(
      open ? MetricForm::open_metrics : MetricForm::prometheus, page.body);
  return page;
}

Page Pages::write_status(const PageRequest& request) const {
  Status status = make_status(observed_, read_query(request, k_max_domains));
  if (request.accept != "text/plain") {
    StatusText text = format_json(status);
    return {.type = "application/json",
            .rest = std::make_unique<DomainTexts>(observed_, std::move(status),
                                                  std::move(text))};
  }
  std::vector<DomainStatus> domains;
  for (const FoundDomain& one : status.found) {
    domains.push_back(describe(observed_, status, one));
  }
  return {.body = format_table(status, domains)};
}

Page Pages::answer(const PageRequest& request) {
  if (request.path == "/livez") return {.body = "alive\n"};
  if (request.path == "/readyz") {
    const Reasons reasons = observed_.readiness.reasons();
    Page page{.status = reasons.empty() ? 200 : 503,
              .body = format_reasons(reasons)};
    if (observed_.spool != nullptr) {
      const server::Waiting waiting = observed_.spool->count();
      page.body += fmt::format("reports in the spool: {}, {} of {} octets\n",
                               waiting.reports, waiting.octets,
                               observed_.spool->quota());
    }
    return page;
  }
  if (request.path == "/metrics") return write_metrics(request);
  if (observed_.spool != nullptr) {
    return {.status = 404, .body = k_not_found_of_collect};
  }
  if (request.path == "/status") return write_status(request);
  if (request.path == "/") {
    Status status =
        make_status(observed_, read_query(request, k_domains_of_page));
    StatusText text = format_page(status);
    return {.type = "text/html; charset=utf-8",
            .fields = page_fields(),
            .rest = std::make_unique<DomainTexts>(observed_, std::move(status),
                                                  std::move(text))};
  }
  return {.status = 404, .body = k_not_found};
}

}  // namespace mtasts::operations
