// SPDX-License-Identifier: MIT
// Histories as a whole: joined, shortened, made of what a configuration said at
// several times.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "sts/history_line.hpp"
#include "sts/life_cycle.hpp"
#include "sts/policy.hpp"

namespace mtasts::sts {

using Lines = std::vector<HistoryLine>;

/// Those of several hosts in one, by time. The lines of each stay in their
/// order, even where its clock was set back: it tells what is not sure.
Lines merge(std::vector<Lines> histories);

/// What is known of each domain.
std::map<std::string, Past> read_pasts(const Lines& lines);

/// The least that says the same of all times from `now` on: of policies that
/// senders may still hold a line of when each began, and of when it ceased.
Lines compact(const Lines& lines, std::chrono::sys_seconds now);

/// The policy of each domain.
using State = std::map<std::string, Policy>;

/// The lines that lead from one state to the next.
Lines compare(const State& before, const State& after,
              std::chrono::sys_seconds time);

}  // namespace mtasts::sts
