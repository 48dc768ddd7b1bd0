// SPDX-License-Identifier: MIT
#include "publish/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "dns/quote.hpp"
#include "publish/near_miss.hpp"
#include "text/ascii.hpp"

namespace mtasts::publish {
namespace {

using dns::Type;
using dns::ZonePlace;
using dns::ZoneRecord;

/// One owner, "_mta-sts.example.com": the records that should stand there, and
/// those that do, without the ones that are not about it, as a text for SPF.
struct Place {
  Purpose purpose;
  std::string owner;
  std::vector<ZoneRecord> wanted;
  std::vector<ZoneRecord> found;
  std::string reason;  // why what was found is to go
};

bool matters(const Place& place, const ZoneRecord& record) {
  const bool cname_wanted =
      !place.wanted.empty() && place.wanted.front().type == Type::cname;
  if (cname_wanted || record.type == Type::cname) return true;
  if (place.purpose == Purpose::host) return record.type != Type::txt;
  return record.type == Type::txt && is_meant_for(record.value, place.purpose);
}

std::string format_record(const Place& place, const ZoneRecord& record) {
  return fmt::format("{}. {}IN {} {}", place.owner,
                     record.ttl ? fmt::format("{} ", record.ttl->count()) : "",
                     dns::format_type(record.type),
                     dns::format_data(record.type, record.value));
}

/// True if `is_it` is, for `name` or one above it.
template <class Predicate>
bool climb(std::string_view name, Predicate is_it) {
  for (; !name.empty(); text::take_until(name, ".")) {
    if (is_it(name)) return true;
  }
  return false;
}

class Comparison {
 public:
  Comparison(const std::vector<DomainRecords>& wanted, const dns::Zone& found,
             const DiffRules& rules);

  Diff run();

 private:
  Place make_place(const DomainRecords& domain, Purpose purpose);
  void add_found(Place& place, std::string_view owner);
  bool has_zone_of(const dns::Name& domain) const;
  bool is_shown(const DomainRecords& domain);
  bool is_cut(const DomainRecords& domain, const Place& place);
  bool settle(const DomainRecords& domain, Place& place);
  bool settle_alias(Place& place, std::string text);
  void drop_equal(Place& place);
  std::optional<std::string> difference(Purpose purpose,
                                        const ZoneRecord& found,
                                        const ZoneRecord& wanted) const;
  void format_place(Place place);
  void note(std::size_t line, std::string message, std::string hint,
            bool is_open = false);

  const std::vector<DomainRecords>& wanted_;
  const dns::Zone& found_;
  const DiffRules& rules_;
  // By owner; those of one owner stay in their order.
  std::multimap<std::string_view, const ZoneRecord*> index_;
  std::unordered_set<std::string_view> shown_;  // those with owners below, too
  std::unordered_set<std::string_view> apexes_;
  std::unordered_map<std::string_view, const ZonePlace*> cuts_;
  std::map<std::string_view, std::string> texts_;  // of wanted TXT, by owner
  std::set<std::string> missing_;                  // owners without their text
  Diff diff_;
};

Comparison::Comparison(const std::vector<DomainRecords>& wanted,
                       const dns::Zone& found, const DiffRules& rules)
    : wanted_(wanted), found_(found), rules_(rules) {
  for (const ZoneRecord& record : found.records) {
    index_.emplace(record.owner, &record);
    if (found.apexes.empty()) continue;
    climb(record.owner, [this](std::string_view name) {
      return !shown_.insert(name).second;
    });
  }
  for (const ZonePlace& one : found.apexes) apexes_.insert(one.owner);
  for (const ZonePlace& one : found.cuts) cuts_.emplace(one.owner, &one);
  for (const DomainRecords& domain : wanted) {
    for (const RecordSet& set : domain.sets) {
      if (set.type == Type::txt) texts_[set.owner] = set.values.front();
    }
  }
}

void Comparison::note(std::size_t line, std::string message, std::string hint,
                      bool is_open) {
  diff_.notes.push_back({line, {std::move(message), std::move(hint)}, is_open});
}

void Comparison::add_found(Place& place, std::string_view owner) {
  // Two answers of dig may show one record twice.
  std::set<std::pair<Type, std::string_view>> known;
  const auto [first, last] = index_.equal_range(owner);
  for (auto one = first; one != last; ++one) {
    const ZoneRecord& record = *one->second;
    if (!matters(place, record)) continue;
    if (known.emplace(record.type, record.value).second) {
      place.found.push_back(record);
    }
  }
}

Place Comparison::make_place(const DomainRecords& domain, Purpose purpose) {
  Place place{purpose, owner_name(purpose, domain.domain), {}, {}, {}};
  for (const RecordSet& set : domain.sets) {
    if (set.purpose != purpose) continue;
    for (const std::string& value : set.values) {
      place.wanted.push_back({set.type, place.owner, set.ttl, value, 0});
    }
  }
  add_found(place, place.owner);
  if (purpose != Purpose::host && wanted_.size() == 1) add_found(place, {});
  return place;
}

bool Comparison::has_zone_of(const dns::Name& domain) const {
  return apexes_.contains({}) ||
         climb(domain.text(), [this](std::string_view name) {
           return apexes_.contains(name);
         });
}

/// False for a domain that the file is not about.
bool Comparison::is_shown(const DomainRecords& domain) {
  const std::string& name = domain.domain.text();
  if (found_.apexes.empty() || rules_.provider == domain.domain ||
      has_zone_of(domain.domain) || index_.contains({}) ||
      shown_.contains(name)) {
    return true;
  }
  note(0,
       fmt::format("has nothing of {}, but the zone {}", name,
                   in_quotes(found_.apexes.front().owner)),
       "name the domains that it is about behind --diff FILE", true);
  return false;
}

/// True where another zone begins (RFC 1034, 4.2.1), as sub.example.com with an
/// NS in the zone example.com: what this zone has below it is never asked for.
bool Comparison::is_cut(const DomainRecords& domain, const Place& place) {
  if (found_.is_answer) return false;
  // At the domain and above, an NS is a cut only below the apex.
  const std::string& top = domain.domain.text();
  const ZonePlace* below = nullptr;
  const ZonePlace* above = nullptr;
  const bool has_apex = climb(place.owner, [&](std::string_view name) {
    if (apexes_.contains(name)) return true;
    const auto at = cuts_.find(name);
    if (at != cuts_.end())
      (name.size() > top.size() ? below : above) = at->second;
    return false;
  });
  const ZonePlace* const cut = has_apex && above != nullptr ? above : below;
  if (cut == nullptr) return false;
  note(cut->line,
       fmt::format("NS of {}: what stands at {} is published by the servers of "
                   "that zone, and not from here",
                   in_quotes(cut->owner), place.owner),
       "compare with that zone, or with what dig prints", true);
  return true;
}

std::optional<std::string> Comparison::difference(
    Purpose purpose, const ZoneRecord& found, const ZoneRecord& wanted) const {
  if (found.type != wanted.type) return std::string{};
  if (found.value == wanted.value) return std::nullopt;
  if (found.type != Type::txt || !rules_.find_difference) return std::string{};
  return rules_.find_difference(purpose, found.value, wanted.value);
}

/// A CNAME is as good as `text` where it leads to that: true, and when it can't
/// be told where it leads.
bool Comparison::settle_alias(Place& place, std::string text) {
  constexpr int k_max_hops = 8;
  const ZoneRecord& first = place.found.front();
  const auto find = [this](const std::string& owner) {
    const auto at = index_.lower_bound(owner);
    return at == index_.end() || at->first != owner ? nullptr : at->second;
  };
  const ZoneRecord* end = find(first.value);
  for (int hop = 1; end != nullptr && end->type == Type::cname; ++hop) {
    end = hop == k_max_hops ? nullptr : find(end->value);
  }
  if (end == nullptr) {
    note(first.line,
         fmt::format("{} is an alias of {}, and what stands there is not here",
                     place.owner, in_quotes(first.value)),
         fmt::format("compare with what dig TXT {} prints, or give the owner "
                     "of that name to --delegate-to",
                     place.owner),
         true);
    return true;
  }
  Place target{place.purpose, end->owner, {}, {}, {}};
  add_found(target, end->owner);
  const ZoneRecord wanted{Type::txt, place.owner, {}, std::move(text), 0};
  if (target.found.size() == 1 &&
      !difference(place.purpose, target.found[0], wanted)) {
    return true;
  }
  place.reason =
      fmt::format(", it leads to another text in line {}", end->line);
  note(first.line,
       fmt::format("{} is an alias of {}, which has another text", place.owner,
                   in_quotes(end->owner)),
       "if that name is yours, change its text and leave the alias: see "
       "--delegate-to");
  return false;
}

/// True when there is nothing to do: all is in order though it does not look
/// like it, or nothing can be told, which is noted.
bool Comparison::settle(const DomainRecords& domain, Place& place) {
  if (place.wanted.empty() && place.found.empty()) return true;
  if (is_cut(domain, place)) return true;
  if (place.wanted.empty()) {
    note(place.found.front().line,
         fmt::format("{} stays: the policy of {} has no tls_rpt", place.owner,
                     domain.domain.text()),
         "put it there to have it compared, or use --only mta-sts");
    return true;
  }
  if (rules_.provider == domain.domain && place.found.empty() &&
      !index_.empty() && !has_zone_of(domain.domain)) {
    note(0, fmt::format("does not show {}, which is not compared", place.owner),
         "add what dig prints for it");
    return true;
  }
  if (place.purpose == Purpose::host) return false;
  if (place.found.empty() && found_.short_alias != 0) {
    note(found_.short_alias,
         fmt::format("is an alias, perhaps of {}, and its text is not here",
                     place.owner),
         fmt::format("compare with what dig TXT {} prints, without +short",
                     place.owner),
         true);
    return true;
  }
  ZoneRecord& wanted = place.wanted.front();
  std::string text = wanted.value;
  if (wanted.type == Type::cname) {
    const auto provided = texts_.find(wanted.value);
    if (provided == texts_.end()) return false;
    text = provided->second;
  }
  const bool is_alias =
      place.found.size() == 1 && place.found.front().type == Type::cname;
  if (is_alias && place.found.front().value != wanted.value) {
    return settle_alias(place, std::move(text));
  }
  if (wanted.type == Type::cname && place.purpose == Purpose::tls_rpt &&
      std::ranges::any_of(place.found, [](const ZoneRecord& one) {
        return one.type == Type::txt &&
               is_meant_for(one.value, Purpose::tls_rpt);
      })) {
    // Where its reports go is its own affair: a text of its own may stay.
    wanted.type = Type::txt;
    wanted.value = std::move(text);
  }
  return false;
}

/// Takes what is the same on both sides out of both.
void Comparison::drop_equal(Place& place) {
  std::erase_if(place.wanted, [&](const ZoneRecord& wanted) {
    // Two may be as good, "v=STSv1;id=1" and "v=STSv1; id=1": the one with the
    // octets that are wanted stays, and the other one is left to be deleted.
    auto equal = place.found.end();
    for (auto one = place.found.begin(); one != place.found.end(); ++one) {
      if ((rules_.compare_ttl && one->ttl && one->ttl != wanted.ttl) ||
          difference(place.purpose, *one, wanted)) {
        continue;
      }
      if (equal == place.found.end() || one->value == wanted.value) equal = one;
    }
    if (equal == place.found.end()) return false;
    if (place.purpose == Purpose::mta_sts && equal->type == Type::txt &&
        equal->strings > 1) {
      note(equal->line,
           fmt::format("the text at {} is in {} strings, and Courier does not "
                       "join them",
                       place.owner, equal->strings),
           "write it as one string");
    }
    place.found.erase(equal);
    return true;
  });
}

void Comparison::format_place(Place place) {
  // RFC 8461, 3.1 and RFC 8460, 3: of two records senders take none.
  const auto texts =
      std::ranges::count(place.found, Type::txt, &ZoneRecord::type);
  const std::string_view several = texts > 1 && place.purpose != Purpose::host
                                       ? ", several are taken for none"
                                       : "";
  if (!place.wanted.empty() && place.found.empty()) {
    missing_.insert(place.owner);
  }
  drop_equal(place);
  for (const ZoneRecord& one : place.found) {
    const auto wanted =
        std::ranges::find(place.wanted, one.type, &ZoneRecord::type);
    const bool change = wanted != place.wanted.end();
    std::string reason = place.reason;
    if (change && texts == 1) {
      reason = difference(place.purpose, one, *wanted).value_or("");
      if (!reason.empty()) reason.insert(0, ", ");
    }
    diff_.orders +=
        fmt::format("{} {} ; line {}{}{}\n", change ? "change" : "delete",
                    format_record(place, one), one.line, reason,
                    one.type == Type::txt ? several : std::string_view{});
    if (!change) continue;
    diff_.orders += fmt::format("to     {}\n", format_record(place, *wanted));
    place.wanted.erase(wanted);
  }
  for (const ZoneRecord& one : place.wanted) {
    const bool is_asked = found_.questions.empty() || one.type != Type::txt ||
                          found_.questions.contains(place.owner);
    diff_.orders +=
        fmt::format("add    {}{}\n", format_record(place, one),
                    is_asked ? "" : " ; unless it is there: nobody asked");
    if (is_asked) continue;
    note(0, fmt::format("has no question for {}", place.owner),
         "ask for both: dig TXT _mta-sts.DOMAIN _smtp._tls.DOMAIN");
  }
}

Diff Comparison::run() {
  for (const DomainRecords& domain : wanted_) {
    if (!is_shown(domain)) continue;
    for (const Purpose purpose :
         {Purpose::mta_sts, Purpose::tls_rpt, Purpose::host}) {
      if (rules_.only.value_or(purpose) != purpose) continue;
      Place place = make_place(domain, purpose);
      if (purpose == Purpose::host && place.wanted.empty()) continue;
      if (!settle(domain, place)) format_place(std::move(place));
    }
  }
  for (DiffNote& one : find_near_misses(wanted_, found_, missing_)) {
    diff_.notes.push_back(std::move(one));
  }
  return std::move(diff_);
}

}  // namespace

Diff compare_zone(const std::vector<DomainRecords>& wanted,
                  const dns::Zone& found, const DiffRules& rules) {
  return Comparison(wanted, found, rules).run();
}

}  // namespace mtasts::publish
