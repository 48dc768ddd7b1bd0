// SPDX-License-Identifier: MIT
#include "verify/judge_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/ascii.hpp"

namespace mtasts::verify {
namespace {

using nameserver::Answer;
using nameserver::Outcome;

/// How a CA calls itself in what it issues, and how CAA records name it: any of
/// the latter is good. From the CAs' own pages on CAA.
struct Issuer {
  std::string_view organization;
  std::string_view domains;  // with blanks between
};
constexpr auto k_issuers = std::to_array<Issuer>({
    {"Let's Encrypt", "letsencrypt.org"},
    {"Google Trust Services", "pki.goog google.com"},
    {"ZeroSSL", "sectigo.com"},
    {"Sectigo",
     "sectigo.com comodo.com comodoca.com usertrust.com "
     "trust-provider.com"},
    {"COMODO",
     "sectigo.com comodo.com comodoca.com usertrust.com "
     "trust-provider.com"},
    {"DigiCert",
     "digicert.com symantec.com geotrust.com rapidssl.com "
     "thawte.com digicert.ne.jp"},
    {"GlobalSign", "globalsign.com"},
    {"Amazon", "amazon.com amazontrust.com awstrust.com amazonaws.com"},
    {"Entrust", "entrust.net affirmtrust.com"},
    {"GoDaddy", "godaddy.com starfieldtech.com"},
    {"Starfield", "starfieldtech.com godaddy.com"},
    {"Buypass", "buypass.com buypass.no"},
    {"SSL Corp", "ssl.com"},
    {"Actalis", "actalis.it"},
    {"HARICA", "harica.gr"},
    {"Hellenic Academic", "harica.gr"},
    {"Certum", "certum.pl certum.eu"},
    {"SwissSign", "swisssign.com"},
});

/// The CAA records of a name, as a CA reads them (RFC 8659, 4).
class CaaSet {
 public:
  explicit CaaSet(const Answer& answer) {
    for (const std::string& data : find_data(answer)) take(data);
  }

  /// The tag that speaks of such a certificate.
  std::string_view tag(bool is_wildcard) const {
    return is_wildcard && !wild_.empty() ? "issuewild" : "issue";
  }
  /// The CAs that it allows; all where there is none.
  const std::vector<std::string>& allowed(bool is_wildcard) const {
    return is_wildcard && !wild_.empty() ? wild_ : issue_;
  }
  bool allows(std::string_view ca, bool is_wildcard) const {
    const std::vector<std::string>& list = allowed(is_wildcard);
    return list.empty() || std::ranges::find(list, ca) != list.end();
  }

 private:
  /// "0 issue letsencrypt.org; validationmethods=dns-01". Of ";" alone, nobody
  /// may issue: the list has an empty name then.
  void take(std::string_view data) {
    text::take_until(data, " ");
    const std::string tag = text::to_lower(text::take_until(data, " "));
    std::string_view value = data.substr(0, data.find(';'));
    value = text::trim(value, " \t\"");
    if (tag == "issue") issue_.push_back(text::to_lower(value));
    if (tag == "issuewild") wild_.push_back(text::to_lower(value));
  }

  std::vector<std::string> issue_ = {};
  std::vector<std::string> wild_ = {};
};

class HostJudgement {
 public:
  explicit HostJudgement(const Case& on) : on_(on), facts_(on.facts) {}

  Diagnostics run() {
    if (!facts_.view.is_planned) check_addresses();
    check_challenge();
    check_caa();
    return std::move(found_);
  }

 private:
  void add(Severity severity, const char* id, std::string message,
           std::string hint) {
    found_.push_back(
        {severity, id, Place{on_.host}, std::move(message), std::move(hint)});
  }
  void check_addresses();
  void check_caa();
  void check_challenge();

  const Case& on_;
  const Facts& facts_;
  Diagnostics found_ = {};
};

void HostJudgement::check_addresses() {
  std::vector<std::string> addresses = find_data(facts_.host_a);
  for (std::string& one : find_data(facts_.host_aaaa)) {
    addresses.push_back(std::move(one));
  }
  if (addresses.empty() && facts_.host_a.is_answered() &&
      facts_.host_aaaa.is_answered()) {
    // What is wrong with an alias is said of the alias.
    if (!find_aliases(facts_.host_a).empty() &&
        facts_.host_a.outcome == Outcome::no_name) {
      return;
    }
    if (std::ranges::count(find_aliases(facts_.host_a), on_.host) > 0) return;
    add(Severity::error, "dns.host-missing",
        "has no address, neither A nor AAAA",
        fmt::format("write {}. IN A with the address of the policy host, or a "
                    "CNAME to its name",
                    on_.host));
    return;
  }
  std::vector<std::string> strangers;
  for (const std::string& one : addresses) {
    const auto& own = on_.expected.addresses;
    if (!own.empty() && std::ranges::find(own, one) == own.end()) {
      strangers.push_back(one);
    }
  }
  if (strangers.empty()) return;
  add(Severity::warning, "dns.host-elsewhere",
      fmt::format("leads to {}, which is not among {}", format_some(strangers),
                  format_some(on_.expected.addresses)),
      "mend the A and AAAA records, or addresses in [verify]");
}

// --- CAA ---

/// The names of which CAA records need one, for the CA that issued `leaf`.
std::vector<std::string> find_ca_domains(const tls::PeerCertificate& leaf) {
  std::vector<std::string> domains;
  for (const Issuer& one : k_issuers) {
    if (!text::has(leaf.issuer, one.organization)) continue;
    std::string_view rest = one.domains;
    while (!rest.empty()) {
      domains.emplace_back(text::take_until(rest, " "));
    }
    break;
  }
  return domains;
}

void HostJudgement::check_caa() {
  if (facts_.caa.outcome != Outcome::found) return;
  const CaaSet caa(facts_.caa);
  const auto forbid = [&](std::string_view ca, bool is_wildcard) {
    std::string allowed = format_some(caa.allowed(is_wildcard));
    if (allowed.empty()) allowed = "nobody";
    add(Severity::warning, "dns.caa-forbids",
        fmt::format("{} in the CAA records at {} allows {}, not {}",
                    caa.tag(is_wildcard), facts_.caa.name, allowed, ca),
        fmt::format("write {}. IN CAA 0 {} \"{}\"", facts_.caa.name,
                    caa.tag(is_wildcard), ca));
  };
  for (const std::string& ca : on_.expected.issuers) {
    if (caa.allows(ca, false)) continue;
    forbid(ca, false);
    return;
  }
  if (!on_.expected.issuers.empty()) return;
  for (const Fetch& one : facts_.fetches) {
    if (one.tls.chain.empty() || one.tls.trust != tls::Trust::trusted) continue;
    const tls::PeerCertificate& leaf = one.tls.chain.front();
    const bool is_wildcard =
        std::ranges::find(leaf.dns_names, on_.host) == leaf.dns_names.end();
    const std::vector<std::string> domains = find_ca_domains(leaf);
    if (domains.empty() ||
        std::ranges::any_of(domains, [&](const std::string& ca) {
          return caa.allows(ca, is_wildcard);
        })) {
      continue;
    }
    forbid(domains.front(), is_wildcard);
    return;
  }
}

// --- ACME ---

/// Why a CA that validates by TLS-ALPN-01 would not see the challenge there;
/// nothing where it would, or where nobody can say. A server that is ours and
/// has none answers alert 112 (RFC 8737, 3; docs/security.md).
std::optional<std::string> find_obstacle(const Fetch& one) {
  using net::Reach;
  if (one.is_private || one.reach == Reach::not_tried ||
      one.reach == Reach::no_route) {
    return std::nullopt;
  }
  if (one.reach != Reach::reached) return "no connection, " + one.reason;
  if (!one.challenge) return std::nullopt;
  const tls::PeerFacts& answer = *one.challenge;
  const bool is_ours = answer.is_established
                           ? answer.protocol == "acme-tls/1"
                           : text::has(answer.failure, "alert 112");
  if (is_ours) return std::nullopt;
  return answer.is_established ? "another server shows its own certificate"
                               : answer.failure;
}

void HostJudgement::check_challenge() {
  if (on_.expected.challenges.empty()) return;
  std::vector<std::string> obstacles;
  for (const Fetch& one : facts_.fetches) {
    if (const auto obstacle = find_obstacle(one)) {
      obstacles.push_back(fmt::format("{}: {}", one.address, *obstacle));
    }
  }
  if (obstacles.empty()) return;
  add(Severity::warning, "host.challenge-unreachable",
      fmt::format("the challenge of {} can't be reached from outside: {}",
                  on_.host, format_some(obstacles, "; ")),
      "the CA goes to port 443 of each address and offers acme-tls/1 alone "
      "(RFC 8737, 3); a proxy in front has to pass TLS through to mta-stsd");
}

}  // namespace

Diagnostics judge_host(const Case& on) { return HostJudgement(on).run(); }

}  // namespace mtasts::verify
