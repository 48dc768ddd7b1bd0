// SPDX-License-Identifier: MIT
// The commands behind "mta-sts reports", each in the file that is named for it:
// reports_import.cpp and so on.
#pragma once

#include "command_line.hpp"

namespace mtasts::tool {

extern const Command k_reports_alert;
extern const Command k_reports_gate;
extern const Command k_reports_gc;
extern const Command k_reports_import;
extern const Command k_reports_list;
extern const Command k_reports_show;
extern const Command k_reports_summary;

}  // namespace mtasts::tool
