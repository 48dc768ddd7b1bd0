// SPDX-License-Identifier: MIT
// mta-stsd: its commands, each in a file of its own.
#pragma once

#include "command_line.hpp"

namespace mtasts::cli {

/// The exit status.
int run(int argc, const char* const* argv);

extern const Command k_check;
extern const Command k_collect;
extern const Command k_health;
extern const Command k_import;
extern const Command k_records;
extern const Command k_render;
extern const Command k_serve;
extern const Command k_status;

}  // namespace mtasts::cli
