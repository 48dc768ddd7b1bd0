// SPDX-License-Identifier: MIT
#include "verify/judge_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

#include "dns/name.hpp"
#include "dns/quote.hpp"
#include "dns/registry_suffix.hpp"
#include "publish/record_set.hpp"
#include "sts/policy_host.hpp"
#include "sts/policy_reading.hpp"
#include "text/ascii.hpp"
#include "text/join.hpp"

namespace mtasts::verify {
namespace {

using nameserver::Answer;
using nameserver::Outcome;
using nameserver::Record;
using nameserver::Type;

bool is_alias(const Record& record) {
  return record.type == Type::cname || record.type == Type::dname;
}

/// Aliases stay in front, and in their order, which says where they lead.
void sort_records(Answer& answer) {
  const auto members = [](const Record& one) {
    return std::tie(one.owner, one.type, one.data, one.ttl, one.strings);
  };
  // Not by ranges: clang 14 knows no subrange of libstdc++.
  const auto behind = std::stable_partition(answer.records.begin(),
                                            answer.records.end(), is_alias);
  std::sort(behind, answer.records.end(),
            [&](const Record& a, const Record& b) {
              return members(a) < members(b);
            });
}

/// IPv4 first: "192.0.2.1" before "2001:db8::1".
bool is_before(const std::string& a, const std::string& b) {
  return std::pair(text::has(a, ':'), a) < std::pair(text::has(b, ':'), b);
}

void sort_hosts(std::vector<Mx>& hosts) {
  for (Mx& one : hosts) {
    MxHost host = *one.host;
    for (Answer* answer : {&host.a, &host.aaaa, &host.tlsa}) {
      sort_records(*answer);
    }
    std::ranges::sort(host.probes, is_before, &SmtpProbe::address);
    one.host = std::make_shared<MxHost>(std::move(host));
  }
  std::ranges::sort(hosts, {}, [](const Mx& one) {
    return std::pair<std::uint16_t, std::string_view>(one.preference,
                                                      one.host->name);
  });
}

Facts sorted(Facts facts) {
  std::erase_if(facts.hosts, [](const Mx& one) { return one.host == nullptr; });
  for (Answer* answer :
       {&facts.sts, &facts.rpt, &facts.host_a, &facts.host_aaaa, &facts.caa,
        &facts.mx, &facts.soa, &facts.ns}) {
    sort_records(*answer);
  }
  for (NameServer& one : facts.servers) sort_records(one.sts);
  std::ranges::sort(facts.servers, [](const auto& a, const auto& b) {
    return a.name != b.name ? a.name < b.name : is_before(a.address, b.address);
  });
  std::ranges::sort(facts.fetches, is_before, &Fetch::address);
  std::ranges::sort(facts.elsewhere, {}, &Answer::name);
  std::ranges::sort(facts.reports, {}, &ReportTarget::uri);
  std::ranges::sort(facts.registered, {}, &Answer::name);
  sort_hosts(facts.hosts);
  return facts;
}

/// What the name servers of the zone say with one voice; null where they don't,
/// or where another zone has the answer.
const Answer* find_common(const std::vector<NameServer>& servers) {
  const Answer* common = nullptr;
  for (const NameServer& one : servers) {
    if (!one.sts.is_answered() || !one.sts.is_authoritative) continue;
    if (std::ranges::any_of(one.sts.records, is_alias)) return nullptr;
    if (common != nullptr && find_data(*common) != find_data(one.sts)) {
      return nullptr;
    }
    if (common == nullptr) common = &one.sts;
  }
  return common;
}

bool says_sts(const std::string& text) {
  return publish::is_meant_for(text, publish::Purpose::mta_sts);
}

bool is_absent(const Case& on) {
  if (on.ours != nullptr || on.policy || !on.sts.is_answered()) return false;
  if (!on.texts.empty() || !find_aliases(on.sts).empty()) return false;
  return std::ranges::none_of(on.facts.elsewhere, [](const Answer& answer) {
    return std::ranges::any_of(find_data(answer), says_sts);
  });
}

}  // namespace

Case make_case(const Facts& facts, const Expected& expected,
               std::chrono::sys_seconds now) {
  Case on{.facts = sorted(facts),
          .expected = expected,
          .now = now,
          .host = sts::policy_host(facts.domain),
          .ours = expected.publication.get(),
          .policy = {},
          .mode = {},
          .sts = {}};
  on.policy = find_policy(on.facts, expected);
  if (on.policy) {
    on.mode = on.policy->mode();
  } else if (on.ours != nullptr) {
    on.mode = on.ours->mode();
  }
  on.sts = on.facts.sts;
  const Answer* common = find_common(on.facts.servers);
  if (common != nullptr && on.sts.is_answered() &&
      find_aliases(on.sts).empty()) {
    on.is_cached = find_data(*common) != find_data(on.sts);
    on.sts = *common;
  }
  for (std::string& text : find_data(on.sts)) {
    if (says_sts(text)) on.texts.push_back(std::move(text));
  }
  on.is_absent = is_absent(on);
  return on;
}

Severity by_mode(const Case& on) {
  if (on.mode == sts::Mode::enforce) return Severity::error;
  return on.mode == sts::Mode::none || on.is_absent ? Severity::note
                                                    : Severity::warning;
}

std::string sts_owner(const Case& on) { return "_mta-sts." + on.facts.domain; }

std::string format_record(std::string_view owner, const std::string& text) {
  return fmt::format("{}. IN TXT {}", owner,
                     dns::format_data(dns::Type::txt, text));
}

std::vector<std::string> find_data(const Answer& answer) {
  std::vector<std::string> data;
  for (const Record& record : answer.records) {
    if (record.type == answer.type) data.push_back(record.data);
  }
  std::ranges::sort(data);
  return data;
}

std::vector<std::string> find_aliases(const Answer& answer) {
  std::vector<std::string> names;
  for (const Record& record : answer.records) {
    if (record.type == Type::cname) names.push_back(record.data);
  }
  return names;
}

std::optional<std::string> find_registrable(const Facts& facts,
                                            const std::string& name) {
  for (const Answer& answer : facts.registered) {
    if (answer.outcome != Outcome::no_name ||
        !dns::is_at_or_below(name, answer.name)) {
      continue;
    }
    const std::size_t dot = answer.name.find('.');
    if (dot == std::string::npos) continue;
    const Result<dns::Name> above =
        dns::Name::parse(answer.name.substr(dot + 1));
    if (above && dns::is_registry_suffix(*above)) return answer.name;
  }
  return std::nullopt;
}

const std::string* find_body(const Fetch& fetch) {
  const bool is_plain = !fetch.content_encoding ||
                        text::to_lower(*fetch.content_encoding) == "identity";
  const bool is_whole = fetch.reach == net::Reach::reached &&
                        fetch.tls.is_established && fetch.status == 200 &&
                        fetch.http_failure.empty() && fetch.broken.empty() &&
                        !fetch.is_cut;
  return is_plain && is_whole ? &fetch.body : nullptr;
}

std::string format_some(const std::vector<std::string>& list,
                        std::string_view between) {
  constexpr std::size_t k_most = 6;
  std::vector<std::string> some(
      list.begin(), list.begin() + static_cast<std::ptrdiff_t>(
                                       std::min(list.size(), k_most)));
  std::string text =
      text::join(some, between, [](const std::string& one) { return one; });
  if (list.size() > k_most) {
    text += fmt::format("{}{} more", between, list.size() - k_most);
  }
  return text;
}

std::string format_days(std::chrono::seconds time) {
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(time);
  const auto days = std::chrono::duration_cast<std::chrono::days>(time);
  return days.count() >= 2 ? fmt::format("{} days", days.count())
                           : fmt::format("{} h", hours.count());
}

// --- The policy that counts ---

std::optional<sts::Policy> find_policy(const Facts& facts,
                                       const Expected& expected) {
  if (facts.view.is_planned) {
    if (expected.publication == nullptr) return std::nullopt;
    return expected.publication->policy();
  }
  std::vector<const Fetch*> fetches;
  for (const Fetch& one : facts.fetches) fetches.push_back(&one);
  std::ranges::sort(fetches, is_before, &Fetch::address);
  const publish::Publication* ours = expected.publication.get();
  for (const Fetch* one : fetches) {
    const std::string* body = find_body(*one);
    if (body != nullptr && ours != nullptr && *body == ours->body()) {
      return ours->policy();
    }
  }
  for (const Fetch* one : fetches) {
    const std::string* body = find_body(*one);
    if (body == nullptr) continue;
    if (auto reading = sts::read_policy(*body, sts::k_max_fetched_octets);
        reading.policy) {
      return std::move(reading.policy);
    }
  }
  return std::nullopt;
}

}  // namespace mtasts::verify
