// SPDX-License-Identifier: MIT
// MX hosts and reports.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>

#include "verify/judge.hpp"
#include "verify_judge_rows.hpp"

namespace mtasts::verify {
namespace {

constexpr auto k_rows = std::to_array<Row>({
    {"Null",
     [](Scene& s) {
       s.facts.mx = answer("alpha.test", Type::mx, {"0 ."});
       s.facts.hosts.clear();
     },
     R"(warning: alpha.test: the domain takes no mail (MX 0 .), but its policy has mode enforce [mx.null]
hint: take the policy back: mode none, and later no record (RFC 8461, 8.3)
)"},
    {"Implicit",
     [](Scene& s) {
       s = make_green(make_ours(sts::Mode::enforce, days(28), {"alpha.test"}));
       s.facts.mx = answer("alpha.test", Type::mx, {});
       s.facts.hosts = {{0, std::make_shared<MxHost>(mx_host(
                                "alpha.test", "192.0.2.1", "2001:db8::1"))}};
     },
     R"(note: alpha.test: there is no MX record: mail goes to the address of the domain [mx.implicit]
hint: write alpha.test. IN MX 10 alpha.test., and let the policy have mx alpha.test
)"},
    {"UncoveredDeeper",
     [](Scene& s) {
       s.facts.hosts[1].host = std::make_shared<MxHost>(
           mx_host("c.b.mx.alpha.test", "192.0.2.2", "2001:db8::2"));
     },
     R"(error: c.b.mx.alpha.test: no pattern of the policy covers it; the nearest, "*.mx.alpha.test", covers one label, not several [mx.uncovered]
hint: add "c.b.mx.alpha.test" to mx of the [[policy]]
)"},
    {"UncoveredAbove",
     [](Scene& s) {
       s.facts.hosts[1].host = std::make_shared<MxHost>(
           mx_host("mx.alpha.test", "192.0.2.2", "2001:db8::2"));
     },
     R"(error: mx.alpha.test: no pattern of the policy covers it; the nearest, "*.mx.alpha.test", covers the names below, not this one [mx.uncovered]
hint: add "mx.alpha.test" to mx of the [[policy]]
)"},
    {"UncoveredElsewhere",
     [](Scene& s) {
       s.facts.hosts[1].host = std::make_shared<MxHost>(
           mx_host("mx.beta.test", "192.0.2.2", "2001:db8::2"));
     },
     R"(error: mx.beta.test: no pattern of the policy covers it; the nearest, "*.mx.alpha.test", is for another domain [mx.uncovered]
hint: add "mx.beta.test" to mx of the [[policy]]
)"},
    {"PatternUnused",
     [](Scene& s) {
       s = make_green(make_ours(sts::Mode::enforce, days(28),
                                {"*.mx.alpha.test", "mx.beta.test"}));
     },
     R"(note: mx.beta.test: covers none of the MX hosts, a.mx.alpha.test, b.mx.alpha.test [mx.pattern-unused]
hint: delete it, unless a host is about to come or to go
)"},
    {"PatternUnusedOfAProvider",
     [](Scene& s) {
       s = make_green(make_ours(sts::Mode::enforce, days(28),
                                {"*.mx.alpha.test", "*.mx.microsoft"}));
     },
     R"(note: *.mx.microsoft: covers none of the MX hosts, a.mx.alpha.test, b.mx.alpha.test [mx.pattern-unused]
hint: a wildcard stands for one label (RFC 8461, 4.1); use "*.<zone>.mx.microsoft", the zone as in your MX
)"},
    {"PatternUnregistered",
     [](Scene& s) {
       s = make_green(make_ours(sts::Mode::enforce, days(28),
                                {"*.mx.alpha.test", "mx.gone.co.uk"}));
       s.facts.registered = {
           no_answer("mx.gone.co.uk", Type::soa, Outcome::no_name),
           no_answer("gone.co.uk", Type::soa, Outcome::no_name),
           answer("co.uk", Type::soa, {"a b 1 2 3 4 5"})};
     },
     R"(error: mx.gone.co.uk: anybody can register gone.co.uk, and receive mail by it [mx.pattern-unregistered]
hint: delete the pattern, or register the name
)"},
    {"Cname",
     [](Scene& s) {
       s.own_host().a = by_alias("a.mx.alpha.test", Type::a, {"host.beta.test"},
                                 {"192.0.2.1"});
     },
     R"(warning: a.mx.alpha.test: is an alias of host.beta.test [mx.cname]
hint: let the MX record name host.beta.test
)"},
    {"NoAddress",
     [](Scene& s) {
       MxHost& host = s.own_host();
       host.a = answer(host.name, Type::a, {});
       host.aaaa = answer(host.name, Type::aaaa, {});
       host.probes.clear();
     },
     R"(error: a.mx.alpha.test: has no address, neither A nor AAAA [mx.no-address]
hint: write a.mx.alpha.test. IN A with its address, or delete the MX record
)"},
    {"PortBlocked",
     [](Scene& s) {
       s.facts.view.is_smtp_blocked = true;
       unprobe(s, net::Reach::timed_out);
     },
     R"(untested: port 25: no port 25 at all can be reached from here, so no MX host was looked at [mx.port-blocked]
hint: run it on a mail server; many networks close port 25 to the outside
)"},
    {"UntestedForTooMany",
     [](Scene& s) {
       s.facts.hosts[0].host =
           std::make_shared<const MxHost>(MxHost{.name = "a.mx.alpha.test"});
     },
     R"(untested: a.mx.alpha.test: was not looked at: there are too many MX records [mx.untested]
hint: keep those that receive mail, and no others
)"},
    {"UntestedPrivate",
     [](Scene& s) {
       s.own_host().probes[0] = {.address = "192.0.2.1", .is_private = true};
     },
     R"(untested: a.mx.alpha.test 192.0.2.1: is a private address, and was not asked [mx.untested]
hint: for a private network: --allow-private
)"},
    {"UntestedWithoutIpv6",
     [](Scene& s) {
       s.own_host().probes[1] = {.address = "2001:db8::1",
                                 .reach = net::Reach::no_route};
     },
     R"(untested: a.mx.alpha.test 2001:db8::1: this machine has no way to IPv6 addresses [mx.untested]
hint: run it again where senders are: on a mail server
)"},
    {"ConnectNowhere",
     [](Scene& s) {
       for (SmtpProbe& one : s.own_host().probes)
         one = {.address = one.address,
                .reach = net::Reach::timed_out,
                .reason = "no answer in 10 s"};
     },
     R"(untested: a.mx.alpha.test 192.0.2.1, 2001:db8::1: no connection to port 25: no answer in 10 s [mx.connect]
hint: run it from another network, too: many close port 25 to the outside
)"},
    {"ConnectSomewhere",
     [](Scene& s) {
       s.own_host().probes[1] = {.address = "2001:db8::1",
                                 .reach = net::Reach::refused,
                                 .reason = "connection refused"};
     },
     R"(warning: a.mx.alpha.test 2001:db8::1: no connection to port 25: connection refused [mx.connect]
hint: let the server listen there, or delete the address
)"},
    {"Greeting",
     [](Scene& s) {
       s.own_host().probes[0] = {.address = "192.0.2.1",
                                 .reach = net::Reach::reached,
                                 .stage = SmtpStage::greeting,
                                 .reply = "421 too many connections"};
     },
     R"(untested: a.mx.alpha.test 192.0.2.1: does not greet: "421 too many connections" [mx.greeting]
hint: run it again later, under a name that resolves to this machine
)"},
    {"GreetingNever",
     [](Scene& s) {
       s.own_host().probes[0] = {.address = "192.0.2.1",
                                 .reach = net::Reach::reached,
                                 .reason = "no answer in 30 s",
                                 .stage = SmtpStage::greeting};
     },
     R"(untested: a.mx.alpha.test 192.0.2.1: does not greet: no answer in 30 s [mx.greeting]
hint: run it again later, under a name that resolves to this machine
)"},
    {"Ehlo",
     [](Scene& s) {
       s.own_host().probes[0] = {.address = "192.0.2.1",
                                 .reach = net::Reach::reached,
                                 .stage = SmtpStage::ehlo,
                                 .reply = "450 4.7.1 greylisted"};
     },
     R"(untested: a.mx.alpha.test 192.0.2.1: refuses EHLO: "450 4.7.1 greylisted" [mx.greeting]
hint: run it again later, under a name that resolves to this machine
)"},
    {"StarttlsMissing",
     [](Scene& s) {
       s.own_host().probes[0] = {.address = "192.0.2.1",
                                 .reach = net::Reach::reached,
                                 .stage = SmtpStage::no_starttls,
                                 .reply = "250 a"};
     },
     R"(error: a.mx.alpha.test 192.0.2.1: does not offer STARTTLS [mx.starttls-missing]
hint: switch TLS on; in Postfix: smtpd_tls_security_level = may, smtpd_tls_chain_files = key and chain of a.mx.alpha.test
)"},
    {"StarttlsRefused",
     [](Scene& s) {
       s.own_host().probes[0] = {.address = "192.0.2.1",
                                 .reach = net::Reach::reached,
                                 .stage = SmtpStage::starttls_refused,
                                 .reply = "454 4.7.0 TLS not available"};
     },
     R"(error: a.mx.alpha.test 192.0.2.1: offers STARTTLS, then refuses it: "454 4.7.0 TLS not available" [mx.starttls-refused]
hint: look into the server's log: it may not be able to read its key
)"},
    {"PlaintextInjection",
     [](Scene& s) {
       s.own_host().probes[0] = {.address = "192.0.2.1",
                                 .reach = net::Reach::reached,
                                 .stage = SmtpStage::injection,
                                 .reply = "220 go ahead"};
     },
     R"(error: a.mx.alpha.test 192.0.2.1: sends more in clear text behind its answer to STARTTLS [mx.plaintext-injection]
hint: update the server, or the proxy in front of it (CVE-2011-0411 is of that kind)
)"},
    {"Tls",
     [](Scene& s) {
       s.own_host().probes[0].stage = SmtpStage::tls;
       s.own_host().probes[0].tls = {.failure = "alert 40 (handshake failure)"};
     },
     R"(error: a.mx.alpha.test 192.0.2.1: the handshake fails: alert 40 (handshake failure) [mx.tls]
hint: openssl s_client -starttls smtp -connect 192.0.2.1:25 -servername a.mx.alpha.test
)"},
    {"TlsVersion",
     [](Scene& s) { s.own_host().probes[0].tls.version = "TLSv1.1"; },
     R"(error: a.mx.alpha.test 192.0.2.1: TLSv1.1 is all that the server speaks [mx.tls-version]
hint: let it speak TLS 1.2 and 1.3
)"},
    {"CertificateName",
     [](Scene& s) {
       s.own_host().probes[0].tls.chain[0].dns_names = {"mail.beta.test"};
     },
     R"(error: a.mx.alpha.test 192.0.2.1: the certificate is for mail.beta.test [mx.certificate-name]
hint: get one for a.mx.alpha.test and serve it for that name: certbot certonly -d a.mx.alpha.test
)"},
    {"CertificateExpired",
     [](Scene& s) {
       s.own_host().probes[0].tls.chain[0].not_after =
           k_now - std::chrono::hours(5);
     },
     R"(error: a.mx.alpha.test 192.0.2.1: the certificate has expired at 2026-11-27T19:00:00Z, 5 h ago [mx.certificate-expired]
hint: renew it, and look why that was not done by itself: certbot renew --cert-name a.mx.alpha.test
)"},
    {"CertificateNotYetValid",
     [](Scene& s) {
       s.own_host().probes[0].tls.chain[0].not_before = k_now + days(1);
     },
     R"(error: a.mx.alpha.test 192.0.2.1: the certificate is valid from 2026-11-29T00:00:00Z on [mx.certificate-not-yet-valid]
hint: look at the clock of who issued it, and at that of this machine
)"},
    {"CertificateUntrusted",
     [](Scene& s) {
       for (SmtpProbe& one : s.own_host().probes)
         one.tls.trust = tls::Trust::self_signed;
     },
     R"(error: a.mx.alpha.test 192.0.2.1, 2001:db8::1: the certificate is its own issuer [mx.certificate-untrusted]
hint: get one from a public CA: certbot certonly -d a.mx.alpha.test
)"},
    {"CertificateChain",
     [](Scene& s) {
       s.own_host().probes[0].tls.trust = tls::Trust::incomplete;
       s.own_host().probes[0].tls.chain[0].issuer_url.clear();
     },
     R"(error: a.mx.alpha.test 192.0.2.1: the certificate of "CN=R11,O=Let's Encrypt,C=US" is not sent along [mx.certificate-chain]
hint: serve the whole chain, certbot's fullchain.pem
)"},
    {"CertificateExpiresSoon",
     [](Scene& s) {
       s.own_host().probes[0].tls.chain[0].not_after = k_now + days(2);
     },
     R"(warning: a.mx.alpha.test 192.0.2.1: the certificate expires at 2026-11-30T00:00:00Z, in 2 days [mx.certificate-expires-soon]
hint: renew it, and look why that was not done by itself: certbot renew --cert-name a.mx.alpha.test
)"},
    {"CertificateWeak",
     [](Scene& s) { s.own_host().probes[0].tls.chain[0].weakness = "SHA-1"; },
     R"(warning: a.mx.alpha.test 192.0.2.1: the certificate is weak: SHA-1 [mx.certificate-weak]
hint: get one with a key of ECDSA P-256 or RSA 2048
)"},
    {"AddressesDiffer",
     [](Scene& s) {
       s.own_host().probes[0].tls.chain[0].sha256 = std::string(64, 'c');
     },
     R"(note: a.mx.alpha.test: the addresses show different certificates: 192.0.2.1: cccccccccccccccc by "CN=R11,O=Let's Encrypt,C=US"; 2001:db8::1: aaaaaaaaaaaaaaaa by "CN=R11,O=Let's Encrypt,C=US" [mx.addresses-differ]
hint: renew them together, or watch the end of each
)"},
    {"SniNeeded",
     [](Scene& s) {
       s.own_host().probes[0].without_name = shown("default.test").chain[0];
     },
     R"(warning: a.mx.alpha.test 192.0.2.1: without a name (SNI), the certificate is for default.test [mx.sni-needed]
hint: let the certificate of a.mx.alpha.test be the default
)"},
    {"SniNeededAtAll",
     [](Scene& s) {
       s.own_host().probes[0].without_name.reset();
       s.own_host().probes[0].without_name_failure =
           "alert 112 (unrecognized name)";
     },
     R"(warning: a.mx.alpha.test 192.0.2.1: without a name (SNI) the handshake fails: alert 112 (unrecognized name) [mx.sni-needed]
hint: let the certificate of a.mx.alpha.test be the default
)"},
    {"TlsaMismatch",
     [](Scene& s) {
       s.own_host().probes[0].tls.tlsa = {tls::TlsaMatch::unusable,
                                          tls::TlsaMatch::differs};
     },
     R"(error: a.mx.alpha.test 192.0.2.1: the certificate fits no TLSA record: 3 1 1 bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb [mx.tlsa-mismatch]
hint: write _25._tcp.a.mx.alpha.test. IN TLSA 3 1 1 bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
)"},
    {"TlsaUntested",
     [](Scene& s) {
       s.facts.view.trusts_resolver = false;
       s.own_host().probes[0].tls.tlsa = {tls::TlsaMatch::differs};
     },
     R"(untested: a.mx.alpha.test 192.0.2.1: the certificate fits no TLSA record: 3 1 1 bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb; whether they are signed can't be told from here [mx.tlsa-untested]
hint: use a validating resolver on this machine; for this key, the record is _25._tcp.a.mx.alpha.test. IN TLSA 3 1 1 bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
)"},
    {"TlsaUnsigned",
     [](Scene& s) {
       s.own_host().tlsa.is_authentic = false;
       s.own_host().probes[0].tls.tlsa = {tls::TlsaMatch::differs};
     },
     R"(note: a.mx.alpha.test: has TLSA records, but its zone is not signed: they count for nothing [mx.tlsa-unsigned]
hint: sign the zone, or delete them
)"},
    {"TlsaNone",
     [](Scene& s) {
       s.own_host().tlsa = answer("_25._tcp.a.mx.alpha.test", Type::tlsa, {});
     },
     R"(note: a.mx.alpha.test: its zone is signed, but there is no TLSA record [mx.tlsa-none]
hint: MTA-STS needs none; DANE would protect more
)"},
    {"NoRoots",
     [](Scene& s) {
       s.facts.view.roots.clear();
       for (Fetch& one : s.facts.fetches) one.tls.trust = tls::Trust::unknown;
     },
     R"(untested: alpha.test: there are no trusted roots here to judge certificates by [tls.no-roots]
hint: install ca-certificates, or name a file of roots: --ca FILE
)"},
    {"Missing",
     [](Scene& s) {
       s.facts.rpt = answer("_smtp._tls.alpha.test", Type::txt, {});
     },
     R"(warning: _smtp._tls.alpha.test: there is no record of TLS-RPT: nobody reports mail that fails [rpt.missing]
hint: write _smtp._tls.alpha.test. IN TXT "v=TLSRPTv1; rua=mailto:tls@reports.test"; mta-sts publish alpha.test does it
)"},
    {"Multiple",
     [](Scene& s) {
       s.facts.rpt = answer("_smtp._tls.alpha.test", Type::txt,
                            {"v=TLSRPTv1; rua=mailto:a@b.test",
                             "v=TLSRPTv1; rua=mailto:tls@reports.test"});
     },
     R"(error: _smtp._tls.alpha.test: there are 2 records: v=TLSRPTv1; rua=mailto:a@b.test and v=TLSRPTv1; rua=mailto:tls@reports.test [rpt.multiple]
hint: delete all; write _smtp._tls.alpha.test. IN TXT "v=TLSRPTv1; rua=mailto:tls@reports.test"; mta-sts publish alpha.test does it
)"},
    {"Syntax",
     [](Scene& s) {
       s.facts.rpt = answer("_smtp._tls.alpha.test", Type::txt,
                            {"v=TLSRPTv1; rua=tls@reports.test"});
     },
     R"(error: _smtp._tls.alpha.test: "v=TLSRPTv1; rua=tls@reports.test" is no record: rua "tls@reports.test" is neither a mailto: nor an https: URI [rpt.syntax]
hint: write _smtp._tls.alpha.test. IN TXT "v=TLSRPTv1; rua=mailto:tls@reports.test"; mta-sts publish alpha.test does it
)"},
    {"SyntaxOfStrangers",
     [](Scene& s) {
       s.expected = {};
       s.facts.rpt = answer("_smtp._tls.alpha.test", Type::txt,
                            {"v=TLSRPTv1; rua=tls@reports.test"});
     },
     R"(error: _smtp._tls.alpha.test: "v=TLSRPTv1; rua=tls@reports.test" is no record: rua "tls@reports.test" is neither a mailto: nor an https: URI [rpt.syntax]
hint: write "mailto:tls@reports.test" (RFC 8460, 3)
)"},
    {"UnencodedMark",
     [](Scene& s) {
       s.facts.rpt = answer("_smtp._tls.alpha.test", Type::txt,
                            {"v=TLSRPTv1; rua=mailto:tls@reports.test!10m"});
     },
     R"(error: _smtp._tls.alpha.test: "v=TLSRPTv1; rua=mailto:tls@reports.test!10m" has a "!" in a URI [rpt.unencoded]
hint: write %21 for it (RFC 8460, 3), or leave it out
)"},
    {"UnencodedComma",
     [](Scene& s) {
       s.facts.rpt = answer("_smtp._tls.alpha.test", Type::txt,
                            {"v=TLSRPTv1; rua=mailto:a,b@reports.test"});
     },
     R"(error: _smtp._tls.alpha.test: "v=TLSRPTv1; rua=mailto:a,b@reports.test" has a "," in a URI [rpt.unencoded]
hint: write %2C for it (RFC 8460, 3), or leave it out
)"},
    {"UnencodedSemicolon",
     [](Scene& s) {
       s.facts.rpt = answer("_smtp._tls.alpha.test", Type::txt,
                            {"v=TLSRPTv1; rua=mailto:a;b@reports.test"});
     },
     R"(error: _smtp._tls.alpha.test: "v=TLSRPTv1; rua=mailto:a;b@reports.test" has a ";" in a URI [rpt.unencoded]
hint: write %3B for it (RFC 8460, 3), or leave it out
)"},
    {"Differs",
     [](Scene& s) {
       s.facts.rpt = answer("_smtp._tls.alpha.test", Type::txt,
                            {"v=TLSRPTv1; rua=mailto:other@reports.test"});
     },
     R"(error: _smtp._tls.alpha.test: "v=TLSRPTv1; rua=mailto:other@reports.test" is not the record of the configuration [rpt.differs]
hint: write _smtp._tls.alpha.test. IN TXT "v=TLSRPTv1; rua=mailto:tls@reports.test"; mta-sts publish alpha.test does it
)"},
    {"MailDomainDead",
     [](Scene& s) {
       s.facts.reports[0].mx = answer("reports.test", Type::mx, {});
       s.facts.reports[0].a = answer("reports.test", Type::a, {});
       s.facts.reports[0].aaaa = answer("reports.test", Type::aaaa, {});
     },
     R"(error: mailto:tls@reports.test: reports.test has neither MX nor address [rpt.mail-domain-dead]
hint: name a mailbox that exists
)"},
    {"MailDomainNull",
     [](Scene& s) {
       s.facts.reports[0].mx = answer("reports.test", Type::mx, {"0 ."});
     },
     R"(error: mailto:tls@reports.test: reports.test takes no mail (MX 0 .) [rpt.mail-domain-dead]
hint: name a mailbox that exists
)"},
    {"MailInSameDomain",
     [](Scene& s) {
       s.facts.reports[0].host = "alpha.test";
       s.facts.reports[0].uri = "mailto:tls@alpha.test";
     },
     R"(note: mailto:tls@alpha.test: reports about a broken MX host go to that host [rpt.mail-in-same-domain]
hint: add a mailbox elsewhere, with a comma between
)"},
    {"UntestedPrivate",
     [](Scene& s) {
       take_https(s).is_private = true;
       s.facts.reports[0].reach = net::Reach::not_tried;
     },
     R"(untested: https://reports.test/v1: leads to a private address, and was not asked [rpt.untested]
hint: for a private network: --allow-private
)"},
    {"HttpsUnreachable",
     [](Scene& s) {
       take_https(s) = {.uri = "https://reports.test/v1",
                        .host = "reports.test",
                        .reach = net::Reach::refused,
                        .reason = "connection refused"};
     },
     R"(error: https://reports.test/v1: gives no answer: connection refused [rpt.https-unreachable]
hint: curl -v -d {} "https://reports.test/v1"
)"},
    {"HttpsCertificate",
     [](Scene& s) { take_https(s).tls.trust = tls::Trust::self_signed; },
     R"(warning: https://reports.test/v1: the certificate is its own issuer [rpt.https-certificate]
hint: get one from a public CA: certbot certonly -d reports.test
)"},
    {"HttpsStatus", [](Scene& s) { take_https(s).status = 404; },
     R"(error: https://reports.test/v1: answers a POST by 404 [rpt.https-status]
hint: reports come as POST of application/tlsrpt+gzip (RFC 8460, 5.5); answer 201
)"},
});

TEST(VerifyJudgeMx, SaysExactlyWhatIsWrong) { expect_rows(k_rows); }

}  // namespace
}  // namespace mtasts::verify
