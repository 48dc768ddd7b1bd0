// SPDX-License-Identifier: MIT
// Facts as JSON, written and read back: what was seen somewhere can be judged
// anywhere, and every bug report becomes a test. nlohmann::json enters here.
#pragma once

#include <string>
#include <string_view>

#include "result.hpp"
#include "verify/facts.hpp"

namespace mtasts::verify {

/// One object on one line, without its end. docs/facts.schema.json describes
/// it. Octets that are no UTF-8 are escaped so that they come back.
std::string format_facts(const Facts& facts);

/// Reads what format_facts() writes; also of an older version, without what
/// that did not know. The error names the place: "/hosts/0/host/name is no
/// string".
Result<Facts> parse_facts(std::string_view text);

}  // namespace mtasts::verify
