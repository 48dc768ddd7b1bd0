// SPDX-License-Identifier: MIT
// What reports say, as pages that any web server can have: each one HTML file
// with its style and charts inside, without a script. Pure.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reports/day_totals.hpp"
#include "reports/query.hpp"

namespace mtasts::tool {

/// For the page of all domains.
struct AllDomainsFacts {
  std::chrono::sys_seconds now;
  reports::Period period;
  std::vector<reports::DomainTotals> totals;  // by domain and type
  /// Of the period of the same length before.
  std::vector<reports::DomainTotals> before = {};
  std::vector<reports::DayTotals> days = {};
};

/// Domains with failures come first; of very many the first are shown.
std::string format_all_domains_page(const AllDomainsFacts& facts);

/// Whether a policy may be enforced, in the words of `gate`.
struct PageVerdict {
  bool is_ready = false;
  std::string headline;
  std::vector<std::string> reasons = {};
};

/// For the page of one domain.
struct DomainFacts {
  std::chrono::sys_seconds now;
  reports::Period period;
  reports::DomainDetails details;
  /// What our ids mean to people: "served now", "until 2026-11-20".
  std::map<std::string, std::string, std::less<>> ids = {};
  /// What to do about a result-type, as it came.
  std::map<std::string, std::string, std::less<>> remedies = {};
  std::optional<PageVerdict> verdict = {};
};

std::string format_domain_page(const DomainFacts& facts);

}  // namespace mtasts::tool
