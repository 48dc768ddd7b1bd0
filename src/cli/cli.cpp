// SPDX-License-Identifier: MIT
#include "cli/cli.hpp"

#include <initializer_list>

namespace mtasts::cli {
namespace {

// In the order of the help.
constexpr std::initializer_list<const Command*> k_commands = {
    &k_serve,  &k_collect, &k_check,  &k_records,
    &k_render, &k_import,  &k_health, &k_status};

constexpr Program k_program = {
    .name = "mta-stsd",
    .about =
        R"(Serves MTA-STS policies (RFC 8461) over HTTPS, and prints the DNS records
that go with them.
)",
    .ending =
        "Exit status: 0 good, 1 fault or finding, 2 wrong usage. See "
        "mta-stsd(8).",
    .commands = k_commands};

}  // namespace

int run(int argc, const char* const* argv) {
  return mtasts::run(k_program, argc, argv);
}

}  // namespace mtasts::cli
