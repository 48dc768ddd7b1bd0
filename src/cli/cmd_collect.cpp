// SPDX-License-Identifier: MIT
// The life of the collector: as that of the server, but what clients send is
// kept, and what it may touch of the disk is its spool.
#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/cli.hpp"
#include "cli/service.hpp"
#include "config/config_file.hpp"
#include "config/listeners.hpp"
#include "log.hpp"
#include "process/clock.hpp"
#include "process/sandbox.hpp"
#include "server/policy_host.hpp"
#include "server/report_inbox.hpp"
#include "server/report_spool.hpp"
#include "snapshot/history.hpp"
#include "snapshot/readable.hpp"
#include "snapshot/reload.hpp"
#include "snapshot/reload_thread.hpp"

namespace mtasts::cli {
namespace {

using snapshot::Snapshot;

struct Setup {
  config::Collect collect;
  config::ReportTokens tokens;
  std::string spool;
};

/// Nothing, after saying why, when there is nothing to collect by.
std::optional<Setup> find_setup(const std::string& config) {
  // Its faults are those of the whole load, which was good.
  const auto file = config::read_main(config);
  if (!file->collect || !file->reports) {
    print_error(fmt::format("{} has no [collect]", config),
                "[collect] with host = \"tls-reports.example.com\" and tokens "
                "= \"/etc/mta-stsd/report-tokens\"");
    return std::nullopt;
  }
  Result<config::ReportTokens> tokens =
      config::ReportTokens::load(file->collect->tokens);
  if (!tokens) {
    print_error(tokens.error());
    return std::nullopt;
  }
  return Setup{.collect = *file->collect,
               .tokens = *std::move(tokens),
               .spool = file->reports->spool};
}

/// What is loaded, with the listeners of [collect] and nothing else of serve's.
std::shared_ptr<const Snapshot> make_inbox(const Snapshot& loaded,
                                           const config::Collect& collect) {
  auto inbox = std::make_shared<Snapshot>(loaded);
  config::Startup& startup = inbox->startup;
  startup.listen = collect.listen;
  startup.operations.reset();
  startup.challenges.clear();
  startup.history.clear();
  startup.report_summary.clear();
  return inbox;
}

bool has_certificate(const Snapshot& snapshot, const config::Collect& collect) {
  if (!config::needs_certificates(snapshot.startup) ||
      snapshot.certificates->is_usable(collect.host, process::this_second())) {
    return true;
  }
  print_error(
      fmt::format("no certificate in [server] certificates is for {}",
                  collect.host),
      fmt::format("have your ACME client get one for {}, beside the others",
                  collect.host));
  return false;
}

process::Sandbox enter_sandbox(const config::Startup& startup,
                               const snapshot::SnapshotLoader& loader,
                               const std::string& spool) {
  if (!startup.sandbox) return {"off", "off", "server.sandbox"};
  return process::enter_sandbox(
      [&] {
        process::Allowed allowed = snapshot::find_allowed(startup, loader);
        allowed.writable_in.push_back(spool);
        return allowed;
      },
      process::Profile::collector);
}

void log_start(const server::PolicyHost& host, const server::ReportSpool& spool,
               const process::Account& user, const process::Sandbox& sandbox,
               std::size_t tenants) {
  log::info("start", {{"version", MTASTSD_VERSION},
                      {"spool", spool.folder()},
                      {"tenants", tenants},
                      {"threads", host.thread_count()},
                      {"memory", host.budget().octets},
                      {"per_connection", server::k_worst_octets},
                      {"connections", host.limits().connections}});
  process::log_user(user);
  process::log_sandbox(sandbox);
  for (const std::string& name : host.names()) {
    log::info("listening", {{"address", name}});
  }
}

Result<void> start_threads(server::PolicyHost& host, server::ReportSpool& spool,
                           snapshot::ReloadThread& reloading) {
  const Result<void> checked = host.check_descriptors();
  if (!checked) return checked;
  try {
    spool.start([&host] { host.wake(); });
    host.start();
    reloading.start();
  } catch (const std::system_error& error) {
    return fail(fmt::format("can't start a thread: {}", error.code().message()),
                "see ulimit -u, and pids.max of the control group");
  }
  return {};
}

/// What was promised to clients is kept before the end.
Exit stop(server::PolicyHost& host, server::ReportSpool& spool,
          snapshot::ReloadThread& reloading, process::ServiceManager& manager) {
  manager.tell_stopping();
  log::info("stopping", {{"deadline_seconds", host.limits().deadline.count()}});
  host.stop();
  spool.stop();
  const bool is_idle = reloading.stop();
  log_stop(host);
  // A load that has begun has nothing to finish, and may take long.
  if (!is_idle) ::_exit(static_cast<int>(Exit::good));
  return Exit::good;
}

Exit fault(const Error& error) {
  print_error(error);
  return Exit::fault;
}

Exit run_collector(const std::string& config) {
  Result<process::Signals> signals = process::Signals::open();
  if (!signals) return fault(signals.error());
  snapshot::SnapshotLoader loader(config);
  snapshot::LoadedSnapshot loaded =
      loader.load({}, nullptr, process::this_second());
  if (!loaded.snapshot) {
    print_diagnostics(loaded.diagnostics);
    return Exit::fault;
  }
  std::optional<Setup> setup = find_setup(config);
  if (!setup) return Exit::fault;
  const std::shared_ptr<const Snapshot> snapshot =
      make_inbox(*loaded.snapshot, setup->collect);
  if (!has_certificate(*snapshot, setup->collect)) return Exit::fault;

  server::InboxSetting setting{.host = setup->collect.host,
                               .tokens = std::move(setup->tokens),
                               .spool = nullptr};
  std::unique_ptr<server::ReportSpool> spool;  // goes after the host
  Result<std::unique_ptr<server::PolicyHost>> made = server::PolicyHost::make(
      snapshot, {.make_responder =
                     [&setting](const snapshot::SnapshotHolder& snapshots,
                                server::Counters&) {
                       return std::make_unique<server::ReportInbox>(setting,
                                                                    snapshots);
                     },
                 .descriptors = 2});  // the socket, and a file of the spool
  if (!made) return fault(made.error());
  server::PolicyHost& host = **made;
  loader.accept(loaded);
  const std::optional<process::Account> user = take_user(*snapshot, config);
  if (!user) return Exit::fault;
  // As whom it will run: files and folders are that user's.
  Result<std::unique_ptr<server::ReportSpool>> opened =
      server::ReportSpool::open(setup->spool, setup->collect.quota);
  if (!opened) return fault(opened.error());
  spool = *std::move(opened);
  setting.spool = spool.get();

  snapshot::ReloadStatus reloads(process::this_second());
  // Of policies, which others serve, nothing is remembered.
  snapshot::History history(process::this_moment);
  snapshot::Reloader reloader(loader, host.snapshots(), reloads, history,
                              loaded, snapshot::k_all_allowed,
                              process::this_moment);
  snapshot::ReloadThread reloading(reloader, host.snapshots(),
                                   [&host](const auto&) { host.wake(); });
  process::ServiceManager manager;
  const process::Sandbox sandbox =
      enter_sandbox(snapshot->startup, loader, setup->spool);
  const Result<void> started = start_threads(host, *spool, reloading);
  if (!started) return fault(started.error());
  log_start(host, *spool, *user, sandbox, setting.tokens.size());
  loaded = {};
  trim_memory();
  supervise(reloading, *signals, manager,
            [&] { manager.tell_collecting(setting.tokens.size()); });
  return stop(host, *spool, reloading, manager);
}

Exit collect(Arguments& arguments) {
  LogOptions log;
  log.declare(arguments);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  if (arguments.config() == "-") {
    print_error("collect can't read its configuration from standard input",
                "it has to read it again when certificates are renewed");
    return Exit::fault;
  }
  log.apply();
  return run_collector(arguments.config());
}

}  // namespace

const Command k_collect = {
    .usage = "collect",
    .about = "take TLS reports by HTTPS, in the foreground",
    .run = collect,
    .options =
        R"(  --log-format FORM   text or json (default: text)
  --log-level LEVEL   debug, info, warning or error (default: info)
)"};

}  // namespace mtasts::cli
