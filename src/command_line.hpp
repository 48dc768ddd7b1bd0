// SPDX-License-Identifier: MIT
// How both programs are told what to do, and how they say what came of it:
// commands and options, exit statuses, results on standard output, messages on
// standard error. For cli/ and tool/ alone. CLI11 enters here: it knows how a
// command line is taken apart, the commands know what stands on it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostic.hpp"
#include "result.hpp"

namespace mtasts {

/// Also listed in both manual pages, EXIT STATUS. Two are for mta-sts alone:
/// `untested`, something could not be looked at, and nothing worse was found;
/// and `later`, EX_TEMPFAIL of sysexits.h, for a mail server to try again.
enum class Exit { good = 0, fault = 1, usage = 2, untested = 3, later = 75 };

class Arguments;
struct Program;

/// A command, as the file that does its work defines it.
struct Command {
  std::string_view usage;  // its name and words: "render DOMAIN"
  std::string_view about;  // one line of the list of commands
  Exit (*run)(Arguments& arguments) = nullptr;
  std::string_view options = {};  // its lines of the help, if it has any
  /// In place of `run`: commands that are named behind this one, with a help of
  /// their own.
  const Program* family = nullptr;
};

/// A program, or a family of commands, as --help shows it.
struct Program {
  std::string_view name;    // "mta-sts", "mta-sts reports"
  std::string_view about;   // lines
  std::string_view ending;  // one line
  std::span<const Command* const> commands;
};

/// Runs the command that the command line names; the exit status.
int run(const Program& program, int argc, const char* const* argv);

/// The command line. A command declares which options and words it takes, each
/// with the variable that has its default and gets its value, and reads them:
///
///   bool strict = false;
///   arguments.add_flag("--strict", strict);
///   if (const std::optional<Exit> end = arguments.read()) return *end;
///
/// A name without dashes is that of a word. -c, -h and -V are always there.
class Arguments {
 public:
  /// All of it has to outlive this.
  Arguments(const Program& program, int argc, const char* const* argv);
  ~Arguments();
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  /// Null when none is named.
  const Command* command() const;

  void add_flag(const std::string& name, bool& given);
  void add_option(const std::string& name, std::optional<std::string>& value);
  void add_required(const std::string& name, std::string& value);
  void add_choice(const std::string& name, std::string& value,
                  const std::vector<std::string>& choices);
  /// From 0 to `most`.
  void add_number(const std::string& name, std::optional<std::uint32_t>& value,
                  std::int32_t most);
  /// Given any number of times, with one value each time.
  void add_list(const std::string& name, std::vector<std::string>& values);
  void add_words(const std::string& name, std::vector<std::string>& words,
                 std::optional<int> most = std::nullopt);

  /// Nothing if all is well. Else the program is at its end: what was asked
  /// for, or what is wrong, has been printed.
  std::optional<Exit> read();

  /// The path of the configuration, from -c, $MTA_STSD_CONFIG or built in; "-"
  /// is standard input. Known once it has been read.
  const std::string& config() const { return config_; }
  /// It is the one that is built in.
  bool is_default_config() const;

 private:
  struct Parser;

  const Program* program_;  // or the family that is named
  const std::unique_ptr<Parser> parser_;
  std::string config_;
  bool help_ = false;
  bool version_ = false;
};

/// Writes `text` to standard output at once; false when it can't.
bool print(std::string_view text);

/// Writes findings to standard error, as people read them:
///   PROGRAM: error: FILE:LINE:COLUMN: MESSAGE [ID]
///   PROGRAM: hint: HINT
void print_diagnostics(const Diagnostics& diagnostics);

/// Writes "PROGRAM: KIND: MESSAGE" to standard error and, if there is one, the
/// hint, each on one line, with nothing in it that would steer a terminal.
void print_message(std::string_view kind, const std::string& message,
                   const std::string& hint = {});
/// The same of the kind "error".
void print_error(const Error& error);
void print_error(const std::string& message, const std::string& hint = {});
/// The same for a command that comes to its end by it.
Exit fault(const Error& error);
/// An error whose hint is to read the help.
Exit print_usage_error(const std::string& message);

}  // namespace mtasts
