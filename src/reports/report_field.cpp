// SPDX-License-Identifier: MIT
#include "reports/report_field.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "text/ascii.hpp"

namespace mtasts::reports {
namespace {

// In the order of Field.
constexpr std::array<FieldFacts, k_field_count> k_facts = {{
    {"organization-name", Place::report, Level::report, Shape::text},
    {"contact-info", Place::report, Level::report, Shape::text},
    {"report-id", Place::report, Level::report, Shape::text},
    {"date-range", Place::report, Level::report, Shape::object, true,
     Place::date_range},
    {"date-range.start-datetime", Place::date_range, Level::report,
     Shape::time},
    {"date-range.end-datetime", Place::date_range, Level::report, Shape::time},
    {"policies", Place::report, Level::report, Shape::object, true,
     Place::entry},
    {"policies[].policy", Place::entry, Level::entry, Shape::object, true,
     Place::policy},
    {"policies[].policy.policy-type", Place::policy, Level::entry, Shape::word},
    {"policies[].policy.policy-string", Place::policy, Level::entry,
     Shape::texts},
    {"policies[].policy.policy-domain", Place::policy, Level::entry,
     Shape::name},
    {"policies[].policy.mx-host", Place::policy, Level::entry, Shape::texts},
    {"policies[].summary", Place::entry, Level::entry, Shape::object, true,
     Place::summary},
    {"policies[].summary.total-successful-session-count", Place::summary,
     Level::entry, Shape::count},
    {"policies[].summary.total-failure-session-count", Place::summary,
     Level::entry, Shape::count},
    {"policies[].failure-details", Place::entry, Level::entry, Shape::object,
     false, Place::details},
    {"policies[].failure-details[].result-type", Place::details, Level::details,
     Shape::word},
    {"policies[].failure-details[].sending-mta-ip", Place::details,
     Level::details, Shape::text},
    {"policies[].failure-details[].receiving-mx-hostname", Place::details,
     Level::details, Shape::name},
    {"policies[].failure-details[].receiving-mx-helo", Place::details,
     Level::details, Shape::text, true},
    {"policies[].failure-details[].receiving-ip", Place::details,
     Level::details, Shape::text},
    {"policies[].failure-details[].failed-session-count", Place::details,
     Level::details, Shape::count},
    {"policies[].failure-details[].additional-information", Place::details,
     Level::details, Shape::text, true},
    {"policies[].failure-details[].failure-reason-code", Place::details,
     Level::details, Shape::text, true},
}};
static_assert(k_facts.size() == k_field_count);

constexpr FieldFacts k_no_facts = {"json",        Place::aside, Level::report,
                                   Shape::object, true,         Place::report};

struct Alias {
  std::string_view name;
  Field field;
};

// What the text and the drafts of RFC 8460 call some of them, and its errata.
constexpr Alias k_aliases[] = {
    {"additional-info-uri", Field::additional_information},
    {"additional-information-uri", Field::additional_information},
    {"failed-connection-count", Field::failed_session_count},
    {"failure-error-code", Field::failure_reason_code},
    {"mx-host-pattern", Field::mx_host},
    {"mx-hosts", Field::mx_host},
    {"organisation-name", Field::organization_name},
    {"total-failed-session-count", Field::total_failure_session_count},
    {"total-success-session-count", Field::total_successful_session_count}};

constexpr std::string_view last_part(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == path.npos ? path : path.substr(dot + 1);
}

/// By its exact name; first of all what is as it should be.
Field exact_field(std::string_view key) {
  const auto found = std::ranges::find(
      k_facts, key, [](const FieldFacts& one) { return last_part(one.path); });
  return static_cast<Field>(found - k_facts.begin());  // or unknown
}

}  // namespace

const FieldFacts& facts_of(Field field) {
  return field == Field::unknown ? k_no_facts
                                 : k_facts[static_cast<std::size_t>(field)];
}

FoundField read_field_name(std::string_view key) {
  if (const Field field = exact_field(key); field != Field::unknown) {
    return {field, false};
  }
  std::string plain = text::to_lower(text::trim(key));
  std::ranges::replace(plain, '_', '-');
  if (const Field field = exact_field(plain); field != Field::unknown) {
    return {field, true};
  }
  const auto* const alias =
      std::ranges::find(k_aliases, std::string_view(plain), &Alias::name);
  if (alias != std::end(k_aliases)) return {alias->field, true};
  return {};
}

bool is_taken_in(Field field, Place place) {
  if (field == Field::unknown) return false;
  const Place home = facts_of(field).home;
  if (home == place) return true;
  // Some write the members of an inner object into the one around it.
  return (place == Place::report && home == Place::date_range) ||
         (place == Place::entry &&
          (home == Place::policy || home == Place::summary)) ||
         (place == Place::policy && home == Place::entry);
}

}  // namespace mtasts::reports
