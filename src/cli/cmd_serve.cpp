// SPDX-License-Identifier: MIT
// The life of the server, from top to bottom: load, check, bind, serve, print
// the records, then reload on changes until a signal ends it.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cli/cli.hpp"
#include "cli/service.hpp"
#include "config/listeners.hpp"
#include "files/stamp.hpp"
#include "log.hpp"
#include "operations/operations.hpp"
#include "process/account.hpp"
#include "process/clock.hpp"
#include "process/service_manager.hpp"
#include "process/signals.hpp"
#include "publish/format.hpp"
#include "publish/records.hpp"
#include "server/policy_host.hpp"
#include "snapshot/history.hpp"
#include "snapshot/refusals.hpp"
#include "snapshot/reload.hpp"
#include "snapshot/reload_thread.hpp"

namespace mtasts::cli {
namespace {

using snapshot::Snapshot;

struct Options {
  std::string config;
  bool allow_example = false;
  bool allow_plain_http = false;
  LogOptions log;
};

// More would only scroll by; they are a command away.
constexpr std::size_t k_max_printed_domains = 20;

// For those who start it before they have read anything.
constexpr const char* k_first_config = R"(
This is a configuration to begin with. In a container, mount the folder that
has it at /etc/mta-stsd, and one with certificate and key at /certs:

  [server]
  listen = ["[::]:8443"]
  certificates = ["/certs"]
  [operations]
  listen = "127.0.0.1:9443"
  [[policy]]
  domains = ["example.com"]
  mx = ["mail.example.com"]
  mode = "testing"
  tls_rpt = ["mailto:tls-reports@example.com"]
)";

/// Prints what to publish, now that the policies behind it are being served
/// (RFC 8461, 8.1: the policy first, then the record).
void print_records(const Snapshot& snapshot,
                   const std::vector<std::string>& domains) {
  if (domains.empty()) return;
  const std::string text =
      domains.size() > k_max_printed_domains
          ? fmt::format(
                "; {} policy domains: mta-stsd records prints the "
                "records to publish\n",
                domains.size())
          : publish::format_zone(publish::make_records(snapshot.live.policies,
                                                       domains, std::nullopt));
  if (log::write_at_once(STDOUT_FILENO, text)) return;
  log::warning("records-lost", {{"domains", domains.size()},
                                {"hint", "mta-stsd records prints them"}});
}

snapshot::Allowances allowances(const Options& options) {
  return {.examples = options.allow_example,
          .plain_http = options.allow_plain_http};
}

/// Without a snapshot, after saying why, when there is nothing to serve.
snapshot::LoadedSnapshot load(const Options& options,
                              snapshot::SnapshotLoader& loader,
                              snapshot::History& history,
                              process::ServiceManager& manager) {
  if (options.config == "-") {
    print_error("serve can't read its configuration from standard input",
                "it has to read it again when certificates are renewed");
    return {};
  }
  snapshot::LoadedSnapshot loaded = load_first(loader, manager);
  if (!loaded.snapshot) {
    print_diagnostics(loaded.diagnostics);
    if (!files::stamp_file(options.config).is_there()) {
      fmt::print(stderr, "{}", k_first_config);
    }
    return {};
  }
  Diagnostics refusals = config::find_missing_challenges(
      loaded.snapshot->startup, Severity::error, options.config);
  append(refusals, snapshot::check_refusals(*loaded.snapshot, loaded.touched,
                                            options.config, Severity::error,
                                            allowances(options)));
  append(loaded.diagnostics, history.open(loaded.snapshot->startup.history));
  append(refusals, history.judge_first(loaded.snapshot->live, options.config));
  if (has_errors(refusals)) {
    print_diagnostics(refusals);
    return {};
  }
  append(loaded.diagnostics, std::move(refusals));
  const std::chrono::sys_seconds now = process::this_second();
  // Challenges are how the first certificates come.
  if (loaded.snapshot->startup.challenges.empty() &&
      std::ranges::none_of(loaded.touched, [&](const std::string& domain) {
        return snapshot::is_servable(*loaded.snapshot, domain, now);
      })) {
    print_diagnostics(loaded.diagnostics);
    print_error("no policy host has a certificate that can be used",
                "set certificates in [server]; mta-stsd check says more");
    return {};
  }
  return loaded;
}

/// Until a signal ends it.
Exit run_server(const Options& options) {
  Result<process::Signals> signals = process::Signals::open();
  if (!signals) return fault(signals.error());
  process::ServiceManager manager;
  snapshot::SnapshotLoader loader(options.config);
  snapshot::History history(process::this_moment);
  snapshot::LoadedSnapshot loaded = load(options, loader, history, manager);
  // Ends with `loaded`: what is replaced later must not stay.
  const std::shared_ptr<const Snapshot>& snapshot = loaded.snapshot;
  if (!snapshot) return Exit::fault;
  const std::optional<config::Operations>& wanted =
      snapshot->startup.operations;
  server::FetchLog fetches;
  Result<std::unique_ptr<server::PolicyHost>> made =
      server::PolicyHost::make(snapshot, wanted ? &fetches : nullptr);
  if (!made) return fault(made.error());
  server::PolicyHost& host = **made;
  loader.accept(loaded);
  snapshot::ReloadStatus reloads(process::this_second());
  const Result<std::unique_ptr<operations::Operations>> opened =
      operations::Operations::open(wanted, {host, fetches, reloads, history});
  if (!opened) return fault(opened.error());
  operations::Operations* operations = opened->get();
  const std::optional<process::Account> user =
      take_user(*snapshot, options.config);
  if (!user) return Exit::fault;
  snapshot::Reloader reloader(loader, host.snapshots(), reloads, history,
                              loaded, allowances(options),
                              process::this_moment);
  snapshot::ReloadThread reloading(
      reloader, host.snapshots(), [&host](const auto& changed) {
        host.wake();
        print_records(*host.snapshots().get(), changed);
      });
  const process::Sandbox sandbox = enter_sandbox(snapshot->startup, loader);
  history.begin(snapshot->live);
  const Result<void> started = start_threads(host, [&] {
    host.start();
    if (operations != nullptr) operations->start();
    reloading.start();
  });
  if (!started) return fault(started.error());
  // Beyond this point policies are being served.
  log_start(host, {"domains", snapshot->live.by_domain.size()}, *user, sandbox,
            loaded.new_certificates, operations);
  print_records(*snapshot, snapshot::servable_domains(
                               *snapshot, std::exchange(loaded.touched, {}),
                               process::this_second()));
  loaded = {};
  supervise(reloading, *signals, manager, [&] {
    manager.tell_serving(host.snapshots().get()->live.by_domain.size(),
                         reloads.view().faults);
  });
  return stop(host, operations, reloading, manager, [&](bool is_idle) {
    // With a load that does not end, the disk may not answer either.
    if (is_idle) history.end(host.snapshots().get()->live);
  });
}

Exit serve(Arguments& arguments) {
  Options options;
  arguments.add_flag("--allow-example", options.allow_example);
  arguments.add_flag("--allow-plain-http", options.allow_plain_http);
  options.log.declare(arguments);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  options.config = arguments.config();
  options.log.apply();
  return run_server(options);
}

}  // namespace

const Command k_serve = {
    .usage = "serve",
    .about = "be the policy host, in the foreground",
    .run = serve,
    .options =
        R"(  --allow-example     serve placeholder names such as example.com in public
  --allow-plain-http  listen without TLS beyond this machine, for a proxy
  --log-format FORM   text or json (default: text)
  --log-level LEVEL   debug, info, warning or error (default: info)
)"};

}  // namespace mtasts::cli
