// SPDX-License-Identifier: MIT
// Reads the text of a policy as any host may serve it, by the ABNF of RFC
// 8461, 3.2 to the letter, and says of every line what senders make of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "result.hpp"
#include "sts/policy.hpp"

namespace mtasts::sts {

/// RFC 8461, 3.3: what senders are sure to fetch.
constexpr std::size_t k_max_fetched_octets = 65'536;

/// `legal`: the ABNF allows it, but a known sender or checker stumbles over
/// it, or it means something else than its writer thinks. `fatal`: the ABNF
/// does not allow it, so senders ignore the whole policy.
enum class Gravity { legal, fatal };

struct Deviation {
  Gravity gravity;
  std::size_t line;  // from 1; 0: the text as a whole
  Error error;       // the hint names the sender or section, and the way out
};

struct PolicyReading {
  std::optional<Policy> policy;       // nothing after a fatal deviation
  std::vector<Deviation> deviations;  // by line, the whole text's last
};

/// Accepts LF or CRLF, any order, unknown fields, and takes the first of
/// duplicates. Reads on behind a fault, so that all of them are reported. A
/// policy that says more than fits into `max_octets` is one: to be served here,
/// it has to be shorter than senders would take.
PolicyReading read_policy(std::string_view text,
                          std::size_t max_octets = k_max_policy_octets);

}  // namespace mtasts::sts
