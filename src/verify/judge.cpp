// SPDX-License-Identifier: MIT
#include "verify/judge.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "verify/judge_case.hpp"
#include "verify/judge_dns.hpp"
#include "verify/judge_fetch.hpp"
#include "verify/judge_host.hpp"
#include "verify/judge_mx.hpp"
#include "verify/judge_policy.hpp"
#include "verify/judge_reports.hpp"
#include "verify/judge_smtp.hpp"
#include "verify/judge_sts.hpp"

namespace mtasts::verify {
namespace {

/// The same of several addresses of one host is one finding, which names them:
/// "mx1.example.com 192.0.2.1, 192.0.2.2".
Diagnostics merge_addresses(Diagnostics found) {
  constexpr std::size_t k_most = 4;
  struct First {
    std::size_t at;
    std::size_t count = 1;
  };
  std::map<std::tuple<std::string, Severity, std::string, std::string>, First>
      known;
  Diagnostics merged;
  for (Diagnostic& one : found) {
    const std::size_t space = one.place.file.find(' ');
    const std::string host = one.place.file.substr(0, space);
    const auto [first, is_new] = known.try_emplace(
        {host, one.severity, one.id, one.message}, First{merged.size()});
    if (is_new || space == std::string::npos) {
      merged.push_back(std::move(one));
      continue;
    }
    std::string& subject = merged[first->second.at].place.file;
    if (++first->second.count <= k_most) {
      subject += "," + one.place.file.substr(space);
    } else if (first->second.count == k_most + 1) {
      subject += ", ...";
    }
  }
  return merged;
}

/// Whether there is a handshake whose certificate could not be judged.
bool has_unjudged(const Facts& facts) {
  const auto is_unjudged = [](const tls::PeerFacts& tls) {
    return tls.is_established && tls.trust == tls::Trust::unknown;
  };
  for (const Fetch& one : facts.fetches) {
    if (is_unjudged(one.tls)) return true;
  }
  for (const Mx& one : facts.hosts) {
    for (const SmtpProbe& probe : one.host->probes) {
      if (is_unjudged(probe.tls)) return true;
    }
  }
  return std::ranges::any_of(facts.reports, is_unjudged, &ReportTarget::tls);
}

}  // namespace

Diagnostics judge(const Facts& facts, const Expected& expected,
                  std::chrono::sys_seconds now) {
  const Case on = make_case(facts, expected, now);
  Diagnostics found;
  for (const auto part : {judge_dns, judge_sts, judge_host, judge_fetches,
                          judge_policy, judge_mx, judge_smtp, judge_reports}) {
    append(found, part(on));
  }
  if (has_unjudged(on.facts)) {
    found.push_back(
        {Severity::untested, "tls.no-roots", Place{on.facts.domain},
         "there are no trusted roots here to judge certificates by",
         "install ca-certificates, or name a file of roots: --ca FILE"});
  }
  if (on.is_absent) {
    // Nobody promised anything: what could be better is all there is to say.
    std::erase_if(found, [](const Diagnostic& one) {
      return one.severity != Severity::note;
    });
  }
  return merge_addresses(std::move(found));
}

}  // namespace mtasts::verify
