// SPDX-License-Identifier: MIT
// Runs one scenario: every step, even behind one that differs, since what
// comes out of a step never changes what happens in the next.
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "commands.hpp"
#include "diff.hpp"
#include "script.hpp"

namespace mtasts::scenario {
namespace {

constexpr const char* k_usage =
    "usage: mtasts_scenario [--fill] FILE\n\n"
    "Runs the steps of FILE and compares what comes out of each with its\n"
    "lines \"  > \". --fill prints FILE with the lines that came out instead.\n"
    "Exit status: 0 the same, 1 another, 2 FILE can't be understood.\n";

using Lines = std::vector<std::string>;

Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    lines.emplace_back(line);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return lines;
}

/// What came out of each step.
std::vector<Lines> run(const std::vector<Step>& steps,
                       const std::vector<Action>& actions) {
  std::vector<Lines> all;
  World world;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string said = actions[i](world);
    all.push_back(split(world.capture.take(world.time.second()) + said));
  }
  return all;
}

/// All faults in the text at once.
std::vector<Action> parse(const std::vector<Step>& steps,
                          const std::string& name) {
  std::vector<Action> actions;
  std::size_t faults = 0;
  for (const Step& step : steps) {
    try {
      actions.push_back(parse_step(step, &step == steps.data()));
    } catch (const Fault& fault) {
      fmt::print(stderr, "{}:{}: {}\n", name, fault.line, fault.message);
      ++faults;
    }
  }
  if (faults != 0) actions.clear();
  return actions;
}

int compare(const std::vector<Step>& steps, const std::vector<Lines>& got,
            const std::string& name) {
  std::size_t differing = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string diff = unified_diff(steps[i].wants, got[i]);
    if (diff.empty()) continue;
    ++differing;
    fmt::print("{}:{}: {}\n{}", name, steps[i].line, steps[i].text, diff);
  }
  if (differing == 0) return 0;
  fmt::print("{}: {} of {} steps differ\n", name, differing, steps.size());
  return 1;
}

/// The text with what came out in place of what was wanted.
void fill(const std::vector<Step>& steps, const std::vector<Lines>& got,
          std::string_view text) {
  const Lines lines = split(text);
  std::size_t next = 0;  // of steps
  for (std::size_t number = 1; number <= lines.size(); ++number) {
    const std::string& line = lines[number - 1];
    if (!line.starts_with("  >")) fmt::print("{}\n", line);
    if (next == steps.size() || steps[next].end != number) continue;
    for (const std::string& one : got[next++]) {
      fmt::print("  >{}{}\n", one.empty() ? "" : " ", one);
    }
  }
}

int run_file(const std::string& path, bool is_filling) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string name = path.substr(path.rfind('/') + 1);
  try {
    if (!file) throw Fault{0, "can't be read"};
    const std::vector<Step> steps = read_steps(text);
    if (steps.empty()) throw Fault{0, "there is nothing in it"};
    const std::vector<Action> actions = parse(steps, name);
    if (actions.empty()) return 2;
    const std::vector<Lines> got = run(steps, actions);
    if (!is_filling) return compare(steps, got, name);
    fill(steps, got, text);
    return 0;
  } catch (const Fault& fault) {
    fmt::print(stderr, "{}:{}: {}\n", name, fault.line, fault.message);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", name, error.what());
  }
  return 2;
}

}  // namespace
}  // namespace mtasts::scenario

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool is_filling = !words.empty() && words.front() == "--fill";
  if (words.size() != (is_filling ? 2U : 1U)) {
    fmt::print(stderr, "{}", mtasts::scenario::k_usage);
    return 2;
  }
  return mtasts::scenario::run_file(words.back(), is_filling);
}
