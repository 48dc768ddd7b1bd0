// SPDX-License-Identifier: MIT
#include "tlsrpt/anomaly.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace mtasts::tlsrpt {
namespace {

constexpr std::size_t k_max_value_octets = 80;

constexpr std::array<std::string_view, 19> k_words = {
    "absent",     "empty",         "wrong-type",   "bad-value",
    "clamped",    "cut",           "no-zone",      "end-at-midnight",
    "long-range", "unknown-value", "odd-spelling", "unknown-key",
    "misplaced",  "repeated",      "sum-differs",  "encoding",
    "trailing",   "media-type",    "mail-form"};
static_assert(k_words.size() ==
              static_cast<std::size_t>(AnomalyKind::mail_form) + 1);

/// Not in the middle of a character.
std::string_view cut_value(std::string_view value) {
  if (value.size() <= k_max_value_octets) return value;
  std::size_t end = k_max_value_octets;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return value.substr(0, end);
}

}  // namespace

std::string_view format_anomaly_kind(AnomalyKind kind) {
  return k_words[static_cast<std::size_t>(kind)];
}

void note_anomaly(std::vector<Anomaly>& anomalies, AnomalyKind kind,
                  std::string_view place, std::string_view value) {
  const auto known =
      std::ranges::find_if(anomalies, [kind, place](const Anomaly& one) {
        return one.kind == kind && one.place == place;
      });
  if (known != anomalies.end()) {
    ++known->count;
  } else if (anomalies.size() < k_max_anomalies) {
    anomalies.push_back(
        {kind, std::string(place), std::string(cut_value(value)), 1});
  }
}

}  // namespace mtasts::tlsrpt
