// SPDX-License-Identifier: MIT
#include "command_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <new>

#include "log.hpp"
#include "text/ascii.hpp"

namespace mtasts {
namespace {

constexpr std::string_view k_default_config = "/etc/mta-stsd/mta-stsd.toml";

constexpr std::string_view k_common_options =
    R"(  -c, --config FILE   the configuration; "-" is standard input
                      (default: $MTA_STSD_CONFIG, else
                      /etc/mta-stsd/mta-stsd.toml)
  -h, --help          print this
  -V, --version       print the version
)";

/// Whose messages they are. Set once, before any is written.
std::string_view program_name;
/// The same, or the family of commands that is named: whose help tells more.
std::string_view help_name;

std::string default_config() {
  const char* path = std::getenv("MTA_STSD_CONFIG");
  return path == nullptr || *path == '\0' ? std::string(k_default_config)
                                          : std::string(path);
}

std::string name_of(const Command& command) {
  return std::string(command.usage.substr(0, command.usage.find(' ')));
}

std::string format_help(const Program& program) {
  std::string list;
  std::string options;
  for (const Command* one : program.commands) {
    list += fmt::format("  {:<18}  {}\n", one->usage, one->about);
    if (one->options.empty()) continue;
    options += fmt::format("{}:\n{}", name_of(*one), one->options);
  }
  return fmt::format(
      "usage: {} [-c FILE] COMMAND [OPTIONS]\n\n{}\ncommands:\n{}\noptions:\n"
      "{}\n{}{}{}\n",
      program.name, program.about,
      list.empty() ? "  (none in this version)\n" : list, k_common_options,
      options, options.empty() ? "" : "\n", program.ending);
}

std::string describe(const CLI::App& app, const Command* command,
                     const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) {
    return error.what();
  }
  std::string words;
  for (const std::string& word : app.remaining(true)) {
    words += (words.empty() ? "" : " ") + in_quotes(word);
  }
  return command == nullptr ? fmt::format("unknown command or option {}", words)
                            : fmt::format("unknown argument {}", words);
}

/// Writes `text` to standard error, the program's name before each line.
void print_lines(std::string_view text) {
  while (!text.empty()) {
    fmt::print(stderr, "{}: {}\n", program_name, text::take_until(text, "\n"));
  }
}

/// Nothing could go on without memory, and who supervises it starts it again.
[[noreturn]] void end_without_memory() {
  fmt::memory_buffer line;  // which has room for it
  fmt::format_to(std::back_inserter(line), "{}: error: out of memory\n",
                 program_name);
  log::write_at_once(STDERR_FILENO, {line.data(), line.size()});
  ::_exit(static_cast<int>(Exit::fault));
}

}  // namespace

struct Arguments::Parser {
  int argc;
  const char* const* argv;
  CLI::App app{};
  const Command* command = nullptr;
  CLI::App* given = nullptr;  // what is declared for it
};

Arguments::Arguments(const Program& program, int argc, const char* const* argv)
    : program_(&program), parser_(new Parser{argc, argv}) {
  const auto declare = [this](const auto& self, CLI::App& app,
                              const Program* family) -> void {
    app.set_help_flag();
    app.add_option("-c,--config", config_);
    app.add_flag("-h,--help", help_);
    app.add_flag("-V,--version", version_);
    if (family == nullptr) return;
    app.require_subcommand(0, 1);
    for (const Command* one : family->commands) {
      self(self, *app.add_subcommand(name_of(*one)), one->family);
    }
  };
  declare(declare, parser_->app, program_);
  // Which command it is can be told before its options are known; read() tells
  // what is wrong.
  try {
    parser_->app.parse(argc, argv);
  } catch (const CLI::ParseError&) {
  }
  parser_->given = &parser_->app;
  for (const Program* family = program_; family != nullptr;) {
    program_ = family;
    family = nullptr;
    for (const Command* one : program_->commands) {
      if (!parser_->given->got_subcommand(name_of(*one))) continue;
      parser_->given = parser_->given->get_subcommand(name_of(*one));
      family = one->family;
      if (family == nullptr) parser_->command = one;
      break;
    }
  }
  help_name = program_->name;
}

Arguments::~Arguments() = default;

const Command* Arguments::command() const { return parser_->command; }

void Arguments::add_flag(const std::string& name, bool& given) {
  parser_->given->add_flag(name, given);
}

void Arguments::add_option(const std::string& name,
                           std::optional<std::string>& value) {
  parser_->given->add_option(name, value);
}

void Arguments::add_required(const std::string& name, std::string& value) {
  parser_->given->add_option(name, value)->required();
}

void Arguments::add_choice(const std::string& name, std::string& value,
                           const std::vector<std::string>& choices) {
  parser_->given->add_option(name, value)->check(CLI::IsMember(choices));
}

void Arguments::add_number(const std::string& name,
                           std::optional<std::uint32_t>& value,
                           std::int32_t most) {
  parser_->given->add_option(name, value)->check(CLI::Range(0, most));
}

void Arguments::add_list(const std::string& name,
                         std::vector<std::string>& values) {
  // Words may follow.
  parser_->given->add_option(name, values)->allow_extra_args(false);
}

void Arguments::add_words(const std::string& name,
                          std::vector<std::string>& words,
                          std::optional<int> most) {
  CLI::Option* option = parser_->given->add_option(name, words);
  if (most) option->expected(0, *most);
}

bool Arguments::is_default_config() const {
  return config_ == k_default_config;
}

std::optional<Exit> Arguments::read() {
  config_ = default_config();
  help_ = version_ = false;
  try {
    parser_->app.parse(parser_->argc, parser_->argv);
  } catch (const CLI::ParseError& error) {
    // Help wins over what is missing beside it.
    if (!help_ && !version_) {
      return print_usage_error(describe(parser_->app, parser_->command, error));
    }
  }
  if (!help_ && !version_) return std::nullopt;
  const std::string text =
      help_ ? format_help(*program_)
            : fmt::format("{} " MTASTSD_VERSION "\n", program_name);
  return print(text) ? Exit::good : Exit::fault;
}

int run(const Program& program, int argc, const char* const* argv) {
  program_name = program.name;
  std::set_new_handler(end_without_memory);
  Arguments arguments(program, argc, argv);
  if (const Command* command = arguments.command()) {
    return static_cast<int>(command->run(arguments));
  }
  const std::optional<Exit> end = arguments.read();
  return static_cast<int>(end ? *end
                              : print_usage_error("no command is given"));
}

bool print(std::string_view text) {
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return std::fflush(stdout) == 0 && written;
}

void print_diagnostics(const Diagnostics& diagnostics) {
  for (const Diagnostic& one : diagnostics) print_lines(format_diagnostic(one));
}

void print_message(std::string_view kind, const std::string& message,
                   const std::string& hint) {
  std::string text = fmt::format("{}: {}\n", kind, printable(message));
  if (!hint.empty()) text += fmt::format("hint: {}\n", printable(hint));
  print_lines(text);
}

void print_error(const Error& error) { print_error(error.message, error.hint); }

void print_error(const std::string& message, const std::string& hint) {
  print_message("error", message, hint);
}

Exit fault(const Error& error) {
  print_error(error);
  return Exit::fault;
}

Exit print_usage_error(const std::string& message) {
  print_error(message, fmt::format("see {} --help", help_name));
  return Exit::usage;
}

}  // namespace mtasts
