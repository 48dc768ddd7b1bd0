// SPDX-License-Identifier: MIT
#include "verify/judge_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "publish/publication.hpp"
#include "result.hpp"
#include "sts/life_cycle.hpp"
#include "sts/policy_reading.hpp"
#include "sts/stranger.hpp"
#include "sts/txt_record.hpp"
#include "text/ascii.hpp"
#include "text/duration.hpp"
#include "text/join.hpp"

namespace mtasts::verify {
namespace {

using sts::Deviation;
using sts::Gravity;
using sts::Policy;

// --- Against the configuration ---

std::string without_cr(std::string text) {
  std::erase(text, '\r');
  return text;
}

std::string format_mx(const Policy& policy) {
  return text::join(policy.mx(), ", ",
                    [](const sts::MxPattern& mx) { return mx.text(); });
}

/// What is different in the policy `found`, which should be `ours`.
std::string format_difference(const Policy& found, const Policy& ours) {
  std::vector<std::string> parts;
  if (found.mode() != ours.mode()) {
    parts.push_back(fmt::format("mode {}, not {}",
                                sts::format_mode(found.mode()),
                                sts::format_mode(ours.mode())));
  }
  if (found.max_age() != ours.max_age()) {
    parts.push_back(fmt::format("max_age {}, not {}", found.max_age().count(),
                                ours.max_age().count()));
  }
  if (found.mx() != ours.mx()) {
    parts.push_back(
        fmt::format("mx {}, not {}", format_mx(found), format_mx(ours)));
  }
  return format_some(parts, "; ");
}

/// Where `body` leaves `wanted`: "line 2 is "mode: none"".
std::string format_first_line(std::string_view body, std::string_view wanted) {
  for (int line = 1;; ++line) {
    const std::string_view one = text::take_until(body, "\n");
    const std::string_view other = text::take_until(wanted, "\n");
    if (one != other || body.empty() || wanted.empty()) {
      return fmt::format("line {} is {} instead of {}", line, in_quotes(one),
                         in_quotes(other));
    }
  }
}

/// Why `body` is not the text that it should be.
std::string explain_difference(const std::string& body,
                               const publish::Publication& ours) {
  const std::string wanted(ours.body());
  if (body.empty()) return "it is empty";
  if (const auto stranger = sts::find_stranger(body)) {
    return "it " + stranger->message;
  }
  if (body == "\xEF\xBB\xBF" + wanted) {
    return "a byte order mark stands in front of it";
  }
  if (body == without_cr(wanted)) {
    return "its lines end in LF, not in CRLF: something on the way rewrites "
           "them";
  }
  if (body.starts_with(wanted)) {
    return fmt::format("{} octets follow its end: {}",
                       body.size() - wanted.size(),
                       in_quotes(std::string_view(body).substr(wanted.size())));
  }
  if (wanted.starts_with(body)) {
    return fmt::format("it ends {} octets early", wanted.size() - body.size());
  }
  if (std::ranges::any_of(
          body, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    return "it has octets that are no ASCII: " +
           format_first_line(body, wanted);
  }
  const sts::PolicyReading reading =
      sts::read_policy(body, sts::k_max_fetched_octets);
  if (!reading.policy) {
    const auto fault = std::ranges::find(reading.deviations, Gravity::fatal,
                                         &Deviation::gravity);
    return fault == reading.deviations.end()
               ? format_first_line(body, wanted)
               : fmt::format("line {} {}", fault->line, fault->error.message);
  }
  const sts::Policy policy = ours.policy();
  if (*reading.policy == policy) {
    return "it says the same in other octets, so that its id is another: " +
           format_first_line(body, wanted);
  }
  const bool is_foreign =
      std::ranges::none_of(reading.policy->mx(), [&](const sts::MxPattern& mx) {
        return std::ranges::find(policy.mx(), mx) != policy.mx().end();
      });
  return fmt::format(
      "{}: {}",
      is_foreign ? "it is the policy of other hosts" : "it is another version",
      format_difference(*reading.policy, policy));
}

/// Whether judge_sts() has spoken of it: the id is right, the policy is not.
bool is_behind_id(const Case& on, const std::string& body) {
  if (on.texts.size() != 1) return false;
  const Result<std::string> id = sts::parse_txt_record(on.texts.front());
  if (!id || *id != on.ours->id()) return false;
  const sts::PolicyReading reading =
      sts::read_policy(body, sts::k_max_fetched_octets);
  return reading.policy && *reading.policy != on.ours->policy();
}

void compare(const Case& on, const Fetch& fetch, const std::string& body,
             Diagnostics& found) {
  if (body == on.ours->body() || is_behind_id(on, body)) return;
  found.push_back(
      {Severity::error, "policy.differs",
       Place{fmt::format("{} {}", on.host, fetch.address)},
       fmt::format("the text is not that of the configuration: {}",
                   explain_difference(body, *on.ours)),
       fmt::format("mta-stsd render {} prints the right one; let the server "
                   "there serve it, unchanged",
                   on.facts.domain)});
}

// --- By the RFC ---

/// Without what is said to those who import the text: how it would be served.
std::string without_import(const std::string& hint) {
  const std::size_t last = hint.rfind("; ");
  if (!text::has(hint, " served")) return hint;
  return last == std::string::npos ? "" : hint.substr(0, last);
}

/// The text with CRLF behind each line, where it is of one mind without. Many
/// are so, and senders don't mind.
std::string with_line_ends(const std::string& body) {
  std::string text;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] == '\n' && (i == 0 || body[i - 1] != '\r')) text += '\r';
    text += body[i];
  }
  if (!text.empty() && text.back() != '\n') text += "\r\n";
  return text;
}

bool is_mixed(const std::string& body) {
  std::size_t crlf = 0;
  for (std::size_t at = body.find("\r\n"); at != std::string::npos;
       at = body.find("\r\n", at + 2)) {
    ++crlf;
  }
  const auto lf = static_cast<std::size_t>(std::ranges::count(body, '\n'));
  return crlf != 0 && lf != crlf;
}

void examine(const Case& on, const Fetch& fetch, const std::string& body,
             Diagnostics& found) {
  const auto add = [&](Severity severity, const char* id, std::string message,
                       std::string hint) {
    found.push_back({severity, id,
                     Place{fmt::format("{} {}", on.host, fetch.address)},
                     std::move(message), std::move(hint)});
  };
  const std::string read = is_mixed(body) ? body : with_line_ends(body);
  const sts::PolicyReading reading =
      sts::read_policy(read, sts::k_max_fetched_octets);
  constexpr std::size_t k_most = 8;
  std::size_t count = 0;
  for (const Deviation& one : reading.deviations) {
    const bool is_fatal = one.gravity == Gravity::fatal;
    // Who ignores the policy does not mind its style.
    if (is_fatal == reading.policy.has_value() || count++ == k_most) continue;
    add(is_fatal ? Severity::error : Severity::warning,
        is_fatal ? "policy.invalid" : "policy.deviation",
        one.line == 0 ? one.error.message
                      : fmt::format("line {}: {}", one.line, one.error.message),
        without_import(one.error.hint));
  }
  if (reading.policy && read != body) {
    add(Severity::note, "policy.line-ends",
        text::has(body, '\r') ? "the last line has no end"
                              : "lines end in LF, not in CRLF",
        "write CRLF behind each line");
  }
}

void check_max_age(const Case& on, Diagnostics& found) {
  if (!on.policy || on.policy->max_age() >= std::chrono::days(1)) return;
  found.push_back(
      {Severity::warning, "policy.max-age-short", Place{on.host},
       fmt::format("max_age {} is below one day", on.policy->max_age().count()),
       on.ours != nullptr ? "max_age = \"1d\" is the least; RFC 8461, 3.2 "
                            "expects weeks"
                          : "max_age: 86400 is the least; RFC 8461, 3.2 "
                            "expects weeks"});
}

// --- By the history ---

/// Mode testing protects nobody; some forget to go on.
void check_testing(const Case& on, Diagnostics& found) {
  constexpr std::chrono::days k_long{30};
  if (!on.policy || on.policy->mode() != sts::Mode::testing) return;
  std::optional<std::chrono::sys_seconds> since;
  for (const sts::Served& one : on.expected.past.served()) {
    if (one.policy.mode() != sts::Mode::testing) {
      since.reset();
    } else if (!since) {
      since = one.first;
    }
  }
  if (!since || on.now - *since <= k_long) return;
  found.push_back(
      {Severity::note, "policy.testing-long", Place{on.host},
       fmt::format("mode testing for {}, which protects no mail",
                   format_days(on.now - *since)),
       fmt::format("mta-sts reports gate {} says whether enforce can follow",
                   on.facts.domain)});
}

}  // namespace

Diagnostics judge_policy(const Case& on) {
  Diagnostics found;
  for (const Fetch& one : on.facts.fetches) {
    const std::string* body = find_body(one);
    if (body == nullptr) continue;
    if (on.ours != nullptr) {
      compare(on, one, *body, found);
    } else {
      examine(on, one, *body, found);
    }
  }
  check_max_age(on, found);
  check_testing(on, found);
  return found;
}

}  // namespace mtasts::verify
