// SPDX-License-Identifier: MIT
#include "tool/tool.hpp"

#include <initializer_list>

namespace mtasts::tool {
namespace {

// In the order of the help. A command is a file that defines a Command, which
// tool.hpp declares, and a word here.
constexpr std::initializer_list<const Command*> k_commands = {
    &k_verify, &k_publish, &k_plan, &k_retire, &k_history, &k_reports};

constexpr Program k_program = {
    .name = "mta-sts",
    .about =
        R"(Does what mta-stsd (RFC 8461) leaves to others: looks at a domain as senders
see it, and changes what stands elsewhere. What needs no network, such as
printing the DNS records, is among the commands of mta-stsd.
)",
    .ending =
        "Exit status: 0 good, 1 fault or finding, 2 wrong usage, 3 not all "
        "could be\ntested. See mta-sts(1).",
    .commands = k_commands};

}  // namespace

int run(int argc, const char* const* argv) {
  return mtasts::run(k_program, argc, argv);
}

}  // namespace mtasts::tool
