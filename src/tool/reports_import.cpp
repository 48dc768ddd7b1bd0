// SPDX-License-Identifier: MIT
// Reads reports from files, folders and mailboxes, or the mail that a mail
// server hands over on standard input, into the database.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "command_line.hpp"
#include "files/read.hpp"
#include "process/clock.hpp"
#include "process/sandbox.hpp"
#include "reports/database.hpp"
#include "reports/importer.hpp"
#include "reports/sources.hpp"
#include "tool/reports.hpp"
#include "tool/reports_setup.hpp"

namespace mtasts::tool {
namespace {

constexpr const char* k_standard_input = "-";
/// Larger mails than can be read are kept as failed up to here.
constexpr std::size_t k_max_input_octets = std::size_t{64} << 20U;

struct Options {
  std::vector<std::string> sources = {};
  bool removes_files = false;
  bool takes_all = false;

  bool has_standard_input() const {
    return std::ranges::find(sources, k_standard_input) != sources.end();
  }
};

/// Whoever pipes a mail to us has it still, and shall try again: the statuses
/// of sysexits.h are what mail servers go by, and all but this one of them lose
/// the mail or return it to the sender.
Exit end_of(const Options& options) {
  return options.has_standard_input() ? Exit::later : Exit::fault;
}

/// Where collect puts what has come whole. Nothing else below the spool is ours
/// to empty, whatever folder was named as one.
std::string new_of(const std::string& spool) {
  return (std::filesystem::path(spool) / "new").string();
}

bool is_spool(const std::string& source, const std::string& spool) {
  if (spool.empty()) return false;
  std::error_code error;
  return std::filesystem::equivalent(source, spool, error) ||
         std::filesystem::equivalent(source, new_of(spool), error);
}

void tell_failure(const reports::Place& place, const Error& reason,
                  const std::string& kept) {
  print_message("warning",
                fmt::format("{}: {}", printable(place.name), reason.message),
                reason.hint);
  if (!kept.empty()) print_message("note", "kept as " + printable(kept));
}

std::string describe(const reports::ImportCounts& counts) {
  const std::size_t failed = counts.failed + counts.unreadable;
  return fmt::format(
      "files and messages: {} read, {} failed\n"
      "reports: {}\n"
      "policies in them: {} new, {} known, {} of other domains\n",
      counts.items - failed, failed, counts.reports, counts.policies.stored,
      counts.policies.duplicates, counts.policies.foreign);
}

Result<void> import_one(const std::string& source, const std::string& spool,
                        std::chrono::sys_seconds now,
                        reports::Importer& importer) {
  if (source != k_standard_input) {
    const auto channel = is_spool(source, spool) ? reports::Channel::https
                                                 : reports::Channel::file;
    return reports::visit_sources(source, channel, importer);
  }
  const auto octets = files::read_standard_input(k_max_input_octets);
  if (!octets) {
    return fail("standard input: " + octets.error().message);
  }
  return reports::visit_octets(
      {.octets = *octets, .name = "standard input", .received = now}, importer);
}

std::string folder_of(const std::string& path) {
  const std::filesystem::path folder =
      std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder.string();
}

/// Before anything is read that strangers wrote: from now on nothing is written
/// but where reports are kept, and there is no network.
process::Sandbox enter_sandbox(const Options& options,
                               const ReportsSetup& setup) {
  if (!setup.config.startup.sandbox) return {"off", "off", "server.sandbox"};
  process::Allowed allowed{
      .readable = {"/"},
      .removable_in = {},
      .writable_in = {folder_of(setup.reports.database), setup.reports.failed}};
  if (!setup.reports.summary.empty()) {
    allowed.writable_in.push_back(folder_of(setup.reports.summary));
  }
  if (options.removes_files) {
    for (const std::string& source : options.sources) {
      allowed.removable_in.push_back(
          std::filesystem::is_directory(source) ? source : folder_of(source));
    }
  }
  return process::enter_sandbox([&allowed] { return allowed; },
                                process::Profile::keeper);
}

Result<reports::ImportCounts> import_all(const Options& options,
                                         const ReportsSetup& setup,
                                         std::chrono::sys_seconds now) {
  auto made = make_folder_of(setup.reports.database);
  if (made) made = make_folder_of(setup.reports.failed + "/reason");
  if (!made) return fail(made.error());
  if (!setup.reports.summary.empty()) {
    // The policy host reads there, as somebody else.
    std::error_code error;
    std::filesystem::create_directories(folder_of(setup.reports.summary),
                                        error);
  }
  auto database = reports::Database::open(setup.reports.database);
  if (!database) return fail(database.error());
  enter_sandbox(options, setup);
  reports::Importer importer(*database,
                             {.intake = make_intake(setup, options.takes_all),
                              .failed = setup.reports.failed,
                              .removes_files = options.removes_files,
                              .now = now,
                              .tell_failure = &tell_failure});
  for (const std::string& source : options.sources) {
    const auto done = import_one(source, setup.reports.spool, now, importer);
    if (!done) return fail(done.error());
  }
  if (const auto done = importer.commit(); !done) return fail(done.error());
  return importer.counts();
}

/// Nothing when all is well, or when it can't be mended by trying again.
std::optional<Exit> find_fault(const Options& options,
                               const ReportsSetup& setup) {
  const std::chrono::sys_seconds now = process::this_second();
  const auto counts = import_all(options, setup, now);
  if (!counts) {
    print_error(counts.error());
    return end_of(options);
  }
  // Once more would change nothing: all is in the database.
  const auto updated = update_summary(setup.reports, now);
  if (!updated) print_error(updated.error());
  // A mail server may take any output for a fault.
  if (options.has_standard_input()) return std::nullopt;
  const bool is_printed = print(describe(*counts));
  // What has been moved out of the way will not be in it again.
  const bool has_failed = counts->unreadable != 0 ||
                          (counts->failed != 0 && !options.removes_files);
  if (!updated || !is_printed || has_failed) return Exit::fault;
  return std::nullopt;
}

Exit run(Arguments& arguments) {
  Options options;
  arguments.add_words("source", options.sources);
  arguments.add_flag("--remove", options.removes_files);
  arguments.add_flag("--all-domains", options.takes_all);
  if (const auto end = arguments.read()) return *end;
  const auto setup = load_reports_setup(arguments);
  if (!setup) return end_of(options);
  if (options.sources.empty()) {
    if (setup->reports.spool.empty()) {
      return print_usage_error(
          "name files, folders or mailboxes, or - for standard input; without "
          "them it reads [reports] spool, which is not set");
    }
    options.sources = {new_of(setup->reports.spool)};
    if (!std::filesystem::is_directory(options.sources.front())) {
      print_error(fmt::format("the spool {} has no folder \"new\"",
                              in_quotes(setup->reports.spool)),
                  "mta-stsd collect makes it when it starts; a folder of other "
                  "files is read by its name: mta-sts reports import FOLDER");
      return Exit::fault;
    }
    options.removes_files = true;
  }
  return find_fault(options, *setup).value_or(Exit::good);
}

}  // namespace

const Command k_reports_import = {
    .usage = "import [SOURCE...]",
    .about = "read reports into the database",
    .run = &run,
    .options =
        R"(  SOURCE               a file, folder, maildir or mailbox; - is a mail on standard
                       input; without any, the spool of [reports], whose files
                       go when they are read
  --remove             removes files once they are read; mailboxes stay
  --all-domains        also takes what is about domains that have no policy here
)"};

}  // namespace mtasts::tool
