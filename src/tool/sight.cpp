// SPDX-License-Identifier: MIT
#include "tool/sight.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "net/reach.hpp"
#include "publish/publication.hpp"
#include "sts/mx_pattern.hpp"
#include "sts/policy.hpp"
#include "sts/policy_reading.hpp"
#include "sts/txt_record.hpp"
#include "text/ascii.hpp"
#include "text/join.hpp"
#include "verify/judge.hpp"
#include "verify/judge_case.hpp"

namespace mtasts::tool {
namespace {

using nameserver::Answer;
using nameserver::Outcome;
using nameserver::Record;
using nameserver::Type;
using std::chrono::seconds;

/// What has gone through a cache has lost a part of its TTL, nobody knows how
/// much of it; this is what most have.
constexpr seconds k_least_ttl_of_caches{3600};

seconds largest_ttl(const Answer& answer) {
  std::uint32_t ttl = answer.negative_ttl.value_or(0);
  for (const Record& one : answer.records) ttl = std::max(ttl, one.ttl);
  return seconds(ttl);
}

bool has_alias(const Answer& answer) {
  return std::ranges::any_of(answer.records, [](const Record& one) {
    return one.type == Type::cname || one.type == Type::dname;
  });
}

/// What a name server of the zone says for itself.
bool is_own(const Answer& answer) {
  return answer.is_answered() && !has_alias(answer);
}

std::string explain(const Answer& answer) {
  return fmt::format(
      "{} {}: {}", answer.name,
      nameserver::k_type_names[static_cast<std::size_t>(answer.type)],
      answer.reason.empty()
          ? std::string(nameserver::k_outcome_names[static_cast<std::size_t>(
                answer.outcome)])
          : answer.reason);
}

/// One question, and what the name servers and the resolver have said to it.
struct Answers {
  std::vector<const Answer*> own;  // of the name servers
  const Answer* cached;            // of the resolver
};

/// The answer that counts, and for how long it does; null, with a reason in
/// `unseen`, where there is none or not one alone.
std::pair<const Answer*, seconds> choose(const Answers& answers,
                                         std::vector<std::string>& unseen) {
  const bool is_elsewhere =
      answers.own.empty() ||
      std::ranges::any_of(answers.own,
                          [](const Answer* one) { return has_alias(*one); });
  if (is_elsewhere) {
    if (!answers.cached->is_answered()) {
      unseen.push_back(explain(*answers.cached));
      return {nullptr, seconds(0)};
    }
    return {answers.cached,
            std::max(largest_ttl(*answers.cached), k_least_ttl_of_caches)};
  }
  seconds ttl = largest_ttl(*answers.cached);
  for (const Answer* one : answers.own) {
    if (!is_own(*one)) {
      unseen.push_back("a name server of the zone: " + explain(*one));
      return {nullptr, seconds(0)};
    }
    if (verify::find_data(*one) != verify::find_data(*answers.own.front())) {
      unseen.push_back(fmt::format(
          "the name servers of the zone have different records at {}",
          one->name));
      return {nullptr, seconds(0)};
    }
    ttl = std::max(ttl, largest_ttl(*one));
  }
  return {answers.own.front(), ttl};
}

// --- The record ---

/// The id in it; empty without one. What senders can't read is no id.
std::string read_id(const verify::Case& on) {
  if (on.texts.empty()) return {};
  const Result<std::string> id = sts::parse_txt_record(on.texts.front());
  if (on.texts.size() == 1 && id) return *id;
  return text::join(on.texts, " and ", [](const auto& one) { return one; });
}

void see_record(const Look& look, const verify::Case& on, Seen& seen) {
  Answers answers{.own = {}, .cached = &look.facts.sts};
  for (const verify::NameServer& one : look.facts.servers) {
    if (has_way_to(look.facts.view, one.address)) {
      answers.own.push_back(&one.sts);
    }
  }
  const auto [answer, ttl] = choose(answers, seen.unseen);
  if (answer == nullptr) return;
  seen.sight.txt_ttl = ttl;
  seen.sight.id = read_id(on);
}

// --- The policy ---

/// There is an answer, and it is no policy.
bool is_none(const verify::Fetch& fetch) {
  switch (fetch.reach) {
    case net::Reach::refused:
      return true;
    case net::Reach::reached:
      return !fetch.tls.is_established ||
             (fetch.http_failure.empty() && fetch.status != 0);
    case net::Reach::not_tried:
    case net::Reach::timed_out:
    case net::Reach::no_route:
    case net::Reach::failed:
      break;
  }
  return false;
}

void see_policy(const Look& look, const verify::Case& on, Seen& seen) {
  seen.has_host = true;
  for (const Answer* one : {&look.facts.host_a, &look.facts.host_aaaa}) {
    if (one->is_answered()) continue;
    seen.unseen.push_back(explain(*one));
    return;
  }
  std::optional<sts::Policy> policy;
  std::size_t without = 0;
  for (const verify::Fetch& fetch : look.facts.fetches) {
    // A machine without IPv6 sees what the rest does.
    if (fetch.reach == net::Reach::no_route) continue;
    std::optional<sts::Policy> one;
    if (const std::string* body = verify::find_body(fetch)) {
      one = sts::read_policy(*body, sts::k_max_fetched_octets).policy;
    }
    if (!one && !is_none(fetch)) {
      seen.unseen.push_back(fmt::format("{} {}: {}", on.host, fetch.address,
                                        !fetch.reason.empty() ? fetch.reason
                                        : !fetch.http_failure.empty()
                                            ? fetch.http_failure
                                            : "could not be asked from here"));
      return;
    }
    if (!one) ++without;
    if (one && policy && *one != *policy) {
      seen.unseen.push_back(
          fmt::format("the addresses of {} serve different policies", on.host));
      return;
    }
    if (one) policy = std::move(one);
  }
  if (policy && without != 0) {
    seen.unseen.push_back(
        fmt::format("not each address of {} serves the policy", on.host));
    return;
  }
  seen.has_host = look.facts.host_a.outcome == Outcome::found ||
                  look.facts.host_aaaa.outcome == Outcome::found;
  if (!policy && seen.has_host && without == 0) {
    seen.unseen.push_back(
        fmt::format("no address of {} can be reached from here", on.host));
    return;
  }
  seen.sight.has_no_policy = !policy;
  seen.sight.policy = std::move(policy);
}

// --- MX ---

void see_mx(const Look& look, Seen& seen) {
  Answers answers{.own = {}, .cached = &look.facts.mx};
  for (const Answer& one : look.mx) answers.own.push_back(&one);
  const auto [answer, ttl] = choose(answers, seen.unseen);
  if (answer == nullptr) return;
  std::vector<dns::Name> hosts;
  seen.mx = verify::find_data(*answer);
  for (const std::string& data : seen.mx) {
    std::string_view name = data;
    text::take_until(name, " ");
    if (name == ".") continue;  // RFC 7505: it takes no mail
    Result<dns::Name> host = dns::Name::parse(name);
    if (!host) {
      seen.unseen.push_back(
          fmt::format("MX {}: {}", in_quotes(data), host.error().message));
      return;
    }
    hosts.push_back(*std::move(host));
  }
  // RFC 5321, 5.1: without MX records, the domain is its own mail server.
  if (answer->outcome == Outcome::no_data) {
    if (auto own = dns::Name::parse(look.facts.domain)) {
      hosts.push_back(*std::move(own));
    }
  }
  std::ranges::sort(hosts);
  hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
  seen.sight.mx = std::move(hosts);
  seen.sight.mx_ttl = ttl;
}

// --- Where mail will go ---

/// A domain that has `look.targets` as its MX hosts already, and a policy in
/// mode enforce that admits them: what is wrong then is wrong with the hosts.
verify::Facts make_planned(const Look& look) {
  verify::Facts planned{.domain = look.facts.domain,
                        .at = look.facts.at,
                        .view = look.facts.view};
  planned.view.is_planned = true;
  planned.mx = {
      .name = planned.domain, .type = Type::mx, .outcome = Outcome::found};
  for (const dns::Name& host : look.targets) {
    planned.mx.records.push_back({.owner = planned.domain,
                                  .type = Type::mx,
                                  .data = "10 " + host.text()});
  }
  planned.hosts = look.facts.hosts;
  return planned;
}

publish::PublicationPtr make_strict(const Look& look) {
  constexpr std::chrono::weeks k_any_max_age{1};
  std::vector<sts::MxPattern> mx;
  for (const dns::Name& host : look.targets) {
    if (auto one = sts::MxPattern::parse(host.text())) mx.push_back(*one);
  }
  auto policy = sts::Policy::make(sts::Mode::enforce, mx, k_any_max_age);
  if (!policy) return nullptr;
  return make_counted<const publish::Publication>(
      std::vector<dns::Name>{}, *policy, std::vector<tlsrpt::ReportUri>{},
      publish::TablePlace{});
}

/// Whether all is known of its addresses.
bool is_looked_up(const dns::Name& target, const verify::Facts& facts) {
  return std::ranges::any_of(facts.hosts, [&](const verify::Mx& one) {
    return one.host->name == target.text() && one.host->a.is_answered() &&
           one.host->aaaa.is_answered();
  });
}

void see_targets(const Look& look, Seen& seen) {
  if (look.targets.empty()) return;
  bool is_bad = false;
  bool is_untested =
      !look.facts.view.has_smtp ||
      !std::ranges::all_of(look.targets, [&look](const dns::Name& one) {
        return is_looked_up(one, look.facts);
      });
  for (Diagnostic& one :
       verify::judge(make_planned(look), {.publication = make_strict(look)},
                     look.facts.at)) {
    if (!one.id.starts_with("mx.")) continue;
    const bool keeps_mail_away = one.severity == Severity::error;
    if (!keeps_mail_away && one.severity != Severity::untested) continue;
    (keeps_mail_away ? is_bad : is_untested) = true;
    seen.about_targets.push_back(std::move(one));
  }
  if (is_bad) {
    seen.sight.are_targets_good = false;
  } else if (!is_untested) {
    seen.sight.are_targets_good = true;
  } else {
    seen.unseen.push_back("the new hosts could not all be asked from here");
  }
}

}  // namespace

bool has_way_to(const verify::View& view, const std::string& address) {
  return text::has(address, ':') ? view.has_ipv6 : view.has_ipv4;
}

Seen make_seen(const Look& look, const verify::Expected& expected) {
  Seen seen;
  const verify::Case on =
      verify::make_case(look.facts, expected, look.facts.at);
  see_policy(look, on, seen);
  see_record(look, on, seen);
  if (!look.targets.empty()) see_mx(look, seen);
  see_targets(look, seen);
  return seen;
}

}  // namespace mtasts::tool
