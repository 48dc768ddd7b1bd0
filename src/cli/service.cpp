// SPDX-License-Identifier: MIT
#include "cli/service.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <map>
#include <system_error>
#include <utility>

#include "command_line.hpp"
#include "config/listeners.hpp"
#include "log.hpp"
#include "process/clock.hpp"
#include "process/memory.hpp"
#include "process/progress.hpp"
#include "server/counters.hpp"
#include "server/memory_budget.hpp"
#include "snapshot/readable.hpp"
#include "snapshot/refusals.hpp"
#include "snapshot/reload.hpp"

namespace mtasts::cli {
namespace {

/// How many connections there were, and how they ended, as far as any did so.
void log_stop(const server::PolicyHost& host) {
  const server::Totals totals = host.totals();
  std::string ends;
  for (std::size_t i = 0; i < totals.ended.size(); ++i) {
    if (totals.ended[i] == 0) continue;
    ends += fmt::format("{}{}:{}", ends.empty() ? "" : ",",
                        server::k_end_names[i], totals.ended[i]);
  }
  log::info("stopped", {{"connections", totals.accepted},
                        {"requests", totals.requests},
                        {"ends", ends}});
}

}  // namespace

void LogOptions::declare(Arguments& arguments) {
  arguments.add_choice("--log-format", format, {"text", "json"});
  arguments.add_choice("--log-level", level,
                       {"debug", "info", "warning", "error"});
}

void LogOptions::apply() const {
  static const std::map<std::string, log::Level> k_levels = {
      {"debug", log::Level::debug},
      {"info", log::Level::info},
      {"warning", log::Level::warning},
      {"error", log::Level::error}};
  log::set_format(format == "json" ? log::Format::json : log::Format::text);
  log::set_level(k_levels.at(level));
}

snapshot::LoadedSnapshot load_first(snapshot::SnapshotLoader& loader,
                                    process::ServiceManager& manager) {
  const process::StopAtOnce stop_at_once;
  // systemd(1) waits 90 s for a start that says nothing, and so for the next
  // word: one that goes on is never ended, and one that hangs is.
  process::Progress progress([&manager](const std::string& how_far) {
    process::show_on_terminal(how_far);
    if (how_far.empty()) return;
    manager.tell("EXTEND_TIMEOUT_USEC=90000000\nSTATUS=" + how_far);
  });
  return loader.load(files::Everywhere{&progress}, nullptr,
                     process::this_second());
}

std::optional<process::Account> take_user(const snapshot::Snapshot& snapshot,
                                          const std::string& config) {
  Result<process::Account> user = process::take_user(
      snapshot.startup.user, config::socket_files(snapshot.startup));
  if (!user) {
    print_error(user.error());
    return std::nullopt;
  }
  if (!user->is_new) return *std::move(user);
  const Diagnostics shut_out = snapshot::find_shut_out(
      snapshot, config, *user, process::this_second(), Severity::error);
  if (shut_out.empty()) return *std::move(user);
  print_diagnostics(shut_out);
  return std::nullopt;
}

process::Sandbox enter_sandbox(const config::Startup& startup,
                               snapshot::SnapshotLoader& loader) {
  if (!startup.sandbox) return {"off", "off", "server.sandbox"};
  return process::enter_sandbox(
      [&] { return snapshot::find_allowed(startup, loader); },
      startup.collect ? process::Profile::collector : process::Profile::server);
}

Result<void> start_threads(const server::PolicyHost& host,
                           const std::function<void()>& start) {
  const Result<void> checked = host.check_descriptors();
  if (!checked) return checked;
  try {
    start();
  } catch (const std::system_error& error) {
    return fail(fmt::format("can't start a thread: {}", error.code().message()),
                "see ulimit -u, and pids.max of the control group");
  }
  return {};
}

void log_start(const server::PolicyHost& host, const log::Field& what,
               const process::Account& user, const process::Sandbox& sandbox,
               const std::vector<tls::CertificatePtr>& certificates,
               const operations::Operations* operations) {
  log::info("start", {{"version", MTASTSD_VERSION},
                      what,
                      {"threads", host.thread_count()},
                      {"memory", host.budget().octets},
                      {"per_connection", server::k_worst_octets},
                      {"connections", host.limits().connections}});
  process::log_user(user);
  process::log_sandbox(sandbox);
  snapshot::log_certificates(certificates, process::this_second());
  for (const std::string& name : host.names()) {
    log::info("listening", {{"address", name}});
  }
  if (operations != nullptr) {
    log::info("operations", {{"address", operations->name()}});
  }
}

void supervise(snapshot::ReloadThread& reloading, process::Signals& signals,
               process::ServiceManager& manager,
               const std::function<void()>& tell) {
  bool has_looked = false;
  for (;;) {
    if (!reloading.is_requested()) tell();
    std::array<pollfd, 2> waiting = {
        {{signals.fd(), POLLIN, 0}, {reloading.fd(), POLLIN, 0}}};
    ::poll(waiting.data(), waiting.size(), -1);
    reloading.clear();
    if (waiting[1].revents != 0 && !std::exchange(has_looked, true)) {
      process::trim_memory();
    }
    for (;;) {
      const process::Signal signal = signals.take();
      if (signal == process::Signal::none) break;
      if (signal == process::Signal::stop) return;
      manager.tell_reloading();
      reloading.request();
    }
  }
}

Exit stop(server::PolicyHost& host, operations::Operations* operations,
          snapshot::ReloadThread& reloading, process::ServiceManager& manager,
          const std::function<void(bool is_idle)>& finish) {
  manager.tell_stopping();
  if (operations != nullptr) operations->set_stopping();
  log::info("stopping", {{"deadline_seconds", host.limits().deadline.count()}});
  host.stop();
  const bool is_idle = reloading.stop();
  finish(is_idle);
  log_stop(host);
  // A load that has begun has nothing to finish, and may take long.
  if (!is_idle) ::_exit(static_cast<int>(Exit::good));
  return Exit::good;
}

}  // namespace mtasts::cli
