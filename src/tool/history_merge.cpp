// SPDX-License-Identifier: MIT
// Joins the histories of several hosts, and shortens one: both to standard
// output, since what is still written to is not to be replaced.
#include <string>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "process/clock.hpp"
#include "sts/history.hpp"
#include "tool/history.hpp"
#include "tool/history_files.hpp"

namespace mtasts::tool {
namespace {

Exit print_lines(const sts::Lines& lines) {
  std::string text;
  for (const sts::HistoryLine& line : lines) {
    text += sts::format_history_line(line);
  }
  return print(text) ? Exit::good : Exit::fault;
}

/// Each file by itself; nothing after an error, which is printed.
std::optional<std::vector<sts::Lines>> read_each(
    const std::vector<std::string>& files) {
  std::vector<sts::Lines> all;
  for (const std::string& file : files) {
    Result<Histories> read = read_histories({file});
    if (!read) {
      print_error(read.error());
      return std::nullopt;
    }
    warn_of(read->bad);
    all.push_back(std::move(read->lines));
  }
  return all;
}

Exit merge(Arguments& arguments) {
  std::vector<std::string> files;
  arguments.add_words("file", files);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  if (files.empty()) return print_usage_error("no file is named");
  auto read = read_each(files);
  return read ? print_lines(sts::merge(*std::move(read))) : Exit::fault;
}

Exit compact(Arguments& arguments) {
  std::vector<std::string> files;
  arguments.add_words("file", files);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  if (files.empty()) return print_usage_error("no file is named");
  auto read = read_each(files);
  if (!read) return Exit::fault;
  return print_lines(
      sts::compact(sts::merge(*std::move(read)), process::this_second()));
}

}  // namespace

const Command k_history_merge = {.usage = "merge FILE..",
                                 .about = "those of several hosts as one",
                                 .run = merge};
const Command k_history_compact = {
    .usage = "compact FILE..",
    .about = "without what no sender can hold any more",
    .run = compact};

}  // namespace mtasts::tool
