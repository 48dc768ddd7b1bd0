// SPDX-License-Identifier: MIT
// The family of commands about what was served when.
#include <array>

#include "command_line.hpp"
#include "tool/history.hpp"
#include "tool/tool.hpp"

namespace mtasts::tool {
namespace {

// In the order of the help: a command is declared in history.hpp.
constexpr std::array<const Command*, 4> k_commands = {
    &k_history_list, &k_history_merge, &k_history_compact, &k_history_import};

constexpr Program k_family = {
    .name = "mta-sts history",
    .about =
        R"(Reads the history that mta-stsd keeps of what it served when: senders hold a
policy for as long as its max_age says, whatever has become of it. Nothing is
written but to standard output.
)",
    .ending = "Exit status: 0 good, 1 fault, 2 wrong usage. See mta-sts(1).",
    .commands = k_commands};

}  // namespace

const Command k_history = {.usage = "history COMMAND",
                           .about = "what was served when, and is held still",
                           .family = &k_family};

}  // namespace mtasts::tool
