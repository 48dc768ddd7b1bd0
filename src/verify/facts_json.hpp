// SPDX-License-Identifier: MIT
// Facts as JSON, written and read back: what was seen somewhere can be judged
// anywhere, and every bug report becomes a test. nlohmann::json enters here.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "result.hpp"
#include "verify/facts.hpp"

namespace mtasts::verify {

/// Of one document, which is a line where there are several.
constexpr std::size_t k_max_facts_octets = std::size_t{8} * 1024 * 1024;

/// One object on one line, without its end. docs/facts.schema.json describes
/// it. A text that is no UTF-8 is written as {"latin1": TEXT}, with a character
/// below U+0100 for each octet, so that it comes back whole.
std::string format_facts(const Facts& facts);

/// Reads facts in each form in which they are printed, and gives them to `take`
/// one after the other: as format_facts() writes them, as the member "facts" of
/// an object, as several of those in the member "domains" of one, or a line for
/// each. Also those of an older version, without what that did not know, and of
/// a newer one, with more. The error names the place: "line 2:
/// /hosts/0/host/name is no text".
Result<void> parse_each_facts(std::string_view text,
                              const std::function<void(Facts)>& take);

}  // namespace mtasts::verify
