// SPDX-License-Identifier: MIT
// All that verify can find, in one table, which the manual page repeats. Pure.
#pragma once

#include <span>
#include <string_view>

namespace mtasts::verify {

struct FindingKind {
  std::string_view id;
  /// Those it can have, and when: "error, warning in testing". Only they are
  /// spelt there as format_diagnostic() spells them.
  std::string_view severities;
  std::string_view meaning;  // one sentence for the manual page
  /// What senders do because of it, one sentence with the codes of their
  /// bounces where they are known; empty where they do nothing.
  std::string_view effect;
};

std::span<const FindingKind> all_findings();

/// Null when there is none of that id.
const FindingKind* find_kind(std::string_view id);

}  // namespace mtasts::verify
