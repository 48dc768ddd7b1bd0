// SPDX-License-Identifier: MIT
#include "tool/reports_setup.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "config/load.hpp"
#include "reports/last_days.hpp"
#include "reports/query.hpp"
#include "reports/sqlite.hpp"

namespace mtasts::tool {
namespace {

/// What an environment variable says; nothing when it is empty, too.
std::optional<std::string> find_variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

Result<std::string> choose_state_folder() {
  if (const auto folder = find_variable("STATE_DIRECTORY")) {
    return folder->substr(0, folder->find(':'));  // a unit may have several
  }
  if (const auto folder = find_variable("XDG_STATE_HOME")) {
    return *folder + "/mta-sts";
  }
  if (const auto home = find_variable("HOME")) {
    return *home + "/.local/state/mta-sts";
  }
  return fail("there is no place for the database: $HOME is not set",
              "name one in the configuration: [reports] with database = "
              "\"/var/lib/mta-sts/reports.db\"");
}

bool is_missing(const std::string& path) {
  struct stat status {};
  return path != "-" && ::stat(path.c_str(), &status) != 0 && errno == ENOENT;
}

}  // namespace

std::optional<ReportsSetup> load_reports_setup(const Arguments& arguments) {
  ReportsSetup setup;
  const std::string& path = arguments.config();
  if (!arguments.is_default_config() || !is_missing(path)) {
    config::Loaded loaded = config::load_config(path);
    if (!loaded.config) {
      print_diagnostics(loaded.diagnostics);
      return std::nullopt;
    }
    setup.config = *std::move(loaded.config);
  }
  Result<config::Reports> reports =
      complete_reports(setup.config.reports.value_or(config::Reports{}));
  if (!reports) {
    print_error(reports.error());
    return std::nullopt;
  }
  setup.reports = *std::move(reports);
  return setup;
}

Result<config::Reports> complete_reports(config::Reports reports) {
  if (reports.database.empty()) {
    const Result<std::string> folder = choose_state_folder();
    if (!folder) return fail(folder.error());
    reports.database = *folder + "/reports.db";
  }
  if (reports.failed.empty()) {
    reports.failed =
        std::filesystem::path(reports.database).replace_filename("failed");
  }
  return reports;
}

Result<void> make_folder_of(const std::string& path) {
  // What senders report is nobody else's, until its owner says so.
  const mode_t mask = ::umask(077);
  std::error_code error;
  const std::filesystem::path folder =
      std::filesystem::path(path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  ::umask(mask);
  if (error) {
    return fail(fmt::format("folder {}: {}", in_quotes(folder.string()),
                            format_errno(error.value())));
  }
  return {};
}

Result<void> update_summary(const config::Reports& reports,
                            std::chrono::sys_seconds now) {
  if (reports.summary.empty()) return {};
  Result<reports::Connection> connection =
      reports::open_to_read(reports.database);
  if (!connection) return fail(connection.error());
  return reports::write_last_days(*connection, reports.summary, now);
}

reports::Intake make_intake(const ReportsSetup& setup, bool takes_all) {
  reports::Intake intake{.trusted_authserv_ids =
                             setup.reports.trusted_authserv_ids};
  if (!takes_all && !setup.config.live.policies.empty()) {
    intake.is_ours = [&live = setup.config.live](std::string_view domain) {
      return live.find_domain(domain) != nullptr;
    };
  }
  return intake;
}

}  // namespace mtasts::tool
