// SPDX-License-Identifier: MIT
#include "program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "diagnostic.hpp"

namespace mtasts::scenario {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using Duration = std::chrono::steady_clock::duration;

constexpr const char* k_config = "mta-stsd.toml";
constexpr std::size_t k_max_named = 20;
// Waits at least so long for the next poll only, and for readers of what was
// replaced: the loops of the host, which never run here.
constexpr milliseconds k_idle{2000};

void print(const Diagnostics& diagnostics) {
  for (const Diagnostic& one : diagnostics) {
    fmt::print(stderr, "{}", format_diagnostic(one));
  }
}

/// Whose records `serve` prints.
void print_changed(const std::vector<std::string>& domains) {
  if (domains.empty()) return;
  if (domains.size() > k_max_named) {
    fmt::print(stderr, "records: {} domains\n", domains.size());
  } else {
    fmt::print(stderr, "records: {}\n", fmt::join(domains, " "));
  }
}

std::unique_ptr<Program> fail(const Diagnostics& diagnostics,
                              std::string_view message) {
  print(diagnostics);
  fmt::print(stderr, "does not start: {}\n", message);
  return nullptr;
}

}  // namespace

std::unique_ptr<Program> Program::start(WorldTime& time, Capture& capture) {
  auto loader = std::make_unique<snapshot::SnapshotLoader>(k_config);
  snapshot::LoadedSnapshot first = loader->load({}, nullptr, time.second());
  if (!first.snapshot) return fail(first.diagnostics, "see above");
  auto history = std::make_unique<snapshot::History>(time.clock());
  append(first.diagnostics, history->open(first.snapshot->startup.history));
  const Diagnostics changes =
      history->judge_first(first.snapshot->live, k_config);
  if (has_errors(changes)) return fail(changes, "the guard refuses it");
  append(first.diagnostics, changes);
  if (snapshot::servable_domains(*first.snapshot, first.touched, time.second())
          .empty()) {
    return fail(first.diagnostics, "no policy host has a certificate");
  }
  auto host = server::PolicyHost::make(first.snapshot);
  if (!host) return fail({}, host.error().message);
  loader->accept(first);
  history->begin(first.snapshot->live);
  std::unique_ptr<Program> program(new Program(time, capture, std::move(loader),
                                               std::move(history), first,
                                               *std::move(host)));
  return program;
}

Program::Program(WorldTime& time, Capture& capture,
                 std::unique_ptr<snapshot::SnapshotLoader> loader,
                 std::unique_ptr<snapshot::History> history,
                 const snapshot::LoadedSnapshot& first,
                 std::unique_ptr<server::PolicyHost> host)
    : time_(time),
      capture_(capture),
      started_(time.steady()),
      loader_(std::move(loader)),
      history_(std::move(history)),
      host_(std::move(host)),
      reloads_(time.second()),
      readiness_(host_->snapshots(), reloads_, time.clock()),
      reports_(first.snapshot->startup.report_summary),
      pages_({.host = *host_,
              .snapshots = host_->snapshots(),
              .reloads = reloads_,
              .history = *history_,
              .fetches = fetches_,
              .readiness = readiness_,
              .reports = reports_,
              .domain_metrics = config::DomainMetrics::automatic,
              .started = time.second(),
              .clock = time.clock()}),
      reloader_(*loader_, host_->snapshots(), reloads_, *history_, first,
                snapshot::Allowances{}, time.clock()),
      responder_(host_->snapshots(), &fetches_, counters_, time.clock()) {
  if (first.snapshot->needs_certificates) context_ = *tls::make_context();
  snapshot::log_certificates(first.new_certificates, time.second());
  print_changed(snapshot::servable_domains(*first.snapshot, first.touched,
                                           time.second()));
  run();  // the thread begins at once
}

void Program::run() {
  const std::uint64_t before = host_->snapshots().generation();
  const std::vector<std::string> changed = reloader_.run();
  if (host_->snapshots().generation() != before) print_changed(changed);
  capture_.stamp(time_.second());
}

/// As the thread that reloads waits, but over the polls in which a world that
/// only changes between steps has nothing new: to the next retry while
/// something is refused, else to the next full hour, at which the daily look
/// may be due.
Duration Program::wait_time() const {
  const Duration wait = reloader_.wait_time();
  if (wait < k_idle) return std::max<Duration>(wait, milliseconds(1));
  if (!reloads_.view().faults.empty()) return minutes(1);
  const Duration since = time_.steady() - started_;
  return hours(1) - since % hours(1);
}

void Program::pass(milliseconds time) {
  const auto end = time_.steady() + time;
  run();
  while (time_.steady() < end) {
    time_.pass(std::min<Duration>(wait_time(), end - time_.steady()));
    run();
  }
}

void Program::reload() {
  reloader_.request();
  run();
  while (reloader_.is_requested()) {
    time_.pass(wait_time());
    run();
  }
}

std::string Program::fetch(const Sender& sender, const std::string& host) {
  return sender.fetch(host, responder_, context_.get());
}

std::string Program::ask(std::string_view path, std::string_view accept) {
  operations::Page page = pages_.answer(operations::read_target(path, accept));
  if (page.rest) {
    while (page.rest->write_some(page.body)) {
    }
  }
  return fmt::format("{}\n{}", page.status, page.body);
}

std::string Program::metric(std::string_view name) {
  const std::string page = ask("/metrics", {});
  std::string found;
  for (std::string_view rest = page; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n') + 1);
    rest.remove_prefix(line.size());
    if (line.starts_with(name) &&
        (line[name.size()] == ' ' || line[name.size()] == '{')) {
      found += line;
    }
  }
  return found;
}

}  // namespace mtasts::scenario
