// SPDX-License-Identifier: MIT
// The one place that asks the machine what time it is. What judges by time
// takes it as a value, so that days can pass in a test.
#pragma once

#include <chrono>

#include "files/moment.hpp"

namespace mtasts::snapshot {

std::chrono::sys_seconds this_second();

files::Moment this_moment();

}  // namespace mtasts::snapshot
