// SPDX-License-Identifier: MIT
// Removes old reports from the database.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "command_line.hpp"
#include "process/clock.hpp"
#include "process/profile.hpp"
#include "process/sandbox.hpp"
#include "reports/database.hpp"
#include "text/duration.hpp"
#include "tool/reports.hpp"
#include "tool/reports_setup.hpp"

namespace mtasts::tool {
namespace {

/// Above what any question asks for: a year, and the same month of the last.
constexpr std::chrono::days k_default_keep{400};
/// The gate and the summary look that far back.
constexpr std::chrono::days k_least_keep{14};

Exit fail_by(const Error& error, Exit exit) {
  print_error(error);
  return exit;
}

Result<std::chrono::seconds> choose_keep(
    const std::optional<std::string>& keep) {
  if (!keep) return k_default_keep;
  const Result<std::chrono::seconds> time = text::parse_duration(*keep);
  if (!time) return fail(about_value("--keep", *keep, time.error()));
  if (*time < k_least_keep) {
    return fail(fmt::format("--keep {} is less than 14 days, which summary "
                            "and gate look back",
                            in_quotes(*keep)),
                "as in --keep 400d");
  }
  return *time;
}

/// The folder that a file lies in.
std::string folder_of(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path();
  return folder.empty() ? "." : folder;
}

/// Nothing is written but the database, what SQLite lays beside it, and the
/// summary.
void enter_sandbox(const ReportsSetup& setup) {
  if (!setup.config.startup.sandbox) return;
  process::Allowed allowed{.readable = {"/"},
                           .removable_in = {},
                           .writable_in = {folder_of(setup.reports.database)}};
  if (!setup.reports.summary.empty()) {
    allowed.writable_in.push_back(folder_of(setup.reports.summary));
  }
  process::enter_sandbox([&allowed] { return allowed; },
                         process::Profile::keeper);
}

Exit run(Arguments& arguments) {
  std::optional<std::string> keep;
  arguments.add_option("--keep", keep);
  if (const auto end = arguments.read()) return *end;
  const Result<std::chrono::seconds> kept = choose_keep(keep);
  if (!kept) return fail_by(kept.error(), Exit::usage);
  const auto setup = load_reports_setup(arguments);
  if (!setup) return Exit::fault;
  auto database = reports::Database::open(setup->reports.database);
  if (!database) return fail_by(database.error(), Exit::fault);
  const auto now = process::this_second();
  enter_sandbox(*setup);
  const auto removed = database->remove_before(now - *kept);
  if (!removed) return fail_by(removed.error(), Exit::fault);
  const auto updated = update_summary(setup->reports, now);
  if (!updated) return fail_by(updated.error(), Exit::fault);
  return print(fmt::format("removed: {} policies of reports\n", *removed))
             ? Exit::good
             : Exit::fault;
}

}  // namespace

const Command k_reports_gc = {
    .usage = "gc",
    .about = "remove old reports",
    .run = &run,
    .options =
        R"(  --keep TIME         how long reports are kept (default: 400d)
)"};

}  // namespace mtasts::tool
