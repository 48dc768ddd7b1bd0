// SPDX-License-Identifier: MIT
#include "reports/report_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "dns/name.hpp"
#include "text/ascii.hpp"
#include "tlsrpt/result_type.hpp"

namespace mtasts::reports {
namespace {

using tlsrpt::AnomalyKind;

/// A report has 5.
constexpr std::size_t k_max_depth = 32;
// Of a document: in memory it is some 15 MiB then, however small it came.
constexpr std::size_t k_max_entries = 5000;
constexpr std::size_t k_max_details = 20'000;
constexpr std::size_t k_max_list_items = 20'000;
constexpr std::size_t k_max_all_texts = std::size_t{4} << 20U;

/// As a host name if it is one; else as it came, in lower case.
Taken<std::string> clean_name(std::string name) {
  if (auto good = dns::Name::parse(name)) return {good->text()};
  if (auto good = dns::Name::from_typed(name)) {
    return {good->text(), AnomalyKind::odd_spelling};
  }
  return {text::to_lower(name), AnomalyKind::bad_value};
}

/// The word of RFC 8460 that it is; `format` has "other" for what is none.
template <class T>
Taken<std::string> clean_word(std::string word, T type,
                              std::string_view (*format)(T)) {
  if (type == T::other) return {std::move(word), AnomalyKind::unknown_value};
  const std::string_view known = format(type);
  if (word == known) return {std::move(word)};
  return {std::string(known), AnomalyKind::odd_spelling};
}

Taken<std::string> clean_word(Field field, std::string word) {
  if (field == Field::policy_type) {
    const auto type = tlsrpt::read_policy_type(word);
    return clean_word(std::move(word), type, &tlsrpt::format_policy_type);
  }
  const auto type = tlsrpt::read_result_type(word);
  return clean_word(std::move(word), type, &tlsrpt::format_result_type);
}

}  // namespace

// --- Notes ---

void ReportBuilder::note(AnomalyKind kind, std::string_view place,
                         std::string_view value) {
  tlsrpt::note_anomaly(report_.anomalies, kind, place, value);
}

void ReportBuilder::note(AnomalyKind kind, Field field,
                         std::string_view value) {
  note(kind, facts_of(field).path, value);
}

template <class T>
T ReportBuilder::note_taken(Taken<T> taken, Field field, const Scalar& scalar) {
  if (taken.anomaly) note(*taken.anomaly, field, format_scalar(scalar));
  return std::move(taken.value);
}

// --- Objects and lists ---

bool ReportBuilder::push(Frame frame) {
  if (frames_.size() == k_max_depth) return false;
  frames_.push_back(frame);
  return true;
}

bool ReportBuilder::begin_object() {
  if (frames_.empty()) {
    begin_level(Level::report);
    return push({Field::unknown, Place::report, false});
  }
  const Frame& around = top();
  return push({Field::unknown, open_object(around.field, around.place), false});
}

/// The place of an object that is the value of `field`, or one of its list.
Place ReportBuilder::open_object(Field field, Place around) {
  if (around == Place::aside) return Place::aside;
  if (around == Place::document) {
    begin_level(Level::report);
    return Place::report;
  }
  if (field == Field::unknown) return Place::aside;
  const FieldFacts& facts = facts_of(field);
  const bool is_list_field =
      field == Field::policies || field == Field::failure_details;
  if (facts.shape != Shape::object) {
    note(AnomalyKind::wrong_type, field, "an object");
    return Place::aside;
  }
  if (is_list_field && !is_in_list()) {
    note(AnomalyKind::wrong_type, field, "an object");
  }
  if (field == Field::policies) {
    has_policies_ = true;
    if (entries_ == k_max_entries) {
      note(AnomalyKind::cut, field);
      return Place::aside;
    }
    begin_level(Level::entry);
  } else if (field == Field::failure_details) {
    if (details_ == k_max_details) {
      note(AnomalyKind::cut, field);
      return Place::aside;
    }
    begin_level(Level::details);
  }
  return facts.opens;
}

/// What is in a list counts as the value of its field.
bool ReportBuilder::begin_list() {
  if (frames_.empty()) return push({Field::unknown, Place::document, true});
  const Frame around = top();
  if (around.place == Place::aside || around.place == Place::document ||
      around.field == Field::unknown) {
    return push(
        {Field::unknown,
         around.place == Place::document ? Place::document : Place::aside,
         true});
  }
  const bool is_list_field = around.field == Field::policies ||
                             around.field == Field::failure_details ||
                             facts_of(around.field).shape == Shape::texts;
  if (!is_list_field || around.is_list) {
    note(AnomalyKind::wrong_type, around.field, "a list");
  }
  if (around.field == Field::policies) has_policies_ = true;
  return push({around.field, around.place, true});
}

void ReportBuilder::end() {
  const Frame frame = top();
  frames_.pop_back();
  if (frame.is_list) return;
  if (frame.place == Place::report) finish_level(Level::report);
  if (frame.place == Place::entry) finish_level(Level::entry);
  if (frame.place == Place::details) finish_level(Level::details);
}

void ReportBuilder::key(std::string_view key) {
  Frame& frame = top();
  frame.field = Field::unknown;
  if (frame.place == Place::aside) return;
  const FoundField found = read_field_name(key);
  if (!is_taken_in(found.field, frame.place)) {
    const std::string shown = read_text(key).value;
    return note(found.field == Field::unknown ? AnomalyKind::unknown_key
                                              : AnomalyKind::misplaced,
                shown);
  }
  frame.field = found.field;
  if (found.is_odd) note(AnomalyKind::odd_spelling, found.field, key);
  if (facts_of(found.field).home != frame.place) {
    note(AnomalyKind::misplaced, found.field);
  }
  bool& is_seen = seen_[static_cast<std::size_t>(found.field)];
  if (std::exchange(is_seen, true)) {
    note(AnomalyKind::repeated, found.field);
    clear_list(found.field);
  }
}

/// What comes is in place of what was there.
void ReportBuilder::clear_list(Field field) {
  if (field == Field::policies) report_.policies.clear();
  if (field == Field::failure_details) entry().failure_details.clear();
  if (field == Field::policy_string) entry().policy_string.clear();
  if (field == Field::mx_host) entry().mx_host.clear();
}

// --- Values ---

void ReportBuilder::scalar(const Scalar& scalar) {
  if (frames_.empty() || top().field == Field::unknown) return;
  take_scalar(top().field, scalar);
}

void ReportBuilder::take_scalar(Field field, const Scalar& scalar) {
  switch (facts_of(field).shape) {
    case Shape::count:
      count_of(field) = note_taken(read_count(scalar), field, scalar);
      break;
    case Shape::time:
      (field == Field::start_datetime ? stated_.begin : stated_.end) =
          note_taken(read_time(scalar), field, scalar);
      break;
    case Shape::texts:
      take_texts(field, scalar);
      break;
    case Shape::object:
      note(AnomalyKind::wrong_type, field, format_scalar(scalar));
      break;
    case Shape::text:
    case Shape::name:
    case Shape::word:
      take_text(field, scalar);
      break;
  }
}

void ReportBuilder::take_text(Field field, const Scalar& scalar) {
  Taken<std::string> taken = read_text(scalar);
  const FieldFacts& facts = facts_of(field);
  if (taken.anomaly == AnomalyKind::empty && facts.is_optional) return;
  std::string text = note_taken(std::move(taken), field, scalar);
  if (text_octets_ + text.size() > k_max_all_texts) {
    return note(AnomalyKind::cut, field);
  }
  text_octets_ += text.size();
  if (facts.shape == Shape::name && !text.empty()) {
    text = note_taken(clean_name(std::move(text)), field, scalar);
  } else if (facts.shape == Shape::word && !text.empty()) {
    text = note_taken(clean_word(field, std::move(text)), field, scalar);
  }
  text_of(field) = std::move(text);
}

/// One of a list; or a text in its place, which may be a list itself: lines, or
/// JSON in a string.
void ReportBuilder::take_texts(Field field, const Scalar& scalar) {
  const auto* text = std::get_if<std::string_view>(&scalar);
  if (text == nullptr || !is_in_list()) {
    note(AnomalyKind::wrong_type, field, format_scalar(scalar));
  }
  if (text == nullptr) return;
  constexpr std::string_view k_space = " \t\r\n";
  std::string_view left = text::trim(*text, k_space);
  const bool is_json = left.starts_with('[') && left.ends_with(']');
  if (is_json) {
    if (is_in_list()) note(AnomalyKind::wrong_type, field, left);
    left = text::trim(left.substr(1, left.size() - 2), k_space);
  }
  do {
    const std::string_view one = text::take_until(left, is_json ? "," : "\r\n");
    add_text(field, is_json ? text::trim(one, " \t\r\n\"") : one);
    left = text::trim(left, k_space);
  } while (!left.empty());
}

void ReportBuilder::add_text(Field field, std::string_view text) {
  std::vector<std::string>& list =
      field == Field::mx_host ? entry().mx_host : entry().policy_string;
  std::string value = note_taken(read_text(text), field, text);
  if (field == Field::mx_host) {
    // Some name the line of the policy, not the pattern in it.
    constexpr std::string_view k_line = "mx:";
    value = text::to_lower(value);
    if (value.starts_with(k_line)) {
      note(AnomalyKind::bad_value, field, text);
      value = text::trim(std::string_view(value).substr(k_line.size()));
    }
  }
  if (value.empty()) return;
  if (list_items_ == k_max_list_items ||
      text_octets_ + value.size() > k_max_all_texts) {
    return note(AnomalyKind::cut, field);
  }
  ++list_items_;
  text_octets_ += value.size();
  list.push_back(std::move(value));
}

std::string& ReportBuilder::text_of(Field field) {
  switch (field) {
    case Field::organization_name:
      return report_.organization_name;
    case Field::contact_info:
      return report_.contact_info;
    case Field::report_id:
      return report_.report_id;
    case Field::policy_type:
      return entry().policy_type;
    case Field::policy_domain:
      return entry().policy_domain;
    case Field::result_type:
      return details().result_type;
    case Field::sending_mta_ip:
      return details().sending_mta_ip;
    case Field::receiving_mx_hostname:
      return details().receiving_mx_hostname;
    case Field::receiving_mx_helo:
      return details().receiving_mx_helo;
    case Field::receiving_ip:
      return details().receiving_ip;
    case Field::additional_information:
      return details().additional_information;
    default:
      return details().failure_reason_code;
  }
}

std::uint64_t& ReportBuilder::count_of(Field field) {
  switch (field) {
    case Field::total_successful_session_count:
      return entry().total_successful_session_count;
    case Field::total_failure_session_count:
      return entry().total_failure_session_count;
    default:
      return details().failed_session_count;
  }
}

// --- Reports, their entries, and the details of those ---

void ReportBuilder::begin_level(Level level) {
  for (std::size_t i = 0; i < k_field_count; ++i) {
    if (facts_of(static_cast<Field>(i)).level == level) seen_[i] = false;
  }
  if (level == Level::report) {
    report_ = {};
    stated_ = {};
    has_policies_ = false;
  } else if (level == Level::entry) {
    ++entries_;
    report_.policies.emplace_back();
  } else {
    ++details_;
    entry().failure_details.emplace_back();
  }
}

void ReportBuilder::finish_level(Level level) {
  if (level == Level::report && !has_policies_) return;
  for (std::size_t i = 0; i < k_field_count; ++i) {
    const auto field = static_cast<Field>(i);
    const FieldFacts& facts = facts_of(field);
    if (facts.level == level && !facts.is_optional && !seen_[i]) {
      note(AnomalyKind::absent, field);
    }
  }
  if (level == Level::entry) finish_entry();
  if (level == Level::report) finish_report();
}

void ReportBuilder::finish_entry() {
  tlsrpt::PolicyReport& one = entry();
  // What is left of it after a cut would not tell.
  if (details_ == k_max_details) return;
  const std::uint64_t sum = std::accumulate(
      one.failure_details.begin(), one.failure_details.end(), std::uint64_t{0},
      [](std::uint64_t before, const tlsrpt::FailureDetails& next) {
        return before + next.failed_session_count;
      });
  const auto total =
      static_cast<std::size_t>(Field::total_failure_session_count);
  if (!seen_[total]) {
    one.total_failure_session_count = std::min(sum, tlsrpt::k_max_count);
  } else if (sum != one.total_failure_session_count) {
    note(AnomalyKind::sum_differs, Field::total_failure_session_count,
         fmt::format("{}, in the details {}", one.total_failure_session_count,
                     sum));
  }
}

void ReportBuilder::finish_report() {
  tlsrpt::StatedRange stated = stated_;
  if (!stated.begin) stated.begin = hints_.range.begin;
  if (!stated.end) stated.end = hints_.range.end;
  const tlsrpt::DateRange range =
      tlsrpt::complete_range(stated, hints_.received, report_.anomalies);
  report_.start_datetime = range.begin;
  report_.end_datetime = range.end;
  if (report_.policies.empty()) note(AnomalyKind::empty, Field::policies);
  if (report_.organization_name.empty()) {
    report_.organization_name = hints_.submitter;
  }
  for (tlsrpt::PolicyReport& one : report_.policies) {
    if (one.policy_domain.empty()) one.policy_domain = hints_.policy_domain;
  }
  is_full_ = reports_.size() == k_max_reports;
  if (!is_full_) reports_.push_back(std::move(report_));
  report_ = {};
}

}  // namespace mtasts::reports
