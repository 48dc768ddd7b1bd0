// SPDX-License-Identifier: MIT
#include "cli/service.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <poll.h>

#include <array>
#include <cstddef>
#include <map>

#include "command_line.hpp"
#include "config/listeners.hpp"
#include "log.hpp"
#include "process/clock.hpp"
#include "server/counters.hpp"
#include "snapshot/refusals.hpp"

namespace mtasts::cli {

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

std::optional<process::Account> take_user(const snapshot::Snapshot& snapshot,
                                          const std::string& config) {
  Result<process::Account> user = process::take_user(
      snapshot.startup.user, config::socket_files(snapshot.startup));
  if (!user) {
    print_error(user.error().message, user.error().hint);
    return std::nullopt;
  }
  if (!user->is_new) return *std::move(user);
  const Diagnostics shut_out = snapshot::find_shut_out(
      snapshot, config, *user, process::this_second(), Severity::error);
  if (shut_out.empty()) return *std::move(user);
  print_diagnostics(shut_out);
  return std::nullopt;
}

void trim_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

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

void supervise(snapshot::ReloadThread& reloading, process::Signals& signals,
               process::ServiceManager& manager,
               const std::function<void()>& tell) {
  for (;;) {
    if (!reloading.is_requested()) tell();
    std::array<pollfd, 2> waiting = {
        {{signals.fd(), POLLIN, 0}, {reloading.fd(), POLLIN, 0}}};
    ::poll(waiting.data(), waiting.size(), -1);
    reloading.clear();
    for (;;) {
      const process::Signal signal = signals.take();
      if (signal == process::Signal::none) break;
      if (signal == process::Signal::stop) return;
      manager.tell_reloading();
      reloading.request();
    }
  }
}

}  // namespace mtasts::cli
