// SPDX-License-Identifier: MIT
// What all commands of "mta-sts reports" begin with: the configuration, and
// where reports lie.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "command_line.hpp"
#include "config/config.hpp"
#include "reports/database.hpp"
#include "result.hpp"

namespace mtasts::tool {

struct ReportsSetup {
  config::Config config;    // an empty one where there is none
  config::Reports reports;  // [reports], its database and failed filled in
};

/// By the options of `arguments`, which have been read. No configuration is
/// needed, but for one that -c names. Nothing after an error, which is printed.
std::optional<ReportsSetup> load_reports_setup(const Arguments& arguments);

/// The table with the places that it leaves out: the database in the state
/// folder, which is $STATE_DIRECTORY (systemd.exec(5)), $XDG_STATE_HOME/mta-sts
/// or ~/.local/state/mta-sts, and failed beside the database. Fails without a
/// home.
Result<config::Reports> complete_reports(config::Reports reports);

/// The folder of a file that is going to be written, made with its parents for
/// us alone where it is missing.
Result<void> make_folder_of(const std::string& path);

/// Writes each domain's last day into the file of [reports] that the policy
/// host shows, if there is to be one.
Result<void> update_summary(const config::Reports& reports,
                            std::chrono::sys_seconds now);

/// The domains of the configuration are ours; all are if it has none, or with
/// `takes_all`.
reports::Intake make_intake(const ReportsSetup& setup, bool takes_all);

}  // namespace mtasts::tool
