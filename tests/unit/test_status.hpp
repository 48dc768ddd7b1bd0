// SPDX-License-Identifier: MIT
// What the running server may know of itself at one moment.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "operations/report_file.hpp"
#include "operations/status.hpp"
#include "tlsrpt/report_days_text.hpp"

namespace mtasts::operations {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_seconds;

// 2026-01-02T00:00:00Z
inline constexpr sys_seconds k_now{seconds(1'767'312'000)};

inline server::IdFetches make_fetches(char digit, std::uint32_t count) {
  server::IdFetches fetches{.id = std::string(32, digit), .by_family = {}};
  fetches.by_family[0] = {.count = count,
                          .first = k_now - seconds(60 * count),
                          .last = k_now - seconds(count)};
  return fetches;
}

/// No two numbers and no two times in it are the same.
inline Status make_status() {
  Status status{.now = k_now,
                .started = k_now - days(1),
                .reasons = {},
                .total = 9,
                .matching = 8,
                .query = {.part = "exam", .offset = 3, .limit = 1},
                .reloads = {},
                .snapshot = nullptr,
                .found = {{nullptr, *dns::Name::parse("alpha.test")}}};
  status.reasons.add({"certificate.expired", "it \"ended\""});
  status.reloads = {.applied = 21,
                    .failed = 22,
                    .last = k_now - seconds(23),
                    .last_good = k_now - seconds(24),
                    .faults = {{Severity::error, "a.b", {}, "bad", {}}},
                    .history = {{.time = k_now - seconds(25),
                                 .applied = false,
                                 .fault = "x.toml: bad"},
                                {.time = k_now - seconds(26),
                                 .applied = true,
                                 .changed = 27,
                                 .removed = 28,
                                 .fault = {}}},
                    .pending = {{"a\"b", k_now - seconds(26)}},
                    .pending_count = 7};
  return status;
}

inline DomainStatus make_domain() {
  DomainStatus domain{
      .domain = "example.com",
      .mode = sts::Mode::enforce,
      .max_age = seconds(604800),
      .mx = {"a.example.com", "*.example.com"},
      .id = std::string(32, 'a'),
      .held = {.cached = k_now + days(40), .enforced = k_now + days(41)},
      .retire = std::chrono::floor<days>(k_now + days(42)),
      .certificate = {.expiry = k_now + days(30) + seconds(1),
                      .overdue = k_now + days(9)},
      .records = {{publish::Purpose::mta_sts,
                   dns::Type::txt,
                   "_mta-sts.example.com",
                   seconds(300),
                   {"v=STSv1; id=a"}}},
      .fetches = {.answered = 11,
                  .refused = 12,
                  .current = make_fetches('b', 13),
                  .previous = make_fetches('a', 14),
                  .hours = {}},
      .of_id = make_fetches('a', 14)};
  domain.fetches.hours.front() = 15;
  domain.fetches.hours.back() = 16;
  return domain;
}

/// Of what was reported for the example's domain.
inline tlsrpt::DomainDay make_reported() {
  return {.domain = "example.com",
          .day = std::chrono::floor<days>(k_now - days(1)),
          .reports = 33,
          .unverified = 31,
          .organizations = 32,
          .sessions = {{{34, 0}, {35, 36}, {}, {}}}};
}

/// With a file of reports that is from `made`.
inline ReportedDays make_reports(sys_seconds made = k_now - seconds(37)) {
  return {.is_wanted = true,
          .days = std::make_shared<const tlsrpt::ReportDays>(
              *tlsrpt::ReportDays::parse(
                  tlsrpt::format_report_days({make_reported()}, made)))};
}

/// The whole of it, with these domains.
inline std::string join(const StatusText& text,
                        const std::vector<DomainStatus>& domains) {
  std::string all = text.start;
  for (const DomainStatus& one : domains) {
    if (&one != domains.data()) all += text.separator;
    all += text.format(one, k_now);
  }
  return all + text.end;
}

}  // namespace mtasts::operations
