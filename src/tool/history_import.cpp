// SPDX-License-Identifier: MIT
// Makes a history of what a configuration said at several times, as a
// repository remembers it.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "config/load.hpp"
#include "process/clock.hpp"
#include "sts/history.hpp"
#include "text/parse_time.hpp"
#include "tool/history.hpp"

namespace mtasts::tool {
namespace {

struct Version {
  std::chrono::sys_seconds time;
  std::string path;
};

/// "2026-11-23T19:38:51Z=PATH".
Result<Version> parse_version(const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos || equals + 1 == word.size()) {
    return fail(fmt::format("{} is not TIME=CONFIG", in_quotes(word)),
                "2026-11-23T19:38:51Z=old/mta-stsd.toml");
  }
  const Result<std::chrono::sys_seconds> time =
      text::parse_time(word.substr(0, equals));
  if (!time) return fail(time.error());
  return Version{*time, word.substr(equals + 1)};
}

Result<std::vector<Version>> parse_versions(
    const std::vector<std::string>& words) {
  std::vector<Version> versions;
  for (const std::string& word : words) {
    Result<Version> version = parse_version(word);
    if (!version) return fail(version.error());
    if (version->time > process::this_second()) {
      return fail(fmt::format("{} is still to come", in_quotes(word)));
    }
    versions.push_back(*std::move(version));
  }
  std::ranges::stable_sort(versions, {}, &Version::time);
  return versions;
}

sts::State make_state(const config::Config& config) {
  sts::State state;
  for (const publish::PublicationPtr& one : config.live.policies) {
    for (const dns::Name& domain : one->domains) {
      state.insert_or_assign(domain.text(), one->policy);
    }
  }
  return state;
}

/// A version with an error was served by nobody: the one before it stayed.
Exit import(Arguments& arguments) {
  std::vector<std::string> words;
  arguments.add_words("version", words);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  const Result<std::vector<Version>> versions = parse_versions(words);
  if (!versions || versions->empty()) {
    return print_usage_error(versions ? "no version is named"
                                      : versions.error().message);
  }
  sts::State state;
  std::string text;
  for (const Version& version : *versions) {
    const config::Loaded loaded = config::load_config(version.path);
    if (!loaded.config) {
      print_message("warning", fmt::format("{} has an error, and is left out",
                                           version.path));
      continue;
    }
    sts::State next = make_state(*loaded.config);
    for (const auto& line : sts::compare(state, next, version.time)) {
      text += sts::format_history_line(line);
    }
    state = std::move(next);
  }
  return print(text) ? Exit::good : Exit::fault;
}

}  // namespace

const Command k_history_import = {
    .usage = "import TIME=CONFIG..",
    .about = "make one of the configurations of earlier times",
    .run = import};

}  // namespace mtasts::tool
