// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/cli.hpp"
#include "config/policy_lint.hpp"
#include "config/read_policy.hpp"
#include "config/write_policy.hpp"
#include "dns/tag_list.hpp"
#include "files/read.hpp"
#include "publish/publication.hpp"
#include "publish/records.hpp"
#include "sts/mend_policy.hpp"
#include "sts/policy_reading.hpp"
#include "sts/txt_record.hpp"
#include "tlsrpt/txt_record.hpp"

namespace mtasts::cli {
namespace {

struct Options {
  std::string domain;
  std::optional<std::string> file;
  bool mend = false;
  std::optional<std::string> tls_rpt;
};

std::optional<dns::Name> parse_domain(const std::string& text) {
  Result<dns::Name> domain = config::parse_policy_domain(text);
  if (domain) return *std::move(domain);
  print_error(about_value("domain", text, domain.error()));
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
    } else if (record->find("\\;") != std::string::npos) {
      hint = "leave out the backslashes that dig prints";
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
    print_message(
        "warning",
        fmt::format("--tls-rpt: {} is left out: {}",
                    in_quotes(fmt::format("{}={}", tag.first, tag.second)),
                    tag.first == "rua"
                        ? "of two rua the first counts; put all URIs "
                          "into one, with commas between"
                        : "only rua is known (RFC 8460, 3)"));
  }
  for (const tlsrpt::ReportUri& uri : *parsed) {
    if (std::ranges::find(rua, uri) == rua.end()) rua.push_back(uri);
  }
  return rua;
}

std::string format_line(const std::string& file, std::size_t line) {
  return line == 0 ? file : fmt::format("{}:{}", file, line);
}

void print_deviation(const std::string& file, const sts::Deviation& one) {
  const std::string message =
      fmt::format("{}: {}", format_line(file, one.line), one.error.message);
  print_message(one.gravity == sts::Gravity::fatal ? "error" : "warning",
                message, one.error.hint);
}

/// The text of `file`; nothing after an error.
std::optional<std::string> read_text(const std::string& file,
                                     const std::string& domain) {
  Result<std::string> text =
      file == "-" ? files::read_standard_input(sts::k_max_fetched_octets)
                  : files::read_file(file, sts::k_max_fetched_octets);
  if (text) return *std::move(text);
  const bool is_url = file.find("://") != std::string::npos;
  print_error(
      is_url ? fmt::format("{}: is a URL, not a file", file)
             : fmt::format("{}: can't be read: {}",
                           file == "-" ? "<standard input>" : file,
                           text.error().message),
      is_url ? fmt::format("fetch it: curl -sS '{}' | mta-stsd import --domain "
                           "{}",
                           file, domain)
             : "a policy is a regular file, or standard input, of 64 KiB at "
               "most (RFC 8461, 3.3)");
  return std::nullopt;
}

/// The policy in `options.file`; nothing after an error. Deviations and what
/// was mended are printed.
std::optional<sts::Policy> read_policy(const Options& options) {
  const std::string file = options.file.value_or("-");
  const std::string shown = file == "-" ? "<standard input>" : file;
  const std::optional<std::string> text = read_text(file, options.domain);
  if (!text) return std::nullopt;
  sts::PolicyReading reading = sts::read_policy(*text);
  bool can_be_mended = false;
  if (!reading.policy) {
    sts::MendedPolicy mended = sts::mend_policy(*text);
    can_be_mended = mended.reading.policy.has_value();
    if (options.mend) {
      for (const sts::Mending& one : mended.mendings) {
        print_message(
            "mended",
            fmt::format("{}: {}", format_line(shown, one.line), one.done));
      }
      reading = std::move(mended.reading);
    }
  }
  for (const sts::Deviation& one : reading.deviations) {
    print_deviation(shown, one);
  }
  if (reading.policy) return std::move(reading.policy);
  print_error(
      fmt::format("{}: is no policy to senders", shown),
      can_be_mended
          ? "to them the domain has no MTA-STS (RFC 8461, 3.3), but its "
            "meaning is plain: import --mend reads it"
          : "to them the domain has no MTA-STS (RFC 8461, 3.3); mend the "
            "text and import it again");
  return std::nullopt;
}

/// What check will say of the names in the table.
void print_findings(const publish::Publication& entry) {
  for (const Diagnostic& one : config::lint_names(entry)) {
    print_message("warning", fmt::format("{} [{}]", one.message, one.id),
                  one.hint);
  }
}

/// Comments that say what the table is for and which records change with it.
std::string format_head(const publish::Publication& entry,
                        const std::optional<std::string>& tls_rpt) {
  const std::string_view domain = *entry.domains().begin();
  const std::string_view id = entry.id();
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
  if (!entry.has_tls_rpt()) {
    return text + fmt::format(
                      "# _smtp._tls.{}, if there is one, is not among it: see "
                      "--tls-rpt.\n",
                      domain);
  }
  const std::string record = tlsrpt::format_txt_record(entry.tls_rpt());
  if (!publish::find_difference(publish::Purpose::tls_rpt, *tls_rpt, record)) {
    return text + fmt::format("# _smtp._tls.{} stays as it is.\n", domain);
  }
  return text + fmt::format("#      _smtp._tls.{}  TXT  {}\n", domain, record);
}

Exit import_policy(Arguments& arguments) {
  Options options;
  arguments.add_required("--domain", options.domain);
  arguments.add_flag("--mend", options.mend);
  arguments.add_option("--tls-rpt", options.tls_rpt);
  arguments.add_option("file", options.file);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  const std::optional<dns::Name> domain = parse_domain(options.domain);
  if (!domain) return Exit::fault;
  const std::optional<std::vector<tlsrpt::ReportUri>> rua =
      parse_tls_rpt(options.tls_rpt);
  if (!rua) return Exit::fault;
  const std::optional<sts::Policy> policy = read_policy(options);
  if (!policy) return Exit::fault;
  const publish::Publication entry({*domain}, *policy, *rua, {});
  print_findings(entry);
  const bool printed = print(format_head(entry, options.tls_rpt) +
                             config::format_policy_table(entry));
  return printed ? Exit::good : Exit::fault;
}

}  // namespace

const Command k_import = {
    .usage = "import [FILE]",
    .about = "turn an mta-sts.txt into the TOML that serves the same",
    .run = import_policy,
    .options =
        R"(  --domain DOMAIN     whose policy it is
  --mend              read a text that senders refuse as what is plainly meant
  --tls-rpt TEXT      the TXT record at _smtp._tls.DOMAIN, to take it along
)"};

}  // namespace mtasts::cli
