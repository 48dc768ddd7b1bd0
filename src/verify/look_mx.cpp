// SPDX-License-Identifier: MIT
#include "verify/look_mx.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/reach.hpp"
#include "net/tcp_stream.hpp"
#include "text/ascii.hpp"
#include "verify/look_parts.hpp"
#include "verify/smtp_probe.hpp"

namespace mtasts::verify {
namespace {

using nameserver::Answer;
using nameserver::Outcome;
using nameserver::Type;

constexpr std::uint16_t k_smtp_port = 25;
constexpr std::chrono::milliseconds k_connect_time{10'000};
// More of them would be an attack, on us or by us: of the others the names
// alone are known.
constexpr std::size_t k_most_hosts = 100;

/// The number in front of `text`, which is taken away with the space behind
/// it; nothing if it is none.
template <class Number>
std::optional<Number> take_number(std::string_view& text) {
  const std::string_view word = text::take_until(text, " ");
  Number number{};
  const auto [end, error] =
      std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return {};
  return number;
}

/// "3 1 1 0B9F..." as what stands in the record (RFC 6698, 2.2).
std::optional<tls::Tlsa> parse_tlsa(std::string_view data) {
  const auto usage = take_number<std::uint8_t>(data);
  const auto selector = take_number<std::uint8_t>(data);
  const auto matching = take_number<std::uint8_t>(data);
  if (!usage || !selector || !matching || data.size() % 2 != 0 ||
      !std::ranges::all_of(data, text::is_hex_digit)) {
    return {};
  }
  tls::Tlsa tlsa{.usage = *usage,
                 .selector = *selector,
                 .matching = *matching,
                 .data = {}};
  for (std::size_t i = 0; i < data.size(); i += 2) {
    tlsa.data += text::read_hex(data[i], data[i + 1]);
  }
  return tlsa;
}

/// In the order of the records, so that tls.tlsa of a probe has one for each;
/// one that can't be read has no data, and fits nothing.
std::vector<tls::Tlsa> list_tlsa(const Answer& answer) {
  std::vector<tls::Tlsa> all;
  for (const std::string& data : list_data(answer)) {
    all.push_back(parse_tlsa(data).value_or(
        tls::Tlsa{.usage = 255, .selector = 255, .matching = 255, .data = {}}));
  }
  return all;
}

bool is_ipv6(const std::string& address) { return text::has(address, ':'); }

/// Whether this attempt says that our way out may be closed; nothing when it
/// says neither.
std::optional<bool> is_silent(const View& view, const SmtpProbe& probe) {
  switch (probe.reach) {
    case net::Reach::reached:
    case net::Reach::refused:
      return false;
    case net::Reach::timed_out:
      return true;
    case net::Reach::no_route:
      // A machine without IPv6 has no way to a half of the addresses.
      if (is_ipv6(probe.address) ? view.has_ipv6 : view.has_ipv4) return true;
      return {};
    case net::Reach::not_tried:
    case net::Reach::failed:
      return {};
  }
  return {};
}

SmtpProbe probe(Shared::Parts& shared, const MxHost& host,
                const std::vector<tls::Tlsa>& tlsa,
                const std::string& address) {
  const LookOptions& options = shared.options;
  if (!options.allow_private && !net::is_public(address)) {
    return {.address = address, .is_private = true};
  }
  if (shared.port_25.is_given_up()) {
    return {.address = address,
            .reason = "no port 25 has answered in this run"};
  }
  const SmtpQuestion question{
      .endpoint = {.address = address, .port = k_smtp_port},
      .host = host.name,
      .helo = options.helo,
      .tlsa = tlsa,
      .connect_time = std::min(k_connect_time, options.timeout),
      .time = options.timeout};
  SmtpProbe seen;
  {
    const Pace::Turn turn = shared.smtp.take(address);
    seen = probe_smtp(question, shared.store);
  }
  if (const std::optional<bool> silent = is_silent(shared.view, seen)) {
    shared.port_25.note(address, *silent);
  }
  if (options.has_nameless && seen.tls.is_established) {
    const Pace::Turn turn = shared.smtp.take(address);
    probe_smtp_without_name(question, shared.store, seen);
  }
  return seen;
}

MxHost look_at_host(Shared::Parts& shared, Questions& questions,
                    const std::string& name, net::Deadline end) {
  MxHost host{.name = name};
  host.a = questions.ask_once(name, Type::a);
  host.aaaa = questions.ask_once(name, Type::aaaa);
  // RFC 7672, 2.2.2: at the name that the aliases of the host lead to.
  const std::string owner = end_of(host.a);
  if (shared.options.has_smtp) {
    host.tlsa = questions.ask_once("_25._tcp." + owner, Type::tlsa);
    const std::vector<tls::Tlsa> tlsa = list_tlsa(host.tlsa);
    for (const std::string& address : list_addresses(host.a, host.aaaa)) {
      if (host.probes.size() >= k_most_addresses) {
        host.probes.push_back({.address = address, .reason = k_too_many});
      } else if (std::chrono::steady_clock::now() >= end) {
        host.probes.push_back({.address = address, .reason = k_out_of_time});
      } else {
        host.probes.push_back(probe(shared, host, tlsa, address));
      }
    }
  }
  return host;
}

/// The hosts of the records with the least preference of each, in the order of
/// a sender.
std::vector<std::pair<std::uint16_t, std::string>> list_hosts(
    const Facts& facts, const std::vector<std::string>& instead) {
  if (!instead.empty()) {
    std::vector<std::pair<std::uint16_t, std::string>> named;
    for (const std::string& name : instead) named.emplace_back(0, name);
    return named;
  }
  const Answer& mx = facts.mx;
  // RFC 5321, 5.1: without MX records, the domain is its own mail server.
  if (mx.outcome == Outcome::no_data) return {{0, facts.domain}};
  std::map<std::string, std::uint16_t> least;
  for (const std::string& data : list_data(mx)) {
    std::string_view name = data;
    const auto preference = take_number<std::uint16_t>(name);
    // RFC 7505: the root says that there is no mail server.
    if (!preference || name.empty() || name == ".") continue;
    const auto [known, added] =
        least.try_emplace(std::string(name), *preference);
    known->second = std::min(known->second, *preference);
  }
  std::vector<std::pair<std::uint16_t, std::string>> hosts;
  for (const auto& [name, preference] : least) {
    hosts.emplace_back(preference, name);
  }
  std::ranges::sort(hosts);
  return hosts;
}

}  // namespace

void look_at_mail_servers(Shared::Parts& shared, Questions& questions,
                          Facts& facts) {
  facts.mx = questions.ask(facts.domain, Type::mx);
  const net::Deadline end = std::chrono::steady_clock::now() +
                            k_most_attempts * shared.options.timeout;
  for (const auto& one : list_hosts(facts, shared.options.mail_hosts)) {
    const std::string& name = one.second;
    if (facts.hosts.size() >= k_most_hosts) {
      facts.hosts.push_back(
          {.preference = one.first,
           .host = std::make_shared<const MxHost>(MxHost{.name = name})});
      continue;
    }
    const auto host = shared.hosts.make_once(
        name, [&] { return look_at_host(shared, questions, name, end); });
    // Other domains that have this host may have time for it.
    if (std::chrono::steady_clock::now() >= end) shared.hosts.forget(name);
    facts.hosts.push_back({.preference = one.first, .host = host});
  }
}

}  // namespace mtasts::verify
