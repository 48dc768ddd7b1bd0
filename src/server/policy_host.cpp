// SPDX-License-Identifier: MIT
#include "server/policy_host.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "process/memory.hpp"
#include "server/policy_responder.hpp"

namespace mtasts::server {
namespace {

constexpr std::size_t k_max_descriptors = 65'536;
// For files, inotify, epoll, listeners, and to say that there are no more.
constexpr std::size_t k_reserved_descriptors = 64;

// Who asks a machine of its own says all at once and is gone.
constexpr std::size_t k_operations_connections = 128;
constexpr std::size_t k_least_operations_connections = 8;

// With less, files could not be read again or few clients served at a time.
constexpr std::size_t k_least_spare_descriptors = 8;

/// Raises the soft limit as far as it goes; the descriptors there then are.
std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, k_max_descriptors);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<std::size_t>(limit.rlim_cur);
}

/// For what is left once all is loaded.
Budget measure_budget() {
  process::trim_memory();  // loading takes several times what is kept
  return make_budget(process::measure_memory_limit(""),
                     process::measure_memory_use(""));
}

/// `operations`: the connections that its listener may have, if there is one;
/// they must not come to nothing when the policy host has all of its own.
/// `each`: the descriptors that a connection takes.
config::Limits choose_limits(const config::Startup& startup,
                             const Budget& budget, std::size_t each,
                             std::size_t& operations) {
  config::Limits limits = startup.limits;
  const std::size_t descriptors = raise_descriptor_limit();
  const std::size_t reserved =
      k_reserved_descriptors +
      (startup.operations ? k_operations_connections : 0);
  const std::size_t spare =
      descriptors > 2 * reserved ? descriptors - reserved : descriptors / 2;
  const std::size_t left =
      descriptors - spare -
      std::min(descriptors - spare, k_reserved_descriptors);
  operations =
      std::clamp(std::min(left, budget.connections / 8),
                 k_least_operations_connections, k_operations_connections);
  const std::size_t room = std::min(spare / each, budget.connections);
  limits.connections =
      limits.connections == 0 ? room : std::min(limits.connections, room);
  if (!limits.limit_addresses) {
    limits.connections_per_address = 0;
  } else if (limits.connections_per_address == 0) {
    // No single client can have them all, and a provider's NAT has plenty.
    limits.connections_per_address =
        std::max<std::size_t>(limits.connections * 3 / 4, 1);
  }
  return limits;
}

std::size_t choose_threads(std::size_t wanted, std::size_t connections) {
  const std::size_t processors =
      std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
  return std::min(wanted == 0 ? processors : wanted, connections);
}

/// Who does not finish a handshake can't keep all others from one.
std::size_t choose_handshakes(std::size_t connections) {
  constexpr std::size_t k_few = 64;
  return connections <= k_few ? connections
                              : std::max(connections * 3 / 4, k_few);
}

}  // namespace

Result<std::unique_ptr<PolicyHost>> PolicyHost::make(
    std::shared_ptr<const snapshot::Snapshot> snapshot, FetchLog* fetches) {
  const Service policies{
      .make_responder = [fetches](const snapshot::SnapshotHolder& snapshots,
                                  Counters& counters) {
        return std::make_unique<PolicyResponder>(snapshots, fetches, counters);
      }};
  return make(std::move(snapshot), policies);
}

Result<std::unique_ptr<PolicyHost>> PolicyHost::make(
    std::shared_ptr<const snapshot::Snapshot> snapshot,
    const Service& service) {
  Result<tls::ContextPtr> context = tls::make_context();
  if (!context) return fail(context.error());
  const config::Startup startup = snapshot->startup;
  Result<net::Listeners> listeners = net::Listeners::open(startup.listen);
  if (!listeners) return fail(listeners.error());
  const Budget budget = measure_budget();
  std::size_t operations = 0;
  const config::Limits limits =
      choose_limits(startup, budget, service.descriptors, operations);
  std::unique_ptr<PolicyHost> host(
      new PolicyHost(std::move(snapshot), *std::move(listeners),
                     *std::move(context), budget, limits));
  host->operations_connections_ = operations;
  const Result<void> challenges = host->open_challenges(startup.challenges);
  if (!challenges) return fail(challenges.error());
  const std::size_t threads =
      choose_threads(startup.threads, limits.connections);
  PolicyHost& made = *host;
  const Setting setting{
      .context = made.context_.get(),
      .admission = &made.admission_,
      .listeners = made.listeners_.all(),
      .limits = limits,
      .make_responder =
          [&made, make = service.make_responder](Counters& counters) {
            return make(made.snapshots_, counters);
          },
      .misfits = &made.misfits_,
      .challenges = made.challenges_ ? &*made.challenges_ : nullptr};
  for (std::size_t i = 0; i < threads; ++i) {
    host->loops_.push_back(std::make_unique<EventLoop>(setting));
    const Result<void> opened = host->loops_.back()->open();
    if (!opened) return fail(opened.error());
  }
  return host;
}

PolicyHost::PolicyHost(std::shared_ptr<const snapshot::Snapshot> snapshot,
                       net::Listeners listeners, tls::ContextPtr context,
                       const Budget& budget, const config::Limits& limits)
    : snapshots_(std::move(snapshot)),
      listeners_(std::move(listeners)),
      context_(std::move(context)),
      budget_(budget),
      limits_(limits),
      admission_({.connections = limits.connections,
                  .per_address = limits.connections_per_address,
                  .handshakes = choose_handshakes(limits.connections)}) {}

PolicyHost::~PolicyHost() { stop(); }

Result<void> PolicyHost::open_challenges(const std::string& folder) {
  if (folder.empty()) return {};
  Result<tls::ContextPtr> context = tls::make_challenge_context();
  if (!context) return fail(context.error());
  challenges_ = {.folder = folder,
                 .clock = process::this_second,
                 .report =
                     [this](std::string_view host, const Error& why) {
                       misfits_.note_challenge(host, why.message);
                     },
                 .context = *std::move(context)};
  return {};
}

Result<void> PolicyHost::check_descriptors() const {
  std::array<int, k_least_spare_descriptors> spare;
  const int any = listeners_.all().front().fd;
  for (int& fd : spare) fd = ::fcntl(any, F_DUPFD_CLOEXEC, 0);
  const bool are_enough = spare.back() >= 0;
  for (const int fd : spare) {
    if (fd >= 0) ::close(fd);
  }
  if (are_enough) return {};
  return fail("too few file descriptors are left for connections",
              "raise ulimit -n, or LimitNOFILE in a unit of systemd");
}

void PolicyHost::start() {
  for (const std::unique_ptr<EventLoop>& loop : loops_) {
    threads_.emplace_back(k_loop_stack_octets, [&loop] { loop->run(); });
  }
}

void PolicyHost::stop() {
  for (const std::unique_ptr<EventLoop>& loop : loops_) loop->drain();
  // Not every loop has a thread when start() has failed.
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    loops_[i]->wait_until_draining();
  }
  listeners_.close();  // from now on the kernel refuses
  threads_.clear();    // waits for their ends
}

Totals PolicyHost::totals() const {
  Totals totals;
  for (const auto& loop : loops_) loop->counters().add_to(totals);
  return totals;
}

void PolicyHost::wake() {
  for (const std::unique_ptr<EventLoop>& loop : loops_) loop->wake();
}

}  // namespace mtasts::server
