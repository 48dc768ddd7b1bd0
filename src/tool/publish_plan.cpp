// SPDX-License-Identifier: MIT
#include "tool/publish_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "dns/quote.hpp"
#include "dns/record.hpp"
#include "net/reach.hpp"
#include "publish/records.hpp"

namespace mtasts::tool {
namespace {

using nameserver::Answer;
using nameserver::Record;
using nameserver::Type;

/// The texts of one owner, those of one purpose apart from the others.
struct Texts {
  std::vector<Record> ours = {};
  std::vector<Record> others = {};
  std::string alias_of = {};
};

std::string format_text(const std::string& owner, std::uint32_t ttl,
                        const std::string& value) {
  return fmt::format("{}. {} IN TXT {}", owner, ttl,
                     dns::format_data(dns::Type::txt, value));
}

Result<Texts> read_texts(publish::Purpose purpose, const Answer& found) {
  Texts texts;
  for (const Record& one : found.records) {
    if (one.owner != found.name) continue;
    // What is behind an alias is its own owner's to change, and the server may
    // know nothing of it.
    if (one.type == Type::cname) {
      texts.alias_of = one.data;
      return texts;
    }
    if (one.type != Type::txt) continue;
    const bool is_ours = publish::is_meant_for(one.data, purpose);
    (is_ours ? texts.ours : texts.others).push_back(one);
  }
  if (found.is_answered()) return texts;
  return fail(fmt::format("the name server does not say what is at {}: {}",
                          found.name, format_failure(found)),
              "[publish] names the primary name server of the zone");
}

/// With what is there now as its prerequisite, and what stays.
nameserver::RecordChange begin_change(const Answer& found, const Texts& texts) {
  nameserver::RecordChange change{.owner = found.name, .type = Type::txt};
  for (const Record& one : found.records) {
    if (one.type == Type::txt && one.owner == found.name) {
      change.seen.push_back(one);
      change.ttl = one.ttl;
    }
  }
  for (const Record& one : texts.others) change.wanted.push_back(one.data);
  return change;
}

}  // namespace

std::string format_failure(const Answer& answer) {
  if (!answer.reason.empty()) return answer.reason;
  return std::string(
      nameserver::k_outcome_names.at(static_cast<std::size_t>(answer.outcome)));
}

Result<OwnerPlan> plan_owner(const publish::RecordSet& wanted,
                             const Answer& found, bool compares_ttl) {
  Result<Texts> texts = read_texts(wanted.purpose, found);
  if (!texts) return fail(texts.error());
  if (!texts->alias_of.empty()) {
    return OwnerPlan{.alias_of = std::move(texts->alias_of)};
  }
  const std::string& value = wanted.values.front();
  const auto ttl = static_cast<std::uint32_t>(wanted.ttl.count());
  const bool is_same = texts->ours.size() == 1 &&
                       !publish::find_difference(
                           wanted.purpose, texts->ours.front().data, value) &&
                       (!compares_ttl || texts->ours.front().ttl == ttl);
  if (is_same) return OwnerPlan{};
  OwnerPlan plan{.change = begin_change(found, *texts)};
  plan.change->wanted.push_back(value);
  plan.change->ttl = ttl;
  const std::string line = format_text(found.name, ttl, value);
  for (std::size_t i = 0; i < texts->ours.size(); ++i) {
    const Record& one = texts->ours[i];
    plan.orders += fmt::format("{} {}\n", i == 0 ? "change" : "delete",
                               format_text(one.owner, one.ttl, one.data));
    if (i == 0) plan.orders += fmt::format("to     {}\n", line);
  }
  if (texts->ours.empty()) plan.orders = fmt::format("add    {}\n", line);
  return plan;
}

Result<OwnerPlan> plan_removal(publish::Purpose purpose, const Answer& found) {
  Result<Texts> texts = read_texts(purpose, found);
  if (!texts) return fail(texts.error());
  OwnerPlan plan{.alias_of = std::move(texts->alias_of)};
  if (!plan.alias_of.empty() || texts->ours.empty()) return plan;
  plan.change = begin_change(found, *texts);
  for (const Record& one : texts->ours) {
    plan.orders +=
        fmt::format("delete {}\n", format_text(one.owner, one.ttl, one.data));
  }
  return plan;
}

std::optional<Error> find_reason_to_wait(const verify::Facts& facts,
                                         const Diagnostics& findings,
                                         const publish::Publication& wanted) {
  // In the words of verify, where it has some.
  for (const Diagnostic& one : findings) {
    const bool is_about_body =
        one.id.starts_with("fetch.") || one.id.starts_with("policy.") ||
        one.id == "dns.host-missing" || one.id == "dns.unreachable";
    const bool is_bad =
        one.severity == Severity::error ||
        (one.severity == Severity::untested && one.id.starts_with("dns."));
    if (!is_about_body || !is_bad) continue;
    return Error{fmt::format("{}: {} [{}]", format_place(one.place),
                             one.message, one.id),
                 one.hint};
  }
  // Addresses that no resolver names can't be asked.
  for (const Answer* one : {&facts.host_a, &facts.host_aaaa}) {
    if (one->is_answered() || one->outcome == nameserver::Outcome::not_asked) {
      continue;
    }
    return Error{fmt::format("not all addresses of {} are known: {}", one->name,
                             format_failure(*one)),
                 "mta-sts verify says which question has no answer"};
  }
  std::size_t seen = 0;
  for (const verify::Fetch& one : facts.fetches) {
    if (one.reach == net::Reach::no_route) continue;
    if (one.is_private) {
      return Error{
          fmt::format("{} is not public, and was not asked", one.address),
          "--allow-private asks it all the same"};
    }
    if (one.status != 200 || one.body != wanted.body()) {
      return Error{
          fmt::format("{} does not serve the policy with the id {} yet",
                      one.address, wanted.id()),
          "mta-sts verify says what it serves"};
    }
    ++seen;
  }
  if (seen != 0) return std::nullopt;
  return Error{"no address of the policy host could be asked from here",
               "publish where its addresses can be reached"};
}

}  // namespace mtasts::tool
