// SPDX-License-Identifier: MIT
#include "verify/findings.hpp"

#include <algorithm>
#include <array>

namespace mtasts::verify {
namespace {

constexpr std::string_view k_by_mode =
    "error, warning in testing, note in none";

// Effects that several faults have.
constexpr std::string_view k_as_without =
    "Senders act as if the domain had no MTA-STS; who has the old policy "
    "keeps to it until its max_age has passed.";
constexpr std::string_view k_no_fetch =
    "Senders get no policy: mail is not protected, and Google reports "
    "sts-policy-fetch-error; who has an old policy keeps to it.";
constexpr std::string_view k_no_trust =
    "Senders don't take the policy: mail is not protected, and Google reports "
    "sts-webpki-invalid; who has an old policy keeps to it.";
constexpr std::string_view k_host_refused =
    "In mode enforce no mail comes by this host: Microsoft bounces with 5.4.8, "
    "Google defers and reports validation-failure.";
constexpr std::string_view k_certificate_refused =
    "In mode enforce no mail comes by this address: Microsoft bounces with "
    "5.7.5 after trying with 4.7.5, Postfix defers with 4.7.5, Google defers "
    "and reports the fault.";
constexpr std::string_view k_no_tls =
    "In mode enforce no mail comes by this address: senders defer, then "
    "bounce, and report starttls-not-supported.";
constexpr std::string_view k_old_policy =
    "Senders that have a policy don't learn that there is a new one, and keep "
    "to the old one until its max_age has passed.";
constexpr std::string_view k_reports_lost =
    "Reports about failed deliveries don't arrive, and nobody tells you.";
constexpr std::string_view k_no_reports =
    "Senders send no reports, as if there were no record.";

// In the order in which the manual page has them.
constexpr auto k_findings = std::to_array<FindingKind>({
    // The DNS
    {"dns.unreachable", "untested", "The resolver gives no answer.", ""},
    {"dns.servfail", "error, untested",
     "The resolver answers SERVFAIL; an error where each name server of the "
     "zone does.",
     "Senders take the domain for one without MTA-STS at first, and defer mail "
     "when it is the MX records that can't be read."},
    {"dns.bogus", "error",
     "The signatures of the zone (DNSSEC) are wrong: without validation there "
     "is an answer.",
     "Senders behind a validating resolver see nothing of the domain and defer "
     "its mail."},
    {"dns.servers-unreachable", "untested",
     "No name server of the zone answers from here.", ""},
    {"dns.servers-differ", "error",
     "The name servers of the zone have different records for the policy.",
     "Senders see this record or that, and fetch the policy anew each time."},
    {"dns.server-lame", "warning",
     "A name server of the zone gives no answer of its own.",
     "Now and then a look-up takes seconds, or finds nothing."},
    {"dns.cached", "note",
     "The resolver still has an old answer; the name servers of the zone have "
     "the new one.",
     "Senders with a cache of their own see the old one until its TTL has "
     "passed."},
    {"dns.not-signed", "note", "The zone is not signed (DNSSEC).", ""},
    {"dns.negative-ttl-long", "note",
     "That there is no record is remembered for more than an hour.",
     "Who has looked before sees the new record only then."},
    {"dns.ttl-long", "warning", "The TTL of the record is more than one day.",
     "Each change of the policy takes that long to be seen."},
    {"dns.cname-loop", "error", "Aliases lead back to where they started.",
     k_as_without},
    {"dns.cname-dangling", "error",
     "An alias leads to a name that is not there.", k_as_without},
    {"dns.cname-and-others", "error",
     "A name has other records beside its CNAME.",
     "Which of them senders see is up to their resolver."},
    {"dns.cname-long", "warning", "More than 8 aliases lead to the record.",
     "Some resolvers give up on the way."},
    // The record of the policy
    {"dns.sts-missing",
     "error, note where there is neither configuration nor policy",
     "There is no record at _mta-sts.DOMAIN.", k_as_without},
    {"dns.sts-multiple", "error",
     "There are several records at _mta-sts.DOMAIN.", k_as_without},
    {"dns.sts-syntax", "error", "The record is none by RFC 8461, 3.1.",
     k_as_without},
    {"dns.sts-id-behind", "error", "The id is that of an earlier policy.",
     k_old_policy},
    {"dns.sts-id-unknown", "error",
     "The id is of no policy that the configuration can have made.",
     k_old_policy},
    {"dns.sts-id-ahead", "error",
     "The id is that of the configuration, but an address serves another "
     "policy.",
     "Senders that come now keep the old policy under the new id."},
    {"dns.sts-other-txt", "warning", "Another text stands beside the record.",
     "Maddy and checkdmarc take the domain for one without MTA-STS."},
    {"dns.sts-split", "warning", "The record is split into several strings.",
     "Courier reads the first string only."},
    {"dns.sts-space-before-semicolon", "warning",
     "White space stands in front of the first \";\".",
     "Chasquid and Halon take the domain for one without MTA-STS."},
    {"dns.sts-deviation", "warning",
     "The record is right, but a known sender does not read it.",
     "That sender takes the domain for one without MTA-STS."},
    {"dns.sts-wrong-name", "warning",
     "The record stands where no sender looks.", "Nobody reads it."},
    {"change.wait", "note",
     "When MX hosts can be moved after the change that is under way.", ""},
    {"change.mx-early", "warning",
     "An MX host is in the policy, but was not yet in one that senders may "
     "hold.",
     "Senders that look for a new policy only when the old one has expired "
     "refuse the host until then."},
    // The policy host in the DNS
    {"dns.host-missing", "error", "mta-sts.DOMAIN has no address.", k_no_fetch},
    {"dns.host-elsewhere", "warning",
     "mta-sts.DOMAIN has an address that is none of those of the "
     "configuration.",
     "Senders that come by it get what another server has."},
    {"dns.caa-forbids", "warning",
     "CAA records forbid the CA that the certificate is from.",
     "The CA will not renew the certificate."},
    {"host.challenge-unreachable", "warning",
     "The challenge of mta-sts.DOMAIN can't be reached from outside.",
     "A CA that validates by TLS-ALPN-01 gives no certificate."},
    // Its answer, from each address
    {"fetch.untested", "untested", "An address could not be asked from here.",
     ""},
    {"fetch.connect", "error, warning where another address works",
     "No connection to port 443.", k_no_fetch},
    {"fetch.timeout", "error", "No whole answer in time.", k_no_fetch},
    {"fetch.slow", "warning above 2 s, note above 1 s",
     "The answer takes long.",
     "Postfix-tlspol gives up after 2 s, postfix-mta-sts-resolver after 4 s."},
    {"fetch.tls", "error", "No handshake in TLS 1.2 or 1.3.", k_no_trust},
    {"fetch.certificate-name", "error",
     "The certificate is not for mta-sts.DOMAIN.", k_no_trust},
    {"fetch.certificate-expired", "error", "The certificate has expired.",
     k_no_trust},
    {"fetch.certificate-not-yet-valid", "error",
     "The certificate is not valid yet.", k_no_trust},
    {"fetch.certificate-untrusted", "error",
     "The certificate is from nobody that is trusted.", k_no_trust},
    {"fetch.certificate-chain", "error",
     "An intermediate certificate is not sent.", k_no_trust},
    {"fetch.certificate-expires-soon", "warning",
     "The certificate should have been renewed.",
     "As soon as it has expired, senders get no policy."},
    {"fetch.certificate-weak", "warning", "The certificate is weak.",
     "Senders with a strict library refuse it."},
    {"fetch.sni-ignored", "note",
     "Without a name (SNI) another certificate is shown.", ""},
    {"fetch.http", "error", "The answer is no HTTP.", k_no_fetch},
    {"fetch.status", "error", "The status is not 200.", k_no_fetch},
    {"fetch.redirect", "error", "The answer is a redirect.", k_no_fetch},
    {"fetch.content-type",
     "error, warning in testing and for a charset, note in none",
     "Content-Type is not text/plain.",
     "Postfix-mta-sts-resolver, postfix-tlspol, chasquid and maddy refuse the "
     "policy."},
    {"fetch.size", "warning above 10,000 octets, error above 65,536",
     "The text is large.",
     "Chasquid cuts it at 10,240 octets, others at 64 KiB."},
    {"fetch.encoding", "error", "The text is compressed, unasked.",
     "Courier and mailauth can't read it."},
    {"fetch.length", "error", "The text does not end where it should.",
     "Courier tries for minutes, others get no policy."},
    {"fetch.addresses-differ", "error", "Addresses serve different policies.",
     "What holds for the domain is up to the address that is asked."},
    // The policy
    {"policy.differs", "error", "The text is not the one of the configuration.",
     "Senders keep to what is served, not to what was meant."},
    {"policy.invalid", "error", "The text is no policy by RFC 8461, 3.2.",
     k_as_without},
    {"policy.deviation", "warning",
     "The text is right, but a known sender stumbles over it.",
     "That sender takes the domain for one without MTA-STS, or reads something "
     "else."},
    {"policy.line-ends", "note", "Lines end in LF, or the last one has no end.",
     "Mimecast can be set to refuse that."},
    {"policy.max-age-short", "warning", "max_age is below one day.",
     "Senders forget the policy before they need it."},
    {"policy.testing-long", "note",
     "The mode has been testing for more than 30 days, by the history.", ""},
    // MX hosts
    {"mx.null", "warning", "The domain takes no mail, but has a policy.", ""},
    {"mx.implicit", "note",
     "There is no MX record; mail goes to the address of the domain.", ""},
    {"mx.uncovered", k_by_mode, "No pattern of the policy covers an MX host.",
     k_host_refused},
    {"mx.pattern-unused", "note", "A pattern covers no MX host.", ""},
    {"mx.pattern-unregistered", "error",
     "Anybody can register the domain of a pattern.",
     "Whoever does can receive the mail of the domain."},
    {"mx.cname", "warning", "An MX record names an alias (RFC 5321, 5.1).",
     "Some senders refuse the host; others look for the name behind the "
     "alias in the certificate."},
    {"mx.no-address", "error", "An MX host has no address.",
     "Senders go to the next host, or bounce."},
    {"mx.port-blocked", "untested",
     "No port 25 at all can be reached from here.", ""},
    {"mx.untested", "untested", "An address could not be asked from here.", ""},
    {"mx.connect", "untested, warning where another address works",
     "No connection to port 25.", "Senders try the other addresses and hosts."},
    {"mx.greeting", "untested",
     "The server does not want to talk to this client.", ""},
    {"mx.starttls-missing", k_by_mode, "STARTTLS is not offered.", k_no_tls},
    {"mx.starttls-refused", k_by_mode, "STARTTLS is offered and refused.",
     k_no_tls},
    {"mx.plaintext-injection", "error",
     "Octets in clear text come behind the answer to STARTTLS.",
     "Careful senders end the conversation; others take them for protected."},
    {"mx.tls", k_by_mode, "The handshake fails.", k_no_tls},
    {"mx.tls-version", k_by_mode, "TLS 1.2 is not spoken (RFC 8461, 4).",
     k_certificate_refused},
    {"mx.certificate-name", k_by_mode,
     "The certificate is not for the MX host.", k_certificate_refused},
    {"mx.certificate-expired", k_by_mode, "The certificate has expired.",
     k_certificate_refused},
    {"mx.certificate-not-yet-valid", k_by_mode,
     "The certificate is not valid yet.", k_certificate_refused},
    {"mx.certificate-untrusted", k_by_mode,
     "The certificate is from nobody that is trusted.", k_certificate_refused},
    {"mx.certificate-chain", k_by_mode,
     "An intermediate certificate is not sent.", k_certificate_refused},
    {"mx.certificate-expires-soon", "warning",
     "The certificate should have been renewed.",
     "As soon as it has expired, mode enforce keeps mail away."},
    {"mx.certificate-weak", "warning", "The certificate is weak.",
     "Senders with a strict library refuse it."},
    {"mx.addresses-differ", "note",
     "Addresses of one host show different certificates.", ""},
    {"mx.sni-needed", "warning",
     "Without its name (SNI) the host shows another certificate, or none.",
     "Senders that name nobody, or the mail domain, are not served as they "
     "should."},
    {"mx.tlsa-mismatch", "error",
     "The certificate fits no TLSA record of the host.",
     "Senders with DANE (Postfix, Exchange Online) bring no mail: it takes "
     "precedence over MTA-STS (RFC 8461, 2)."},
    {"mx.tlsa-untested", "untested",
     "The certificate fits no TLSA record, and whether those are signed can't "
     "be told.",
     ""},
    {"mx.tlsa-unsigned", "note",
     "TLSA records are not signed, and count for nothing.", ""},
    {"mx.tlsa-none", "note",
     "The zone of the host is signed, but there is no TLSA record.", ""},
    {"tls.no-roots", "untested",
     "There are no trusted roots here to judge certificates by.", ""},
    // Reports
    {"rpt.missing", "warning, note in none",
     "There is no record at _smtp._tls.DOMAIN.",
     "Nobody tells you of mail that does not come."},
    {"rpt.multiple", "error", "There are several records at _smtp._tls.DOMAIN.",
     k_no_reports},
    {"rpt.syntax", "error", "The record is none by RFC 8460, 3.", k_no_reports},
    {"rpt.unencoded", "error",
     "A URI has \",\", \"!\" or \";\" in it that is not percent-encoded.",
     k_no_reports},
    {"rpt.differs", "error", "The record is not the one of the configuration.",
     "Reports go where it says, not where they should."},
    {"rpt.mail-domain-dead", "error",
     "No mail can be sent to where reports should go.", k_reports_lost},
    {"rpt.mail-in-same-domain", "note",
     "Reports about the domain go to the domain.",
     "Reports about an MX host that is down go to that host."},
    {"rpt.untested", "untested", "A report URI could not be asked from here.",
     ""},
    {"rpt.https-unreachable", "error", "A report URI gives no answer.",
     k_reports_lost},
    {"rpt.https-certificate", "warning",
     "Senders would not trust the certificate of a report URI.",
     "Senders may ignore it (RFC 8460, 3), or keep the report."},
    {"rpt.https-status", "error", "A report URI takes no reports.",
     k_reports_lost},
});

}  // namespace

std::span<const FindingKind> all_findings() { return k_findings; }

const FindingKind* find_kind(std::string_view id) {
  const auto all = all_findings();
  const auto found = std::ranges::find(all, id, &FindingKind::id);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace mtasts::verify
