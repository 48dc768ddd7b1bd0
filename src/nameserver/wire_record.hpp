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

/// `data` is in the form of Record::data. Null when it is none for the type, or
/// `owner` no domain name. Not for CAA and SOA.
Owned<ldns_rr> make_record(const std::string& owner, Type type,
                           std::uint32_t ttl, const std::string& data);

}  // namespace mtasts::nameserver
