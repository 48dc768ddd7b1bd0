// SPDX-License-Identifier: MIT
// Makes one history of several, or a small one of a long one.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "process/clock.hpp"
#include "sts/history_line.hpp"
#include "tool/history.hpp"
#include "tool/history_compact.hpp"
#include "tool/history_files.hpp"

namespace mtasts::tool {
namespace {

using Lines = std::vector<sts::HistoryLine>;

/// Printed in pieces: all of it may be large.
bool print_lines(const Lines& lines) {
  constexpr std::size_t k_piece = std::size_t{1} << 20U;
  std::string text;
  for (const sts::HistoryLine& line : lines) {
    text += sts::format_history_line(line);
    if (text.size() < k_piece) continue;
    if (!print(text)) return false;
    text.clear();
  }
  return text.empty() || print(text);
}

/// Of all `files`, or nothing after an error, which is printed.
std::optional<std::vector<Lines>> read_all(
    const std::vector<std::string>& files) {
  std::vector<Lines> all;
  for (const std::string& path : files) {
    Result<Lines> lines = read_history(path);
    if (!lines) {
      print_error(lines.error());
      return std::nullopt;
    }
    all.push_back(*std::move(lines));
  }
  return all;
}

Exit merge(Arguments& arguments) {
  std::vector<std::string> files;
  arguments.add_words("file", files);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  if (files.empty()) {
    return print_usage_error("merge needs the histories: one FILE or more");
  }
  auto all = read_all(files);
  if (!all) return Exit::fault;
  return print_lines(merge_lines(*std::move(all))) ? Exit::good : Exit::fault;
}

Exit compact(Arguments& arguments) {
  std::vector<std::string> files;
  arguments.add_words("file", files, 1);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  if (files.empty()) {
    const auto config = load_config_if_there(arguments);
    if (!config) return Exit::fault;
    if (config->startup.history.empty()) {
      print_error(fmt::format("{} has no history", arguments.config()),
                  "name the file: mta-sts history compact FILE");
      return Exit::fault;
    }
    files.push_back(config->startup.history);
  }
  auto all = read_all(files);
  if (!all) return Exit::fault;
  return print_lines(compact_lines(all->front(), process::this_second()))
             ? Exit::good
             : Exit::fault;
}

}  // namespace

const Command k_history_merge = {
    .usage = "merge FILE..",
    .about = "print the histories of several policy hosts as one",
    .run = merge};

const Command k_history_compact = {
    .usage = "compact [FILE]",
    .about = "print a history without what nobody holds any more",
    .run = compact};

}  // namespace mtasts::tool
