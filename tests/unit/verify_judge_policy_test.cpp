// SPDX-License-Identifier: MIT
// The text that is served, and what comes together.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>

#include "verify/judge.hpp"
#include "verify_judge_rows.hpp"

namespace mtasts::verify {
namespace {

constexpr auto k_rows = std::to_array<Row>({
    {"DiffersByMark",
     [](Scene& s) {
       const std::string ours = body_of(s.expected.publication);
       s.facts.fetches[0].body = "\xEF\xBB\xBF" + ours;
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: the text is not that of the configuration: a byte order mark stands in front of it [policy.differs]
hint: mta-stsd render alpha.test prints the right one; let the server there serve it, unchanged
)"},
    {"DiffersByLineEnds",
     [](Scene& s) {
       std::string lf = body_of(s.expected.publication);
       std::erase(lf, '\r');
       s.facts.fetches[0].body = lf;
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: the text is not that of the configuration: its lines end in LF, not in CRLF: something on the way rewrites them [policy.differs]
hint: mta-stsd render alpha.test prints the right one; let the server there serve it, unchanged
)"},
    {"DiffersByATrailingLine",
     [](Scene& s) {
       const std::string ours = body_of(s.expected.publication);
       s.facts.fetches[0].body = ours + "\r\n";
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: the text is not that of the configuration: 2 octets follow its end: "\x0d\x0a" [policy.differs]
hint: mta-stsd render alpha.test prints the right one; let the server there serve it, unchanged
)"},
    {"DiffersByItsEnd",
     [](Scene& s) {
       const std::string ours = body_of(s.expected.publication);
       s.facts.fetches[0].body = ours.substr(0, ours.size() - 2);
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: the text is not that of the configuration: it ends 2 octets early [policy.differs]
hint: mta-stsd render alpha.test prints the right one; let the server there serve it, unchanged
)"},
    {"DiffersByAPage",
     [](Scene& s) { s.facts.fetches[0].body = "<html>hello</html>"; },
     R"(error: mta-sts.alpha.test 192.0.2.10: the text is not that of the configuration: it is a web page, not a policy [policy.differs]
hint: mta-stsd render alpha.test prints the right one; let the server there serve it, unchanged
)"},
    {"DiffersByNothing", [](Scene& s) { s.facts.fetches[0].body.clear(); },
     R"(error: mta-sts.alpha.test 192.0.2.10: the text is not that of the configuration: it is empty [policy.differs]
hint: mta-stsd render alpha.test prints the right one; let the server there serve it, unchanged
)"},
    {"DiffersByOctets",
     [](Scene& s) {
       s.facts.fetches[0].body =
           "version: STSv1\r\nmode:enforce\r\nmx: *.mx.alpha.test\r\nmax_age: "
           "2419200\r\n";
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: the text is not that of the configuration: it says the same in other octets, so that its id is another: line 2 is "mode:enforce\x0d" instead of "mode: enforce\x0d" [policy.differs]
hint: mta-stsd render alpha.test prints the right one; let the server there serve it, unchanged
)"},
    {"DiffersByUtf8",
     [](Scene& s) {
       s.facts.fetches[0].body = "version: STSv1\r\nmode: \xE2\x80\x9C";
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: the text is not that of the configuration: it has octets that are no ASCII: line 2 is "mode: “" instead of "mode: enforce\x0d" [policy.differs]
hint: mta-stsd render alpha.test prints the right one; let the server there serve it, unchanged
)"},
    {"DiffersByAFault",
     [](Scene& s) {
       s.facts.fetches[0].body =
           "version: STSv1\r\nmode: Enforce\r\nmx: *.mx.alpha.test\r\nmax_age: "
           "2419200\r\n";
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: the text is not that of the configuration: line 2 mode "Enforce" is none of testing, enforce and none [policy.differs]
hint: mta-stsd render alpha.test prints the right one; let the server there serve it, unchanged
)"},
    {"DiffersAsTheIdDoes",
     [](Scene& s) {
       const auto old = make_ours(sts::Mode::testing, days(7));
       publish_txt(s, {"v=STSv1; id=" + id_of(old)});
       for (Fetch& one : s.facts.fetches) one.body = body_of(old);
     },
     R"(error: mta-sts.alpha.test 192.0.2.10, 2001:db8::10: the text is not that of the configuration: it is another version: mode testing, not enforce; max_age 604800, not 2419200 [policy.differs]
hint: mta-stsd render alpha.test prints the right one; let the server there serve it, unchanged
)"},
    {"DiffersByHosts",
     [](Scene& s) {
       const auto old =
           make_ours(sts::Mode::enforce, days(28), {"mx.other.test"});
       publish_txt(s, {"v=STSv1; id=" + id_of(old)});
       s.facts.fetches[0].body = body_of(old);
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: the text is not that of the configuration: it is the policy of other hosts: mx mx.other.test, not *.mx.alpha.test [policy.differs]
hint: mta-stsd render alpha.test prints the right one; let the server there serve it, unchanged
)"},
    {"InvalidOfStrangers",
     [](Scene& s) {
       s.expected = {};
       for (Fetch& one : s.facts.fetches)
         one.body = "version: STSv1\nmode: Enforce\nmx: *.mx.alpha.test\n";
     },
     R"(error: mta-sts.alpha.test 192.0.2.10, 2001:db8::10: line 2: mode "Enforce" is none of testing, enforce and none [policy.invalid]
hint: write "mode: enforce" (RFC 8461, 3.2)
error: mta-sts.alpha.test 192.0.2.10, 2001:db8::10: there is no max_age field [policy.invalid]
hint: every policy has one (RFC 8461, 3.2): "max_age: 604800"
)"},
    {"DeviationOfStrangers",
     [](Scene& s) {
       s.expected = {};
       for (Fetch& one : s.facts.fetches) one.body += "contact: us\r\n";
     },
     R"(warning: mta-sts.alpha.test 192.0.2.10, 2001:db8::10: line 5: field "contact" is not known [policy.deviation]
hint: senders ignore it (RFC 8461, 3.2), checkdmarc refuses the policy for it
)"},
    {"LineEndsOfStrangers",
     [](Scene& s) {
       std::string lf = body_of(s.expected.publication);
       std::erase(lf, '\r');
       s.expected = {};
       for (Fetch& one : s.facts.fetches) one.body = lf;
     },
     R"(note: mta-sts.alpha.test 192.0.2.10, 2001:db8::10: lines end in LF, not in CRLF [policy.line-ends]
hint: write CRLF behind each line
)"},
    {"AddressesDifferOfStrangers",
     [](Scene& s) {
       s.expected = {};
       s.facts.fetches[1].body =
           body_of(make_ours(sts::Mode::testing, days(7)));
     },
     R"(error: mta-sts.alpha.test: the addresses serve 2 different texts: 192.0.2.10: 70 octets, first line "version: STSv1"; 2001:db8::10: 69 octets, first line "version: STSv1" [fetch.addresses-differ]
hint: let all of them serve the same
)"},
    {"MaxAgeShort",
     [](Scene& s) {
       s = make_green(
           make_ours(sts::Mode::testing, std::chrono::seconds(3600)));
     },
     R"(warning: mta-sts.alpha.test: max_age 3600 is below one day [policy.max-age-short]
hint: max_age = "1d" is the least; RFC 8461, 3.2 expects weeks
)"},
    {"IdBehindAndWait",
     [](Scene& s) {
       publish_txt(
           s, {"v=STSv1; id=" + id_of(make_ours(sts::Mode::testing, days(1)))});
     },
     R"(error: _mta-sts.alpha.test: id "2f4bc5bdf4ad283d287dfcc9a0bdbab5" is that of an earlier policy (mode testing, max_age 1d), not "14bd7138abe58fbd2172d64ee9fa4224" [dns.sts-id-behind]
hint: write _mta-sts.alpha.test. IN TXT "v=STSv1; id=14bd7138abe58fbd2172d64ee9fa4224"; mta-sts publish alpha.test does it
note: _mta-sts.alpha.test: once the record is published, MX hosts can move after 2026-11-28T01:00:00Z; senders that ask for no new id keep the old policy until 2026-11-29T00:00:00Z [change.wait]
hint: publish first, then move (RFC 8461, 8.1)
)"},
    {"IdBehindByTheHistory",
     [](Scene& s) {
       const auto old = make_ours(sts::Mode::enforce, days(9), {"old.test"});
       publish_txt(s, {"v=STSv1; id=" + id_of(old)});
       s.served(*old, k_now - days(20), k_now - days(5));
     },
     R"(error: _mta-sts.alpha.test: id "7948c684a6fa5525c51e670c613678d1" is that of an earlier policy (mode enforce, max_age 9d), not "14bd7138abe58fbd2172d64ee9fa4224" [dns.sts-id-behind]
hint: write _mta-sts.alpha.test. IN TXT "v=STSv1; id=14bd7138abe58fbd2172d64ee9fa4224"; mta-sts publish alpha.test does it
note: _mta-sts.alpha.test: once the record is published, MX hosts can move after 2026-11-28T01:00:00Z; senders that ask for no new id keep the old policy until 2026-12-02T00:00:00Z [change.wait]
hint: publish first, then move (RFC 8461, 8.1)
warning: a.mx.alpha.test: senders may hold a policy that refuses it until 2026-12-02T00:00:00Z [change.mx-early]
hint: keep the earlier hosts in the MX records, too, until then
warning: b.mx.alpha.test: senders may hold a policy that refuses it until 2026-12-02T00:00:00Z [change.mx-early]
hint: keep the earlier hosts in the MX records, too, until then
)"},
    {"MxEarly",
     [](Scene& s) {
       s.served(*make_ours(sts::Mode::enforce, days(9), {"old.test"}),
                k_now - days(20), k_now - days(5));
     },
     R"(warning: a.mx.alpha.test: senders may hold a policy that refuses it until 2026-12-02T00:00:00Z [change.mx-early]
hint: keep the earlier hosts in the MX records, too, until then
warning: b.mx.alpha.test: senders may hold a policy that refuses it until 2026-12-02T00:00:00Z [change.mx-early]
hint: keep the earlier hosts in the MX records, too, until then
)"},
    {"MxInTime",
     [](Scene& s) {
       s.served(*make_ours(sts::Mode::enforce, days(9), {"old.test"}),
                k_now - days(20), k_now - days(9));
     },
     ""},
    {"TestingForLong",
     [](Scene& s) {
       const auto ours = make_ours(sts::Mode::testing);
       s = make_green(ours);
       s.served(*ours, k_now - days(31), std::nullopt);
     },
     R"(note: mta-sts.alpha.test: mode testing for 31 days, which protects no mail [policy.testing-long]
hint: mta-sts reports gate alpha.test says whether enforce can follow
)"},
    {"TestingNotForLong",
     [](Scene& s) {
       const auto ours = make_ours(sts::Mode::testing);
       s = make_green(ours);
       s.served(*make_ours(), k_now - days(60), k_now - days(30));
       s.served(*ours, k_now - days(30), std::nullopt);
     },
     ""},
    {"TestingIsMilder",
     [](Scene& s) {
       s = make_green(make_ours(sts::Mode::testing));
       s.own_host().probes[0] = {.address = "192.0.2.1",
                                 .reach = net::Reach::reached,
                                 .stage = SmtpStage::no_starttls,
                                 .reply = "250 a"};
     },
     R"(warning: a.mx.alpha.test 192.0.2.1: does not offer STARTTLS [mx.starttls-missing]
hint: switch TLS on; in Postfix: smtpd_tls_security_level = may, smtpd_tls_chain_files = key and chain of a.mx.alpha.test
)"},
    {"NoneIsMildest",
     [](Scene& s) {
       s = make_green(make_ours(sts::Mode::none));
       s.own_host().probes[0] = {.address = "192.0.2.1",
                                 .reach = net::Reach::reached,
                                 .stage = SmtpStage::no_starttls,
                                 .reply = "250 a"};
     },
     R"(note: a.mx.alpha.test 192.0.2.1: does not offer STARTTLS [mx.starttls-missing]
hint: switch TLS on; in Postfix: smtpd_tls_security_level = may, smtpd_tls_chain_files = key and chain of a.mx.alpha.test
)"},
    {"StrangerWithoutMtaSts",
     [](Scene& s) {
       s.expected = {};
       publish_txt(s, {});
       s.facts.fetches[0].status = 404;
       s.facts.fetches.pop_back();
       s.facts.rpt = answer("_smtp._tls.alpha.test", Type::txt, {});
     },
     R"(note: _mta-sts.alpha.test: there is no record of MTA-STS [dns.sts-missing]
hint: write a policy, serve it with mta-stsd, then publish its record
note: _smtp._tls.alpha.test: there is no record of TLS-RPT: nobody reports mail that fails [rpt.missing]
hint: write _smtp._tls.alpha.test. IN TXT "v=TLSRPTv1; rua=mailto:tls-reports@alpha.test"
)"},
    {"PlannedOnAServerThatIsNotReady",
     [](Scene& s) {
       s.facts.view.is_planned = true;
       s.facts.view.connect_to = "192.0.2.10:443";
       s.facts.sts = {};
       s.facts.rpt = {};
       s.facts.servers.clear();
       s.facts.fetches.pop_back();
       s.facts.fetches[0].body.clear();
     },
     R"(error: mta-sts.alpha.test 192.0.2.10: the text is not that of the configuration: it is empty [policy.differs]
hint: mta-stsd render alpha.test prints the right one; let the server there serve it, unchanged
)"},
    {"DeadResolver",
     [](Scene& s) {
       for (auto* one :
            {&s.facts.sts, &s.facts.rpt, &s.facts.host_a, &s.facts.host_aaaa,
             &s.facts.mx, &s.facts.soa, &s.facts.ns})
         *one = no_answer(one->name, one->type, Outcome::silent);
       s.facts.fetches.clear();
       s.facts.hosts.clear();
       s.facts.servers.clear();
       s.facts.reports.clear();
     },
     R"(untested: alpha.test: resolver 127.0.0.1:53 does not answer: TXT _mta-sts.alpha.test, TXT _smtp._tls.alpha.test, A mta-sts.alpha.test, AAAA mta-sts.alpha.test, MX alpha.test [dns.unreachable]
hint: mend /etc/resolv.conf, or name another: --dns ADDRESS
)"},
});

TEST(VerifyJudgePolicy, SaysExactlyWhatIsWrong) { expect_rows(k_rows); }

TEST(VerifyJudge, SaysNothingOfAGreenDomain) {
  EXPECT_EQ(says(make_green()), "");
}

TEST(VerifyJudge, SaysNothingOfAGreenDomainOfOthers) {
  Scene scene = make_green();
  scene.expected = {};
  EXPECT_EQ(says(scene), "");
}

}  // namespace
}  // namespace mtasts::verify
