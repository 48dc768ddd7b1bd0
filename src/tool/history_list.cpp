// SPDX-License-Identifier: MIT
// Lists what domains have served, and until when senders may hold it.
#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "dns/name.hpp"
#include "process/clock.hpp"
#include "sts/life_cycle.hpp"
#include "sts/policy.hpp"
#include "text/columns.hpp"
#include "text/duration.hpp"
#include "text/join.hpp"
#include "text/json.hpp"
#include "text/time.hpp"
#include "tool/history.hpp"
#include "tool/history_files.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::sys_seconds;

std::string format_held(const sts::Served& one, sys_seconds now) {
  if (one.policy.mode() == sts::Mode::none) return "-";
  const sys_seconds until = one.cached_until(now);
  return until > now ? text::format_time(until) : "no more";
}

std::string quote_time(std::optional<sys_seconds> time) {
  return time ? text::json_quote(text::format_time(*time)) : "null";
}

std::string format_served_json(const sts::Served& one, sys_seconds now) {
  return fmt::format(
      R"({{"id":{},"mode":"{}","max_age":{},"mx":[{}],"first":{},"last":{},)"
      R"("cached_until":{}}})",
      text::json_quote(one.id), sts::format_mode(one.policy.mode()),
      one.policy.max_age().count(),
      text::join(one.policy.mx(), ",",
                 [](const auto& mx) { return text::json_quote(mx.text()); }),
      quote_time(one.first),
      quote_time(one.is_open() ? std::nullopt : std::optional(one.last)),
      quote_time(one.cached_until(now)));
}

std::string format_json(const Pasts& pasts, sys_seconds now) {
  return fmt::format(
      "{{\"version\":\"{}\",\"at\":{},\"domains\":[{}\n]}}\n", MTASTSD_VERSION,
      quote_time(now), text::join(pasts, ",", [now](const auto& one) {
        const sts::Past& past = one.second;
        return fmt::format(
            "\n{{\"domain\":{},\"cached_until\":{},\"enforced_until\":{},"
            "\"policies\":[{}]}}",
            text::json_quote(one.first), quote_time(past.cached_until(now)),
            quote_time(past.enforced_until(now)),
            text::join(past.served(), ",", [now](const sts::Served& served) {
              return format_served_json(served, now);
            }));
      }));
}

std::string format_text(const Pasts& pasts, sys_seconds now) {
  std::vector<std::vector<std::string>> rows{{"DOMAIN", "MODE", "MAX_AGE",
                                              "SERVED FROM", "SERVED UNTIL",
                                              "HELD UNTIL", "ID"}};
  for (const auto& [domain, past] : pasts) {
    for (const sts::Served& one : past.served()) {
      rows.push_back({domain, std::string(sts::format_mode(one.policy.mode())),
                      text::format_duration(one.policy.max_age()),
                      text::format_time(one.first),
                      one.is_open() ? "still" : text::format_time(one.last),
                      format_held(one, now), one.id});
    }
  }
  return text::format_columns(rows);
}

/// Of `pasts` those that are named; all where none is.
Result<Pasts> choose(Pasts pasts, const std::vector<std::string>& names) {
  if (names.empty()) return pasts;
  Pasts chosen;
  for (const std::string& text : names) {
    const Result<dns::Name> name = dns::Name::from_typed(text);
    if (!name) return fail(about_value("domain", text, name.error()));
    const auto found = pasts.find(name->text());
    if (found == pasts.end()) {
      return fail(fmt::format("domain {} is not in the history",
                              in_quotes(name->text())),
                  "mta-sts history list shows those that are");
    }
    chosen.insert(*found);
  }
  return chosen;
}

Exit list(Arguments& arguments) {
  std::vector<std::string> files;
  std::vector<std::string> names;
  std::string format = "text";
  arguments.add_list("--history", files);
  arguments.add_choice("--format", format, {"text", "json"});
  arguments.add_words("domain", names);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  const auto config = load_config_if_there(arguments);
  if (!config) return Exit::fault;
  Result<Pasts> pasts = read_pasts(std::move(files), *config);
  if (pasts) pasts = choose(*std::move(pasts), names);
  if (!pasts) {
    print_error(pasts.error());
    return Exit::fault;
  }
  const sys_seconds now = process::this_second();
  return print(format == "json" ? format_json(*pasts, now)
                                : format_text(*pasts, now))
             ? Exit::good
             : Exit::fault;
}

}  // namespace

const Command k_history_list = {
    .usage = "list [DOMAIN..]",
    .about = "what was served when, and until when it is held",
    .run = list,
    .options =
        R"(  --history FILE      read this file; given once or more (default: that of
                      the configuration)
  --format FORM       text or json (default: text)
)"};

}  // namespace mtasts::tool
