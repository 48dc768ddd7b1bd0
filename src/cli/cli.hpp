// SPDX-License-Identifier: MIT
// The command line: one table of commands, each in a file of its own. Only
// this folder writes to standard output, and only results.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostic.hpp"
#include "log.hpp"

namespace mtasts::cli {

/// Also listed in mta-stsd(8), EXIT STATUS.
enum class Exit { good = 0, fault = 1, usage = 2 };

/// Everything that can be said on the command line.
struct Options {
  std::string config;
  // serve
  bool allow_example = false;
  bool allow_plain_http = false;
  log::Format log_format = log::Format::text;
  log::Level log_level = log::Level::info;
  // check
  bool strict = false;
  bool policies_only = false;
  // records
  std::string format;  // empty: plain on a terminal, else zone
  std::optional<std::uint32_t> ttl;
  std::string only;  // empty: all
  std::vector<std::string> addresses;
  std::optional<std::string> delegate_to;
  std::optional<std::string> diff;  // a file
  // import
  std::string domain;
  std::string file = "-";
  std::optional<std::string> tls_rpt;
  bool mend = false;
  // render
  std::optional<std::string> output;
  // status
  std::string status_format = "table";
  // records, render, status
  std::vector<std::string> domains;
};

int run(int argc, const char* const* argv);

Exit check(const Options& options);
Exit health(const Options& options);
Exit import_policy(const Options& options);
Exit records(const Options& options);
Exit render(const Options& options);
Exit serve(const Options& options);
Exit status(const Options& options);

/// Writes `text` to standard output at once; false when it can't.
bool print(const std::string& text);

/// Writes findings to standard error, as people read them.
void print_diagnostics(const Diagnostics& diagnostics);

/// Writes "mta-stsd: KIND: MESSAGE" to standard error and, if there is one, the
/// hint, each on one line, with nothing in it that would steer a terminal.
void print_message(std::string_view kind, const std::string& message,
                   const std::string& hint = {});
/// The same of the kind "error".
void print_error(const std::string& message, const std::string& hint = {});

}  // namespace mtasts::cli
