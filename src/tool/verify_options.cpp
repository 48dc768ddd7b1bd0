// SPDX-License-Identifier: MIT
#include "tool/verify_options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <utility>

#include "dns/name.hpp"
#include "files/read.hpp"
#include "nameserver/resolver.hpp"
#include "net/endpoint.hpp"
#include "sts/policy_host.hpp"
#include "text/ascii.hpp"
#include "text/duration.hpp"
#include "tool/verify_output.hpp"

namespace mtasts::tool {
namespace {

constexpr std::uint16_t k_https_port = 443;
constexpr std::int32_t k_most_jobs = 256;
constexpr std::size_t k_max_list_octets = std::size_t{512} << 20;
constexpr std::chrono::seconds k_max_timeout{600};

/// Nobody can forge what a resolver on this machine says of signatures.
bool is_on_this_machine(const net::Endpoint& server) {
  return server.address.starts_with("127.") || server.address == "::1";
}

/// Mail servers want the name of a host (RFC 5321, 4.1.1.1).
Result<std::string> choose_helo(const VerifyOptions& options,
                                const config::Verify& settings) {
  if (options.helo) {
    const Result<dns::Name> name = dns::Name::from_typed(*options.helo);
    if (!name) return fail(about_value("--helo", *options.helo, name.error()));
    return name->text();
  }
  if (!settings.helo.empty()) return settings.helo;
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  const Result<dns::Name> good = dns::Name::from_typed(name.data());
  return good ? good->text() : "localhost";
}

Result<nameserver::ResolverSettings> choose_resolver(
    const VerifyOptions& options, const config::Verify& settings) {
  nameserver::ResolverSettings resolver;
  for (const std::string& text : options.dns) {
    const Result<net::Endpoint> server =
        net::parse_endpoint(text, net::k_dns_port);
    if (!server) return fail(about_value("--dns", text, server.error()));
    resolver.servers.push_back(*server);
  }
  if (resolver.servers.empty()) resolver.servers = settings.dns;
  if (!resolver.servers.empty()) return resolver;
  return nameserver::read_resolv_conf(nameserver::k_resolv_conf);
}

Result<std::chrono::milliseconds> parse_timeout(const std::string& text) {
  const Result<std::chrono::seconds> time = text::parse_duration(text);
  if (!time) return fail(about_value("--timeout", text, time.error()));
  if (time->count() == 0 || *time > k_max_timeout) {
    return fail(fmt::format("--timeout {} is outside 1s to 10m", text),
                "senders wait a minute for a policy: 60s");
  }
  return *time;
}

Result<std::string> parse_domain(std::string_view text) {
  const Result<dns::Name> name = dns::Name::from_typed(text);
  if (!name) return fail(about_value("domain", text, name.error()));
  if (!name->text().starts_with(sts::k_policy_host_prefix)) return name->text();
  return fail(fmt::format("domain {} is a policy host", in_quotes(text)),
              "name the policy domain, without \"mta-sts.\"");
}

/// One a line; what stands behind a "#" is for people.
Result<std::vector<std::string>> read_list(const std::string& path) {
  const Result<std::string> text =
      path == "-" ? files::read_standard_input(k_max_list_octets)
                  : files::read_stream(path, k_max_list_octets);
  if (!text)
    return fail(
        fmt::format("--domains {}: {}", in_quotes(path), text.error().message));
  std::vector<std::string> domains;
  std::string_view rest = *text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    std::string_view line = text::take_until(rest, "\n");
    const std::string_view name =
        text::trim(text::take_until(line, "#"), " \t\r");
    if (name.empty()) continue;
    Result<std::string> domain = parse_domain(name);
    if (!domain) {
      return fail(
          fmt::format("{}:{}: {}", path, number, domain.error().message),
          domain.error().hint);
    }
    domains.push_back(*std::move(domain));
  }
  if (domains.empty()) return fail(fmt::format("--domains {}: is empty", path));
  return domains;
}

/// Each once, where it stands first.
void drop_repeated(std::vector<std::string>& domains) {
  std::set<std::string_view> seen;
  std::vector<std::string> once;
  for (const std::string& one : domains) {
    if (seen.insert(one).second) once.push_back(one);
  }
  domains = std::move(once);
}

}  // namespace

void declare(Arguments& arguments, VerifyOptions& options) {
  arguments.add_flag("--planned", options.is_planned);
  arguments.add_option("--connect-to", options.connect_to);
  arguments.add_option("--domains", options.list);
  arguments.add_list("--dns", options.dns);
  arguments.add_flag("--trust-ad", options.trusts_ad);
  arguments.add_flag("--authoritative", options.has_authoritative);
  arguments.add_flag("--no-authoritative", options.has_no_authoritative);
  arguments.add_flag("--no-smtp", options.has_no_smtp);
  arguments.add_flag("--without-sni", options.has_nameless);
  arguments.add_option("--helo", options.helo);
  arguments.add_option("--ca", options.ca);
  arguments.add_flag("--allow-private", options.allow_private);
  arguments.add_option("--timeout", options.timeout);
  arguments.add_number("--jobs", options.jobs, k_most_jobs);
  arguments.add_choice("--format", options.format,
                       {k_verify_forms.begin(), k_verify_forms.end()});
  arguments.add_choice("--fail-on", options.fail_on,
                       {"note", "warning", "error"});
  arguments.add_option("--resume", options.resume);
  arguments.add_option("--facts", options.facts);
  arguments.add_words("domain", options.domains);
}

std::optional<std::string> find_misuse(const VerifyOptions& options) {
  if (options.has_authoritative && options.has_no_authoritative) {
    return "--authoritative and --no-authoritative contradict each other";
  }
  if (options.has_no_smtp && options.has_nameless) {
    return "--without-sni connects to mail servers, and --no-smtp does not";
  }
  if (options.jobs == 0U) return "--jobs 0 would look at nothing";
  if (options.list && !options.domains.empty()) {
    return "--domains names the domains: leave the words out";
  }
  if (options.resume && options.format != "jsonl") {
    return "--resume writes JSON lines: add --format jsonl";
  }
  if (options.facts &&
      (options.resume || options.list || !options.domains.empty() ||
       options.is_planned || options.connect_to)) {
    return "--facts looks at nothing: it goes with --format and --fail-on";
  }
  const auto is_input = [](const auto& path) { return path == "-"; };
  if (is_input(options.config) + is_input(options.list) +
          is_input(options.facts) >
      1) {
    return "standard input can be read once";
  }
  return std::nullopt;
}

Result<verify::LookOptions> make_look_options(const VerifyOptions& options,
                                              const config::Verify& settings) {
  verify::LookOptions look;
  Result<nameserver::ResolverSettings> resolver =
      choose_resolver(options, settings);
  if (!resolver) return fail(resolver.error());
  look.resolver = *std::move(resolver);
  look.trusts_resolver =
      options.trusts_ad || settings.trusts_ad ||
      std::ranges::all_of(look.resolver.servers, is_on_this_machine);
  if (options.connect_to) {
    const Result<net::Endpoint> place =
        net::parse_endpoint(*options.connect_to, k_https_port);
    if (!place) {
      return fail(
          about_value("--connect-to", *options.connect_to, place.error()));
    }
    look.connect_to = *place;
  }
  if (options.timeout) {
    const Result<std::chrono::milliseconds> time =
        parse_timeout(*options.timeout);
    if (!time) return fail(time.error());
    look.timeout = *time;
  }
  Result<std::string> helo = choose_helo(options, settings);
  if (!helo) return fail(helo.error());
  look.helo = *std::move(helo);
  look.has_authoritative = !options.has_no_authoritative;
  look.has_smtp = !options.has_no_smtp;
  look.has_nameless = options.has_nameless;
  look.is_planned = options.is_planned;
  look.allow_private = options.allow_private;
  return look;
}

Result<std::vector<std::string>> read_domains(const VerifyOptions& options) {
  std::vector<std::string> domains;
  if (options.list) {
    Result<std::vector<std::string>> list = read_list(*options.list);
    if (!list) return list;
    domains = *std::move(list);
  }
  for (const std::string& text : options.domains) {
    Result<std::string> domain = parse_domain(text);
    if (!domain) return fail(domain.error());
    domains.push_back(*std::move(domain));
  }
  drop_repeated(domains);
  return domains;
}

Severity parse_fail_on(std::string_view text) {
  if (text == "note") return Severity::note;
  return text == "warning" ? Severity::warning : Severity::error;
}

}  // namespace mtasts::tool
