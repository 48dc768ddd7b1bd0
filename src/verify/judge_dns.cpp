// SPDX-License-Identifier: MIT
#include "verify/judge_dns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "text/ascii.hpp"

namespace mtasts::verify {
namespace {

using nameserver::Answer;
using nameserver::Outcome;

class DnsJudgement {
 public:
  explicit DnsJudgement(const Case& on) : on_(on), facts_(on.facts) {}

  Diagnostics run() {
    check_answers();
    if (!facts_.view.is_planned) {
      for (const Answer* answer : {&facts_.sts, &facts_.rpt, &facts_.host_a}) {
        check_aliases(*answer);
      }
      check_servers();
    }
    check_signature();
    return std::move(found_);
  }

 private:
  void add(Severity severity, const char* id, std::string subject,
           std::string message, std::string hint) {
    found_.push_back({severity, id, Place{std::move(subject)},
                      std::move(message), std::move(hint)});
  }
  std::vector<const Answer*> asked() const;
  void check_answers();
  void check_servfail(const std::vector<std::string>& list);
  void check_aliases(const Answer& answer);
  void check_loop(const Answer& answer, const std::vector<std::string>& names);
  void check_others(const Answer& answer);
  void check_servers();
  void check_lame(const std::vector<std::string>& lame, bool is_any_good);
  void check_signature();

  const Case& on_;
  const Facts& facts_;
  Diagnostics found_ = {};
};

// --- Whether there is an answer ---

std::vector<const Answer*> DnsJudgement::asked() const {
  std::vector<const Answer*> all;
  if (!facts_.view.is_planned) {
    all = {&facts_.sts, &facts_.rpt, &facts_.host_a, &facts_.host_aaaa};
  }
  all.push_back(&facts_.mx);
  for (const Mx& one : facts_.hosts) {
    const MxHost& host = *one.host;
    all.insert(all.end(), {&host.a, &host.aaaa, &host.tlsa});
  }
  for (const ReportTarget& one : facts_.reports) {
    all.insert(all.end(), {&one.mx, &one.a, &one.aaaa});
  }
  return all;
}

std::string format_question(const Answer& answer) {
  return fmt::format(
      "{} {}{}",
      nameserver::k_type_names[static_cast<std::size_t>(answer.type)],
      answer.name,
      answer.reason.empty() ? "" : fmt::format(" ({})", answer.reason));
}

void DnsJudgement::check_answers() {
  std::vector<std::string> silent;
  std::vector<std::string> servfail;
  for (const Answer* answer : asked()) {
    if (answer->is_answered() || answer->outcome == Outcome::not_asked)
      continue;
    std::vector<std::string>& list =
        answer->outcome == Outcome::servfail ? servfail : silent;
    std::string question = format_question(*answer);
    if (std::ranges::find(list, question) == list.end()) {
      list.push_back(std::move(question));
    }
  }
  if (!silent.empty()) {
    add(Severity::untested, "dns.unreachable", facts_.domain,
        fmt::format("resolver {} does not answer: {}", facts_.view.resolver,
                    format_some(silent)),
        "mend /etc/resolv.conf, or name another: --dns ADDRESS");
  }
  if (!servfail.empty()) check_servfail(servfail);
}

void DnsJudgement::check_servfail(const std::vector<std::string>& list) {
  if (facts_.sts_unchecked && facts_.sts_unchecked->is_answered()) {
    add(Severity::error, "dns.bogus", sts_owner(on_),
        fmt::format("there is an answer without DNSSEC and SERVFAIL with it{}",
                    facts_.sts.reason.empty()
                        ? ""
                        : fmt::format(": {}", facts_.sts.reason)),
        fmt::format(
            "mend the signatures or the DS records of {}: dig +cd +dnssec "
            "TXT {}; delv TXT {}",
            facts_.zone.empty() ? facts_.domain : facts_.zone, sts_owner(on_),
            sts_owner(on_)));
    return;
  }
  const bool is_everywhere =
      !facts_.servers.empty() &&
      std::ranges::all_of(facts_.servers, [](const NameServer& one) {
        return one.sts.outcome == Outcome::servfail;
      });
  add(is_everywhere ? Severity::error : Severity::untested, "dns.servfail",
      facts_.domain, fmt::format("SERVFAIL for {}", format_some(list)),
      is_everywhere
          ? "each name server of the zone says so: look at their logs"
          : fmt::format("look whether each name server answers: dig "
                        "+nssearch {}",
                        facts_.zone.empty() ? facts_.domain : facts_.zone));
}

// --- Aliases ---

void DnsJudgement::check_aliases(const Answer& answer) {
  const std::vector<std::string> names = find_aliases(answer);
  check_others(answer);
  if (names.empty()) return;
  if (std::set<std::string>(names.begin(), names.end()).size() < names.size() ||
      std::ranges::find(names, answer.name) != names.end()) {
    check_loop(answer, names);
    return;
  }
  if (answer.outcome == Outcome::no_name) {
    const auto free = find_registrable(facts_, names.back());
    add(Severity::error, "dns.cname-dangling", answer.name,
        fmt::format("leads to {}, which does not exist{}", names.back(),
                    free ? fmt::format("; anybody can register {} and answer "
                                       "in its place",
                                       *free)
                         : ""),
        fmt::format("delete the CNAME of {}, or let it lead to a name that is "
                    "there: mta-stsd records {}",
                    answer.name, facts_.domain));
  }
  // What resolvers are sure to follow: 8 in old versions of unbound.
  constexpr std::size_t k_most = 8;
  if (names.size() > k_most) {
    add(Severity::warning, "dns.cname-long", answer.name,
        fmt::format("leads on by {} aliases, to {}", names.size(),
                    names.back()),
        fmt::format("let {} lead to {} at once", answer.name, names.back()));
  }
}

void DnsJudgement::check_loop(const Answer& answer,
                              const std::vector<std::string>& names) {
  add(Severity::error, "dns.cname-loop", answer.name,
      fmt::format("its aliases lead in a circle: {}, {}", answer.name,
                  format_some(names)),
      fmt::format("delete the CNAME of {}: mta-stsd records {} prints what "
                  "belongs there",
                  answer.name, facts_.domain));
}

/// RFC 1034, 3.6.2: "If a CNAME RR is present at a node, no other data should
/// be present".
void DnsJudgement::check_others(const Answer& answer) {
  for (const auto& alias : answer.records) {
    if (alias.type != nameserver::Type::cname) continue;
    const bool has_others =
        std::ranges::any_of(answer.records, [&](const auto& one) {
          return one.owner == alias.owner && one.type != alias.type;
        });
    if (!has_others) continue;
    add(Severity::error, "dns.cname-and-others", answer.name,
        fmt::format("{} has a CNAME to {} and other records", alias.owner,
                    alias.data),
        "delete the one or the others (RFC 1034, 3.6.2)");
    return;
  }
}

// --- The name servers of the zone ---

std::string format_server(const NameServer& one) {
  std::string said =
      one.sts.outcome == Outcome::found
          ? format_some(find_data(one.sts), " and ")
          : std::string(nameserver::k_outcome_names[static_cast<std::size_t>(
                one.sts.outcome)]);
  if (said.empty())
    said = fmt::format("CNAME {}", format_some(find_aliases(one.sts)));
  const std::vector<std::string> soa = find_data(one.soa);
  std::string_view rest = soa.empty() ? std::string_view{} : soa.front();
  for (int field = 0; field < 2; ++field) text::take_until(rest, " ");
  const std::string_view serial = text::take_until(rest, " ");
  return fmt::format("{} {}: {}{}", one.name, one.address, said,
                     serial.empty() ? "" : fmt::format(" (serial {})", serial));
}

void DnsJudgement::check_servers() {
  std::vector<std::string> table;
  std::vector<std::string> lame;
  std::set<std::vector<std::string>> said;
  for (const NameServer& one : facts_.servers) {
    const bool is_ipv6 = text::has(one.address, ':');
    const bool has_way =
        one.sts.outcome != Outcome::silent ||
        (is_ipv6 ? facts_.view.has_ipv6 : facts_.view.has_ipv4);
    if (!has_way || one.sts.outcome == Outcome::not_asked) {
      continue;
    }
    table.push_back(format_server(one));
    if (one.sts.is_answered() && one.sts.is_authoritative) {
      // Who has the other zone, too, follows the alias; others need not.
      const std::vector<std::string> aliases = find_aliases(one.sts);
      said.insert(aliases.empty() ? find_data(one.sts)
                                  : std::vector{aliases.front()});
    } else {
      lame.push_back(table.back());
    }
  }
  if (said.size() > 1) {
    add(Severity::error, "dns.servers-differ", sts_owner(on_),
        format_some(table, "; "),
        "let the secondary servers fetch the zone again; a higher serial in "
        "its SOA makes them");
  }
  if (!lame.empty()) check_lame(lame, !said.empty());
}

void DnsJudgement::check_lame(const std::vector<std::string>& lame,
                              bool is_any_good) {
  if (is_any_good) {
    add(Severity::warning, "dns.server-lame", facts_.zone,
        format_some(lame, "; "),
        "mend the server, or take its NS record out of the zone and out of "
        "the one above");
  } else if (facts_.sts.is_answered()) {
    // The resolver came through: it may well be this machine that does not.
    add(Severity::untested, "dns.servers-unreachable", facts_.zone,
        format_some(lame, "; "),
        "let this machine ask port 53 of other machines, by UDP and TCP");
  }
}

void DnsJudgement::check_signature() {
  if (!facts_.view.trusts_resolver || !facts_.soa.is_answered() ||
      facts_.soa.is_authentic) {
    return;
  }
  add(Severity::note, "dns.not-signed",
      facts_.zone.empty() ? facts_.domain : facts_.zone,
      "the zone is not signed (DNSSEC)",
      "MTA-STS needs no signatures; DANE does");
}

}  // namespace

Diagnostics judge_dns(const Case& on) { return DnsJudgement(on).run(); }

}  // namespace mtasts::verify
