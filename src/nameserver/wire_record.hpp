// SPDX-License-Identifier: MIT
// Between a record as a value and as ldns has it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "nameserver/answer.hpp"
#include "nameserver/packet.hpp"

namespace mtasts::nameserver {

/// Nothing for a type that is not known here, signatures among them, and for
/// another class than IN.
std::optional<Record> find_record(const ldns_rr* record);

/// Null when its data is none for the type, or its owner no domain name. Not
/// for CAA and SOA. A text without strings is split as short as it can be.
Owned<ldns_rr> make_record(const Record& from);

}  // namespace mtasts::nameserver
