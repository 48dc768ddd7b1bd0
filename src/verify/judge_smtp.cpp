// SPDX-License-Identifier: MIT
#include "verify/judge_smtp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "result.hpp"
#include "text/ascii.hpp"
#include "verify/judge_certificate.hpp"

namespace mtasts::verify {
namespace {

using nameserver::Outcome;
using net::Reach;

class SmtpJudgement {
 public:
  SmtpJudgement(const Case& on, const MxHost& host) : on_(on), host_(host) {}

  Diagnostics run() {
    check_reach();
    for (const SmtpProbe& one : host_.probes) {
      if (one.reach == Reach::reached && !one.is_private) check_stage(one);
    }
    check_sameness();
    check_tlsa();
    return std::move(found_);
  }

 private:
  void add(Severity severity, std::string id, std::string subject,
           std::string message, std::string hint) {
    found_.push_back({severity, std::move(id), Place{std::move(subject)},
                      std::move(message), std::move(hint)});
  }
  std::string subject(const SmtpProbe& probe) const {
    return fmt::format("{} {}", host_.name, probe.address);
  }
  std::string try_it(const SmtpProbe& probe) const {
    return fmt::format(
        "openssl s_client -starttls smtp -connect {} -servername {}",
        text::has(probe.address, ':') ? fmt::format("[{}]:25", probe.address)
                                      : probe.address + ":25",
        host_.name);
  }
  bool has_way(const SmtpProbe& probe) const;
  void check_reach();
  void check_stage(const SmtpProbe& probe);
  void check_tls(const SmtpProbe& probe);
  void check_certificate(const SmtpProbe& probe);
  void check_without_name(const SmtpProbe& probe);
  void check_sameness();
  void check_tlsa();
  void check_match();

  const Case& on_;
  const MxHost& host_;
  Diagnostics found_ = {};
};

// --- How far it came ---

bool SmtpJudgement::has_way(const SmtpProbe& probe) const {
  const View& view = on_.facts.view;
  return probe.reach != Reach::no_route &&
         (text::has(probe.address, ':') ? view.has_ipv6 : view.has_ipv4);
}

void SmtpJudgement::check_reach() {
  const bool has_good =
      std::ranges::find(host_.probes, Reach::reached, &SmtpProbe::reach) !=
      host_.probes.end();
  for (const SmtpProbe& one : host_.probes) {
    if (one.reach == Reach::reached && !one.is_private) continue;
    if (one.is_private) {
      add(Severity::untested, "mx.untested", subject(one),
          "is a private address, and was not asked",
          "for a private network: --allow-private");
    } else if (!has_way(one)) {
      add(Severity::untested, "mx.untested", subject(one),
          fmt::format("this machine has no way to {} addresses",
                      text::has(one.address, ':') ? "IPv6" : "IPv4"),
          "run it again where senders are: on a mail server");
    } else if (on_.facts.view.is_smtp_blocked) {
      continue;  // said once
    } else if (one.reach == Reach::not_tried) {
      add(Severity::untested, "mx.untested", subject(one),
          fmt::format("was not asked{}",
                      one.reason.empty() ? "" : ": " + one.reason),
          "run it again");
    } else {
      add(has_good ? Severity::warning : Severity::untested, "mx.connect",
          subject(one), fmt::format("no connection to port 25: {}", one.reason),
          has_good ? "let the server listen there, or delete the address"
                   : "run it from another network, too: many close port 25 to "
                     "the outside");
    }
  }
}

void SmtpJudgement::check_stage(const SmtpProbe& probe) {
  // Where there is a reason, the reply is an earlier one, and was good.
  const std::string said = probe.reason.empty() && !probe.reply.empty()
                               ? in_quotes(probe.reply)
                               : probe.reason;
  switch (probe.stage) {
    case SmtpStage::connect:
    case SmtpStage::greeting:
    case SmtpStage::ehlo:
      add(Severity::untested, "mx.greeting", subject(probe),
          fmt::format("{}: {}",
                      probe.stage == SmtpStage::ehlo ? "refuses EHLO"
                                                     : "does not greet",
                      said.empty() ? "no answer" : said),
          "run it again later, under a name that resolves to this machine");
      return;
    case SmtpStage::no_starttls:
      add(by_mode(on_), "mx.starttls-missing", subject(probe),
          "does not offer STARTTLS",
          fmt::format("switch TLS on; in Postfix: smtpd_tls_security_level = "
                      "may, smtpd_tls_chain_files = key and chain of {}",
                      host_.name));
      return;
    case SmtpStage::starttls_refused:
      add(by_mode(on_), "mx.starttls-refused", subject(probe),
          fmt::format("offers STARTTLS, then refuses it: {}", said),
          "look into the server's log: it may not be able to read its key");
      return;
    case SmtpStage::injection:
      add(Severity::error, "mx.plaintext-injection", subject(probe),
          "sends more in clear text behind its answer to STARTTLS",
          "update the server, or the proxy in front of it (CVE-2011-0411 is "
          "of that kind)");
      return;
    case SmtpStage::tls:
    case SmtpStage::done:
      check_tls(probe);
      return;
  }
}

void SmtpJudgement::check_tls(const SmtpProbe& probe) {
  if (!probe.tls.is_established) {
    add(by_mode(on_), "mx.tls", subject(probe),
        fmt::format("the handshake fails: {}", probe.tls.failure.empty()
                                                   ? probe.reason
                                                   : probe.tls.failure),
        try_it(probe));
    return;
  }
  if (probe.tls.version != "TLSv1.2" && probe.tls.version != "TLSv1.3") {
    add(by_mode(on_), "mx.tls-version", subject(probe),
        fmt::format("{} is all that the server speaks", probe.tls.version),
        "let it speak TLS 1.2 and 1.3");
  }
  check_certificate(probe);
}

void SmtpJudgement::check_certificate(const SmtpProbe& probe) {
  for (CertificateFault& one :
       find_certificate_faults(probe.tls, host_.name, on_.now)) {
    add(one.is_fatal ? by_mode(on_) : Severity::warning,
        fmt::format("mx.certificate-{}", one.name), subject(probe),
        std::move(one.message), std::move(one.hint));
  }
  if (!probe.tls.chain.empty() && is_for(probe.tls.chain.front(), host_.name)) {
    check_without_name(probe);
  }
}

void SmtpJudgement::check_without_name(const SmtpProbe& probe) {
  if (!probe.without_name_failure.empty()) {
    add(Severity::warning, "mx.sni-needed", subject(probe),
        fmt::format("without a name (SNI) the handshake fails: {}",
                    probe.without_name_failure),
        fmt::format("let the certificate of {} be the default", host_.name));
  } else if (probe.without_name && !is_for(*probe.without_name, host_.name)) {
    add(Severity::warning, "mx.sni-needed", subject(probe),
        fmt::format("without a name (SNI), {}",
                    format_names(*probe.without_name)),
        fmt::format("let the certificate of {} be the default", host_.name));
  }
}

/// Only where each is good by itself: else one fault would be two.
void SmtpJudgement::check_sameness() {
  std::set<std::string> digests;
  std::vector<std::string> table;
  for (const SmtpProbe& one : host_.probes) {
    if (!one.tls.is_established || one.tls.chain.empty()) continue;
    const tls::PeerCertificate& leaf = one.tls.chain.front();
    if (!find_certificate_faults(one.tls, host_.name, on_.now).empty()) return;
    if (digests.insert(leaf.sha256).second) {
      table.push_back(fmt::format("{}: {} by {}", one.address,
                                  leaf.sha256.substr(0, 16),
                                  in_quotes(leaf.issuer)));
    }
  }
  if (digests.size() < 2) return;
  add(Severity::note, "mx.addresses-differ", host_.name,
      fmt::format("the addresses show different certificates: {}",
                  format_some(table, "; ")),
      "renew them together, or watch the end of each");
}

// --- DANE (RFC 7672) ---

void SmtpJudgement::check_tlsa() {
  const bool trusts = on_.facts.view.trusts_resolver;
  if (host_.tlsa.outcome == Outcome::found) {
    if (trusts && !host_.tlsa.is_authentic) {
      add(Severity::note, "mx.tlsa-unsigned", host_.name,
          "has TLSA records, but its zone is not signed: they count for "
          "nothing",
          "sign the zone, or delete them");
      return;
    }
    check_match();
  } else if (trusts && host_.tlsa.is_answered() && host_.a.is_authentic) {
    add(Severity::note, "mx.tlsa-none", host_.name,
        "its zone is signed, but there is no TLSA record",
        "MTA-STS needs none; DANE would protect more");
  }
}

void SmtpJudgement::check_match() {
  const bool trusts = on_.facts.view.trusts_resolver;
  for (const SmtpProbe& one : host_.probes) {
    const auto& tlsa = one.tls.tlsa;
    const auto has = [&](tls::TlsaMatch match) {
      return std::ranges::find(tlsa, match) != tlsa.end();
    };
    if (!one.tls.is_established || one.tls.chain.empty() ||
        has(tls::TlsaMatch::matches) || !has(tls::TlsaMatch::differs)) {
      continue;
    }
    const std::string right =
        fmt::format("_25._tcp.{}. IN TLSA 3 1 1 {}", host_.name,
                    one.tls.chain.front().key_sha256);
    add(trusts ? Severity::error : Severity::untested,
        trusts ? "mx.tlsa-mismatch" : "mx.tlsa-untested", subject(one),
        fmt::format("the certificate fits no TLSA record: {}{}",
                    format_some(find_data(host_.tlsa)),
                    trusts ? ""
                           : "; whether they are signed can't be told from "
                             "here"),
        trusts ? fmt::format("write {}", right)
               : fmt::format("use a validating resolver on this machine; for "
                             "this key, the record is {}",
                             right));
  }
}

}  // namespace

Diagnostics judge_smtp(const Case& on) {
  Diagnostics found;
  const View& view = on.facts.view;
  if (!view.has_smtp) return found;
  if (view.is_smtp_blocked) {
    found.push_back({Severity::untested, "mx.port-blocked", Place{"port 25"},
                     "no port 25 at all can be reached from here, so no MX "
                     "host was looked at",
                     "run it on a mail server; many networks close port 25 to "
                     "the outside"});
  }
  for (const Mx& one : on.facts.hosts) {
    append(found, SmtpJudgement(on, *one.host).run());
  }
  return found;
}

}  // namespace mtasts::verify
