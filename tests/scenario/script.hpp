// SPDX-License-Identifier: MIT
// The text of a scenario as steps, each with its line: strict, so that a word
// that nobody reads never looks like a test. README.md has the grammar.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mtasts::scenario {

/// What is wrong with the scenario itself; thrown.
struct Fault {
  std::size_t line;  // from 1; 0: the whole file
  std::string message;
};

struct Step {
  std::size_t line = 0;
  std::string text;                // the command as it stands there
  std::string content;             // of its lines with "|"
  bool has_content = false;        // there may be none, but for a "|"
  std::size_t end = 0;             // the last line but for those with ">"
  std::vector<std::string> wants;  // its lines with ">"
};

/// Throws Fault for a line that belongs to no command.
std::vector<Step> read_steps(std::string_view text);

/// The words of a command, taken from left to right. What can't be taken is
/// thrown as a Fault.
class Words {
 public:
  explicit Words(const Step& step);

  bool empty() const { return next_ == words_.size(); }
  /// Takes the next word if it is `word`.
  bool take_if(std::string_view word);
  /// `what` it stands for is told if there is none.
  std::string take(std::string_view what);
  void expect(std::string_view word);
  long take_number(std::string_view what);
  /// "100 milliseconds", "1 minute", "-3 days".
  std::chrono::milliseconds take_duration();
  /// "2027-01-31T23:59:59Z"
  std::chrono::sys_seconds take_time();
  /// All that is left, one at least.
  std::vector<std::string> take_all(std::string_view what);
  /// Nothing may follow.
  void end() const;

  [[noreturn]] void fail(std::string message) const;

 private:
  std::size_t line_;
  std::vector<std::string> words_;
  std::size_t next_ = 0;
};

}  // namespace mtasts::scenario
