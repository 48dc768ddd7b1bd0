// SPDX-License-Identifier: MIT
#include "tool/plan_output.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "text/calendar.hpp"
#include "text/join.hpp"
#include "text/json.hpp"
#include "text/time.hpp"

namespace mtasts::tool {
namespace {

using sts::StepState;

/// In the order of StepState: for programs, and for people.
constexpr auto k_states = std::to_array<std::string_view>(
    {"done", "due", "waiting", "later", "unknown"});
constexpr auto k_words =
    std::to_array<std::string_view>({"done", "now", "wait", "later", "unseen"});
static_assert(k_states.size() ==
              static_cast<std::size_t>(StepState::unknown) + 1);

template <class Words>
std::string_view word_of(StepState state, const Words& words) {
  return words[static_cast<std::size_t>(state)];
}

/// Of the one that waits, and of those that come after: for a step that can be
/// done now it is past.
std::string format_from(const sts::Step& step) {
  const bool counts =
      step.state == StepState::waiting || step.state == StepState::later;
  if (!step.from || !counts) return {};
  return fmt::format(", not before {}", text::format_time(*step.from));
}

std::string format_list(const std::vector<std::string>& list) {
  return text::join(
      list, ",", [](const std::string& one) { return text::json_quote(one); });
}

std::string format_step_json(const PlanStep& one) {
  return fmt::format(
      R"({{"id":"{}","state":"{}","from":{},"summary":{},"orders":[{}]}})",
      one.step.id, word_of(one.step.state, k_states),
      one.step.from ? text::json_quote(text::format_time(*one.step.from))
                    : "null",
      text::json_quote(one.summary), format_list(one.orders));
}

}  // namespace

std::string format_plan_text(const Plan& plan) {
  std::string text = fmt::format("{}: {}\n", plan.domain, plan.title);
  int number = 0;
  for (const PlanStep& one : plan.steps) {
    text += fmt::format("{:>2}. {:<7}{}{}\n", ++number,
                        word_of(one.step.state, k_words), one.summary,
                        format_from(one.step));
    if (one.step.state == StepState::done) continue;
    for (const std::string& order : one.orders) {
      text += fmt::format("           {}\n", printable(order));
    }
  }
  for (const std::string& one : plan.unseen) {
    text += fmt::format("unseen: {}\n", printable(one));
  }
  for (const std::string& one : plan.notes) {
    text += fmt::format("note: {}\n", printable(one));
  }
  if (is_done(plan)) {
    text += "nothing is left to do\n";
  } else if (!plan.again.empty()) {
    text += fmt::format("then: {}\n", plan.again);
  }
  return text;
}

std::string format_plan_json(const Plan& plan) {
  return fmt::format(
      "{{\"version\":\"{}\",\"plan\":\"{}\",\"domain\":{},\"at\":\"{}\","
      "\"done\":{},\"steps\":[{}\n],\"unseen\":[{}],\"notes\":[{}],"
      "\"again\":{}}}\n",
      MTASTSD_VERSION, plan.kind, text::json_quote(plan.domain),
      text::format_time(plan.now), is_done(plan),
      text::join(
          plan.steps, ",",
          [](const PlanStep& one) { return "\n" + format_step_json(one); }),
      format_list(plan.unseen), format_list(plan.notes),
      text::json_quote(plan.again));
}

std::string format_plan_ics(const Plan& plan) {
  std::vector<text::CalendarEvent> events;
  for (const PlanStep& one : plan.steps) {
    const StepState state = one.step.state;
    if (state == StepState::done) continue;
    // What comes behind it hangs on that.
    if (state == StepState::unknown) break;
    std::optional<std::chrono::sys_seconds> at = one.step.from;
    if (state == StepState::due) at = plan.now;
    if (!at) continue;
    std::string description =
        text::join(one.orders, "\n",
                   [](const std::string& order) { return printable(order); });
    if (state == StepState::waiting) {
      description += "\nfirst see whether it is time: " + plan.again;
    }
    events.push_back(
        {.uid = fmt::format("{}.{}", one.step.id, plan.domain),
         .at = *at,
         .summary = fmt::format("{}: {}", plan.domain, one.summary),
         .description = std::move(description)});
  }
  if (events.empty()) return {};
  return text::format_calendar(
      fmt::format("-//mta-sts//mta-sts {}//EN", MTASTSD_VERSION), events,
      plan.now);
}

}  // namespace mtasts::tool
