// SPDX-License-Identifier: MIT
#include "commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/cli.hpp"
#include "diagnostic.hpp"
#include "files/read.hpp"
#include "snapshot/check_changes.hpp"
#include "snapshot/snapshot_loader.hpp"

namespace mtasts::scenario {
namespace {

Program& running(World& world, std::size_t line) {
  if (!world.program) throw Fault{line, "nothing runs: \"start\" comes first"};
  return *world.program;
}

// --- What happens ---

Action parse_start(Words&, const Step& step) {
  return [line = step.line](World& world) {
    if (world.program) throw Fault{line, "it runs already: \"stop\" it"};
    world.program = Program::start(world.time, world.capture);
    return std::string{};
  };
}

Action parse_stop(Words&, const Step& step) {
  return [line = step.line](World& world) {
    running(world, line).stop();
    world.program.reset();
    return std::string{};
  };
}

Action parse_after(Words& words, const Step& step) {
  const std::chrono::milliseconds time = words.take_duration();
  if (time.count() < 0) words.fail("time goes on only");
  return [time, line = step.line](World& world) {
    running(world, line).pass(time);
    return std::string{};
  };
}

Action parse_reload(Words&, const Step& step) {
  return [line = step.line](World& world) {
    running(world, line).reload();
    return std::string{};
  };
}

// --- What is asked ---

Action parse_fetch(Words& words, const Step& step) {
  const std::string host = words.take("the name of a host");
  std::string agent = "postfix-tlspol";
  if (words.take_if("as")) agent = words.take("a User-Agent");
  return [host, agent, line = step.line](World& world) {
    const Sender sender{world.authorities, world.time.second(), agent};
    return running(world, line).fetch(sender, host);
  };
}

Action parse_ready(Words&, const Step& step) {
  return [line = step.line](World& world) {
    return running(world, line).ask("/readyz", "");
  };
}

Action parse_status(Words&, const Step& step) {
  return [line = step.line](World& world) {
    return running(world, line).ask("/status", "text/plain");
  };
}

Action parse_metrics(Words& words, const Step& step) {
  return [names = words.take_all("the name of a metric"),
          line = step.line](World& world) {
    std::string found;
    for (const std::string& name : names) {
      const std::string series = running(world, line).metric(name);
      if (series.empty()) {
        throw Fault{line, fmt::format("there is no metric \"{}\"", name)};
      }
      found += series;
    }
    return found;
  };
}

/// The findings of `check`, in its order and form.
Action parse_check(Words& words, const Step& step) {
  std::optional<std::string> against;
  if (words.take_if("against")) against = words.take("an older configuration");
  return [against, line = step.line](World& world) {
    snapshot::LoadedSnapshot loaded =
        snapshot::load_snapshot("mta-stsd.toml", world.time.second());
    Diagnostics found = std::move(loaded.diagnostics);
    if (loaded.snapshot) {
      Result<Diagnostics> changes = snapshot::check_changes(
          loaded.snapshot->live, loaded.snapshot->startup.history,
          "mta-stsd.toml", against, world.time.second());
      if (!changes) throw Fault{line, changes.error().message};
      append(found, *std::move(changes));
    }
    sort_diagnostics(found);
    std::string text;
    for (const Diagnostic& one : found) text += format_diagnostic(one);
    return text;
  };
}

Action parse_read(Words& words, const Step& step) {
  return [path = words.take("the name of a file"), line = step.line](World&) {
    Result<std::string> text = files::read_file(path, 1U << 20U);
    if (!text) throw Fault{line, text.error().message};
    return *std::move(text);
  };
}

Action parse_records(Words&, const Step&) {
  return [](World&) {
    constexpr std::array<const char*, 4> k_words = {"mta-stsd", "-c",
                                                    "mta-stsd.toml", "records"};
    cli::run(static_cast<int>(k_words.size()), k_words.data());
    return std::string{};
  };
}

constexpr Command k_commands[] = {
    {"after", "NUMBER milliseconds|seconds|minutes|hours|days", Takes::nothing,
     Gives::lines, parse_after},
    {"check", "[against FILE]", Takes::nothing, Gives::lines, parse_check},
    {"fetch", "HOST [as USER-AGENT]", Takes::nothing, Gives::lines,
     parse_fetch},
    {"metrics", "NAME...", Takes::nothing, Gives::lines, parse_metrics},
    {"read", "FILE", Takes::nothing, Gives::lines, parse_read},
    {"ready", "", Takes::nothing, Gives::lines, parse_ready},
    {"records", "", Takes::nothing, Gives::lines, parse_records},
    {"reload", "", Takes::nothing, Gives::lines, parse_reload},
    {"start", "", Takes::nothing, Gives::lines, parse_start},
    {"status", "", Takes::nothing, Gives::lines, parse_status},
    {"stop", "", Takes::nothing, Gives::lines, parse_stop},
};

std::vector<Command> all_commands() {
  const std::span<const Command> world = world_commands();
  std::vector<Command> all(world.begin(), world.end());
  all.insert(all.end(), std::begin(k_commands), std::end(k_commands));
  return all;
}

std::string list_names() {
  std::vector<std::string_view> names;
  for (const Command& one : all_commands()) names.push_back(one.name);
  std::sort(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

Action parse_step(const Step& step, bool is_first) {
  Words words(step);
  const std::string name = words.take("a command");
  const std::vector<Command> commands = all_commands();
  const auto command =
      std::find_if(commands.begin(), commands.end(),
                   [&name](const Command& one) { return one.name == name; });
  if (command == commands.end()) {
    words.fail(fmt::format("unknown command \"{}\"; there are {}", name,
                           list_names()));
  }
  if (is_first != (name == "at")) {
    words.fail("\"at\" stands first, and once");
  }
  try {
    Action action = command->parse(words, step);
    words.end();
    if (step.has_content && command->takes == Takes::nothing) {
      words.fail("no lines with \"|\" belong to it");
    }
    if (!step.wants.empty() && command->gives == Gives::nothing) {
      words.fail("nothing comes out of it, and lines with \">\" follow");
    }
    return action;
  } catch (Fault& fault) {
    fault.message =
        fmt::format("{}: {} (it is: {}{}{})", name, fault.message, name,
                    command->form.empty() ? "" : " ", command->form);
    throw;
  }
}

}  // namespace mtasts::scenario
