// SPDX-License-Identifier: MIT
// From the octets of a reply to what it says. Pure.
#pragma once

#include <string>
#include <string_view>

#include "nameserver/answer.hpp"

namespace mtasts::nameserver {

/// `reply` is one to the question for `name` and `type`, by is_reply(). Never
/// not_asked or silent.
Answer read_answer(std::string_view reply, const std::string& name, Type type);

}  // namespace mtasts::nameserver
