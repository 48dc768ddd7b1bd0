// SPDX-License-Identifier: MIT
#include "tlsrpt/anomaly.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace mtasts::tlsrpt {
namespace {

/// Of a place, which may be a key of the sender's, and of a value.
constexpr std::size_t k_max_octets = 80;

constexpr std::array<std::string_view, 19> k_words = {
    "absent",     "empty",         "wrong-type",   "bad-value",
    "clamped",    "cut",           "no-zone",      "end-at-midnight",
    "long-range", "unknown-value", "odd-spelling", "unknown-key",
    "misplaced",  "repeated",      "sum-differs",  "encoding",
    "trailing",   "media-type",    "mail-form"};
static_assert(k_words.size() ==
              static_cast<std::size_t>(AnomalyKind::mail_form) + 1);

/// On one line, and not cut in the middle of a character.
std::string shorten(std::string_view text) {
  std::size_t end = std::min(text.size(), k_max_octets);
  if (end < text.size()) {
    while (end > 0 &&
           (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
      --end;
    }
  }
  std::string shown(text.substr(0, end));
  std::ranges::replace_if(
      shown, [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; }, ' ');
  return shown;
}

}  // namespace

std::string_view format_anomaly_kind(AnomalyKind kind) {
  return k_words[static_cast<std::size_t>(kind)];
}

void note_anomaly(std::vector<Anomaly>& anomalies, AnomalyKind kind,
                  std::string_view place, std::string_view value) {
  const auto find_at = [&](std::string_view at) {
    return std::ranges::find_if(anomalies, [kind, at](const Anomaly& one) {
      return one.kind == kind && one.place == at;
    });
  };
  // Of 8 million in one report all but the first end here.
  auto known = find_at(place);
  if (known != anomalies.end()) {
    ++known->count;
    return;
  }
  std::string at = shorten(place);
  known = find_at(at);
  if (known != anomalies.end()) {
    ++known->count;
  } else if (anomalies.size() < k_max_anomalies) {
    anomalies.push_back({kind, std::move(at), shorten(value), 1});
  }
}

}  // namespace mtasts::tlsrpt
