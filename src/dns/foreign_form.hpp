// SPDX-License-Identifier: MIT
// Forms that hold records and are not read, each by its name.
#pragma once

#include <optional>
#include <string_view>

#include "result.hpp"

namespace mtasts::dns {

/// Says what `text` is, if that is a form which is known and not read. `hint`
/// is what to give instead, where the form itself suggests nothing better.
std::optional<Error> find_foreign_form(std::string_view text,
                                       std::string_view hint);

}  // namespace mtasts::dns
