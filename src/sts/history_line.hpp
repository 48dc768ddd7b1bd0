// SPDX-License-Identifier: MIT
// One line of a history: that a policy host began or ceased to serve a policy
// for a domain. RFC 8461 has senders keep a policy for up to a year; only who
// knows what was served knows what they may still hold (8.1 to 8.3).
//
//   2026-11-27T16:20:00Z serve example.com ID enforce 604800
//   a.example,*.b.example SUM
//
// ID is the policy's, SUM the first 8 hex digits of SHA-256 of all in front of
// its space. A policy without mx has "-" in their place.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "result.hpp"
#include "sts/policy.hpp"

namespace mtasts::sts {

struct HistoryLine {
  enum class Event { serve, end };

  std::chrono::sys_seconds time;
  Event event;
  std::string domain;  // in lower case
  std::string id;      // of the policy's text
  Policy policy;

  friend bool operator==(const HistoryLine&, const HistoryLine&) = default;
};

/// With its newline.
std::string format_history_line(const HistoryLine& line);

/// Of a line without its newline. The error says what tells it from one that
/// format_history_line() has written.
Result<HistoryLine> parse_history_line(std::string_view text);

}  // namespace mtasts::sts
