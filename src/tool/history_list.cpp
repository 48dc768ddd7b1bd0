// SPDX-License-Identifier: MIT
// Lists what was served of each domain, and until when senders may hold it.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "config/load.hpp"
#include "process/clock.hpp"
#include "sts/history.hpp"
#include "text/duration.hpp"
#include "text/join.hpp"
#include "text/json.hpp"
#include "text/time.hpp"
#include "tool/history.hpp"
#include "tool/history_files.hpp"
#include "tool/sandbox.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::sys_seconds;

std::string list_mx(const sts::Policy& policy) {
  return text::join(policy.mx(), ",",
                    [](const sts::MxPattern& one) { return one.text(); });
}

/// DOMAIN MODE MAX_AGE FROM TO CACHED-UNTIL ID MX
std::string format_text(const std::string& domain, const sts::Served& one,
                        sys_seconds now) {
  return fmt::format(
      "{} {} {} {} {} {} {} {}\n", domain, sts::format_mode(one.policy.mode()),
      text::format_duration(one.policy.max_age()), text::format_time(one.first),
      one.is_open() ? "-" : text::format_time(one.last),
      text::format_time(one.cached_until(now)), one.id,
      one.policy.mx().empty() ? "-" : list_mx(one.policy));
}

std::string format_json(const std::string& domain, const sts::Served& one,
                        sys_seconds now) {
  return fmt::format(
      R"({{"domain":{},"id":"{}","mode":"{}","max_age":{},"mx":[{}],)"
      R"("from":"{}","to":{},"cached_until":"{}"}})"
      "\n",
      text::json_quote(domain), one.id, sts::format_mode(one.policy.mode()),
      one.policy.max_age().count(),
      text::join(
          one.policy.mx(), ",",
          [](const sts::MxPattern& mx) { return text::json_quote(mx.text()); }),
      text::format_time(one.first),
      one.is_open() ? "null" : text::json_quote(text::format_time(one.last)),
      text::format_time(one.cached_until(now)));
}

/// The files that are named, or else that of the configuration.
Result<std::vector<std::string>> choose_files(
    const std::vector<std::string>& named, const std::string& config) {
  if (!named.empty()) return named;
  config::Loaded loaded = config::load_config(config);
  if (!loaded.config) {
    print_diagnostics(loaded.diagnostics);
    return fail("no history is named");
  }
  const std::string& file = loaded.config->startup.history;
  if (!file.empty()) return std::vector<std::string>{file};
  return fail("no history is named, and [server] has none",
              "--history FILE, or \"history = FILE\" in [server]");
}

Exit list(Arguments& arguments) {
  std::vector<std::string> files;
  std::vector<std::string> words;
  std::string form = "text";
  arguments.add_list("--history", files);
  arguments.add_choice("--format", form, {"text", "jsonl"});
  arguments.add_words("domain", words);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  const auto chosen = choose_files(files, arguments.config());
  if (!chosen) {
    print_error(chosen.error());
    return Exit::usage;
  }
  const Result<Histories> histories = read_histories(*chosen);
  if (!histories) {
    print_error(histories.error());
    return Exit::fault;
  }
  warn_of(histories->bad);
  const std::set<std::string> wanted(words.begin(), words.end());
  const sys_seconds now = process::this_second();
  std::string text;
  for (const auto& [domain, past] : sts::read_pasts(histories->lines)) {
    if (!wanted.empty() && !wanted.contains(domain)) continue;
    for (const sts::Served& one : past.served()) {
      text += form == "jsonl" ? format_json(domain, one, now)
                              : format_text(domain, one, now);
    }
  }
  return print(text) ? Exit::good : Exit::fault;
}

}  // namespace

const Command k_history_list = {
    .usage = "list [DOMAIN..]",
    .about = "what was served, and until when it is held",
    .run = list,
    .options =
        R"(  --history FILE      read it (default: "history" of [server]); "-": standard
                      input
  --format FORM       text (domain, mode, max_age, from, to, held until, id, mx)
                      or jsonl (default: text)
)"};

}  // namespace mtasts::tool
