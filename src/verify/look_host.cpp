// SPDX-License-Identifier: MIT
#include "verify/look_host.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "net/reach.hpp"
#include "net/tcp_stream.hpp"
#include "sts/policy_host.hpp"
#include "text/ascii.hpp"
#include "verify/look_parts.hpp"
#include "verify/policy_probe.hpp"

namespace mtasts::verify {
namespace {

constexpr std::uint16_t k_https_port = 443;
constexpr std::chrono::milliseconds k_connect_time{10'000};
constexpr std::size_t k_most_targets = 16;

bool is_allowed(const LookOptions& options, const std::string& address) {
  return options.allow_private || net::is_public(address);
}

/// The leaf that is shown without SNI is the same whatever the name is that
/// others ask for: one handshake for each address is enough.
Fetch fetch(Shared::Parts& shared, PolicyQuestion question) {
  std::optional<Fetch> first;
  const auto nameless =
      shared.nameless.make_once(net::format_endpoint(question.endpoint), [&] {
        first = probe_policy(question, shared.store);
        return first->without_name;
      });
  if (first) {
    // What shows nothing now may not have been reached.
    if (first->reach != net::Reach::reached) {
      shared.nameless.forget(net::format_endpoint(question.endpoint));
    }
    return *std::move(first);
  }
  question.without_name = false;
  Fetch fetched = probe_policy(question, shared.store);
  if (fetched.reach == net::Reach::reached) fetched.without_name = *nameless;
  return fetched;
}

Fetch fetch_from(Shared::Parts& shared, const std::string& domain,
                 const net::Endpoint& endpoint) {
  if (shared.policy_hosts.is_dead(endpoint.address)) {
    return {.address = endpoint.address,
            .port = endpoint.port,
            .reach = net::Reach::timed_out,
            .reason = "no answer, and none to three attempts before"};
  }
  const Pace::Turn turn = shared.fetches.take(endpoint.address);
  const std::chrono::milliseconds time = shared.options.timeout;
  Fetch fetched = fetch(shared, {.endpoint = endpoint,
                                 .host = sts::policy_host(domain),
                                 .without_name = true,
                                 .challenge = shared.options.has_challenges,
                                 .connect_time = std::min(k_connect_time, time),
                                 .time = time});
  shared.policy_hosts.note(endpoint.address,
                           fetched.reach == net::Reach::timed_out);
  return fetched;
}

/// Where an https URI that is known to be good leads to.
struct Location {
  std::uint16_t port = k_https_port;
  std::string path = "/";
};

Location locate(std::string_view uri) {
  Location location;
  uri.remove_prefix(std::string_view("https://").size());
  const std::size_t end = std::min(uri.find_first_of("/?#"), uri.size());
  const std::string_view authority = uri.substr(0, end);
  std::string_view rest = uri.substr(end);
  rest = rest.substr(0, rest.find('#'));
  if (!rest.empty()) {
    location.path = (rest.front() == '/' ? "" : "/") + std::string(rest);
  }
  const std::size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos) {
    const std::string_view digits = authority.substr(colon + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(),
                    location.port);
  }
  return location;
}

/// Until one of the addresses can be reached.
void post_to(Shared::Parts& shared, const Location& location,
             ReportTarget& target) {
  const net::Deadline end = std::chrono::steady_clock::now() +
                            k_most_attempts * shared.options.timeout;
  for (const std::string& address : list_addresses(target.a, target.aaaa)) {
    if (std::chrono::steady_clock::now() >= end) return;
    target.is_private = !is_allowed(shared.options, address);
    if (target.is_private) continue;
    const Pace::Turn turn = shared.fetches.take(address);
    probe_report_uri({.address = address, .port = location.port}, location.path,
                     shared.store, shared.options.timeout, target);
    if (target.reach == net::Reach::reached) return;
  }
}

ReportTarget look_at_target(Shared::Parts& shared, Questions& questions,
                            const tlsrpt::ReportUri& uri) {
  ReportTarget target{.uri = uri.text(), .host = uri.host()};
  using nameserver::Type;
  if (uri.is_mail()) target.mx = questions.ask_once(target.host, Type::mx);
  target.a = questions.ask_once(target.host, Type::a);
  target.aaaa = questions.ask_once(target.host, Type::aaaa);
  if (!uri.is_mail()) post_to(shared, locate(target.uri), target);
  return target;
}

}  // namespace

void fetch_policies(Shared::Parts& shared, Facts& facts) {
  if (shared.options.connect_to) {
    facts.fetches.push_back(
        fetch_from(shared, facts.domain, *shared.options.connect_to));
    return;
  }
  const net::Deadline end = std::chrono::steady_clock::now() +
                            k_most_attempts * shared.options.timeout;
  for (const std::string& address :
       list_addresses(facts.host_a, facts.host_aaaa)) {
    if (facts.fetches.size() >= k_most_addresses) {
      facts.fetches.push_back({.address = address, .reason = k_too_many});
    } else if (!is_allowed(shared.options, address)) {
      facts.fetches.push_back({.address = address, .is_private = true});
    } else if (std::chrono::steady_clock::now() >= end) {
      facts.fetches.push_back({.address = address, .reason = k_out_of_time});
    } else {
      facts.fetches.push_back(fetch_from(
          shared, facts.domain, {.address = address, .port = k_https_port}));
    }
  }
}

void look_at_reports(Shared::Parts& shared, Questions& questions,
                     const std::vector<tlsrpt::ReportUri>& targets,
                     Facts& facts) {
  for (const tlsrpt::ReportUri& uri : targets) {
    if (facts.reports.size() == k_most_targets) return;
    facts.reports.push_back(*shared.reports.make_once(
        uri.text(), [&] { return look_at_target(shared, questions, uri); }));
  }
}

}  // namespace mtasts::verify
