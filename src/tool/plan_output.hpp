// SPDX-License-Identifier: MIT
// The forms of a plan. Pure.
#pragma once

#include <string>

#include "tool/plan_document.hpp"

namespace mtasts::tool {

/// For people: numbered steps, each with its state and what to do.
std::string format_plan_text(const PlanDocument& plan);

/// {"version":..,"kind":..,"domain":..,"at":..,"steps":[{"id":..,"state":..,
///  "from":..,"title":..,"how":[..]}],"gaps":[..],"notes":[..]}, a line.
std::string format_plan_json(const PlanDocument& plan);

/// A calendar (RFC 5545) with an event for each step that has to wait. Imported
/// again, it moves the events that it has made before.
std::string format_plan_ics(const PlanDocument& plan);

}  // namespace mtasts::tool
