// SPDX-License-Identifier: MIT
// The life of the collector: as that of the server, but what clients send is
// kept, and what it may touch of the disk is its spool.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/cli.hpp"
#include "cli/service.hpp"
#include "config/report_tokens.hpp"
#include "log.hpp"
#include "operations/operations.hpp"
#include "process/clock.hpp"
#include "server/fetch_log.hpp"
#include "server/policy_host.hpp"
#include "server/report_inbox.hpp"
#include "server/report_spool.hpp"
#include "snapshot/history.hpp"
#include "snapshot/reload.hpp"
#include "snapshot/reload_thread.hpp"

namespace mtasts::cli {
namespace {

using snapshot::Snapshot;

bool has_certificate(const Snapshot& snapshot, const std::string& host) {
  if (!snapshot.needs_certificates ||
      snapshot.certificates->is_usable(host, process::this_second())) {
    return true;
  }
  print_error(
      fmt::format("no certificate in [server] certificates is for {}", host),
      fmt::format("have your ACME client get one for {}, beside the others",
                  host));
  return false;
}

/// Who may report is told when that changes, as the renewal of a certificate
/// is.
void log_tenants(const Snapshot& snapshot,
                 std::shared_ptr<const config::ReportTokens>& said) {
  if (snapshot.live.tokens == said) return;
  said = snapshot.live.tokens;
  log::info("tenants", {{"count", said->size()}});
}

Result<std::unique_ptr<server::PolicyHost>> make_host(
    std::shared_ptr<const Snapshot> snapshot, server::ReportSpool& spool) {
  const server::Service reports{
      .make_responder =
          [&spool](const snapshot::SnapshotHolder& snapshots,
                   server::Counters&) {
            return std::make_unique<server::ReportInbox>(spool, snapshots);
          },
      .descriptors = 2};  // the socket, and a file of the spool
  return server::PolicyHost::make(std::move(snapshot), reports);
}

Exit run_collector(const std::string& config) {
  Result<process::Signals> signals = process::Signals::open();
  if (!signals) return fault(signals.error());
  process::ServiceManager manager;
  snapshot::SnapshotLoader loader(config, config::Service::collect);
  snapshot::LoadedSnapshot loaded = load_first(loader, manager);
  const std::shared_ptr<const Snapshot>& snapshot = loaded.snapshot;
  if (!snapshot) {
    print_diagnostics(loaded.diagnostics);
    return Exit::fault;
  }
  const config::Collect& collect = *snapshot->startup.collect;
  if (!has_certificate(*snapshot, collect.host)) return Exit::fault;

  server::ReportSpool spool(collect.spool, collect.quota);
  Result<std::unique_ptr<server::PolicyHost>> made = make_host(snapshot, spool);
  if (!made) return fault(made.error());
  server::PolicyHost& host = **made;
  loader.accept(loaded);
  // Of policies, which others serve, nothing is remembered or told.
  snapshot::ReloadStatus reloads(process::this_second());
  snapshot::History history(process::this_moment);
  const server::FetchLog fetches;
  const Result<std::unique_ptr<operations::Operations>> operations =
      operations::Operations::open(collect.operations,
                                   {host, fetches, reloads, history, &spool});
  if (!operations) return fault(operations.error());
  const std::optional<process::Account> user = take_user(*snapshot, config);
  if (!user) return Exit::fault;
  const Result<void> opened = spool.open();
  if (!opened) return fault(opened.error());
  snapshot::Reloader reloader(loader, host.snapshots(), reloads, history,
                              loaded, snapshot::k_all_allowed,
                              process::this_moment);
  std::shared_ptr<const config::ReportTokens> said = snapshot->live.tokens;
  snapshot::ReloadThread reloading(reloader, host.snapshots(),
                                   [&host, &said](const auto&) {
                                     host.wake();
                                     log_tenants(*host.snapshots().get(), said);
                                   });
  const process::Sandbox sandbox = enter_sandbox(snapshot->startup, loader);
  const Result<void> started = start_threads(host, [&] {
    spool.start([&host] { host.wake(); });
    host.start();
    if (*operations) (*operations)->start();
    reloading.start();
  });
  if (!started) return fault(started.error());
  log_start(host, {"tenants", said->size()}, *user, sandbox,
            loaded.new_certificates, operations->get());
  loaded = {};
  supervise(reloading, *signals, manager, [&] {
    manager.tell_collecting(host.snapshots().get()->live.tokens->size());
  });
  // What was promised to clients is kept before the end.
  return stop(host, operations->get(), reloading, manager,
              [&](bool) { spool.stop(); });
}

Exit collect(Arguments& arguments) {
  LogOptions log;
  log.declare(arguments);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  if (arguments.config() == "-") {
    return fault({"collect can't read its configuration from standard input",
                  "it has to read it again when certificates are renewed"});
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
