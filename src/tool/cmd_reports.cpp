// SPDX-License-Identifier: MIT
// The family of commands about TLS-RPT reports.
#include <initializer_list>

#include "command_line.hpp"
#include "tool/reports.hpp"
#include "tool/tool.hpp"

namespace mtasts::tool {
namespace {

// In the order of the help: a command is declared in reports.hpp.
constexpr std::initializer_list<const Command*> k_commands = {
    &k_reports_import, &k_reports_summary, &k_reports_list, &k_reports_show,
    &k_reports_alert,  &k_reports_gate,    &k_reports_gc};

constexpr Program k_family = {
    .name = "mta-sts reports",
    .about =
        R"(Reads the reports that senders send about deliveries (TLS-RPT, RFC 8460), keeps
them in a database of its own, and says what they mean.
)",
    .ending =
        "Exit status: 0 good, 1 fault or finding, 2 wrong usage, 3 not all "
        "could be\ntested. See mta-sts(1).",
    .commands = k_commands};

}  // namespace

const Command k_reports = {.usage = "reports COMMAND",
                           .about = "read and judge what senders report",
                           .family = &k_family};

}  // namespace mtasts::tool
