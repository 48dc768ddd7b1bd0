// SPDX-License-Identifier: MIT
// The style and the script of the status page, as they stand in it.
#pragma once

#include <string_view>

namespace mtasts::operations {

extern const std::string_view k_page_style;
extern const std::string_view k_page_script;

}  // namespace mtasts::operations
