// SPDX-License-Identifier: MIT
#include "operations/pages.hpp"

#include <charconv>
#include <utility>

#include "operations/status.hpp"
#include "operations/status_page.hpp"

namespace mtasts::operations {
namespace {

constexpr std::size_t k_domains_of_page = 50;
constexpr std::size_t k_domains_of_status = 1000;
constexpr std::size_t k_max_domains = 100'000;
constexpr const char* k_not_found =
    "there are /livez, /readyz, /metrics, /status and /\n";

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
                                          : dns::to_lower_ascii(part->second),
      .offset = find_number(request, "offset", 0),
      .limit = std::min(find_number(request, "limit", limit), k_max_domains)};
}

}  // namespace

Page Pages::write_metrics(const PageRequest& request) {
  const bool open =
      request.accept.find("application/openmetrics-text") != std::string::npos;
  return {.type = open ? "application/openmetrics-text; version=1.0.0; "
                         "charset=utf-8"
                       : "text/plain; version=0.0.4; charset=utf-8",
          .body = metrics_.write(open ? MetricForm::open_metrics
                                      : MetricForm::prometheus),
          .fields = {}};
}

Page Pages::write_status(const PageRequest& request) const {
  const Status status =
      find_status(observed_, read_query(request, k_domains_of_status));
  if (request.accept == "text/plain") {
    return {.body = format_table(status), .fields = {}};
  }
  return {
      .type = "application/json", .body = format_json(status), .fields = {}};
}

Page Pages::answer(const PageRequest& request) {
  if (request.path == "/livez") return {.body = "alive\n", .fields = {}};
  if (request.path == "/readyz") {
    const Reasons reasons = observed_.readiness.find_reasons();
    return {.status = reasons.empty() ? 200 : 503,
            .body = format_reasons(reasons),
            .fields = {}};
  }
  if (request.path == "/metrics") return write_metrics(request);
  if (request.path == "/status") return write_status(request);
  if (request.path == "/") {
    return {.type = "text/html; charset=utf-8",
            .body = format_page(
                find_status(observed_, read_query(request, k_domains_of_page))),
            .fields = page_fields()};
  }
  return {.status = 404, .body = k_not_found, .fields = {}};
}

}  // namespace mtasts::operations
