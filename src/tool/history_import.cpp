// SPDX-License-Identifier: MIT
// Makes a history of dated copies of the configuration, as a repository or a
// backup has them. Git itself is not run: this program starts no other, and
// writes nothing. So the copies are made by the shell, and read by the reader
// that the policy host has, with all that they include.
#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "config/load.hpp"
#include "dns/name.hpp"
#include "files/read.hpp"
#include "publish/publication.hpp"
#include "sts/history_line.hpp"
#include "text/ascii.hpp"
#include "text/duration.hpp"
#include "text/parse_time.hpp"
#include "tool/history.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::sys_seconds;
using sts::HistoryLine;

constexpr std::size_t k_max_list_octets = std::size_t{64} << 20U;
constexpr const char* k_form =
    "each line is a time and the path of a configuration: "
    "2026-11-27T16:20:00Z DIR/mta-stsd.toml";

/// A configuration, and since when it was the one.
struct Copy {
  sys_seconds time;
  std::string path;
};

Result<std::vector<Copy>> parse_copies(std::string_view text) {
  std::vector<Copy> copies;
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = text::trim(text::take_until(text, "\n"), " \t\r");
    if (line.empty()) continue;
    const std::string_view word = text::take_until(line, " ");
    const Result<sys_seconds> time = text::parse_time(word);
    if (!time) {
      return fail(fmt::format("standard input, line {}: {}", number,
                              about_value("time", word, time.error()).message),
                  k_form);
    }
    if (line.empty()) {
      return fail(fmt::format("standard input, line {}: has no path", number),
                  k_form);
    }
    if (!copies.empty() && *time < copies.back().time) {
      return fail(fmt::format("standard input, line {}: {} is before the time "
                              "in front of it",
                              number, word),
                  "the oldest comes first: git log --reverse");
    }
    copies.push_back({.time = *time, .path = std::string(line)});
  }
  if (copies.empty()) return fail("standard input is empty", k_form);
  return copies;
}

/// What is served from copy to copy.
class Replay {
 public:
  explicit Replay(std::chrono::seconds lag) : lag_(lag) {}

  /// The lines of what begins and ends with `live`.
  std::string take(sys_seconds time, const config::Live& live) {
    std::string lines;
    std::map<std::string, publish::PublicationPtr> next;
    for (const publish::PublicationPtr& policy : live.policies) {
      for (const std::string_view domain : policy->domains()) {
        next.emplace(domain, policy);
      }
    }
    for (const auto& [domain, policy] : next) {
      if (is_served(domain, *policy)) continue;
      lines += format(time, HistoryLine::Event::serve, domain, *policy);
    }
    for (const auto& [domain, policy] : served_) {
      const auto found = next.find(domain);
      if (found != next.end() && found->second->id() == policy->id()) continue;
      lines += format(time + lag_, HistoryLine::Event::end, domain, *policy);
    }
    served_ = std::move(next);
    return lines;
  }

 private:
  bool is_served(const std::string& domain,
                 const publish::Publication& policy) const {
    const auto known = served_.find(domain);
    return known != served_.end() && known->second->id() == policy.id();
  }

  static std::string format(sys_seconds time, HistoryLine::Event event,
                            const std::string& domain,
                            const publish::Publication& policy) {
    return sts::format_history_line({.time = time,
                                     .event = event,
                                     .domain = domain,
                                     .id = std::string(policy.id()),
                                     .policy = policy.policy()});
  }

  std::chrono::seconds lag_;
  std::map<std::string, publish::PublicationPtr> served_;
};

/// One that mta-stsd would have refused changed nothing then either.
void tell_refused(const Copy& copy, const Diagnostics& diagnostics) {
  for (const Diagnostic& one : diagnostics) {
    if (one.severity != Severity::error) continue;
    print_message(
        "warning",
        fmt::format("{} is left out: {}: {} [{}]", printable(copy.path),
                    printable(format_place(one.place)), one.message, one.id));
    return;
  }
}

Exit import(Arguments& arguments) {
  std::optional<std::string> lag_text;
  arguments.add_option("--lag", lag_text);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  const Result<std::chrono::seconds> lag =
      text::parse_duration(lag_text.value_or("1d"));
  if (!lag) {
    print_error(about_value("--lag", *lag_text, lag.error()));
    return Exit::usage;
  }
  const Result<std::string> text =
      files::read_standard_input(k_max_list_octets);
  Result<std::vector<Copy>> copies =
      text ? parse_copies(*text) : fail(text.error());
  if (!copies) {
    print_error(copies.error());
    return Exit::fault;
  }
  Replay replay(*lag);
  for (const Copy& copy : *copies) {
    const config::Loaded loaded = config::load_config(copy.path);
    if (!loaded.config) {
      tell_refused(copy, loaded.diagnostics);
      continue;
    }
    if (!print(replay.take(copy.time, loaded.config->live))) return Exit::fault;
  }
  return Exit::good;
}

}  // namespace

const Command k_history_import = {
    .usage = "import",
    .about = "make a history of older configurations, as Git has them",
    .run = import,
    .options =
        R"(  --lag TIME          for how long after a change what was before it may have
                      been served still (default: 1d)
)"};

}  // namespace mtasts::tool
