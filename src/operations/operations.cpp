// SPDX-License-Identifier: MIT
#include "operations/operations.hpp"

#include <utility>
#include <vector>

#include "operations/page_responder.hpp"
#include "process/clock.hpp"

namespace mtasts::operations {
namespace {

constexpr std::size_t k_head_octets = 8 * 1024;
// A probe must not wait, among others that come, for a turn with pages each.
constexpr int k_accepts = 64;
// More than a client of the policy host gets: a scrape of 100,000 domains has
// 32 MB.
constexpr int k_send_buffer_octets = 64 * 1024;

server::Setting make_setting(const net::Listeners& listeners,
                             server::Admission& admission, Pages& pages,
                             const OwnNames& names) {
  std::vector<net::Listener> plain = listeners.all();
  for (net::Listener& one : plain) one.scheme = net::Scheme::http;
  return {
      .context = nullptr,
      .admission = &admission,
      .listeners = std::move(plain),
      .limits = {.head_octets = k_head_octets, .requests_per_connection = 1},
      .make_responder =
          [&pages, &names](server::Counters&) {
            return std::make_unique<PageResponder>(pages, names);
          },
      .accepts = k_accepts,
      .send_buffer_octets = k_send_buffer_octets};
}

}  // namespace

Result<std::unique_ptr<Operations>> Operations::open(
    const std::optional<config::Operations>& settings, const Watched& watched) {
  if (!settings) return nullptr;
  const auto explain = [](const Error& error) {
    return fail("operations: " + error.message, error.hint);
  };
  Result<net::Listeners> listeners = net::Listeners::open({settings->listen});
  if (!listeners) return explain(listeners.error());
  std::unique_ptr<Operations> made(
      new Operations(*settings, watched, *std::move(listeners)));
  const Result<void> opened = made->loop_.open();
  if (!opened) return explain(opened.error());
  return made;
}

Operations::Operations(const config::Operations& settings,
                       const Watched& watched, net::Listeners listeners)
    : readiness_(watched.host.snapshots(), watched.reloads),
      reports_(watched.host.snapshots().get()->startup.report_summary),
      pages_({.host = watched.host,
              .snapshots = watched.host.snapshots(),
              .reloads = watched.reloads,
              .history = watched.history,
              .fetches = watched.fetches,
              .readiness = readiness_,
              .reports = reports_,
              .spool = watched.spool,
              .domain_metrics = settings.domain_metrics,
              .started = process::this_second()}),
      names_(settings),
      listeners_(std::move(listeners)),
      admission_({.connections = watched.host.operations_connections()}),
      loop_(make_setting(listeners_, admission_, pages_, names_)) {}

Operations::~Operations() {
  if (thread_) loop_.drain();
}

void Operations::start() {
  thread_.emplace(server::k_loop_stack_octets, [this] { loop_.run(); });
}

}  // namespace mtasts::operations
