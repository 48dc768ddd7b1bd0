// SPDX-License-Identifier: MIT
#include "tool/history_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "command_line.hpp"
#include "files/read.hpp"
#include "text/ascii.hpp"

namespace mtasts::tool {
namespace {

// 100,000 domains write 15 MB a year if each changes once.
constexpr std::size_t k_max_octets = std::size_t{1} << 30U;
constexpr std::size_t k_most_said = 10;

}  // namespace

Result<Histories> read_histories(const std::vector<std::string>& files) {
  Histories all;
  for (const std::string& file : files) {
    const Result<std::string> text =
        file == "-" ? files::read_standard_input(k_max_octets)
                    : files::read_stream(file, k_max_octets);
    if (!text) {
      return fail(
          fmt::format("history {}: {}", in_quotes(file), text.error().message),
          text.error().hint);
    }
    std::string_view rest = *text;
    for (std::size_t number = 1; !rest.empty(); ++number) {
      const std::string_view line = text::take_until(rest, "\n");
      if (line.empty()) continue;
      Result<sts::HistoryLine> read = sts::parse_history_line(line);
      if (read) {
        all.lines.push_back(*std::move(read));
      } else {
        all.bad.push_back({file, number, read.error().message});
      }
    }
  }
  return all;
}

void warn_of(const std::vector<BadLine>& bad) {
  for (std::size_t i = 0; i < std::min(bad.size(), k_most_said); ++i) {
    print_message("warning",
                  fmt::format("{}:{}: the line is left out: {}", bad[i].file,
                              bad[i].number, bad[i].reason));
  }
  if (bad.size() > k_most_said) {
    print_message("warning", fmt::format("{} more lines are left out",
                                         bad.size() - k_most_said));
  }
}

}  // namespace mtasts::tool
