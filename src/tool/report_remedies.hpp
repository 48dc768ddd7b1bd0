// SPDX-License-Identifier: MIT
// What to do about what senders report as failed. Pure.
#pragma once

#include <string>
#include <string_view>

namespace mtasts::tool {

/// In the words of `verify`, which finds the cause where it still is there. For
/// what RFC 8460, 4.3, does not know it says where to look.
std::string describe_remedy(std::string_view result_type,
                            std::string_view domain);

}  // namespace mtasts::tool
