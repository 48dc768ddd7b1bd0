// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "cli/cli.hpp"
#include "config/listeners.hpp"
#include "config/load.hpp"
#include "config/policy_lint.hpp"
#include "process/clock.hpp"
#include "process/progress.hpp"
#include "snapshot/check_changes.hpp"
#include "snapshot/refusals.hpp"
#include "snapshot/snapshot_loader.hpp"
#include "text/json.hpp"

namespace mtasts::cli {
namespace {

struct Options {
  std::string config;
  std::optional<std::string> against;
};

struct Checked {
  Diagnostics diagnostics;
  std::optional<Error> failure = {};  // nothing to compare with
  std::size_t domains = 0;
  std::size_t certificates = 0;
};

std::size_t count(const Diagnostics& diagnostics, Severity severity) {
  return static_cast<std::size_t>(std::count_if(
      diagnostics.begin(), diagnostics.end(),
      [severity](const Diagnostic& one) { return one.severity == severity; }));
}

/// With `against`, or the history: of what is served now.
void check_guard(const config::Startup& startup, const config::Live& live,
                 const Options& options, Checked& checked) {
  Result<Diagnostics> found =
      snapshot::check_changes(live, startup.history, options.config,
                              options.against, process::this_second());
  if (found) {
    append(checked.diagnostics, *std::move(found));
  } else {
    checked.failure = found.error();
  }
}

Checked check_policies(const Options& options) {
  config::Loaded loaded = config::load_config(
      options.config, process::Progress(process::show_on_terminal).visitor());
  Checked checked{.diagnostics = std::move(loaded.diagnostics)};
  if (loaded.config) {
    check_guard(loaded.config->startup, loaded.config->live, options, checked);
    checked.domains = snapshot::all_domains(loaded.config->live).size();
    append(
        checked.diagnostics,
        config::lint_retirements(loaded.config->live, process::this_second()));
  }
  return checked;
}

Checked check_all(const Options& options) {
  const std::string& path = options.config;
  snapshot::LoadedSnapshot loaded = snapshot::load_snapshot(
      path, process::this_second(),
      process::Progress(process::show_on_terminal).visitor());
  Checked checked{.diagnostics = std::move(loaded.diagnostics)};
  if (!loaded.snapshot) return checked;
  const snapshot::Snapshot& snapshot = *loaded.snapshot;
  check_guard(snapshot.startup, snapshot.live, options, checked);
  checked.domains = snapshot.live.by_domain.size();
  checked.certificates = snapshot.certificates->size();
  if (snapshot.needs_certificates && snapshot.live.certificates.empty()) {
    checked.diagnostics.push_back(
        {Severity::warning, "server.no-certificates", Place{path},
         snapshot.startup.challenges.empty()
             ? "no certificates are configured, so serve can't start"
             : "no certificates are configured, so serve answers challenges "
               "alone",
         "certificates = [\"/certs\"] in [server], or check "
         "--policies-only"});
  }
  append(checked.diagnostics, config::find_missing_challenges(
                                  snapshot.startup, Severity::warning, path));
  append(checked.diagnostics,
         snapshot::check_refusals(snapshot, loaded.touched, path,
                                  Severity::warning));
  // The last thing: root is somebody else then.
  append(checked.diagnostics,
         snapshot::check_user(snapshot, path, process::this_second()));
  return checked;
}

/// One line, for people.
std::string format_text(const Checked& checked, const std::string& config) {
  const std::size_t warnings = count(checked.diagnostics, Severity::warning);
  return fmt::format("{}: {} policy domain{}, {} certificate{}, {} warning{}\n",
                     printable(config), checked.domains,
                     checked.domains == 1 ? "" : "s", checked.certificates,
                     checked.certificates == 1 ? "" : "s", warnings,
                     warnings == 1 ? "" : "s");
}

/// One document, each finding on a line of its own.
std::string format_json(const Checked& checked, const std::string& config) {
  std::string findings;
  for (const Diagnostic& one : checked.diagnostics) {
    findings += (findings.empty() ? "\n" : ",\n") + format_diagnostic_json(one);
  }
  return fmt::format(
      R"({{"config":{},"domains":{},"certificates":{},"errors":{},)"
      R"("warnings":{},"findings":[{}]}})"
      "\n",
      text::json_quote(config), checked.domains, checked.certificates,
      count(checked.diagnostics, Severity::error),
      count(checked.diagnostics, Severity::warning), findings);
}

Exit check(Arguments& arguments) {
  std::string format;
  bool policies_only = false;
  bool strict = false;
  arguments.add_choice("--format", format, {"text", "json"});
  arguments.add_flag("--policies-only", policies_only);
  arguments.add_flag("--strict", strict);
  Options options;
  arguments.add_option("--against", options.against);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  const std::string& config = options.config = arguments.config();
  if (options.against == "-" && config == "-") {
    print_error("--against and --config can't both read standard input");
    return Exit::usage;
  }
  Checked checked =
      policies_only ? check_policies(options) : check_all(options);
  if (checked.failure) return fault(*checked.failure);
  sort_diagnostics(checked.diagnostics);
  const bool failed =
      has_errors(checked.diagnostics) ||
      (strict && count(checked.diagnostics, Severity::warning) != 0);
  bool printed = true;
  if (format == "json") {
    printed = print(format_json(checked, config));
  } else {
    print_diagnostics(checked.diagnostics);
    if (!has_errors(checked.diagnostics)) {
      printed = print(format_text(checked, config));
    }
  }
  return printed && !failed ? Exit::good : Exit::fault;
}

}  // namespace

const Command k_check = {
    .usage = "check",
    .about = "read everything, report everything that is wrong",
    .run = check,
    .options =
        R"(  --against OLD       also what the guard says of the change from this older
                      configuration (default: from what the history tells)
  --format FORM       text or json (default: text)
  --policies-only     leave certificates and listeners out
  --strict            exit 1 on warnings too
)"};

}  // namespace mtasts::cli
