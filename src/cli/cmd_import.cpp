// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/cli.hpp"
#include "config/read_policy.hpp"
#include "config/write_policy.hpp"
#include "dns/tag_list.hpp"
#include "file.hpp"
#include "server/records.hpp"
#include "sts/policy_reading.hpp"
#include "sts/txt_record.hpp"
#include "tlsrpt/txt_record.hpp"

namespace mtasts::cli {
namespace {

std::optional<dns::Name> parse_domain(const std::string& text) {
  Result<dns::Name> domain = config::parse_policy_domain(text);
  if (domain) return *std::move(domain);
  print_error(
      fmt::format("domain {} {}", in_quotes(text), domain.error().message),
      domain.error().hint);
  return std::nullopt;
}

/// Where the reports go by the record at _smtp._tls, each place once; nothing
/// after an error.
std::optional<std::vector<tlsrpt::ReportUri>> parse_tls_rpt(
    const std::optional<std::string>& record) {
  std::vector<tlsrpt::ReportUri> rua;
  if (!record) return rua;
  const Result<std::vector<tlsrpt::ReportUri>> parsed =
      tlsrpt::parse_txt_record(*record);
  if (!parsed) {
    std::string hint = parsed.error().hint;
    if (record->starts_with('"')) {
      hint = "leave out the quotation marks that dig prints";
    } else if (hint.empty()) {
      hint = "\"v=TLSRPTv1; rua=mailto:tls-reports@example.net\" (RFC 8460, 3)";
    }
    print_error(fmt::format("--tls-rpt {} {}", in_quotes(*record),
                            parsed.error().message),
                hint);
    return std::nullopt;
  }
  const auto tags = dns::parse_tag_list(*record, "v=TLSRPTv1", "rua");
  bool has_rua = false;
  for (const dns::Tag& tag : *tags) {
    if (tag.first == "rua" && !std::exchange(has_rua, true)) continue;
    fmt::print(stderr, "mta-stsd: warning: --tls-rpt: {} is left out: {}\n",
               in_quotes(fmt::format("{}={}", tag.first, tag.second)),
               tag.first == "rua" ? "of two rua the first counts; put all URIs "
                                    "into one, with commas between"
                                  : "only rua is known (RFC 8460, 3)");
  }
  for (const tlsrpt::ReportUri& uri : *parsed) {
    if (std::find(rua.begin(), rua.end(), uri) == rua.end()) rua.push_back(uri);
  }
  return rua;
}

void print_deviation(const std::string& file, const sts::Deviation& one) {
  fmt::print(stderr, "mta-stsd: {}: {}{}: {}\nmta-stsd: hint: {}\n",
             one.gravity == sts::Gravity::fatal ? "error" : "warning", file,
             one.line == 0 ? std::string{} : fmt::format(":{}", one.line),
             one.error.message, one.error.hint);
}

/// The policy in `file`; nothing after an error. Deviations are printed.
std::optional<sts::Policy> read_policy(const std::string& file) {
  const bool is_stdin = file == "-";
  const std::string shown = is_stdin ? "<standard input>" : file;
  const Result<std::string> text =
      is_stdin ? read_standard_input(sts::k_max_fetched_octets)
               : read_file(file, sts::k_max_fetched_octets);
  if (!text) {
    print_error(
        fmt::format("{}: can't be read: {}", shown, text.error().message),
        "a policy is a regular file, or standard input, of 64 KiB at "
        "most (RFC 8461, 3.3)");
    return std::nullopt;
  }
  sts::PolicyReading reading = sts::read_policy(*text);
  for (const sts::Deviation& one : reading.deviations) {
    print_deviation(shown, one);
  }
  if (!reading.policy) {
    print_error(fmt::format("{}: is no policy to senders", shown),
                "to them the domain has no MTA-STS (RFC 8461, 3.3); mend the "
                "text and import it again");
  }
  return std::move(reading.policy);
}

/// Comments that say what the table is for and which records change with it.
std::string format_head(const config::PolicyEntry& entry,
                        const std::optional<std::string>& tls_rpt) {
  const std::string& domain = entry.domains.front().text();
  const std::string& id = entry.id;
  std::string text = fmt::format(
      "# The policy of {0}, imported. Its id is {1}.\n"
      "#\n"
      "# 1. Have a certificate for mta-sts.{0}, and look at it all with\n"
      "#    mta-stsd check.\n"
      "# 2. Let mta-sts.{0} lead to this server: A and AAAA, or CNAME.\n"
      "# 3. Once the policy comes from here, and not before (RFC 8461, 8.1),\n"
      "#    publish this record:\n"
      "#      _mta-sts.{0}  TXT  {2}\n",
      domain, id, sts::format_txt_record(id));
  if (entry.tls_rpt.empty()) {
    return text + fmt::format(
                      "# _smtp._tls.{}, if there is one, is not among it: see "
                      "--tls-rpt.\n",
                      domain);
  }
  const std::string record = tlsrpt::format_txt_record(entry.tls_rpt);
  if (!server::find_difference(dns::Purpose::tls_rpt, *tls_rpt, record)) {
    return text + fmt::format("# _smtp._tls.{} stays as it is.\n", domain);
  }
  return text + fmt::format("#      _smtp._tls.{}  TXT  {}\n", domain, record);
}

}  // namespace

Exit import_policy(const Options& options) {
  const std::optional<dns::Name> domain = parse_domain(options.domain);
  if (!domain) return Exit::fault;
  std::optional<std::vector<tlsrpt::ReportUri>> rua =
      parse_tls_rpt(options.tls_rpt);
  if (!rua) return Exit::fault;
  std::optional<sts::Policy> policy = read_policy(options.file);
  if (!policy) return Exit::fault;
  const config::PolicyEntry entry = config::make_policy_entry(
      {*domain}, *std::move(policy), *std::move(rua), {});
  const bool printed = print(format_head(entry, options.tls_rpt) +
                             config::format_policy_table(entry));
  return printed ? Exit::good : Exit::fault;
}

}  // namespace mtasts::cli
