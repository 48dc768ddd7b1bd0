// SPDX-License-Identifier: MIT
// Where a report is not as RFC 8460 has it, and was taken all the same. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mtasts::tlsrpt {

enum class AnomalyKind : std::uint8_t {
  absent,      // a field that RFC 8460, 4.4, has
  empty,       // it is there, with nothing in it
  wrong_type,  // a number as a text, one value in place of a list
  bad_value,   // no count, no time, no name; taken as nothing or by a guess
  clamped,     // a count above k_max_count, taken as that
  cut,         // a text or a list that is longer than any honest one
  no_zone,     // a time without its zone, taken as UTC
  end_at_midnight,  // the range ends with the first second of the next day
  long_range,       // more than a day (RFC 8460, 4.1)
  unknown_value,    // a word that RFC 8460 does not know, kept as it came
  odd_spelling,     // a word, name or time in another form, taken as what it is
  unknown_key,      // left aside
  misplaced,        // a known field in a place that is not its own
  repeated,         // the same field again; the last one counts
  sum_differs,  // failed sessions: in the summary others than in the details
  encoding,     // no plain UTF-8: a BOM, UTF-16, Latin-1, control octets
  trailing,     // something behind the end of the JSON or of the gzip
  media_type,   // the part of the mail is not declared as a report
  mail_form,    // the mail is no multipart/report as RFC 8460, 5.3, has it
};

/// One for each kind and place of a report, however often it is there.
struct Anomaly {
  AnomalyKind kind = AnomalyKind::absent;
  std::string place;  // "policies[].policy.mx-host"; "mail", "gzip" or "json"
  std::string value;  // what was there, the first time, cut; may be empty
  std::uint32_t count = 1;

  friend bool operator==(const Anomaly&, const Anomaly&) = default;
};

/// Its word, as it is kept and printed: "wrong-type".
std::string_view format_anomaly_kind(AnomalyKind kind);

/// Adds it, or counts it once more. Past k_max_anomalies new ones are dropped.
void note_anomaly(std::vector<Anomaly>& anomalies, AnomalyKind kind,
                  std::string_view place, std::string_view value = {});

constexpr std::size_t k_max_anomalies = 64;

}  // namespace mtasts::tlsrpt
