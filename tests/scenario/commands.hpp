// SPDX-License-Identifier: MIT
// What a scenario can say: two tables, whose entries parse a step and say how
// to run it.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "authority.hpp"
#include "capture.hpp"
#include "files.hpp"
#include "program.hpp"
#include "script.hpp"
#include "world_time.hpp"

namespace mtasts::scenario {

/// All there is while a scenario runs.
struct World {
  Files files;
  WorldTime time;
  Authorities authorities;
  Capture capture;
  std::unique_ptr<Program> program;  // null: it does not run
};

/// Runs a step; what it returns comes out of it, behind what was logged.
using Action = std::function<std::string(World&)>;

/// Whether lines with "|" stand below a command, and lines with ">".
enum class Takes { nothing, content };
enum class Gives { nothing, lines };

struct Command {
  std::string_view name;
  std::string_view form;
  Takes takes;
  Gives gives;
  Action (*parse)(Words& words, const Step& step);
};

/// Those that say what the world is; nothing comes out of them.
std::span<const Command> world_commands();

/// Throws Fault when the step can't be understood.
Action parse_step(const Step& step, bool is_first);

}  // namespace mtasts::scenario
