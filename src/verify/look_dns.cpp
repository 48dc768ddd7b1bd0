// SPDX-License-Identifier: MIT
#include "verify/look_dns.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/tcp_stream.hpp"
#include "sts/policy_host.hpp"

namespace mtasts::verify {
namespace {

using nameserver::Answer;
using nameserver::Outcome;
using nameserver::Type;

// As many as the root has, on each of which IPv4 and IPv6 are looked at.
constexpr std::size_t k_most_servers = 13;
constexpr std::size_t k_most_server_addresses = 2;
// Names of patterns and aliases that are looked up.
constexpr std::size_t k_most_owners = 16;

/// IPv4 and IPv6, one of each where there are both.
std::vector<std::string> choose_addresses(const Answer& a, const Answer& aaaa) {
  std::vector<std::string> v4 = list_data(a);
  std::vector<std::string> v6 = list_data(aaaa);
  if (v4.size() > 1 && !v6.empty()) v4.resize(1);
  v4.insert(v4.end(), v6.begin(), v6.end());
  if (v4.size() > k_most_server_addresses) v4.resize(k_most_server_addresses);
  return v4;
}

/// Climbs from the domain to the first name with an SOA record.
void look_for_zone(Questions& questions, Facts& facts) {
  std::string name = facts.domain;
  facts.soa = questions.ask(name, Type::soa);
  while (facts.soa.is_answered() &&
         (facts.soa.outcome != Outcome::found || end_of(facts.soa) != name)) {
    name = parent_of(name);
    if (name.empty()) break;
    facts.soa = questions.ask_once(name, Type::soa);
  }
  if (facts.soa.outcome != Outcome::found) return;
  facts.zone = name;
  facts.ns = name == facts.domain ? questions.ask(name, Type::ns)
                                  : questions.ask_once(name, Type::ns);
}

NameServer ask_server(Questions& questions, const std::string& name,
                      const std::string& address, const Facts& facts) {
  NameServer server{.name = name, .address = address, .sts = {}, .soa = {}};
  const net::Endpoint endpoint{.address = address, .port = net::k_dns_port};
  if (!facts.view.is_planned) {
    server.sts = questions.ask_directly(endpoint, facts.sts.name, Type::txt);
    if (server.sts.outcome == Outcome::silent) return server;
  }
  server.soa = questions.ask_directly(endpoint, facts.zone, Type::soa);
  return server;
}

/// SOA of `name` and of what is above it, up to the first that is there.
void climb(Questions& questions, std::string name,
           std::vector<Answer>& registered) {
  while (!name.empty()) {
    const bool is_known = std::ranges::any_of(
        registered, [&name](const Answer& one) { return one.name == name; });
    if (is_known) return;
    registered.push_back(questions.ask_once(name, Type::soa));
    if (registered.back().outcome != Outcome::no_name) return;
    name = parent_of(name);
  }
}

/// True unless it is sure that no mail server can be there.
bool may_have_mail_server(Questions& questions, const std::string& name,
                          bool is_wildcard, const Facts& facts) {
  for (const Mx& one : facts.hosts) {
    const bool is_below = is_wildcard && parent_of(one.host->name) == name;
    if ((is_below || one.host->name == name) &&
        (one.host->a.outcome == Outcome::found ||
         one.host->aaaa.outcome == Outcome::found)) {
      return true;
    }
  }
  return std::ranges::any_of(
      std::array{Type::a, Type::aaaa, Type::mx}, [&](Type type) {
        const Answer answer = questions.ask_once(name, type);
        return answer.outcome == Outcome::found || !answer.is_answered();
      });
}

}  // namespace

void look_at_records(Questions& questions, Facts& facts) {
  const std::string& domain = facts.domain;
  facts.sts = questions.ask("_mta-sts." + domain, Type::txt);
  if (facts.sts.outcome == Outcome::servfail) {
    facts.sts_unchecked = questions.ask_unchecked(facts.sts.name, Type::txt);
  }
  facts.rpt = questions.ask("_smtp._tls." + domain, Type::txt);
  const bool is_missing = facts.sts.outcome == Outcome::no_data ||
                          facts.sts.outcome == Outcome::no_name;
  if (!is_missing) return;
  // The apex, a slip of the key, the policy host, and a control panel that
  // appends the domain to what has it already.
  for (const std::string& name :
       {domain, "_mta_sts." + domain, sts::policy_host(domain),
        facts.sts.name + "." + domain}) {
    Answer answer = questions.ask(name, Type::txt);
    if (answer.outcome == Outcome::found) {
      facts.elsewhere.push_back(std::move(answer));
    }
  }
}

void look_at_policy_host(Questions& questions, Facts& facts) {
  const std::string host = sts::policy_host(facts.domain);
  facts.host_a = questions.ask(host, Type::a);
  facts.host_aaaa = questions.ask(host, Type::aaaa);
}

void look_at_caa(Questions& questions, Facts& facts) {
  // RFC 8659, 3: the first CAA RRset from the name upwards counts.
  std::string name = sts::policy_host(facts.domain);
  facts.caa = questions.ask(name, Type::caa);
  Answer answer = facts.caa;
  while (answer.outcome == Outcome::no_data ||
         answer.outcome == Outcome::no_name) {
    name = parent_of(name);
    if (name.empty()) return;
    answer = name == facts.domain ? questions.ask(name, Type::caa)
                                  : questions.ask_once(name, Type::caa);
  }
  facts.caa = std::move(answer);
}

void look_at_zone(Questions& questions, const LookOptions& options,
                  Facts& facts) {
  look_for_zone(questions, facts);
  if (!options.has_authoritative) return;
  std::vector<std::string> names = list_data(facts.ns);
  std::ranges::sort(names);
  if (names.size() > k_most_servers) names.resize(k_most_servers);
  for (const std::string& name : names) {
    const std::vector<std::string> addresses =
        choose_addresses(questions.ask_once(name, Type::a),
                         questions.ask_once(name, Type::aaaa));
    for (const std::string& address : addresses) {
      if (!options.allow_private && !net::is_public(address)) continue;
      facts.servers.push_back(ask_server(questions, name, address, facts));
    }
  }
}

void look_for_owners(Questions& questions, const sts::Policy* policy,
                     Facts& facts) {
  std::set<std::string> seen;
  for (const Answer* one :
       {&facts.sts, &facts.rpt, &facts.host_a, &facts.host_aaaa}) {
    const std::string end = end_of(*one);
    if (one->outcome == Outcome::no_name && end != one->name &&
        seen.insert(end).second) {
      climb(questions, end, facts.registered);
    }
  }
  if (policy == nullptr) return;
  for (const sts::MxPattern& pattern : policy->mx()) {
    const std::string& name = pattern.name().text();
    if (seen.size() >= k_most_owners || !seen.insert(name).second) continue;
    if (!may_have_mail_server(questions, name, pattern.is_wildcard(), facts)) {
      climb(questions, name, facts.registered);
    }
  }
}

}  // namespace mtasts::verify
