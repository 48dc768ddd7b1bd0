// SPDX-License-Identifier: MIT
// What the command line of verify says, by itself and with the configuration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "command_line.hpp"
#include "config/config.hpp"
#include "diagnostic.hpp"
#include "result.hpp"
#include "verify/look.hpp"

namespace mtasts::tool {

struct VerifyOptions {
  std::string config = {};
  bool is_default_config = true;
  std::vector<std::string> domains = {};
  std::optional<std::string> list = {};  // a file of domains
  bool is_planned = false;
  std::optional<std::string> connect_to = {};
  std::vector<std::string> dns = {};
  bool trusts_ad = false;
  bool has_authoritative = false;  // was asked for
  bool has_no_authoritative = false;
  bool has_no_smtp = false;
  bool has_nameless = false;
  std::optional<std::string> helo = {};
  std::optional<std::string> ca = {};
  bool allow_private = false;
  std::optional<std::string> timeout = {};
  std::optional<std::uint32_t> jobs = {};
  std::string fail_on = "error";
  std::string format = "text";
  std::optional<std::string> resume = {};
  std::optional<std::string> facts = {};
};

/// Its lines of the help.
constexpr std::string_view k_verify_help =
    R"(  --planned           before they are published: take records and policy from
                      the configuration
  --connect-to ADDRESS
                      fetch the policy there and not from the policy host
  --domains FILE      domains, one a line ("-": standard input)
  --dns ADDRESS       a resolver (default: those of /etc/resolv.conf)
  --trust-ad          believe a resolver on another machine what is signed
  --authoritative     ask each name server of the zone, too (the default)
  --no-authoritative  don't
  --no-smtp           don't connect to mail servers
  --without-sni       connect to them once more, without a name
  --helo NAME         our name in EHLO (default: that of this machine)
  --ca FILE           trusted roots (default: those of the system)
  --allow-private     ask addresses that are not public, too
  --timeout TIME      of one conversation (default: 60s)
  --jobs NUMBER       domains at a time, 1 to 256 (default: 32)
  --format FORM       text, json, jsonl or prometheus (default: text)
  --fail-on SEVERITY  note, warning or error (default): exit status 1
  --resume FILE       append JSON lines to FILE, skip the domains it has
  --facts FILE        judge what --format json or jsonl has printed ("-":
                      standard input)
)";

void declare(Arguments& arguments, VerifyOptions& options);

/// What is wrong with them together, in one sentence.
std::optional<std::string> find_misuse(const VerifyOptions& options);

/// How to look: options first, then the table [verify], then this machine.
Result<verify::LookOptions> make_look_options(const VerifyOptions& options,
                                              const config::Verify& settings);

/// The domains that are named on the command line, or in the file of --domains;
/// none where nothing names one.
Result<std::vector<std::string>> read_domains(const VerifyOptions& options);

/// The least severity for which the exit status is 1.
Severity parse_fail_on(std::string_view text);

}  // namespace mtasts::tool
