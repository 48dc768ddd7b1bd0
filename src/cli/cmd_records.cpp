// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "cli/cli.hpp"
#include "cli/domain_argument.hpp"
#include "files/read.hpp"
#include "publish/delegation.hpp"
#include "publish/diff.hpp"
#include "publish/format.hpp"
#include "publish/records.hpp"
#include "publish/sought.hpp"
#include "snapshot/snapshot.hpp"
#include "sts/policy_host.hpp"

namespace mtasts::cli {
namespace {

constexpr std::size_t k_max_diff_octets = std::size_t{64} << 20;

constexpr std::array<std::pair<std::string_view, publish::Purpose>, 3> k_parts =
    {{{"mta-sts", publish::Purpose::mta_sts},
      {"tls-rpt", publish::Purpose::tls_rpt},
      {"host", publish::Purpose::host}}};

struct Options {
  std::string config;
  std::string format;  // empty: plain on a terminal, else zone
  std::optional<std::uint32_t> ttl;
  std::string only;  // empty: all
  std::vector<std::string> addresses;
  std::optional<std::string> delegate_to;
  std::optional<std::string> diff;  // a file
  std::vector<std::string> domains;
};

/// What the options ask for, apart from domains.
struct Request {
  std::vector<dns::Target> targets;
  std::optional<dns::Name> provider;
  std::optional<publish::Purpose> only;
};

Result<std::vector<dns::Target>> parse_targets(
    const std::vector<std::string>& texts) {
  std::vector<dns::Target> targets;
  for (const std::string& text : texts) {
    Result<dns::Target> target = dns::parse_target(text);
    if (!target) {
      return fail(about_value("--address", text, target.error()));
    }
    if (std::ranges::find(targets, target->value, &dns::Target::value) ==
        targets.end()) {
      targets.push_back(*std::move(target));
    }
  }
  const bool has_name = std::ranges::find(targets, dns::Type::cname,
                                          &dns::Target::type) != targets.end();
  if (has_name && targets.size() > 1) {
    return fail("--address has a name and something else",
                "a CNAME stands alone (RFC 1034, 3.6.2): give one name, or "
                "addresses only");
  }
  return targets;
}

Result<dns::Name> parse_provider(const std::string& text) {
  Result<dns::Name> name = dns::Name::from_typed(text);
  if (!name) return fail(about_value("--delegate-to", text, name.error()));
  if (name->text().starts_with(sts::k_policy_host_prefix)) {
    return fail(
        fmt::format("--delegate-to {} is a policy host", in_quotes(text)),
        "name the provider's domain, without \"mta-sts.\"");
  }
  if (name->text().size() > publish::k_max_domain_octets) {
    return fail(fmt::format("--delegate-to {} has more than {} octets",
                            in_quotes(text), publish::k_max_domain_octets));
  }
  return name;
}

Result<Request> parse_request(const Options& options) {
  Request request;
  if (options.diff == "") return fail("--diff names no file");
  if (options.diff && !options.format.empty()) {
    return fail("--diff has no --format", "leave one of them out");
  }
  if (options.diff == "-" && options.config == "-") {
    return fail("--diff and --config can't both read standard input");
  }
  for (const auto& [name, purpose] : k_parts) {
    if (options.only == name) request.only = purpose;
  }
  if (options.only == "host" && options.addresses.empty() &&
      !options.delegate_to) {
    return fail("--only host does not say where the policy host is",
                "add --address or --delegate-to");
  }
  if (request.only && options.only != "host" && !options.addresses.empty()) {
    return fail(fmt::format("--only {} leaves --address out", options.only),
                "leave one of them out");
  }
  Result<std::vector<dns::Target>> targets = parse_targets(options.addresses);
  if (!targets) return fail(targets.error());
  request.targets = *std::move(targets);
  if (options.delegate_to) {
    Result<dns::Name> provider = parse_provider(*options.delegate_to);
    if (!provider) return fail(provider.error());
    request.provider = *std::move(provider);
  }
  return request;
}

/// The policy domains to print, with the provider if it is one.
std::optional<std::vector<std::string>> find_domains(const Options& options,
                                                     const config::Live& live,
                                                     const Request& request) {
  std::vector<std::string> domains;
  for (const std::string& text : options.domains) {
    const std::optional<std::string> domain = find_domain(live, text);
    if (!domain) return std::nullopt;
    domains.push_back(*domain);
  }
  if (domains.empty()) domains = snapshot::all_domains(live);
  if (request.provider &&
      live.find_domain(request.provider->text()) != nullptr) {
    domains.push_back(request.provider->text());
  }
  return domains;
}

Result<std::vector<publish::DomainRecords>> arrange(
    std::vector<publish::DomainRecords> all, const Request& request) {
  if (request.provider) {
    Result<std::vector<publish::DomainRecords>> delegated =
        publish::delegate(std::move(all), *request.provider);
    if (!delegated) return delegated;
    all = *std::move(delegated);
  }
  if (!request.targets.empty()) {
    const Result<void> added = publish::add_host_records(all, request.targets);
    if (!added) return fail(added.error());
  }
  return all;
}

Result<dns::Zone> read_zone(const std::string& text,
                            const std::vector<publish::DomainRecords>& wanted) {
  const bool alone = wanted.size() == 1;
  Result<dns::Zone> found = dns::read_zone(
      text, alone ? wanted.front().domain.text() : "", publish::k_sought);
  if (!found || alone) return found;
  for (const dns::ZoneRecord& one : found->records) {
    if (!one.owner.empty()) continue;
    return fail(fmt::format("line {}: a text without a name could belong to "
                            "any of {} domains",
                            one.line, wanted.size()),
                "name one domain, or use dig without +short");
  }
  return found;
}

void print_note(const std::string& file, const publish::DiffNote& note) {
  print_message(note.is_open ? "error" : "warning",
                fmt::format("{}{}: {}", file,
                            note.line == 0 ? "" : fmt::format(":{}", note.line),
                            note.error.message),
                note.error.hint);
}

/// Lines that are no record, the first of them.
void print_unread(const std::string& file, const dns::Zone& zone) {
  constexpr std::size_t k_most = 3;
  const std::size_t count = zone.unread.size();
  for (std::size_t i = 0; i < std::min(count, k_most); ++i) {
    const bool last = i + 1 == k_most && count > k_most;
    print_note(
        file,
        {zone.unread[i],
         {last ? fmt::format("is no record, like {} behind it", count - k_most)
               : "is no record",
          {}}});
  }
}

Exit print_diff(const std::vector<publish::DomainRecords>& wanted,
                const std::string& file, const publish::DiffRules& rules) {
  const Result<std::string> text =
      file == "-" ? files::read_standard_input(k_max_diff_octets)
                  : files::read_stream(file, k_max_diff_octets);
  const Result<dns::Zone> found =
      text ? read_zone(*text, wanted) : fail(text.error());
  if (!found) {
    return fault({fmt::format("{}: {}", file, found.error().message),
                  found.error().hint});
  }
  print_unread(file, *found);
  const publish::Diff diff = publish::compare_zone(wanted, *found, rules);
  bool is_good = diff.orders.empty();
  for (const publish::DiffNote& note : diff.notes) {
    print_note(file, note);
    is_good = is_good && !note.is_open;
  }
  return print(diff.orders) && is_good ? Exit::good : Exit::fault;
}

Exit print_records(const Options& options) {
  const Result<Request> request = parse_request(options);
  if (!request) {
    print_error(request.error());
    return Exit::usage;
  }
  const std::optional<config::Live> live = load_policies(options.config);
  if (!live) return Exit::fault;
  const std::optional<std::vector<std::string>> domains =
      find_domains(options, *live, *request);
  if (!domains) return Exit::fault;
  std::optional<std::chrono::seconds> ttl;
  if (options.ttl) ttl = std::chrono::seconds(*options.ttl);
  Result<std::vector<publish::DomainRecords>> all =
      arrange(publish::make_records(live->policies, *domains, ttl), *request);
  if (!all) return fault(all.error());
  if (options.diff) {
    return print_diff(*all, *options.diff,
                      {.only = request->only,
                       .compare_ttl = ttl.has_value(),
                       .provider = request->provider,
                       .find_difference = publish::find_difference});
  }
  if (request->only) publish::keep_only(*all, *request->only);
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  const publish::Format* format =
      publish::find_format(!options.format.empty() ? options.format
                           : terminal              ? "plain"
                                                   : "zone");
  return print(format->format(*all)) ? Exit::good : Exit::fault;
}

Exit records(Arguments& arguments) {
  Options options;
  std::vector<std::string> formats;
  for (const publish::Format& one : publish::formats()) {
    formats.emplace_back(one.name);
  }
  arguments.add_choice("--format", options.format, formats);
  // RFC 2181, 8: a TTL has 31 bits.
  arguments.add_number("--ttl", options.ttl, 2147483647);
  arguments.add_choice("--only", options.only, {"mta-sts", "tls-rpt", "host"});
  arguments.add_list("--address", options.addresses);
  arguments.add_option("--delegate-to", options.delegate_to);
  arguments.add_option("--diff", options.diff);
  arguments.add_words("domain", options.domains);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  options.config = arguments.config();
  return print_records(options);
}

}  // namespace

const Command k_records = {
    .usage = "records [DOMAIN..]",
    .about = "print the DNS records to publish",
    .run = records,
    .options =
        R"(  --format FORM       plain, zone, json, nsupdate, powerdns, octodns,
                      dnscontrol, route53, terraform-cloudflare, terraform-aws,
                      external-dns
                      (default: plain on a terminal, else zone)
  --ttl SECONDS       the same for all (default: 300, mode enforce: 3600)
  --only PART         mta-sts, tls-rpt or host
  --address TARGET    also where the policy host is: an address, given once
                      or more, or the name for a CNAME
  --delegate-to NAME  CNAMEs to the records of this provider, and its own
  --diff FILE         compare with a zone file or dig output ("-": standard
                      input), print what to add, change and delete
)"};

}  // namespace mtasts::cli
