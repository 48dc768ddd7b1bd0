// SPDX-License-Identifier: MIT
#include "tool/publish_watch.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "config/load.hpp"
#include "diagnostic.hpp"
#include "dns/name.hpp"
#include "files/watch.hpp"
#include "log.hpp"
#include "process/clock.hpp"
#include "process/service_manager.hpp"
#include "process/signals.hpp"
#include "tool/retry_queue.hpp"
#include "tool/sandbox.hpp"

namespace mtasts::tool {
namespace {

// Of one load; mta-stsd check prints all.
constexpr std::size_t k_max_logged = 20;

std::chrono::steady_clock::time_point steady() {
  return process::this_moment().steady;
}

/// The configuration, as it is edited.
class Edits {
 public:
  explicit Edits(const std::string& path)
      : loader_(path),
        watch_(
            [this](const files::Scope& scope) { return loader_.look(scope); },
            process::this_moment) {}

  int fd() const { return watch_.fd(); }
  std::chrono::milliseconds wait_time() const { return watch_.wait_time(); }
  config::Loaded load_first() {
    config::Loaded loaded = loader_.load();
    watch_.find_settled();  // from now on, every edit is heard of
    return loaded;
  }
  void want_load() {
    loader_.reread_faulty();
    watch_.want_load();
  }
  /// What was edited, has come to rest and was not moved while it was read.
  std::optional<config::Loaded> find_loaded() {
    const std::optional<files::Scope> scope = watch_.find_settled();
    if (!scope) return std::nullopt;
    config::Loaded loaded = loader_.load(*scope);
    if (loaded.has_new_inputs) watch_.look_everywhere();
    if (watch_.is_unmoved(*scope) && !loaded.has_new_inputs) return loaded;
    // What was read in between belongs to the next load.
    touched_.insert(touched_.end(), loaded.touched.begin(),
                    loaded.touched.end());
    watch_.want_load();
    return std::nullopt;
  }
  std::vector<std::string> take_touched(config::Loaded& loaded) {
    std::vector<std::string> touched = std::exchange(touched_, {});
    touched.insert(touched.end(), loaded.touched.begin(), loaded.touched.end());
    return touched;
  }
  /// A load that was refused: what it touched is still to be published.
  void keep_touched(const config::Loaded& loaded) {
    touched_.insert(touched_.end(), loaded.touched.begin(),
                    loaded.touched.end());
  }

 private:
  config::Loader loader_;
  files::Watch watch_;
  std::vector<std::string> touched_;
};

class Service {
 public:
  Service(config::Config config, const PublishSettings& settings)
      : config_(std::move(config)), settings_(settings) {
    add_all();
  }

  std::size_t domain_count() const { return config_.live.by_domain.size(); }
  std::optional<RetryQueue::Time> next() const { return queue_.next(); }

  void add_all() {
    for (const publish::PublicationPtr& policy : config_.live.policies) {
      for (const std::string_view domain : policy->domains()) {
        queue_.add(std::string(domain), steady());
      }
    }
  }

  /// Takes a good configuration over.
  void replace(config::Config config, const std::vector<std::string>& touched) {
    const bool is_elsewhere = config.tool.publish != config_.tool.publish;
    config_ = std::move(config);
    for (const std::string& domain : touched) {
      said_.erase(domain);
      if (config_.live.find_domain(domain) != nullptr) {
        queue_.add(domain, steady());
      } else {
        queue_.remove(domain);
        log::info("records-left",
                  {{"domain", domain},
                   {"hint", "mta-sts publish --delete " + domain}});
      }
    }
    if (is_elsewhere) add_all();
  }

  /// Does what is due, as far as it can be done now.
  void work();

 private:
  void plan(const std::string& domain, const Publisher& publisher,
            std::vector<DomainPlan>& plans);
  void send(const Publisher& publisher, const std::vector<DomainPlan>& plans);
  void postpone(const std::string& domain, log::Level level,
                std::string_view event, const Error& why);

  config::Config config_;
  const PublishSettings& settings_;
  RetryQueue queue_;
  std::map<std::string, std::string> said_;  // why a domain waits, said once
};

void Service::postpone(const std::string& domain, log::Level level,
                       std::string_view event, const Error& why) {
  queue_.postpone(domain, steady());
  if (std::exchange(said_[domain], why.message) == why.message) return;
  log::write(level, event,
             {{"domain", domain}, {"reason", why.message}, {"hint", why.hint}});
}

void Service::plan(const std::string& domain, const Publisher& publisher,
                   std::vector<DomainPlan>& plans) {
  const Result<dns::Name> name = dns::Name::parse(domain);
  const publish::PublicationPtr* policy = config_.live.by_domain.find(domain);
  if (!name || policy == nullptr) return queue_.remove(domain);
  Result<DomainPlan> plan = publisher.plan(*name, policy->get());
  if (!plan) {
    return postpone(domain, log::Level::warning, "publish-failed",
                    plan.error());
  }
  if (plan->changes.empty()) {
    said_.erase(domain);
    return queue_.remove(domain);
  }
  if (const auto reason = publisher.find_reason_to_wait(*name, *policy)) {
    return postpone(domain, log::Level::info, "publish-waits", *reason);
  }
  plans.push_back(*std::move(plan));
}

void Service::send(const Publisher& publisher,
                   const std::vector<DomainPlan>& plans) {
  const std::vector<std::optional<Error>> errors = publisher.send(plans);
  const RetryQueue::Time end = steady() + k_time_to_be_seen;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const std::string& domain = plans[i].domain;
    if (errors[i]) {
      postpone(domain, log::Level::warning, "publish-failed", *errors[i]);
      continue;
    }
    queue_.remove(domain);
    said_.erase(domain);
    const Sighting sighting = publisher.wait_until_seen(plans[i], end);
    const bool is_seen =
        sighting.servers != 0 && sighting.shown == sighting.servers;
    log::write(is_seen ? log::Level::info : log::Level::warning, "published",
               {{"domain", domain},
                {"records", plans[i].changes.size()},
                {"seen", sighting.shown},
                {"servers", sighting.servers},
                {"missing_at", sighting.missing_at}});
  }
}

void Service::work() {
  const std::vector<std::string> domains = queue_.due(steady());
  if (domains.empty()) return;
  const auto postpone_all = [&](const Error& why) {
    for (const std::string& one : domains) queue_.postpone(one, steady());
    if (std::exchange(said_[{}], why.message) == why.message) return;
    log::error("publish-failed",
               {{"domain", "*"}, {"reason", why.message}, {"hint", why.hint}});
  };
  if (!config_.tool.publish) {
    return postpone_all({"the configuration has no [publish] any more",
                         "put it back, or end this service"});
  }
  // Keys and roots may have been renewed since.
  const Result<std::unique_ptr<PublishRun>> run =
      PublishRun::open(*config_.tool.publish, settings_);
  if (!run) return postpone_all(run.error());
  said_.erase(std::string{});
  const Publisher& publisher = (*run)->publisher();
  std::vector<DomainPlan> plans;
  for (const std::string& domain : domains) plan(domain, publisher, plans);
  send(publisher, plans);
}

void log_findings(const Diagnostics& diagnostics) {
  std::size_t logged = 0;
  for (const Diagnostic& one : diagnostics) {
    if (one.severity != Severity::error || ++logged > k_max_logged) continue;
    log::error("finding", {{"id", one.id},
                           {"place", format_place(one.place)},
                           {"message", one.message},
                           {"hint", one.hint}});
  }
}

/// Takes an edit over, if it is good.
void take(config::Loaded loaded, Edits& edits, Service& service) {
  if (!loaded.config) {
    log_findings(loaded.diagnostics);
    log::error("reload",
               {{"result", "failed"}, {"hint", "mta-stsd check says more"}});
    return edits.keep_touched(loaded);
  }
  const std::vector<std::string> touched = edits.take_touched(loaded);
  log::info("reload", {{"result", "applied"},
                       {"domains", loaded.config->live.by_domain.size()},
                       {"changed", touched.size()}});
  service.replace(*std::move(loaded.config), touched);
}

/// True when it has to end.
bool take_signals(process::Signals& signals, Edits& edits, Service& service) {
  for (;;) {
    const process::Signal signal = signals.take();
    if (signal == process::Signal::none) return false;
    if (signal == process::Signal::stop) return true;
    edits.want_load();
    service.add_all();
  }
}

/// Until something is to be done.
void wait(const process::Signals& signals, const Edits& edits,
          const Service& service) {
  std::chrono::milliseconds time = edits.wait_time();
  if (const auto next = service.next()) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*next - steady());
    time = std::clamp(left, std::chrono::milliseconds(0), time);
  }
  std::array<pollfd, 2> waiting = {
      {{signals.fd(), POLLIN, 0}, {edits.fd(), POLLIN, 0}}};
  ::poll(waiting.data(), waiting.size(), static_cast<int>(time.count()));
}

}  // namespace

Exit watch_and_publish(const std::string& config,
                       const PublishSettings& settings) {
  Result<process::Signals> signals = process::Signals::open();
  if (!signals) {
    print_error(signals.error());
    return Exit::fault;
  }
  Edits edits(config);
  config::Loaded first = edits.load_first();
  if (!first.config) {
    print_diagnostics(first.diagnostics);
    return Exit::fault;
  }
  if (!first.config->tool.publish) {
    print_error(fmt::format("{} has no [publish]", config),
                "see mta-stsd.toml(5)");
    return Exit::fault;
  }
  // A key that can't be used is better said at the start than in the night.
  const auto run = PublishRun::open(*first.config->tool.publish, settings);
  if (!run) {
    print_error(run.error());
    return Exit::fault;
  }
  log::info("start", {{"version", MTASTSD_VERSION},
                      {"domains", first.config->live.by_domain.size()},
                      {"primary", (*run)->publisher().primary()}});
  process::ServiceManager manager;
  process::log_sandbox(enter_sandbox(first.config->startup.sandbox));
  Service service(*std::move(first.config), settings);
  for (;;) {
    const std::size_t domains = service.domain_count();
    manager.tell(fmt::format("READY=1\nSTATUS=Watching {} policy domain{}",
                             domains, domains == 1 ? "" : "s"));
    wait(*signals, edits, service);
    if (take_signals(*signals, edits, service)) break;
    if (auto loaded = edits.find_loaded()) {
      take(*std::move(loaded), edits, service);
    }
    // Nothing is half done in between: an update is whole or was not sent.
    const process::StopAtOnce stop_at_once;
    service.work();
  }
  manager.tell_stopping();
  log::info("stopped", {{"domains", service.domain_count()}});
  return Exit::good;
}

}  // namespace mtasts::tool
