// SPDX-License-Identifier: MIT
#include "dns/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "dns/quote.hpp"

namespace mtasts::dns {
namespace {

/// True for a text that means to be a record of this purpose, well-formed or
/// not: cut off at its ";", or in the wrong case.
bool means(const std::string& text, Purpose purpose) {
  const std::size_t start =
      std::min(text.find_first_not_of(" \t\""), text.size());
  const std::string lower =
      to_lower_ascii(std::string_view(text).substr(start, 8));
  return lower.starts_with(purpose == Purpose::mta_sts ? "v=sts" : "v=tlsrpt");
}

/// One owner: what should stand there, and what does and matters.
struct Place {
  Purpose purpose;
  std::string owner;
  std::vector<ZoneRecord> wanted;
  std::vector<ZoneRecord> found;
};

bool is_same(const ZoneRecord& a, const ZoneRecord& b) {
  return a.type == b.type && a.value == b.value;
}

bool matters(const Place& place, const ZoneRecord& record) {
  const bool cname_wanted =
      !place.wanted.empty() && place.wanted.front().type == Type::cname;
  if (cname_wanted || record.type == Type::cname) return true;
  if (place.purpose == Purpose::host) return record.type != Type::txt;
  return record.type == Type::txt && means(record.value, place.purpose);
}

// By owner; those of one owner stay in their order.
using Index = std::multimap<std::string_view, const ZoneRecord*>;

void add_found(Place& place, const Index& index, std::string_view owner) {
  // Two answers of dig may show one record twice.
  std::set<std::pair<Type, std::string_view>> known;
  const auto [first, last] = index.equal_range(owner);
  for (auto one = first; one != last; ++one) {
    const ZoneRecord& record = *one->second;
    if (!matters(place, record)) continue;
    if (known.emplace(record.type, record.value).second) {
      place.found.push_back(record);
    }
  }
}

Place make_place(const DomainRecords& domain, Purpose purpose,
                 const Index& index) {
  Place place{purpose, owner_name(purpose, domain.domain), {}, {}};
  for (const RecordSet& set : domain.sets) {
    if (set.purpose != purpose) continue;
    for (const std::string& value : set.values) {
      place.wanted.push_back({set.type, place.owner, set.ttl, value, 0});
    }
  }
  add_found(place, index, place.owner);
  return place;
}

std::string format_record(const Place& place, const ZoneRecord& record) {
  return fmt::format("{}. {}IN {} {}", place.owner,
                     record.ttl ? fmt::format("{} ", record.ttl->count()) : "",
                     format_type(record.type),
                     format_data(record.type, record.value));
}

/// Takes what is the same on both sides out of both.
void drop_equal(Place& place, const DiffRules& rules) {
  std::erase_if(place.wanted, [&](const ZoneRecord& wanted) {
    return std::erase_if(place.found, [&](const ZoneRecord& one) {
             return is_same(one, wanted) &&
                    (!rules.compare_ttl || !one.ttl || one.ttl == wanted.ttl);
           }) != 0;
  });
}

std::string format_place(Place place, const DiffRules& rules) {
  // RFC 8461, 3.1 and RFC 8460, 3: of two records senders take none.
  const auto texts =
      std::count_if(place.found.begin(), place.found.end(),
                    [](const ZoneRecord& r) { return r.type == Type::txt; });
  const std::string_view reason = texts > 1 && place.purpose != Purpose::host
                                      ? ", several are taken for none"
                                      : "";
  drop_equal(place, rules);
  std::string out;
  for (const ZoneRecord& one : place.found) {
    const auto wanted = std::find_if(
        place.wanted.begin(), place.wanted.end(),
        [&one](const ZoneRecord& other) { return other.type == one.type; });
    const bool change = wanted != place.wanted.end();
    out += fmt::format("{} {} ; line {}{}\n", change ? "change" : "delete",
                       format_record(place, one), one.line,
                       one.type == Type::txt ? reason : "");
    if (!change) continue;
    out += fmt::format("to     {}\n", format_record(place, *wanted));
    place.wanted.erase(wanted);
  }
  for (const ZoneRecord& one : place.wanted) {
    out += fmt::format("add    {}\n", format_record(place, one));
  }
  return out;
}

}  // namespace

std::string format_diff(const std::vector<DomainRecords>& wanted,
                        const Zone& found, const DiffRules& rules) {
  Index index;
  for (const ZoneRecord& record : found.records) {
    index.emplace(record.owner, &record);
  }
  std::string out;
  for (const DomainRecords& domain : wanted) {
    for (const Purpose purpose :
         {Purpose::mta_sts, Purpose::tls_rpt, Purpose::host}) {
      if (rules.only.value_or(purpose) != purpose) continue;
      Place place = make_place(domain, purpose, index);
      if (purpose == Purpose::host && place.wanted.empty()) continue;
      if (purpose != Purpose::host && wanted.size() == 1) {
        add_found(place, index, {});
      }
      out += format_place(std::move(place), rules);
    }
  }
  return out;
}

}  // namespace mtasts::dns
