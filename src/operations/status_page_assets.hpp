// SPDX-License-Identifier: MIT
// The script of the status page, as it stands in it.
#pragma once

#include <string_view>

namespace mtasts::operations {

extern const std::string_view k_page_script;

}  // namespace mtasts::operations
