// SPDX-License-Identifier: MIT
// mta-sts, what an operator runs beside mta-stsd: its commands, each in a file
// of its own.
#pragma once

#include "command_line.hpp"

namespace mtasts::tool {

extern const Command k_history;
extern const Command k_plan;
extern const Command k_publish;
extern const Command k_reports;
extern const Command k_retire;
extern const Command k_verify;

/// The exit status.
int run(int argc, const char* const* argv);

}  // namespace mtasts::tool
