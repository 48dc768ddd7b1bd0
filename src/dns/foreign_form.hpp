// SPDX-License-Identifier: MIT
// Forms that hold records and are not read, each by its name.
#pragma once

#include <optional>
#include <string_view>

#include "result.hpp"

namespace mtasts::dns {

/// What to give instead of something that is no zone.
inline constexpr std::string_view k_zone_hint =
    "give a zone file, or what dig TXT _mta-sts.DOMAIN _smtp._tls.DOMAIN "
    "prints";

/// Says what `text` is, if that is a form which is known and not read.
std::optional<Error> find_foreign_form(std::string_view text);

}  // namespace mtasts::dns
