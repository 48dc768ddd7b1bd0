// SPDX-License-Identifier: MIT
// An MTA-STS policy (RFC 8461, 3.2) that is known to be good. It says nothing
// of domains: one policy may serve any number of them.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "result.hpp"
#include "sts/mx_pattern.hpp"

namespace mtasts::sts {

/// RFC 8461, 5.
enum class Mode { testing, enforce, none };

/// In the order of Mode.
constexpr auto k_mode_names =
    std::to_array<std::string_view>({"testing", "enforce", "none"});
static_assert(k_mode_names.size() == static_cast<std::size_t>(Mode::none) + 1);

constexpr std::string_view format_mode(Mode mode) {
  return k_mode_names[static_cast<std::size_t>(mode)];
}
/// Case-sensitive, as the grammar's %s asks.
std::optional<Mode> parse_mode(std::string_view text);

/// RFC 8461, 3.2: "a maximum value of 31557600", about one year.
constexpr std::chrono::seconds k_max_max_age{31557600};

/// Of a policy that takes another one back: RFC 8461, 8.3 asks for a small one,
/// and this is the least that every sender takes.
constexpr std::chrono::seconds k_retire_max_age = std::chrono::days(1);

/// Of the text of a policy. chasquid cuts a body at 10,240 octets without a
/// word; stay below.
constexpr std::size_t k_max_policy_octets = 10'000;

class Policy {
 public:
  /// Sorts `mx` and drops duplicates. Fails without an mx unless the mode is
  /// none, with a max_age outside 0..k_max_max_age, and when the text would
  /// have more than `max_octets`: one of ours is smaller than any sending MTA
  /// is sure to read.
  static Result<Policy> make(Mode mode, std::vector<MxPattern> mx,
                             std::chrono::seconds max_age,
                             std::size_t max_octets = k_max_policy_octets);

  Mode mode() const { return mode_; }
  const std::vector<MxPattern>& mx() const { return mx_; }
  std::chrono::seconds max_age() const { return max_age_; }

  friend bool operator==(const Policy&, const Policy&) = default;

 private:
  Policy(Mode mode, std::vector<MxPattern> mx, std::chrono::seconds max_age)
      : mode_(mode), mx_(std::move(mx)), max_age_(max_age) {}

  Mode mode_;
  std::vector<MxPattern> mx_;
  std::chrono::seconds max_age_;
};

}  // namespace mtasts::sts
