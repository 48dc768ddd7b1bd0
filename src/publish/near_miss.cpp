// SPDX-License-Identifier: MIT
#include "publish/near_miss.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "text/ascii.hpp"

namespace mtasts::publish {
namespace {

using dns::Name;
using dns::ZoneRecord;

/// What is wrong with the place of a text for `domain`, if it is meant for it.
std::optional<Error> judge(const std::string& owner, Purpose purpose,
                           const Name& domain,
                           const std::set<std::string>& missing) {
  const std::string right = owner_name(purpose, domain);
  const std::string_view prefix = owner_prefix(purpose);
  if (owner.starts_with(right + '.')) {
    return Error{fmt::format("{} has the text for {}: a dot is missing at its "
                             "end, and the zone's name was put behind it",
                             in_quotes(owner), right),
                 fmt::format("write {}. with the dot; in a panel that adds the "
                             "zone, leave the zone's name out",
                             right)};
  }
  if (owner.starts_with(prefix)) {
    // The record of another domain, or of a host by mistake.
    const std::string other = owner.substr(prefix.size());
    if (!missing.contains(right) ||
        (!dns::is_at_or_below(other, domain.text()) &&
         !dns::is_at_or_below(domain.text(), other))) {
      return std::nullopt;
    }
    return Error{
        fmt::format("{} has a text for mail to {}, not to {}", in_quotes(owner),
                    other, domain.text()),
        "the policy domain is what stands behind the \"@\" of mail addresses"};
  }
  if (dns::is_at_or_below(owner, domain.text()) || prefix == owner + '.' ||
      text::has(owner, domain.text() + '.')) {
    return Error{fmt::format("{} has a text that senders look for at {} alone",
                             in_quotes(owner), right),
                 "move it there"};
  }
  return std::nullopt;
}

/// The domain whose labels `owner` has in it, the one nearest to its start:
/// "example.com" for "_mta-sts.example.com.example.net".
const Name* find_domain(
    const std::unordered_map<std::string_view, const Name*>& domains,
    std::string_view owner) {
  while (!owner.empty()) {
    for (std::string_view part = owner; !part.empty();) {
      const auto at = domains.find(part);
      if (at != domains.end()) return at->second;
      const std::size_t dot = part.rfind('.');
      part = part.substr(0, dot == part.npos ? 0 : dot);
    }
    text::take_until(owner, ".");
  }
  return nullptr;
}

using Aliases = std::unordered_map<std::string_view, std::string_view>;

Aliases list_aliases(const dns::Zone& found) {
  Aliases aliases;
  for (const ZoneRecord& record : found.records) {
    if (record.type == dns::Type::cname)
      aliases.emplace(record.owner, record.value);
  }
  return aliases;
}

/// True where senders that ask for `name` get what stands at `owner`.
bool leads_to(const Aliases& aliases, std::string_view name,
              std::string_view owner) {
  constexpr int k_max_hops = 8;
  for (int hop = 0; hop < k_max_hops; ++hop) {
    const auto at = aliases.find(name);
    if (at == aliases.end()) return false;
    name = at->second;
    if (name == owner) return true;
  }
  return false;
}

}  // namespace

std::vector<DiffNote> find_near_misses(const std::vector<DomainRecords>& wanted,
                                       const dns::Zone& found,
                                       const std::set<std::string>& missing) {
  std::unordered_map<std::string_view, const Name*> domains;
  for (const DomainRecords& one : wanted) {
    domains.emplace(one.domain.text(), &one.domain);
  }
  const Aliases aliases = list_aliases(found);
  std::vector<DiffNote> notes;
  for (const ZoneRecord& record : found.records) {
    if (record.type != dns::Type::txt || record.owner.empty()) continue;
    for (const Purpose purpose : {Purpose::mta_sts, Purpose::tls_rpt}) {
      if (!is_meant_for(record.value, purpose)) continue;
      // Those in their place need no search, and nearly all are.
      const std::string_view owner = record.owner;
      const std::string_view prefix = owner_prefix(purpose);
      if (owner.starts_with(prefix) &&
          domains.contains(owner.substr(prefix.size()))) {
        continue;
      }
      const Name* domain = wanted.size() == 1
                               ? &wanted.front().domain
                               : find_domain(domains, record.owner);
      if (domain == nullptr) continue;
      std::optional<Error> error =
          judge(record.owner, purpose, *domain, missing);
      if (!error ||
          leads_to(aliases, owner_name(purpose, *domain), record.owner)) {
        continue;
      }
      notes.push_back({record.line, *std::move(error)});
    }
  }
  return notes;
}

}  // namespace mtasts::publish
