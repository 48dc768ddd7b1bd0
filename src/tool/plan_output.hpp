// SPDX-License-Identifier: MIT
// The forms in which a plan is printed. Pure.
#pragma once

#include <string>

#include "tool/life_plan.hpp"

namespace mtasts::tool {

/// For people: a line for each step, with what is to be done below it.
std::string format_plan_text(const Plan& plan);

/// One object with a newline behind it:
/// {"version":..,"plan":"migration","domain":..,"at":..,"done":..,
///  "steps":[{"id":..,"state":..,"from":..,"summary":..,"orders":[..]}],
///  "unseen":[..],"notes":[..],"again":..}
std::string format_plan_json(const Plan& plan);

/// iCalendar (RFC 5545): an event for each step that has a date, and for the
/// one that is due. A later one with the same UID takes its place. Empty when
/// there is none: a calendar has to have something in it.
std::string format_plan_ics(const Plan& plan);

}  // namespace mtasts::tool
