// SPDX-License-Identifier: MIT
#include "verify/judge_sts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "publish/record_set.hpp"
#include "publish/records.hpp"
#include "result.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_reading.hpp"
#include "sts/policy_text.hpp"
#include "sts/txt_record.hpp"
#include "text/duration.hpp"
#include "text/time.hpp"
#include "verify/policy_history.hpp"

namespace mtasts::verify {
namespace {

using nameserver::Answer;
using nameserver::Outcome;
using nameserver::Record;
using publish::Purpose;
using std::chrono::seconds;

class StsJudgement {
 public:
  explicit StsJudgement(const Case& on)
      : on_(on), facts_(on.facts), owner_(sts_owner(on)) {
    right_ = on.ours != nullptr
                 ? format_record(owner_, sts::format_txt_record(on.ours->id()))
                 : "";
  }

  Diagnostics run() {
    check_negative_ttl();
    if (facts_.view.is_planned) return std::move(found_);
    if (on_.sts.is_answered()) check_record();
    return std::move(found_);
  }

 private:
  void add(Severity severity, const char* id, std::string message,
           std::string hint) {
    found_.push_back(
        {severity, id, Place{owner_}, std::move(message), std::move(hint)});
  }
  std::string write_it() const;
  void check_record();
  void check_missing();
  void check_elsewhere();
  void check_negative_ttl();
  void check_text(const std::string& text);
  void check_form(const std::string& text, const std::string& id);
  void check_set();
  void check_id(const std::string& id);
  void check_live(const std::string& id);
  void report_wait(const sts::Policy& old);
  std::chrono::sys_seconds held_until(const sts::Policy& old) const;

  const Case& on_;
  const Facts& facts_;
  std::string owner_;
  std::string right_;  // the record to write; empty: nobody knows
  Diagnostics found_ = {};
};

std::string StsJudgement::write_it() const {
  return right_.empty() ? fmt::format("one record is right: {}",
                                      format_record(owner_, "v=STSv1; id=1"))
                        : fmt::format("write {}; mta-sts publish {} does it",
                                      right_, facts_.domain);
}

void StsJudgement::check_record() {
  if (on_.is_cached) {
    const std::vector<std::string> old = find_data(facts_.sts);
    add(Severity::note, "dns.cached",
        fmt::format("the resolver still has {}, the name servers of the zone "
                    "have {}",
                    old.empty() ? "nothing" : format_some(old, " and "),
                    find_data(on_.sts).empty()
                        ? "nothing"
                        : format_some(find_data(on_.sts), " and ")),
        "wait; so do senders that have looked before");
  }
  const auto starts = [](const std::string& text) {
    return text.starts_with("v=STSv1");
  };
  const auto proper = std::ranges::count_if(on_.texts, starts);
  if (on_.texts.empty()) {
    check_missing();
  } else if (proper > 1) {
    add(Severity::error, "dns.sts-multiple",
        fmt::format("there are {} records: {}", on_.texts.size(),
                    format_some(on_.texts, " and ")),
        right_.empty() ? "delete all but one (RFC 8461, 3.1)"
                       : fmt::format("delete all but {}", right_));
  } else {
    const auto one = std::ranges::find_if(on_.texts, starts);
    check_text(one == on_.texts.end() ? on_.texts.front() : *one);
    check_elsewhere();
  }
}

// --- Not there, or not there alone ---

void StsJudgement::check_missing() {
  const bool is_alias_fault = std::ranges::any_of(
      find_aliases(on_.sts),
      [&](const auto&) { return on_.sts.outcome != Outcome::found; });
  if (is_alias_fault && (on_.sts.outcome == Outcome::no_name ||
                         std::ranges::count(find_aliases(on_.sts),
                                            find_aliases(on_.sts).back()) > 1 ||
                         find_aliases(on_.sts).back() == owner_)) {
    return;  // said of the alias
  }
  if (on_.ours == nullptr && !on_.policy) {
    const std::size_t before = found_.size();
    check_elsewhere();
    if (found_.size() > before) return;
  }
  std::vector<std::string> wrong;
  for (const Answer& answer : facts_.elsewhere) {
    for (const std::string& text : find_data(answer)) {
      if (publish::is_meant_for(text, Purpose::mta_sts)) {
        wrong.push_back(answer.name);
      }
    }
  }
  std::string message = "there is no record of MTA-STS";
  if (!find_aliases(on_.sts).empty()) {
    message += fmt::format(" where the alias leads, at {}",
                           find_aliases(on_.sts).back());
  }
  if (const auto others = find_data(on_.sts); !others.empty()) {
    message += fmt::format(", only {}", format_some(others, " and "));
  }
  if (!wrong.empty()) message += fmt::format("; one is at {}", wrong.front());
  const bool is_tried = on_.ours != nullptr || on_.policy.has_value();
  add(is_tried ? Severity::error : Severity::note, "dns.sts-missing",
      std::move(message),
      !find_aliases(on_.sts).empty()
          ? fmt::format("let who runs {} write it there, or delete the CNAME",
                        find_aliases(on_.sts).back())
      : on_.ours != nullptr
          ? write_it()
          : "write a policy, serve it with mta-stsd, then publish its record");
}

void StsJudgement::check_elsewhere() {
  for (const Answer& answer : facts_.elsewhere) {
    if (answer.name == owner_) continue;
    for (const std::string& text : find_data(answer)) {
      if (!publish::is_meant_for(text, Purpose::mta_sts)) continue;
      found_.push_back(
          {Severity::warning, "dns.sts-wrong-name", Place{answer.name},
           fmt::format("has {}, which no sender reads there", in_quotes(text)),
           fmt::format("delete it; the one place is {}", owner_)});
    }
  }
}

/// RFC 2308, 5: for how long it is remembered that there is nothing; of a zone
/// that was not asked, by its SOA.
std::uint32_t negative_ttl(const Answer& answer, const Answer& soa) {
  if (answer.negative_ttl) return *answer.negative_ttl;
  std::uint32_t ttl = 0;
  for (const Record& one : soa.records) {
    if (one.type != nameserver::Type::soa) continue;
    const std::size_t last = one.data.rfind(' ') + 1;
    std::from_chars(one.data.data() + last, one.data.data() + one.data.size(),
                    ttl);
    ttl = std::min(ttl, one.ttl);
  }
  return ttl;
}

void StsJudgement::check_negative_ttl() {
  constexpr std::uint32_t k_long = 3600;
  const bool is_first =
      facts_.view.is_planned || (on_.sts.is_answered() && on_.texts.empty());
  const std::uint32_t ttl = negative_ttl(on_.sts, facts_.soa);
  if (on_.ours == nullptr || !is_first || ttl <= k_long) return;
  add(Severity::note, "dns.negative-ttl-long",
      fmt::format("that there is no record is remembered for {}",
                  text::format_duration(seconds(ttl))),
      "let the last number of the SOA be 300 before the record is published "
      "(RFC 2308, 4)");
}

// --- The text ---

void StsJudgement::check_text(const std::string& text) {
  const Result<std::string> id = sts::parse_txt_record(text);
  if (!id) {
    add(Severity::error, "dns.sts-syntax",
        fmt::format("{} is no record: {}", in_quotes(text), id.error().message),
        write_it());
    return;
  }
  check_form(text, *id);
  check_set();
  if (on_.ours != nullptr) check_id(*id);
}

void StsJudgement::check_form(const std::string& text, const std::string& id) {
  const std::string plain = sts::format_txt_record(id);
  const auto difference =
      publish::find_difference(Purpose::mta_sts, text, plain);
  if (!difference || difference->empty()) return;
  const bool is_space = !text.starts_with("v=STSv1;");
  add(Severity::warning,
      is_space ? "dns.sts-space-before-semicolon" : "dns.sts-deviation",
      fmt::format("{}: {}", in_quotes(text), *difference),
      fmt::format("write {}", format_record(owner_, plain)));
}

/// What the record set is like: its strings, its neighbours, its TTL.
void StsJudgement::check_set() {
  constexpr std::uint32_t k_day = 86'400;
  std::vector<std::string> others;
  for (const Record& one : on_.sts.records) {
    if (one.type != nameserver::Type::txt) continue;
    if (!publish::is_meant_for(one.data, Purpose::mta_sts)) {
      others.push_back(one.data);
      continue;
    }
    if (one.strings.size() > 1) {
      add(Severity::warning, "dns.sts-split",
          fmt::format("is split into {} strings", one.strings.size()),
          fmt::format("write it as one: {}", format_record(owner_, one.data)));
    }
    if (one.ttl > k_day) {
      add(Severity::warning, "dns.ttl-long",
          fmt::format("its TTL is {}", text::format_duration(seconds(one.ttl))),
          "3600 is enough; 300 while the policy is being tried");
    }
  }
  if (!others.empty()) {
    add(Severity::warning, "dns.sts-other-txt",
        fmt::format("has another text, too: {}", format_some(others, " and ")),
        fmt::format("delete it, or the wildcard that it comes from, at {}",
                    owner_));
  }
}

// --- The id ---

void StsJudgement::check_id(const std::string& id) {
  if (id == on_.ours->id()) {
    check_live(id);
    return;
  }
  bool is_live = false;
  for (const Fetch& one : facts_.fetches) {
    const std::string* body = find_body(one);
    if (body == nullptr) continue;
    // The record is right for what is served; that it is not what it should be
    // is said of the address, and the record has to wait.
    if (sts::policy_id(*body) == id) return;
    is_live = is_live || *body == on_.ours->body();
  }
  const std::string hint =
      is_live ? write_it()
              : fmt::format("once the policy is live, {}", write_it());
  const auto old = find_earlier(on_.ours->policy(), on_.expected.past, id);
  if (!old) {
    add(Severity::error, "dns.sts-id-unknown",
        fmt::format("id {} is not {}, the one of the policy, nor of one that "
                    "was likely before",
                    in_quotes(id), in_quotes(on_.ours->id())),
        hint);
    return;
  }
  add(Severity::error, "dns.sts-id-behind",
      fmt::format("id {} is that of an earlier policy (mode {}, max_age {}), "
                  "not {}",
                  in_quotes(id), sts::format_mode(old->mode()),
                  text::format_duration(old->max_age()),
                  in_quotes(on_.ours->id())),
      hint);
  if (is_live) report_wait(*old);
}

/// RFC 8461, 8.1: the policy first, then its id.
void StsJudgement::check_live(const std::string& id) {
  std::vector<std::string> behind;
  for (const Fetch& one : facts_.fetches) {
    const std::string* body = find_body(one);
    if (body == nullptr || *body == on_.ours->body()) continue;
    const auto reading = sts::read_policy(*body, sts::k_max_fetched_octets);
    if (reading.policy && *reading.policy != on_.ours->policy()) {
      behind.push_back(one.address);
    }
  }
  if (behind.empty()) return;
  add(Severity::error, "dns.sts-id-ahead",
      fmt::format("id {} is right, but another policy is served from {}",
                  in_quotes(id), format_some(behind)),
      fmt::format("let the server at {} have the configuration of the others",
                  behind.front()));
}

/// By the history, if it knows when it was served last.
std::chrono::sys_seconds StsJudgement::held_until(
    const sts::Policy& old) const {
  for (const sts::Served& one : on_.expected.past.served()) {
    if (one.policy == old) return one.cached_until(on_.now);
  }
  return on_.now + old.max_age();
}

void StsJudgement::report_wait(const sts::Policy& old) {
  std::uint32_t ttl = 0;
  for (const Record& one : on_.sts.records) ttl = std::max(ttl, one.ttl);
  for (const Record& one : facts_.sts.records) ttl = std::max(ttl, one.ttl);
  add(Severity::note, "change.wait",
      fmt::format("once the record is published, MX hosts can move after {}; "
                  "senders that ask for no new id keep the old policy until {}",
                  text::format_time(on_.now + seconds(ttl)),
                  text::format_time(held_until(old))),
      "publish first, then move (RFC 8461, 8.1)");
}

}  // namespace

Diagnostics judge_sts(const Case& on) { return StsJudgement(on).run(); }

}  // namespace mtasts::verify
