// SPDX-License-Identifier: MIT
#include "tool/sight.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "sts/policy_host.hpp"
#include "sts/policy_reading.hpp"
#include "sts/txt_record.hpp"
#include "text/ascii.hpp"
#include "verify/judge.hpp"
#include "verify/judge_case.hpp"

namespace mtasts::tool {
namespace {

using nameserver::Answer;
using nameserver::Outcome;
using std::chrono::seconds;

// A policy of this age is made to judge hosts by, and goes nowhere.
constexpr std::chrono::weeks k_any_max_age{1};

seconds ttl_of(const Answer& answer) {
  std::uint32_t most = 0;
  for (const nameserver::Record& record : answer.records) {
    most = std::max(most, record.ttl);
  }
  return seconds(most);
}

/// The id that one answer has, empty for no record; nothing without an answer,
/// or with one that senders can't read.
std::optional<std::string> find_id(const Answer& answer) {
  if (!answer.is_answered()) return {};
  std::optional<std::string> found = "";
  for (const std::string& text : verify::find_data(answer)) {
    if (!text.starts_with("v=STSv1")) continue;
    const Result<std::string> id = sts::parse_txt_record(text);
    if (!id || !found->empty()) return {};
    found = *id;
  }
  return found;
}

/// Those of the name servers, or the resolver's where none was asked.
std::vector<const Answer*> list_answers(const verify::Facts& facts) {
  std::vector<const Answer*> answers;
  for (const verify::NameServer& server : facts.servers) {
    if (server.sts.outcome != Outcome::not_asked)
      answers.push_back(&server.sts);
  }
  if (answers.empty()) answers.push_back(&facts.sts);
  return answers;
}

void see_record(const verify::Facts& facts, sts::Sight& sight,
                std::vector<std::string>& gaps) {
  bool is_first = true;
  for (const Answer* answer : list_answers(facts)) {
    const std::optional<std::string> id = find_id(*answer);
    if (!id) {
      gaps.push_back(
          fmt::format("the TXT record of {} can't be read from each "
                      "name server",
                      answer->name));
      sight.id = std::nullopt;
      return;
    }
    if (!std::exchange(is_first, false) && id != sight.id) {
      gaps.push_back(
          fmt::format("the name servers do not agree about {}", answer->name));
      sight.id = std::nullopt;
      return;
    }
    sight.id = id;
    // What is not there is remembered, too (RFC 2308, 5).
    sight.txt_ttl =
        std::max({sight.txt_ttl, ttl_of(*answer),
                  seconds(id->empty() ? answer->negative_ttl.value_or(0) : 0)});
  }
}

void see_policy(const verify::Facts& facts, sts::Sight& sight,
                std::vector<std::string>& gaps) {
  const std::string host = sts::policy_host(facts.domain);
  if (facts.host_a.is_answered() && facts.host_aaaa.is_answered() &&
      verify::find_data(facts.host_a).empty() &&
      verify::find_data(facts.host_aaaa).empty()) {
    return;  // there is none
  }
  const std::string* body = nullptr;
  for (const verify::Fetch& fetch : facts.fetches) {
    if (fetch.reach != net::Reach::reached) continue;
    const std::string* found = verify::find_body(fetch);
    if (found == nullptr || (body != nullptr && *body != *found)) {
      gaps.push_back(fmt::format(
          "{} at {} {}", host, fetch.address,
          found == nullptr ? "serves no policy" : "serves another policy"));
      return;
    }
    body = found;
  }
  if (body == nullptr) {
    gaps.push_back(fmt::format("{} could not be reached", host));
    return;
  }
  sight.policy = verify::find_policy(facts, {.publication = nullptr});
  if (!sight.policy) {
    gaps.push_back(fmt::format("{} serves what is no policy", host));
  }
}

void see_mx(const verify::Facts& facts, const std::optional<Answer>& own_mx,
            sts::Sight& sight, std::vector<std::string>& gaps) {
  const Answer& answer = own_mx ? *own_mx : facts.mx;
  if (!answer.is_answered()) {
    gaps.push_back(
        fmt::format("the MX records of {} are not to be had", facts.domain));
    return;
  }
  std::vector<dns::Name> hosts;
  for (const std::string& data : verify::find_data(answer)) {
    std::string_view rest = data;
    text::take_until(rest, " ");
    const Result<dns::Name> name = dns::Name::parse(rest);
    if (name) hosts.push_back(*name);
  }
  sight.mx = std::move(hosts);
  sight.mx_ttl = ttl_of(answer);
}

}  // namespace

sts::Sight make_sight(const verify::Facts& facts,
                      const std::optional<Answer>& own_mx,
                      std::vector<std::string>& gaps) {
  sts::Sight sight;
  see_policy(facts, sight, gaps);
  see_record(facts, sight, gaps);
  see_mx(facts, own_mx, sight, gaps);
  return sight;
}

std::optional<bool> are_good(const verify::Facts& facts,
                             std::vector<verify::MxHost> hosts,
                             std::vector<std::string>& faults) {
  // A domain that has these as its MX hosts, and a policy that has them, too.
  verify::Facts planned{
      .domain = facts.domain, .at = facts.at, .view = facts.view};
  planned.mx = {.name = facts.domain,
                .type = nameserver::Type::mx,
                .outcome = Outcome::found};
  std::vector<sts::MxPattern> patterns;
  for (verify::MxHost& host : hosts) {
    planned.mx.records.push_back({.owner = facts.domain,
                                  .type = nameserver::Type::mx,
                                  .data = "10 " + host.name});
    patterns.push_back(*sts::MxPattern::parse(host.name));
    planned.hosts.push_back(
        {.preference = 10,
         .host = std::make_shared<const verify::MxHost>(std::move(host))});
  }
  const auto publication =
      std::make_shared<const publish::Publication>(publish::make_publication(
          {*dns::Name::parse(facts.domain)},
          *sts::Policy::make(sts::Mode::enforce, patterns, k_any_max_age), {},
          {}));
  std::optional<bool> good = true;
  for (const Diagnostic& one :
       verify::judge(planned, {.publication = publication}, facts.at)) {
    if (!one.id.starts_with("smtp.") && !one.id.starts_with("mx.")) continue;
    if (one.severity == Severity::error) {
      good = false;
      faults.push_back(
          fmt::format("{}: {} [{}]", one.place.file, one.message, one.id));
    } else if (one.severity == Severity::untested && good == true) {
      good = std::nullopt;
      faults.push_back(
          fmt::format("{}: {} [{}]", one.place.file, one.message, one.id));
    }
  }
  return good;
}

}  // namespace mtasts::tool
