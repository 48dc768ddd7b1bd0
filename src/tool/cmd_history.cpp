// SPDX-License-Identifier: MIT
// The family of commands about what was served when.
#include <initializer_list>

#include "command_line.hpp"
#include "tool/history.hpp"
#include "tool/tool.hpp"

namespace mtasts::tool {
namespace {

// In the order of the help: a command is declared in history.hpp.
constexpr std::initializer_list<const Command*> k_commands = {
    &k_history_list, &k_history_merge, &k_history_compact, &k_history_import};

constexpr Program k_family = {
    .name = "mta-sts history",
    .about =
        R"(Reads what policy hosts have written of what they served ("history" in
[server]), and says until when senders may hold it (RFC 8461, 8).
)",
    .ending = "Exit status: 0 good, 1 fault, 2 wrong usage. See mta-sts(1).",
    .commands = k_commands};

}  // namespace

const Command k_history = {.usage = "history COMMAND",
                           .about = "see and keep what was served when",
                           .family = &k_family};

}  // namespace mtasts::tool
