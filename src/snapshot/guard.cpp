// SPDX-License-Identifier: MIT
#include "snapshot/guard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "sts/transition.hpp"

namespace mtasts::snapshot {
namespace {

Severity severity_of(sts::Verdict verdict, config::Guard guard) {
  if (verdict == sts::Verdict::note) return Severity::note;
  return verdict == sts::Verdict::refuse && guard == config::Guard::refuse
             ? Severity::error
             : Severity::warning;
}

/// With the way round it, where one is needed.
Diagnostic make_finding(const sts::Transition& one, const Place& place,
                        config::Guard guard) {
  const Severity severity = severity_of(one.verdict, guard);
  return {severity, std::string(one.id), place, one.message,
          severity == Severity::error
              ? one.hint +
                    "; with guard = \"warn\" in [server] it is done all "
                    "the same"
              : one.hint};
}

/// Of a provider's very many domains the first are told.
class Findings {
 public:
  explicit Findings(config::Guard guard) : guard_(guard) {}

  void add(const sts::Transition& one, const Place& place) {
    std::vector<Told>& same = by_id_[one.id];
    const auto of_table = std::ranges::find_if(
        same, [&place](const Told& told) { return told.is_at(place); });
    if (of_table != same.end()) {
      ++of_table->more;
    } else if (same.size() < k_max_told) {
      same.push_back({.finding = make_finding(one, place, guard_)});
    } else {
      ++same.back().more;
    }
  }

  Diagnostics take() {
    Diagnostics found;
    for (auto& [id, same] : by_id_) {
      for (Told& told : same) {
        if (told.more != 0) {
          told.finding.message += fmt::format(
              ", as {} more domain{}", told.more, told.more == 1 ? "" : "s");
        }
        found.push_back(std::move(told.finding));
      }
    }
    return found;
  }

 private:
  static constexpr std::size_t k_max_told = 100;

  struct Told {
    Diagnostic finding;
    std::size_t more = 0;  // of its table, and of other ones behind the last

    bool is_at(const Place& place) const {
      return finding.place.line == place.line &&
             finding.place.column == place.column &&
             finding.place.file == place.file;
    }
  };
  config::Guard guard_;
  std::map<std::string_view, std::vector<Told>> by_id_;
};

/// What a generator that has gone wrong does: leaves domains out, or the mode,
/// or makes other mx of all. One table for very many domains is edited by
/// people, who see what they do.
bool is_weakened(const DomainChange& one) {
  if (!one.before || one.after == nullptr) return false;
  const sts::Policy& before = *one.before;
  if (one.after->retire() || before.mode() != sts::Mode::enforce) return false;
  if (one.after->mode() != sts::Mode::enforce) return true;
  const sts::Policy after = one.after->policy();
  return std::ranges::none_of(before.mx(), [&](const sts::MxPattern& mx) {
    return std::ranges::find(after.mx(), mx) != after.mx().end();
  });
}

sts::MassChange count(const std::vector<DomainChange>& changes,
                      std::size_t served) {
  sts::MassChange mass{.served = served};
  std::set<const publish::Publication*> tables;
  std::size_t weakened = 0;
  for (const DomainChange& one : changes) {
    if (!one.before) continue;
    ++mass.changed;
    if (one.after == nullptr) ++mass.lost;
    if (!is_weakened(one)) continue;
    ++weakened;
    tables.insert(one.after);
  }
  if (tables.size() > sts::k_mass_least) mass.lost += weakened;
  return mass;
}

}  // namespace

Diagnostics judge_changes(const std::vector<DomainChange>& changes,
                          std::size_t served, config::Guard guard,
                          std::chrono::sys_seconds now) {
  if (guard == config::Guard::off || changes.empty()) return {};
  Findings findings(guard);
  if (const auto mass = sts::find_mass_change(count(changes, served))) {
    findings.add(*mass, Place{changes.front().place.file});
  }
  for (const DomainChange& one : changes) {
    std::optional<sts::Policy> after;
    if (one.after != nullptr) after = one.after->policy();
    const sts::Change change{
        .domain = one.domain,
        .before = one.before ? &*one.before : nullptr,
        .after = after ? &*after : nullptr,
        .retire = one.after == nullptr ? std::nullopt : one.after->retire(),
        // Who holds one in mode testing delivers in any case.
        .cached_until = one.enforced_until,
        .enforced_until = one.enforced_until,
        .is_new = one.is_new};
    for (const sts::Transition& said : sts::find_transitions(change, now)) {
      findings.add(said, one.place);
    }
  }
  return findings.take();
}

std::vector<DomainChange> find_changes(
    const config::Live& older, const config::Live& newer,
    const std::vector<std::string>& domains) {
  std::vector<DomainChange> changes;
  for (const std::string& domain : domains) {
    const publish::Publication* before = older.find_domain(domain);
    const publish::Publication* after = newer.find_domain(domain);
    if (before == after) continue;
    if (before != nullptr && after != nullptr && before->id() == after->id() &&
        before->retire() == after->retire()) {
      continue;
    }
    DomainChange& change = changes.emplace_back(
        DomainChange{.domain = domain,
                     .after = after,
                     .place = (after == nullptr ? before : after)->place()});
    if (before == nullptr) continue;
    change.before = before->policy();
    change.retired_from = before->retire();
  }
  return changes;
}

}  // namespace mtasts::snapshot
