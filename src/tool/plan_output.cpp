// SPDX-License-Identifier: MIT
#include "tool/plan_output.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "text/join.hpp"
#include "text/json.hpp"
#include "text/time.hpp"

namespace mtasts::tool {
namespace {

using sts::StepState;

// In the order of StepState.
constexpr auto k_state_names = std::to_array<std::string_view>(
    {"done", "due", "waiting", "later", "unknown"});
static_assert(k_state_names.size() ==
              static_cast<std::size_t>(StepState::unknown) + 1);

std::string_view format_state(StepState state) {
  return k_state_names[static_cast<std::size_t>(state)];
}

std::string describe_state(const sts::Step& step) {
  switch (step.state) {
    case StepState::done:
      return "done";
    case StepState::due:
      return "now";
    case StepState::unknown:
      return "not seen";
    case StepState::waiting:
    case StepState::later:
      break;
  }
  return step.from ? "not before " + text::format_time(*step.from)
                   : std::string("then");
}

std::string list_json(const std::vector<std::string>& list) {
  return text::join(
      list, ",", [](const std::string& one) { return text::json_quote(one); });
}

// --- RFC 5545 ---

/// 3.3.5, form 2: "20261128T053000Z".
std::string format_ics_time(std::chrono::sys_seconds time) {
  std::string text = text::format_time(time);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

/// 3.3.11.
std::string escape_ics(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (c == '\\' || c == ';' || c == ',') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

/// 3.1: lines of 75 octets at most; all is ASCII here.
void add_line(std::string& ics, std::string_view name, std::string_view value) {
  constexpr std::size_t k_octets = 75;
  std::string line = fmt::format("{}:{}", name, value);
  std::string_view rest = line;
  std::size_t room = k_octets;
  while (rest.size() > room) {
    ics.append(rest.substr(0, room)).append("\r\n ");
    rest.remove_prefix(room);
    room = k_octets - 1;
  }
  ics.append(rest).append("\r\n");
}

}  // namespace

std::string format_plan_text(const PlanDocument& plan) {
  std::string text =
      fmt::format("{}, as of {}\n\n", plan.title, text::format_time(plan.at));
  std::size_t number = 0;
  for (const PlannedStep& one : plan.steps) {
    text += fmt::format("{}. {}: {}\n", ++number, one.title,
                        describe_state(one.step));
    if (one.step.state == StepState::done) continue;
    for (const std::string& line : one.how) {
      text += fmt::format("     {}\n", printable(line));
    }
  }
  for (const auto& [word, lines] :
       {std::pair{"not seen", &plan.gaps}, std::pair{"note", &plan.notes}}) {
    for (const std::string& line : *lines) {
      text += fmt::format("\n{}: {}", word, printable(line));
    }
  }
  if (!plan.gaps.empty() || !plan.notes.empty()) text += "\n";
  return text;
}

std::string format_plan_json(const PlanDocument& plan) {
  const auto format_step = [](const PlannedStep& one) {
    return fmt::format(
        R"({{"id":"{}","state":"{}","from":{},"title":{},"how":[{}]}})",
        one.step.id, format_state(one.step.state),
        one.step.from ? text::json_quote(text::format_time(*one.step.from))
                      : "null",
        text::json_quote(one.title), list_json(one.how));
  };
  return fmt::format(
      R"({{"version":"{}","kind":"{}","domain":{},"at":"{}","steps":[{}],)"
      R"("gaps":[{}],"notes":[{}]}})"
      "\n",
      MTASTSD_VERSION, plan.kind, text::json_quote(plan.domain),
      text::format_time(plan.at), text::join(plan.steps, ",", format_step),
      list_json(plan.gaps), list_json(plan.notes));
}

std::string format_plan_ics(const PlanDocument& plan) {
  std::string ics;
  add_line(ics, "BEGIN", "VCALENDAR");
  add_line(ics, "VERSION", "2.0");
  add_line(ics, "PRODID",
           fmt::format("-//mta-sts//mta-sts {}//EN", MTASTSD_VERSION));
  for (const PlannedStep& one : plan.steps) {
    if (!one.step.from || one.step.state == StepState::done) continue;
    add_line(ics, "BEGIN", "VEVENT");
    add_line(ics, "UID", fmt::format("{}@{}", one.step.id, plan.domain));
    add_line(ics, "DTSTAMP", format_ics_time(plan.at));
    add_line(ics, "DTSTART", format_ics_time(*one.step.from));
    add_line(ics, "SUMMARY",
             escape_ics(fmt::format("{}: {}", plan.domain, one.title)));
    add_line(ics, "DESCRIPTION",
             escape_ics(text::join(one.how, "\n", [](const std::string& line) {
               return printable(line);
             })));
    add_line(ics, "TRANSP", "TRANSPARENT");
    add_line(ics, "END", "VEVENT");
  }
  add_line(ics, "END", "VCALENDAR");
  return ics;
}

}  // namespace mtasts::tool
