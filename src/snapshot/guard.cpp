// SPDX-License-Identifier: MIT
#include "snapshot/guard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mtasts::snapshot {
namespace {

// Of a provider's very many domains the first are told.
constexpr std::size_t k_max_told = 100;

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

/// What a generator that has gone wrong does: leaves domains out, or the mode,
/// or makes other mx of all. One table for very many domains is edited by
/// people, who see what they do.
bool is_weakened(const DomainChange& one, const sts::Policy& after) {
  const sts::Policy& before = *one.before;
  if (one.after->retire() || before.mode() != sts::Mode::enforce) return false;
  if (one.after->mode() != sts::Mode::enforce) return true;
  return std::ranges::none_of(before.mx(), [&](const sts::MxPattern& mx) {
    return std::ranges::find(after.mx(), mx) != after.mx().end();
  });
}

}  // namespace

void visit_changes(const config::Live& older, const config::Live& newer,
                   const std::vector<std::string>& domains,
                   const VisitChange& visit) {
  for (const std::string& domain : domains) {
    const publish::Publication* before = older.find_domain(domain);
    const publish::Publication* after = newer.find_domain(domain);
    if (before == after) continue;
    if (before != nullptr && after != nullptr && before->id() == after->id() &&
        before->retire() == after->retire()) {
      continue;
    }
    DomainChange change{.domain = domain,
                        .after = after,
                        .place = (after == nullptr ? before : after)->place()};
    if (before != nullptr) {
      change.before = before->policy();
      change.retired_from = before->retire();
    }
    visit(change);
  }
}

void Judgement::add(const DomainChange& one) {
  if (guard_ == config::Guard::off) return;
  if (!first_file_) first_file_ = one.place.file;
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
  for (const sts::Transition& said : sts::find_transitions(change, now_)) {
    tell(said, one.place);
  }
  count(one, change.after);
}

void Judgement::count(const DomainChange& one, const sts::Policy* after) {
  if (!one.before) return;
  ++mass_.changed;
  if (after == nullptr) {
    ++mass_.lost;
  } else if (is_weakened(one, *after)) {
    ++weakened_;
    weakened_tables_.insert(one.after);
  }
}

void Judgement::tell(const sts::Transition& one, const Place& place) {
  std::vector<Told>& same = told_[one.id];
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

Diagnostics Judgement::take(std::size_t served) {
  mass_.served = served;
  if (weakened_tables_.size() > sts::k_mass_least) mass_.lost += weakened_;
  if (const auto mass = sts::find_mass_change(mass_)) {
    tell(*mass, Place{first_file_.value_or("")});
  }
  Diagnostics found;
  for (auto& [id, same] : told_) {
    for (Told& told : same) {
      if (told.more != 0) {
        told.finding.message += fmt::format(", as {} more domain{}", told.more,
                                            told.more == 1 ? "" : "s");
      }
      found.push_back(std::move(told.finding));
    }
  }
  return found;
}

}  // namespace mtasts::snapshot
