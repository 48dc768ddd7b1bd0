// SPDX-License-Identifier: MIT
// The commands behind "mta-sts history", each in the file that is named for it:
// history_list.cpp and so on.
#pragma once

#include "command_line.hpp"

namespace mtasts::tool {

extern const Command k_history_compact;
extern const Command k_history_import;
extern const Command k_history_list;
extern const Command k_history_merge;

}  // namespace mtasts::tool
