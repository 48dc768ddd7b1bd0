// SPDX-License-Identifier: MIT
#include "script.hpp"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <utility>

namespace mtasts::scenario {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::pair<std::string_view, milliseconds>, 5> k_units = {
    {{"millisecond", milliseconds(1)},
     {"second", std::chrono::seconds(1)},
     {"minute", std::chrono::minutes(1)},
     {"hour", std::chrono::hours(1)},
     {"day", std::chrono::days(1)}}};

/// What follows "  |" or "  >": nothing, or a space and the rest.
std::string read_rest(std::string_view line, std::size_t number) {
  line.remove_prefix(3);
  if (line.empty()) return {};
  if (line.front() != ' ') {
    throw Fault{number, "a space has to follow \"|\" or \">\""};
  }
  return std::string(line.substr(1));
}

void add_line(Step& step, std::string_view line, std::size_t number) {
  const std::string rest = read_rest(line, number);
  if (line[2] == '>') {
    step.wants.push_back(rest);
    return;
  }
  if (!step.wants.empty()) {
    throw Fault{number, "\"|\" stands before \">\""};
  }
  step.has_content = true;
  step.content += rest + '\n';
  step.end = number;
}

}  // namespace

std::vector<Step> read_steps(std::string_view text) {
  std::vector<Step> steps;
  bool is_open = false;  // a line may belong to the last step
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const bool is_part = line.starts_with("  |") || line.starts_with("  >");
    if (is_part && !is_open) {
      throw Fault{number, "this line belongs to no command"};
    }
    if (is_part) {
      add_line(steps.back(), line, number);
    } else if (line.empty() || line.front() == '#') {
      is_open = false;
    } else if (line.front() == ' ' || line.front() == '\t') {
      throw Fault{number,
                  "a command starts the line; \"  | \" and \"  > \" are what "
                  "belongs to it"};
    } else {
      Step& step = steps.emplace_back();
      step.line = step.end = number;
      step.text = line;
      is_open = true;
    }
  }
  return steps;
}

Words::Words(const Step& step) : line_(step.line) {
  for (std::string_view rest = step.text; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    if (word.empty()) fail("two spaces in a row, or one at the end");
    words_.emplace_back(word);
    rest.remove_prefix(word.size());
    if (rest == " ") fail("two spaces in a row, or one at the end");
    if (!rest.empty()) rest.remove_prefix(1);
  }
}

void Words::fail(std::string message) const {
  throw Fault{line_, std::move(message)};
}

bool Words::take_if(std::string_view word) {
  if (empty() || words_[next_] != word) return false;
  ++next_;
  return true;
}

std::string Words::take(std::string_view what) {
  if (empty()) fail(fmt::format("{} is missing", what));
  return words_[next_++];
}

void Words::expect(std::string_view word) {
  if (take_if(word)) return;
  fail(empty() ? fmt::format("\"{}\" is missing", word)
               : fmt::format("\"{}\" stands where \"{}\" has to", words_[next_],
                             word));
}

long Words::take_number(std::string_view what) {
  const std::string word = take(what);
  long number = 0;
  const auto [end, error] =
      std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc{} || end != word.data() + word.size()) {
    fail(fmt::format("\"{}\" is no number", word));
  }
  return number;
}

milliseconds Words::take_duration() {
  const long number = take_number("a number");
  const std::string unit = take("a unit");
  for (const auto& [name, unit_time] : k_units) {
    const bool is_one = number == 1 || number == -1;
    if (unit == (is_one ? std::string(name) : std::string(name) + 's')) {
      return number * unit_time;
    }
  }
  fail(fmt::format("\"{} {}\" is no duration", number, unit));
}

std::chrono::sys_seconds Words::take_time() {
  const std::string word = take("a time");
  std::tm parts{};
  const char* end = ::strptime(word.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (end == nullptr || *end != '\0') {
    fail(fmt::format("\"{}\" is no time such as 2027-01-31T23:59:59Z", word));
  }
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
}

std::vector<std::string> Words::take_all(std::string_view what) {
  std::vector<std::string> all = {take(what)};
  while (!empty()) all.push_back(words_[next_++]);
  return all;
}

void Words::end() const {
  if (!empty()) fail(fmt::format("unknown word \"{}\"", words_[next_]));
}

}  // namespace mtasts::scenario
