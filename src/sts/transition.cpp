// SPDX-License-Identifier: MIT
#include "sts/transition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "text/duration.hpp"
#include "text/join.hpp"
#include "text/time.hpp"

namespace mtasts::sts {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr days k_long_for_none{1};
constexpr int k_jump = 10;               // of max_age, times
constexpr std::size_t k_mass_part = 10;  // one in so many

/// The first whole day that begins at `time` or after it.
std::string date_from(sys_seconds time) {
  return text::format_date(std::chrono::ceil<days>(time));
}

/// Of `one` what `other` does not admit any more.
std::vector<MxPattern> find_missing(const Policy& one, const Policy& other) {
  std::vector<MxPattern> missing;
  for (const MxPattern& pattern : one.mx()) {
    const bool is_admitted =
        std::ranges::any_of(other.mx(), [&](const MxPattern& next) {
          return next == pattern ||
                 (!pattern.is_wildcard() && next.matches(pattern.name()));
        });
    if (!is_admitted) missing.push_back(pattern);
  }
  return missing;
}

std::string list_patterns(const std::vector<MxPattern>& patterns) {
  return text::join(patterns, ", ",
                    [](const MxPattern& one) { return in_quotes(one.text()); });
}

class Judge {
 public:
  Judge(const Change& change, sys_seconds now) : change_(change), now_(now) {}

  std::vector<Transition> run();

 private:
  void judge_removal();
  void judge_first();
  void judge_mode();
  void judge_max_age();
  void judge_mx();
  void judge_retirement();

  bool is_held() const {
    return change_.cached_until && *change_.cached_until > now_;
  }
  bool is_enforced() const {
    return change_.enforced_until && *change_.enforced_until > now_;
  }
  void add(std::string_view id, Verdict verdict, std::string message,
           std::string hint) {
    found_.push_back({id, verdict,
                      fmt::format("domain {} {}", in_quotes(change_.domain),
                                  std::move(message)),
                      std::move(hint)});
  }

  const Change& change_;
  sys_seconds now_;
  std::vector<Transition> found_;
};

void Judge::judge_removal() {
  if (!is_held()) return;
  add("transition.domain-removed", Verdict::refuse,
      fmt::format("is gone, but senders may hold its policy until {}",
                  text::format_time(*change_.cached_until)),
      fmt::format("put it back with \"retire = {}\", which serves mode none "
                  "until then; or see \"mta-sts retire {}\" (RFC 8461, 8.3)",
                  date_from(*change_.cached_until), change_.domain));
}

void Judge::judge_first() {
  if (!change_.is_new || change_.after->mode() != Mode::enforce) return;
  add("transition.enforce-untested", Verdict::warn,
      "begins with mode enforce: what is wrong costs mail at once",
      "begin with mode = \"testing\" and tls_rpt, and read the reports (RFC "
      "8461, 5)");
}

void Judge::judge_mode() {
  const Mode from = change_.before->mode();
  const Mode to = change_.after->mode();
  if (from == Mode::testing && to == Mode::enforce) {
    const bool has_failures = change_.has_failures.value_or(false);
    add("transition.enforce-ungated",
        has_failures ? Verdict::warn : Verdict::note,
        has_failures ? "goes to mode enforce while senders report failures"
                     : "goes to mode enforce",
        fmt::format("\"mta-sts reports gate {}\" says whether it is ready",
                    change_.domain));
  }
  if (from == Mode::enforce && to != Mode::enforce && is_enforced()) {
    add("transition.relaxed", Verdict::note,
        fmt::format("leaves mode enforce; senders that do not look may enforce "
                    "it until {}",
                    text::format_time(*change_.enforced_until)),
        "keep what the MX hosts have, certificates too, until then");
  }
}

void Judge::judge_max_age() {
  const auto from = change_.before->max_age();
  const auto to = change_.after->max_age();
  if (change_.after->mode() == Mode::none) {
    if (change_.before->mode() == Mode::none || to <= k_long_for_none) return;
    add("transition.none-max-age-long", Verdict::warn,
        fmt::format("goes to mode none with max_age {}, which delays a return",
                    text::format_duration(to)),
        "max_age = \"1d\" is enough (RFC 8461, 8.3)");
  } else if (from.count() > 0 && to >= from * k_jump) {
    add("transition.max-age-jump", Verdict::note,
        fmt::format("has its max_age raised from {} to {}",
                    text::format_duration(from), text::format_duration(to)),
        "what is wrong from now on lasts for as long (RFC 8461, 8.2)");
  }
}

void Judge::judge_mx() {
  const Policy& before = *change_.before;
  const Policy& after = *change_.after;
  if (after.mode() == Mode::none) return;
  const auto removed = find_missing(before, after);
  if (!removed.empty() && after.mode() == Mode::enforce) {
    add("transition.mx-removed", Verdict::warn,
        fmt::format("has no mx {} any more", list_patterns(removed)),
        fmt::format("safe once no MX record names such a host: \"mta-sts "
                    "verify {}\"",
                    change_.domain));
  }
  const auto added = find_missing(after, before);
  if (added.empty() || before.mode() != Mode::enforce) return;
  add("transition.mx-added", Verdict::note,
      fmt::format("has got mx {}; senders that do not look may refuse such a "
                  "host until {}",
                  list_patterns(added),
                  text::format_time(now_ + before.max_age())),
      fmt::format("others know it when the TTL of the TXT record has passed; "
                  "\"mta-sts plan {}\" has the dates",
                  change_.domain));
}

void Judge::judge_retirement() {
  if (!change_.retire || !is_held()) return;
  if (sys_seconds(*change_.retire) >= *change_.cached_until) return;
  add("transition.retire-early", Verdict::refuse,
      fmt::format("retires on {}, but senders may hold its policy until {}",
                  text::format_date(*change_.retire),
                  text::format_time(*change_.cached_until)),
      fmt::format("retire = {}", date_from(*change_.cached_until)));
}

std::vector<Transition> Judge::run() {
  if (change_.after == nullptr) {
    judge_removal();
  } else {
    judge_retirement();
    judge_first();
  }
  if (change_.before != nullptr && change_.after != nullptr) {
    judge_mode();
    judge_max_age();
    judge_mx();
  }
  std::ranges::stable_sort(found_, std::ranges::greater{},
                           &Transition::verdict);
  return std::move(found_);
}

}  // namespace

std::vector<Transition> find_transitions(const Change& change,
                                         sys_seconds now) {
  return Judge(change, now).run();
}

std::optional<Transition> find_mass_change(const MassChange& mass) {
  const auto is_mass = [&mass](std::size_t count) {
    return count > k_mass_least && count * k_mass_part > mass.served;
  };
  if (is_mass(mass.lost)) {
    return Transition{
        "transition.mass-change", Verdict::refuse,
        fmt::format(
            "{} of {} domains would be gone or lose mode enforce or all "
            "of their mx at once",
            mass.lost, mass.served),
        "has a generator gone wrong? look at its output"};
  }
  if (!is_mass(mass.changed)) return {};
  return Transition{
      "transition.mass-change", Verdict::warn,
      fmt::format("{} of {} domains change at once", mass.changed, mass.served),
      "if that was not meant: has a generator gone wrong?"};
}

}  // namespace mtasts::sts
