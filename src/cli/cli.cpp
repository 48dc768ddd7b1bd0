// SPDX-License-Identifier: MIT
#include "cli/cli.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <new>
#include <string_view>

#include "log.hpp"
#include "publish/format.hpp"
#include "result.hpp"

namespace mtasts::cli {
namespace {

constexpr std::string_view k_default_config = "/etc/mta-stsd/mta-stsd.toml";

// Set by hand: a table of options is not what people look for.
constexpr std::string_view k_help =
    R"(usage: mta-stsd [-c FILE] COMMAND [OPTIONS]

Serves MTA-STS policies (RFC 8461) over HTTPS, and prints the DNS records
that go with them.

commands:
  serve               be the policy host, in the foreground
  check               read everything, report everything that is wrong
  records [DOMAIN..]  print the DNS records to publish
  render DOMAIN       print the exact bytes that are served
  import [FILE]       turn an mta-sts.txt into the TOML that serves the same
  health              ask the running server whether it is ready
  status [DOMAIN]     ask it what it serves, and who has fetched it

options:
  -c, --config FILE   the configuration; "-" is standard input
                      (default: $MTA_STSD_CONFIG, else
                      /etc/mta-stsd/mta-stsd.toml)
  -h, --help          print this
  -V, --version       print the version

serve:
  --allow-example     serve placeholder names such as example.com in public
  --allow-plain-http  listen without TLS beyond this machine, for a proxy
  --log-format FORM   text or json (default: text)
  --log-level LEVEL   debug, info, warning or error (default: info)
check:
  --format FORM       text or json (default: text)
  --policies-only     leave certificates and listeners out
  --strict            exit 1 on warnings too
records:
  --format FORM       {}
                      (default: plain on a terminal, else zone)
  --ttl SECONDS       the same for all (default: 300, mode enforce: 3600)
  --only PART         mta-sts, tls-rpt or host
  --address TARGET    also where the policy host is: an address, given once
                      or more, or the name for a CNAME
  --delegate-to NAME  CNAMEs to the records of this provider, and its own
  --diff FILE         compare with a zone file or dig output ("-": standard
                      input), print what to add, change and delete
render:
  --output DIR        write DIR/mta-sts.DOMAIN/.well-known/mta-sts.txt, of all
                      domains unless some are named
import:
  --domain DOMAIN     whose policy it is
  --mend              read a text that senders refuse as what is plainly meant
  --tls-rpt TEXT      the TXT record at _smtp._tls.DOMAIN, to take it along
status:
  --format FORM       table or json (default: table)

Exit status: 0 good, 1 fault or finding, 2 wrong usage. See mta-stsd(8).
)";

/// The names of the forms, as far as they fit beside each other.
std::string list_formats() {
  constexpr std::size_t k_width = 56;
  std::string text;
  std::size_t column = 0;
  for (const publish::Format& one : publish::formats()) {
    if (!text.empty()) text += ',';
    if (column + one.name.size() > k_width) {
      text += "\n                      ";
      column = 0;
    } else if (!text.empty()) {
      text += ' ';
    }
    text += one.name;
    column += one.name.size() + 2;
  }
  return text;
}

std::string default_config() {
  const char* path = std::getenv("MTA_STSD_CONFIG");
  return path == nullptr || *path == '\0' ? std::string(k_default_config)
                                          : std::string(path);
}

struct Command {
  const char* name;
  Exit (*run)(const Options&);
  void (*declare)(CLI::App&, Options&);
};

void declare_serve(CLI::App& app, Options& options) {
  static const std::map<std::string, log::Format> k_formats = {
      {"text", log::Format::text}, {"json", log::Format::json}};
  static const std::map<std::string, log::Level> k_levels = {
      {"debug", log::Level::debug},
      {"info", log::Level::info},
      {"warning", log::Level::warning},
      {"error", log::Level::error}};
  app.add_flag("--allow-example", options.allow_example);
  app.add_flag("--allow-plain-http", options.allow_plain_http);
  app.add_option_function<std::string>("--log-format",
                                       [&options](const std::string& text) {
                                         options.log_format =
                                             k_formats.at(text);
                                       })
      ->check(CLI::IsMember({"text", "json"}));
  app.add_option_function<std::string>("--log-level",
                                       [&options](const std::string& text) {
                                         options.log_level = k_levels.at(text);
                                       })
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
}

void declare_check(CLI::App& app, Options& options) {
  app.add_option("--format", options.format)
      ->check(CLI::IsMember({"text", "json"}));
  app.add_flag("--strict", options.strict);
  app.add_flag("--policies-only", options.policies_only);
}

void declare_records(CLI::App& app, Options& options) {
  std::vector<std::string> names;
  for (const publish::Format& one : publish::formats())
    names.emplace_back(one.name);
  app.add_option("--format", options.format)->check(CLI::IsMember(names));
  // RFC 2181, 8: a TTL has 31 bits.
  app.add_option("--ttl", options.ttl)->check(CLI::Range(0, 2147483647));
  app.add_option("--only", options.only)
      ->check(CLI::IsMember({"mta-sts", "tls-rpt", "host"}));
  // One value each time: domains may follow.
  app.add_option("--address", options.addresses)->allow_extra_args(false);
  app.add_option("--delegate-to", options.delegate_to);
  app.add_option("--diff", options.diff);
  app.add_option("domain", options.domains);
}

void declare_render(CLI::App& app, Options& options) {
  app.add_option("--output", options.output);
  app.add_option("domain", options.domains);
}

void declare_import(CLI::App& app, Options& options) {
  app.add_option("--domain", options.domain)->required();
  app.add_flag("--mend", options.mend);
  app.add_option("--tls-rpt", options.tls_rpt);
  app.add_option("file", options.file);
}

void declare_health(CLI::App&, Options&) {}

void declare_status(CLI::App& app, Options& options) {
  app.add_option("--format", options.status_format)
      ->check(CLI::IsMember({"table", "json"}));
  app.add_option("domain", options.domains)->expected(0, 1);
}

constexpr std::array<Command, 7> k_commands = {{
    {"check", check, declare_check},
    {"health", health, declare_health},
    {"import", import_policy, declare_import},
    {"records", records, declare_records},
    {"render", render, declare_render},
    {"serve", serve, declare_serve},
    {"status", status, declare_status},
}};

std::string describe(const CLI::App& app, const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) {
    return error.what();
  }
  std::string words;
  for (const std::string& word : app.remaining(true)) {
    words += (words.empty() ? "" : " ") + in_quotes(word);
  }
  return app.get_subcommands().empty()
             ? fmt::format("unknown command or option {}", words)
             : fmt::format("unknown argument {}", words);
}

Exit parse_and_run(int argc, const char* const* argv) {
  Options options;
  options.config = default_config();
  bool help = false;
  bool version = false;
  CLI::App app;
  app.set_help_flag();
  app.require_subcommand(0, 1);
  const auto declare_common = [&](CLI::App& one) {
    one.set_help_flag();
    one.add_option("-c,--config", options.config);
    one.add_flag("-h,--help", help);
    one.add_flag("-V,--version", version);
  };
  declare_common(app);
  for (const Command& command : k_commands) {
    CLI::App* sub = app.add_subcommand(command.name);
    declare_common(*sub);
    command.declare(*sub, options);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help wins over what is missing beside it.
    if (!help && !version) {
      print_error(describe(app, error), "see mta-stsd --help");
      return Exit::usage;
    }
  }
  if (help) {
    return print(fmt::format(k_help, list_formats())) ? Exit::good
                                                      : Exit::fault;
  }
  if (version) {
    return print("mta-stsd " MTASTSD_VERSION "\n") ? Exit::good : Exit::fault;
  }
  for (const Command& command : k_commands) {
    if (app.got_subcommand(command.name)) return command.run(options);
  }
  print_error("no command is given", "see mta-stsd --help");
  return Exit::usage;
}

/// Nothing could go on without memory, and who supervises it starts it again.
[[noreturn]] void end_without_memory() {
  log::write_at_once(STDERR_FILENO, "mta-stsd: error: out of memory\n");
  ::_exit(static_cast<int>(Exit::fault));
}

}  // namespace

bool print(const std::string& text) {
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return std::fflush(stdout) == 0 && written;
}

void print_diagnostics(const Diagnostics& diagnostics) {
  for (const Diagnostic& one : diagnostics) {
    fmt::print(stderr, "{}", format_diagnostic(one));
  }
}

void print_message(std::string_view kind, const std::string& message,
                   const std::string& hint) {
  fmt::print(stderr, "mta-stsd: {}: {}\n", kind, printable(message));
  if (hint.empty()) return;
  fmt::print(stderr, "mta-stsd: hint: {}\n", printable(hint));
}

void print_error(const std::string& message, const std::string& hint) {
  print_message("error", message, hint);
}

int run(int argc, const char* const* argv) {
  std::set_new_handler(end_without_memory);
  return static_cast<int>(parse_and_run(argc, argv));
}

}  // namespace mtasts::cli
