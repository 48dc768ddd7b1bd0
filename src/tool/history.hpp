// SPDX-License-Identifier: MIT
// The commands about histories, which cmd_history.cpp lists.
#pragma once

#include "command_line.hpp"

namespace mtasts::tool {

extern const Command k_history_compact;
extern const Command k_history_import;
extern const Command k_history_list;
extern const Command k_history_merge;

}  // namespace mtasts::tool
