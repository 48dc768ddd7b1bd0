// SPDX-License-Identifier: MIT
// What senders have reported of each domain for its last day, as one text that
// mta-sts writes into a file and mta-stsd reads. Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "result.hpp"
#include "tlsrpt/policy_type.hpp"
#include "tlsrpt/sessions.hpp"

namespace mtasts::tlsrpt {

/// One domain's last day, by UTC, for which there is any report.
struct DomainDay {
  std::string domain = {};  // in lower case
  std::chrono::sys_days day = {};
  std::uint64_t reports = 0;
  std::uint64_t unverified = 0;  // of these: who sent them is not known
  std::uint64_t organizations = 0;
  /// By PolicyType.
  std::array<Sessions, 4> sessions = {};

  /// Of the types under which there was a session, and of sts in any case.
  std::vector<std::pair<PolicyType, Sessions>> by_type() const;

  friend bool operator==(const DomainDay&, const DomainDay&) = default;
};

/// Far above what 100,000 domains have.
constexpr std::size_t k_max_report_days_octets = 64 * 1024 * 1024;

/// What each version of such a text begins with.
constexpr std::string_view k_report_days_begin = "mta-sts report days ";

// A program that finds another number here has to be told what is new.
constexpr std::string_view k_report_days_first_line = "mta-sts report days 1";
static_assert(k_report_days_first_line.starts_with(k_report_days_begin));
constexpr std::string_view k_report_days_time = "time: ";
constexpr std::string_view k_report_days_end = "domains: ";  // none has a colon
/// The names of the columns are there for people, and for a program that has
/// others.
std::string format_columns();
/// What such a text may have as one.
bool is_domain(std::string_view text);

/// Such a text, checked from end to end when it was read.
class ReportDays {
 public:
  /// The error says in which line what is wrong.
  static Result<ReportDays> parse(std::string text);

  /// When it was made.
  std::chrono::sys_seconds made() const { return made_; }
  std::size_t size() const { return size_; }  // in domains
  /// What it has of `domain`, in lower case.
  std::optional<DomainDay> find(std::string_view domain) const;

 private:
  ReportDays() = default;

  std::string text_ = {};  // the rows alone, in the order of their domains
  std::size_t size_ = 0;
  std::chrono::sys_seconds made_ = {};
};

}  // namespace mtasts::tlsrpt
