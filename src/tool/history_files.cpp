// SPDX-License-Identifier: MIT
#include "tool/history_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <string_view>
#include <utility>

#include "config/load.hpp"
#include "files/read.hpp"
#include "text/ascii.hpp"
#include "tool/history_compact.hpp"

namespace mtasts::tool {
namespace {

// 100,000 domains have 15 MB.
constexpr std::size_t k_max_octets = std::size_t{1} << 30U;

bool is_missing(const std::string& path) {
  struct stat status {};
  return path != "-" && ::stat(path.c_str(), &status) != 0 && errno == ENOENT;
}

}  // namespace

std::optional<config::Config> load_config_if_there(const Arguments& arguments) {
  const std::string& path = arguments.config();
  if (arguments.is_default_config() && is_missing(path)) {
    return config::Config{};
  }
  config::Loaded loaded = config::load_config(path);
  if (!loaded.config) print_diagnostics(loaded.diagnostics);
  return std::move(loaded.config);
}

Result<std::vector<sts::HistoryLine>> read_history(const std::string& path) {
  const Result<std::string> text =
      path == "-" ? files::read_standard_input(k_max_octets)
                  : files::read_stream(path, k_max_octets);
  if (!text) {
    return fail(fmt::format("{}: {}", printable(path), text.error().message),
                text.error().hint);
  }
  std::vector<sts::HistoryLine> lines;
  std::size_t bad = 0;
  std::string first_bad;
  std::string_view rest = *text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::string_view one = text::take_until(rest, "\n");
    if (one.empty()) continue;
    Result<sts::HistoryLine> line = sts::parse_history_line(one);
    if (line) {
      lines.push_back(*std::move(line));
    } else if (bad++ == 0) {
      first_bad = fmt::format("{}:{}: {}", printable(path), number,
                              line.error().message);
    }
  }
  if (bad != 0) {
    print_message("warning",
                  fmt::format("{} ({} line{} left out)", first_bad, bad,
                              bad == 1 ? "" : "s"),
                  "what it said is not known: dates may be too early by it");
  }
  return lines;
}

Result<Pasts> read_pasts(std::vector<std::string> files,
                         const config::Config& config) {
  if (files.empty()) {
    if (config.startup.history.empty()) {
      print_message("note",
                    "there is no history: what was served before is "
                    "not known",
                    "history = \"/var/lib/mta-stsd/history\" in [server] keeps "
                    "one; --history FILE names another");
      return Pasts{};
    }
    // mta-stsd makes it when it starts.
    if (is_missing(config.startup.history)) {
      print_message("note",
                    fmt::format("{} is not there yet: what was served before "
                                "is not known",
                                printable(config.startup.history)),
                    "restart mta-stsd, or name another one: --history FILE");
      return Pasts{};
    }
    files.push_back(config.startup.history);
  }
  std::vector<std::vector<sts::HistoryLine>> histories;
  for (const std::string& path : files) {
    Result<std::vector<sts::HistoryLine>> lines = read_history(path);
    if (!lines) return fail(lines.error());
    histories.push_back(*std::move(lines));
  }
  Pasts pasts;
  for (const sts::HistoryLine& line : merge_lines(std::move(histories))) {
    pasts[line.domain].add(line);
  }
  return pasts;
}

}  // namespace mtasts::tool
