// SPDX-License-Identifier: MIT
// The policy host and its answers.
#include <gtest/gtest.h>

#include <array>
#include <chrono>

#include "verify/judge.hpp"
#include "verify_judge_rows.hpp"

namespace mtasts::verify {
namespace {

constexpr auto k_rows = std::to_array<Row>({
    {"HostMissing",
     [](Scene& s) {
       s.facts.host_a = answer("mta-sts.alpha.test", Type::a, {});
       s.facts.host_aaaa = answer("mta-sts.alpha.test", Type::aaaa, {});
       s.facts.fetches.clear();
     },
     R"(error: mta-sts.alpha.test: has no address, neither A nor AAAA [dns.host-missing]
hint: write mta-sts.alpha.test. IN A with the address of the policy host, or a CNAME to its name
)"},
    {"HostElsewhere", [](Scene& s) { s.expected.addresses = {"192.0.2.10"}; },
     R"(warning: mta-sts.alpha.test: leads to 2001:db8::10, which is not among 192.0.2.10 [dns.host-elsewhere]
hint: mend the A and AAAA records, or addresses in [verify]
)"},
    {"CaaForbidsTheIssuer",
     [](Scene& s) {
       s.facts.caa = answer(
           "alpha.test", Type::caa,
           {"0 iodef mailto:a@alpha.test", "0 issue digicert.com; policy=ev"});
     },
     R"(warning: mta-sts.alpha.test: issue in the CAA records at alpha.test allows digicert.com, not letsencrypt.org [dns.caa-forbids]
hint: write alpha.test. IN CAA 0 issue "letsencrypt.org"
)"},
    {"CaaForbidsAWildcard",
     [](Scene& s) {
       s.facts.caa = answer("alpha.test", Type::caa,
                            {"0 issue letsencrypt.org", "0 issuewild ;"});
       for (Fetch& one : s.facts.fetches)
         one.tls.chain[0].dns_names = {"*.alpha.test"};
     },
     R"(warning: mta-sts.alpha.test: issuewild in the CAA records at alpha.test allows nobody, not letsencrypt.org [dns.caa-forbids]
hint: write alpha.test. IN CAA 0 issuewild "letsencrypt.org"
)"},
    {"CaaForbidsTheConfigured",
     [](Scene& s) {
       s.expected.issuers = {"letsencrypt.org", "sectigo.com"};
     },
     R"(warning: mta-sts.alpha.test: issue in the CAA records at alpha.test allows letsencrypt.org, not sectigo.com [dns.caa-forbids]
hint: write alpha.test. IN CAA 0 issue "sectigo.com"
)"},
    {"ChallengeBehindAProxy",
     [](Scene& s) {
       s.expected.challenges = "/run/challenges";
       s.facts.fetches[0].challenge =
           tls::PeerFacts{.failure = "alert 112 (unrecognized name)"};
       s.facts.fetches[1].challenge = shown("proxy.test");
     },
     R"(warning: mta-sts.alpha.test: the challenge of mta-sts.alpha.test can't be reached from outside: 2001:db8::10: another server shows its own certificate [host.challenge-unreachable]
hint: the CA goes to port 443 of each address and offers acme-tls/1 alone (RFC 8737, 3); a proxy in front has to pass TLS through to mta-stsd
)"},
    {"ChallengeWithoutConnection",
     [](Scene& s) {
       s.expected.challenges = "/run/challenges";
       s.facts.fetches[1] = {.address = "2001:db8::10",
                             .reach = net::Reach::refused,
                             .reason = "connection refused"};
     },
     R"(warning: mta-sts.alpha.test: the challenge of mta-sts.alpha.test can't be reached from outside: 2001:db8::10: no connection, connection refused [host.challenge-unreachable]
hint: the CA goes to port 443 of each address and offers acme-tls/1 alone (RFC 8737, 3); a proxy in front has to pass TLS through to mta-stsd
warning: mta-sts.alpha.test 2001:db8::10: no connection to port 443: connection refused; senders without fall-back (mailauth) see no policy [fetch.connect]
hint: let the policy host listen there and the firewall pass it, or delete mta-sts.alpha.test. IN AAAA 2001:db8::10
)"},
    {"ChallengeRefused",
     [](Scene& s) {
       s.expected.challenges = "/run/challenges";
       s.facts.fetches[1].challenge =
           tls::PeerFacts{.failure = "alert 120 (no application protocol)"};
     },
     R"(warning: mta-sts.alpha.test: the challenge of mta-sts.alpha.test can't be reached from outside: 2001:db8::10: alert 120 (no application protocol) [host.challenge-unreachable]
hint: the CA goes to port 443 of each address and offers acme-tls/1 alone (RFC 8737, 3); a proxy in front has to pass TLS through to mta-stsd
)"},
    {"UntestedPrivate",
     [](Scene& s) {
       s.facts.fetches[0].is_private = true;
       s.facts.fetches[0].reach = net::Reach::not_tried;
       s.facts.fetches[0].tls = {};
     },
     R"(untested: mta-sts.alpha.test 192.0.2.10: is a private address, and was not asked [fetch.untested]
hint: for a private network: --allow-private
)"},
    {"UntestedWithoutIpv6",
     [](Scene& s) {
       s.facts.view.has_ipv6 = false;
       s.facts.fetches[1].reach = net::Reach::no_route;
       s.facts.fetches[1].tls = {};
       for (std::size_t at = 0; at < 2; ++at) s.own_host(at).probes.pop_back();
     },
     R"(untested: mta-sts.alpha.test 2001:db8::10: this machine has no way to IPv6 addresses [fetch.untested]
hint: run it again where senders are: on a mail server
)"},
    {"ConnectNowhere",
     [](Scene& s) {
       for (Fetch& one : s.facts.fetches)
         one = {.address = one.address,
                .reach = net::Reach::refused,
                .reason = "connection refused"};
     },
     R"(error: mta-sts.alpha.test 192.0.2.10, 2001:db8::10: no connection to port 443: connection refused [fetch.connect]
hint: let the policy host listen there and the firewall pass it, or let mta-sts.alpha.test lead to where it does
)"},
    {"ConnectSomewhere",
     [](Scene& s) {
       s.facts.fetches[1] = {.address = "2001:db8::10",
                             .reach = net::Reach::timed_out,
                             .reason = "no answer in 10 s"};
     },
     R"(warning: mta-sts.alpha.test 2001:db8::10: no connection to port 443: no answer in 10 s; senders without fall-back (mailauth) see no policy [fetch.connect]
hint: let the policy host listen there and the firewall pass it, or delete mta-sts.alpha.test. IN AAAA 2001:db8::10
)"},
    {"TimeoutOfTheHandshake",
     [](Scene& s) {
       s.facts.fetches[0].tls = {.failure = "no answer in time"};
       s.facts.fetches[0].time = std::chrono::seconds(30);
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: no handshake within 30 s [fetch.timeout]
hint: curl -v --connect-to ::192.0.2.10:443 https://mta-sts.alpha.test/.well-known/mta-sts.txt
)"},
    {"TimeoutOfTheAnswer",
     [](Scene& s) {
       s.facts.fetches[0].http_failure = "no answer in time";
       s.facts.fetches[0].time = std::chrono::seconds(30);
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: no answer within 30 s [fetch.timeout]
hint: curl -v --connect-to ::192.0.2.10:443 https://mta-sts.alpha.test/.well-known/mta-sts.txt
)"},
    {"TimeoutOfTheEnd",
     [](Scene& s) { s.facts.fetches[0].time = std::chrono::seconds(61); },
     R"(error: mta-sts.alpha.test 192.0.2.10: the answer took 61 s [fetch.timeout]
hint: RFC 8461, 3.3 has senders wait for one minute
)"},
    {"SlowForSome",
     [](Scene& s) {
       s.facts.fetches[0].time = std::chrono::milliseconds(2400);
     },
     R"(warning: mta-sts.alpha.test 192.0.2.10: the answer took 2.4 s [fetch.slow]
hint: serve it from memory, and near
)"},
    {"SlowForNobody",
     [](Scene& s) {
       s.facts.fetches[0].time = std::chrono::milliseconds(1400);
     },
     R"(note: mta-sts.alpha.test 192.0.2.10: the answer took 1.4 s [fetch.slow]
hint: serve it from memory, and near
)"},
    {"TlsWithoutCertificate",
     [](Scene& s) {
       for (Fetch& one : s.facts.fetches)
         one.tls = {.failure = "alert 112 (unrecognized name)"};
     },
     R"(error: mta-sts.alpha.test 192.0.2.10, 2001:db8::10: the handshake fails: alert 112 (unrecognized name) [fetch.tls]
hint: the server has no certificate for mta-sts.alpha.test: certbot certonly -d mta-sts.alpha.test
)"},
    {"TlsVersion", [](Scene& s) { s.facts.fetches[0].tls.version = "TLSv1.1"; },
     R"(error: mta-sts.alpha.test 192.0.2.10: TLSv1.1 is all that the server speaks [fetch.tls]
hint: let it speak TLS 1.2 and 1.3 (RFC 8461, 3.3)
)"},
    {"CertificateName",
     [](Scene& s) {
       s.facts.fetches[0].tls.chain[0].dns_names = {"www.alpha.test",
                                                    "alpha.test"};
       s.facts.fetches[0].tls.trust = tls::Trust::self_signed;
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: the certificate is for www.alpha.test, alpha.test [fetch.certificate-name]
hint: get one for mta-sts.alpha.test and serve it for that name: certbot certonly -d mta-sts.alpha.test
)"},
    {"CertificateWithoutNames",
     [](Scene& s) { s.facts.fetches[0].tls.chain[0].dns_names.clear(); },
     R"(error: mta-sts.alpha.test 192.0.2.10: the certificate, "CN=mta-sts.alpha.test", has no names in subjectAltName [fetch.certificate-name]
hint: get one for mta-sts.alpha.test and serve it for that name: certbot certonly -d mta-sts.alpha.test
)"},
    {"CertificateExpired",
     [](Scene& s) {
       for (Fetch& one : s.facts.fetches)
         one.tls.chain[0].not_after = k_now - days(3);
     },
     R"(error: mta-sts.alpha.test 192.0.2.10, 2001:db8::10: the certificate has expired at 2026-11-25T00:00:00Z, 3 days ago [fetch.certificate-expired]
hint: renew it, and look why that was not done by itself: certbot renew --cert-name mta-sts.alpha.test
)"},
    {"CertificateNotYetValid",
     [](Scene& s) {
       s.facts.fetches[0].tls.chain[0].not_before = k_now + days(1);
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: the certificate is valid from 2026-11-29T00:00:00Z on [fetch.certificate-not-yet-valid]
hint: look at the clock of who issued it, and at that of this machine
)"},
    {"CertificateUntrusted",
     [](Scene& s) {
       s.facts.fetches[0].tls.trust = tls::Trust::untrusted;
       s.facts.fetches[0].tls.trust_reason =
           "unable to get local issuer certificate";
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: the certificate, issued by "CN=R11,O=Let's Encrypt,C=US", is not trusted: unable to get local issuer certificate [fetch.certificate-untrusted]
hint: get one from a public CA: certbot certonly -d mta-sts.alpha.test
)"},
    {"CertificateSelfSigned",
     [](Scene& s) { s.facts.fetches[0].tls.trust = tls::Trust::self_signed; },
     R"(error: mta-sts.alpha.test 192.0.2.10: the certificate is its own issuer [fetch.certificate-untrusted]
hint: get one from a public CA: certbot certonly -d mta-sts.alpha.test
)"},
    {"CertificateChain",
     [](Scene& s) { s.facts.fetches[0].tls.trust = tls::Trust::incomplete; },
     R"(error: mta-sts.alpha.test 192.0.2.10: the certificate of "CN=R11,O=Let's Encrypt,C=US" is not sent along [fetch.certificate-chain]
hint: serve certbot's fullchain.pem, or append the intermediate: curl -sS http://r11.i.lencr.test/ | openssl x509 -inform DER
)"},
    {"CertificateExpiresSoon",
     [](Scene& s) {
       s.facts.fetches[0].tls.chain[0].not_after = k_now + days(12);
       s.facts.fetches[0].tls.chain[0].not_before = k_now - days(78);
     },
     R"(warning: mta-sts.alpha.test 192.0.2.10: the certificate expires at 2026-12-10T00:00:00Z, in 12 days [fetch.certificate-expires-soon]
hint: renew it, and look why that was not done by itself: certbot renew --cert-name mta-sts.alpha.test
)"},
    {"CertificateWeak",
     [](Scene& s) { s.facts.fetches[0].tls.chain[0].weakness = "RSA 1024"; },
     R"(warning: mta-sts.alpha.test 192.0.2.10: the certificate is weak: RSA 1024 [fetch.certificate-weak]
hint: get one with a key of ECDSA P-256 or RSA 2048
)"},
    {"SniIgnored",
     [](Scene& s) {
       s.facts.fetches[0].without_name = shown("default.test").chain[0];
     },
     R"(note: mta-sts.alpha.test 192.0.2.10: without a name (SNI), the certificate is for default.test [fetch.sni-ignored]
hint: senders name the policy host (RFC 8461, 3.3); a scanner may not
)"},
    {"Http",
     [](Scene& s) {
       s.facts.fetches[0].http_failure = "the first line is no status line";
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: the answer can't be read: the first line is no status line [fetch.http]
hint: curl -v --connect-to ::192.0.2.10:443 https://mta-sts.alpha.test/.well-known/mta-sts.txt
)"},
    {"Status", [](Scene& s) { s.facts.fetches[0].status = 404; },
     R"(error: mta-sts.alpha.test 192.0.2.10: answers 404 instead of 200 [fetch.status]
hint: let mta-stsd answer there; a bot filter in front has to go
)"},
    {"Redirect",
     [](Scene& s) {
       s.facts.fetches[0].status = 301;
       s.facts.fetches[0].location = "https://alpha.test/";
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: answers 301 and leads to "https://alpha.test/" [fetch.redirect]
hint: answer /.well-known/mta-sts.txt with the policy itself: senders must not follow (RFC 8461, 3.3)
)"},
    {"ContentType",
     [](Scene& s) {
       s.facts.fetches[0].content_type = "application/octet-stream";
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: Content-Type is "application/octet-stream", not "text/plain" [fetch.content-type]
hint: let the server say Content-Type: text/plain for it
)"},
    {"ContentTypeMissing",
     [](Scene& s) { s.facts.fetches[0].content_type.reset(); },
     R"(error: mta-sts.alpha.test 192.0.2.10: there is no Content-Type [fetch.content-type]
hint: let the server say Content-Type: text/plain for it
)"},
    {"ContentTypeCharset",
     [](Scene& s) {
       s.facts.fetches[0].content_type = "Text/Plain; charset=x-mac";
     },
     R"(warning: mta-sts.alpha.test 192.0.2.10: the charset is "x-mac", which postfix-mta-sts-resolver may not know [fetch.content-type]
hint: let the server say Content-Type: text/plain for it
)"},
    {"SizeOver", [](Scene& s) { s.facts.fetches[0].is_cut = true; },
     R"(error: mta-sts.alpha.test 192.0.2.10: the text has more than 65536 octets [fetch.size]
hint: a wildcard can stand for many hosts (RFC 8461, 4.1)
)"},
    {"Encoding", [](Scene& s) { s.facts.fetches[0].content_encoding = "gzip"; },
     R"(error: mta-sts.alpha.test 192.0.2.10: Content-Encoding is "gzip", which nobody asked for [fetch.encoding]
hint: switch compression off for the policy host
)"},
    {"Length",
     [](Scene& s) { s.facts.fetches[0].broken = "ended 12 octets early"; },
     R"(error: mta-sts.alpha.test 192.0.2.10: the body ended 12 octets early [fetch.length]
hint: let Content-Length be the octets of the body
)"},
});

TEST(VerifyJudgeHost, SaysExactlyWhatIsWrong) { expect_rows(k_rows); }

}  // namespace
}  // namespace mtasts::verify
