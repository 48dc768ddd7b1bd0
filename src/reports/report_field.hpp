// SPDX-License-Identifier: MIT
// The fields of a report's JSON (RFC 8460, 4.4), by the names that senders give
// them. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mtasts::reports {

/// An object of the JSON; `aside` is one of which nothing is taken.
enum class Place : std::uint8_t {
  aside,
  document,
  report,
  date_range,
  entry,  // of policies[]
  policy,
  summary,
  details  // an element of failure-details[]
};

/// Which of the three that come more than once a field belongs to.
enum class Level : std::uint8_t { report, entry, details };

/// What a field has to be.
enum class Shape : std::uint8_t {
  text,
  name,
  word,
  count,
  time,
  texts,
  object
};

enum class Field : std::uint8_t {
  organization_name,
  contact_info,
  report_id,
  date_range,
  start_datetime,
  end_datetime,
  policies,
  policy,
  policy_type,
  policy_string,
  policy_domain,
  mx_host,
  summary,
  total_successful_session_count,
  total_failure_session_count,
  failure_details,
  result_type,
  sending_mta_ip,
  receiving_mx_hostname,
  receiving_mx_helo,
  receiving_ip,
  failed_session_count,
  additional_information,
  failure_reason_code,
  unknown  // also the document itself
};
constexpr std::size_t k_field_count = static_cast<std::size_t>(Field::unknown);

struct FieldFacts {
  std::string_view path;  // "policies[].policy.mx-host"
  Place home;             // the object that it belongs in
  Level level;
  Shape shape;
  bool is_optional = false;    // RFC 8460 says so
  Place opens = Place::aside;  // what its object is, or those of its list
};

const FieldFacts& facts_of(Field field);

struct FoundField {
  Field field = Field::unknown;
  bool is_odd = false;  // RFC 8460 has other letters, or another name
};

/// In any letters, with "_" for "-", and as drafts of RFC 8460 had it.
FoundField read_field_name(std::string_view key);

/// Also where it does not belong, as far as it is plain what is meant.
bool is_taken_in(Field field, Place place);

}  // namespace mtasts::reports
