// SPDX-License-Identifier: MIT
// The resolver, the name servers, and the record of the policy.
#include <gtest/gtest.h>

#include <array>

#include "verify/judge.hpp"
#include "verify/judge_case.hpp"
#include "verify_judge_rows.hpp"

namespace mtasts::verify {
namespace {

constexpr auto k_rows = std::to_array<Row>({
    {"Unreachable",
     [](Scene& s) {
       s.facts.mx = no_answer("alpha.test", Type::mx, Outcome::silent,
                              "no answer in 4 s");
       s.facts.hosts.clear();
     },
     R"(untested: alpha.test: resolver 127.0.0.1:53 does not answer: MX alpha.test (no answer in 4 s) [dns.unreachable]
hint: mend /etc/resolv.conf, or name another: --dns ADDRESS
)"},
    {"ServfailHere",
     [](Scene& s) {
       s.facts.rpt =
           no_answer("_smtp._tls.alpha.test", Type::txt, Outcome::servfail,
                     "EDE 22 (No Reachable Authority)");
     },
     R"(untested: alpha.test: SERVFAIL for TXT _smtp._tls.alpha.test (EDE 22 (No Reachable Authority)) [dns.servfail]
hint: look whether each name server answers: dig +nssearch alpha.test
)"},
    {"ServfailEverywhere",
     [](Scene& s) {
       s.facts.sts =
           no_answer("_mta-sts.alpha.test", Type::txt, Outcome::servfail);
       for (NameServer& one : s.facts.servers) one.sts = s.facts.sts;
     },
     R"(error: alpha.test: SERVFAIL for TXT _mta-sts.alpha.test [dns.servfail]
hint: each name server of the zone says so: look at their logs
)"},
    {"Bogus",
     [](Scene& s) {
       s.facts.sts_unchecked = s.facts.sts;
       s.facts.sts = no_answer("_mta-sts.alpha.test", Type::txt,
                               Outcome::servfail, "EDE 7 (Signature Expired)");
     },
     R"(error: _mta-sts.alpha.test: there is an answer without DNSSEC and SERVFAIL with it: EDE 7 (Signature Expired) [dns.bogus]
hint: mend the signatures or the DS records of alpha.test: dig +cd +dnssec TXT _mta-sts.alpha.test; delv TXT _mta-sts.alpha.test
)"},
    {"ServersUnreachable",
     [](Scene& s) {
       for (NameServer& one : s.facts.servers)
         one.sts = no_answer("_mta-sts.alpha.test", Type::txt, Outcome::silent);
     },
     R"(untested: alpha.test: ns1.alpha.test 192.0.2.53: silent (serial 7); ns2.alpha.test 192.0.2.54: silent (serial 7) [dns.servers-unreachable]
hint: let this machine ask port 53 of other machines, by UDP and TCP
)"},
    {"ServersDiffer",
     [](Scene& s) {
       s.facts.servers[1].sts.records[0].data = "v=STSv1; id=old";
       s.facts.servers[1].soa.records[0].data =
           "ns1.alpha.test root.alpha.test 6 3600 900 604800 300";
     },
     R"(error: _mta-sts.alpha.test: ns1.alpha.test 192.0.2.53: v=STSv1; id=14bd7138abe58fbd2172d64ee9fa4224 (serial 7); ns2.alpha.test 192.0.2.54: v=STSv1; id=old (serial 6) [dns.servers-differ]
hint: let the secondary servers fetch the zone again; a higher serial in its SOA makes them
)"},
    {"ServerLame",
     [](Scene& s) {
       s.facts.servers[1].sts =
           no_answer("_mta-sts.alpha.test", Type::txt, Outcome::refused);
     },
     R"(warning: alpha.test: ns2.alpha.test 192.0.2.54: refused (serial 7) [dns.server-lame]
hint: mend the server, or take its NS record out of the zone and out of the one above
)"},
    {"Cached",
     [](Scene& s) { s.facts.sts.records[0].data = "v=STSv1; id=old"; },
     R"(note: _mta-sts.alpha.test: the resolver still has v=STSv1; id=old, the name servers of the zone have v=STSv1; id=14bd7138abe58fbd2172d64ee9fa4224 [dns.cached]
hint: wait; so do senders that have looked before
)"},
    {"NotSigned", [](Scene& s) { s.facts.soa.is_authentic = false; },
     R"(note: alpha.test: the zone is not signed (DNSSEC) [dns.not-signed]
hint: MTA-STS needs no signatures; DANE does
)"},
    {"NegativeTtlLong",
     [](Scene& s) {
       s.facts.view.is_planned = true;
       s.facts.fetches.clear();
       s.facts.servers.clear();
       s.facts.sts = answer("_mta-sts.alpha.test", Type::txt, {});
       s.facts.sts.negative_ttl = 86400;
     },
     R"(note: _mta-sts.alpha.test: that there is no record is remembered for 1d [dns.negative-ttl-long]
hint: let the last number of the SOA be 300 before the record is published (RFC 2308, 4)
)"},
    {"NegativeTtlLongByTheSoa",
     [](Scene& s) {
       s.facts.view.is_planned = true;
       s.facts.fetches.clear();
       s.facts.servers.clear();
       s.facts.sts = {};
       s.facts.soa.records[0].ttl = 86400;
       s.facts.soa.records[0].data =
           "ns1.alpha.test root.alpha.test 7 3600 900 604800 7200";
     },
     R"(note: _mta-sts.alpha.test: that there is no record is remembered for 2h [dns.negative-ttl-long]
hint: let the last number of the SOA be 300 before the record is published (RFC 2308, 4)
)"},
    {"TtlLong",
     [](Scene& s) {
       for (NameServer& one : s.facts.servers) one.sts.records[0].ttl = 172800;
     },
     R"(warning: _mta-sts.alpha.test: its TTL is 2d [dns.ttl-long]
hint: 3600 is enough; 300 while the policy is being tried
)"},
    {"CnameLoop",
     [](Scene& s) {
       s.facts.servers.clear();
       s.facts.sts =
           by_alias("_mta-sts.alpha.test", Type::txt,
                    {"_mta-sts.beta.test", "_mta-sts.alpha.test"}, {});
     },
     R"(error: _mta-sts.alpha.test: its aliases lead in a circle: _mta-sts.alpha.test, _mta-sts.beta.test, _mta-sts.alpha.test [dns.cname-loop]
hint: delete the CNAME of _mta-sts.alpha.test: mta-stsd records alpha.test prints what belongs there
)"},
    {"CnameDangling",
     [](Scene& s) {
       s.facts.rpt = by_alias("_smtp._tls.alpha.test", Type::txt,
                              {"_smtp._tls.gone.test"}, {});
       s.facts.rpt.outcome = Outcome::no_name;
       s.facts.registered = {
           no_answer("_smtp._tls.gone.test", Type::soa, Outcome::no_name),
           no_answer("_tls.gone.test", Type::soa, Outcome::no_name),
           no_answer("gone.test", Type::soa, Outcome::no_name),
           answer("test", Type::soa, {"a b 1 2 3 4 5"})};
     },
     R"(error: _smtp._tls.alpha.test: leads to _smtp._tls.gone.test, which does not exist; anybody can register gone.test and answer in its place [dns.cname-dangling]
hint: delete the CNAME of _smtp._tls.alpha.test, or let it lead to a name that is there: mta-stsd records alpha.test
)"},
    {"CnameDanglingUnderOneThatIsThere",
     [](Scene& s) {
       s.facts.host_a =
           by_alias("mta-sts.alpha.test", Type::a, {"host.beta.test"}, {});
       s.facts.host_a.outcome = Outcome::no_name;
       s.facts.host_aaaa = s.facts.host_a;
       s.facts.host_aaaa.type = Type::aaaa;
       s.facts.fetches.clear();
       s.facts.registered = {
           no_answer("host.beta.test", Type::soa, Outcome::no_name),
           answer("beta.test", Type::soa, {"a b 1 2 3 4 5"})};
     },
     R"(error: mta-sts.alpha.test: leads to host.beta.test, which does not exist [dns.cname-dangling]
hint: delete the CNAME of mta-sts.alpha.test, or let it lead to a name that is there: mta-stsd records alpha.test
)"},
    {"CnameAndOthers",
     [](Scene& s) {
       s.facts.rpt = by_alias("_smtp._tls.alpha.test", Type::txt,
                              {"_smtp._tls.beta.test"},
                              {"v=TLSRPTv1; rua=mailto:tls@reports.test"});
       s.facts.rpt.records.push_back(
           {"_smtp._tls.alpha.test", Type::a, 3600, "192.0.2.9"});
     },
     R"(error: _smtp._tls.alpha.test: _smtp._tls.alpha.test has a CNAME to _smtp._tls.beta.test and other records [dns.cname-and-others]
hint: delete the one or the others (RFC 1034, 3.6.2)
)"},
    {"CnameLong",
     [](Scene& s) {
       s.facts.servers.clear();
       s.facts.sts =
           by_alias("_mta-sts.alpha.test", Type::txt,
                    {"a1.test", "a2.test", "a3.test", "a4.test", "a5.test",
                     "a6.test", "a7.test", "a8.test", "a9.test"},
                    find_data(s.facts.sts));
     },
     R"(warning: _mta-sts.alpha.test: leads on by 9 aliases, to a9.test [dns.cname-long]
hint: let _mta-sts.alpha.test lead to a9.test at once
)"},
    {"Missing", [](Scene& s) { publish_txt(s, {}); },
     R"(error: _mta-sts.alpha.test: there is no record of MTA-STS [dns.sts-missing]
hint: write _mta-sts.alpha.test. IN TXT "v=STSv1; id=14bd7138abe58fbd2172d64ee9fa4224"; mta-sts publish alpha.test does it
)"},
    {"MissingWithAnotherText",
     [](Scene& s) { publish_txt(s, {"v=spf1 -all"}); },
     R"(error: _mta-sts.alpha.test: there is no record of MTA-STS, only v=spf1 -all [dns.sts-missing]
hint: write _mta-sts.alpha.test. IN TXT "v=STSv1; id=14bd7138abe58fbd2172d64ee9fa4224"; mta-sts publish alpha.test does it
)"},
    {"MissingWhereTheAliasLeads",
     [](Scene& s) {
       s.facts.servers.clear();
       s.facts.sts = by_alias("_mta-sts.alpha.test", Type::txt,
                              {"_mta-sts.beta.test"}, {});
     },
     R"(error: _mta-sts.alpha.test: there is no record of MTA-STS where the alias leads, at _mta-sts.beta.test [dns.sts-missing]
hint: let who runs _mta-sts.beta.test write it there, or delete the CNAME
)"},
    {"MissingButElsewhere",
     [](Scene& s) {
       publish_txt(s, {});
       s.facts.elsewhere = {answer("alpha.test", Type::txt, {"v=STSv1; id=1"})};
     },
     R"(error: _mta-sts.alpha.test: there is no record of MTA-STS; one is at alpha.test [dns.sts-missing]
hint: write _mta-sts.alpha.test. IN TXT "v=STSv1; id=14bd7138abe58fbd2172d64ee9fa4224"; mta-sts publish alpha.test does it
)"},
    {"Multiple",
     [](Scene& s) {
       publish_txt(s, {"v=STSv1; id=1", "v=STSv1; id=2"});
     },
     R"(error: _mta-sts.alpha.test: there are 2 records: v=STSv1; id=1 and v=STSv1; id=2 [dns.sts-multiple]
hint: delete all but _mta-sts.alpha.test. IN TXT "v=STSv1; id=14bd7138abe58fbd2172d64ee9fa4224"
)"},
    {"Syntax", [](Scene& s) { publish_txt(s, {"v=STSv1; id=2026-11-28"}); },
     R"(error: _mta-sts.alpha.test: "v=STSv1; id=2026-11-28" is no record: id "2026-11-28" is not 1 to 32 letters and digits [dns.sts-syntax]
hint: write _mta-sts.alpha.test. IN TXT "v=STSv1; id=14bd7138abe58fbd2172d64ee9fa4224"; mta-sts publish alpha.test does it
)"},
    {"SyntaxOfTheVersion", [](Scene& s) { publish_txt(s, {"V=STSv1; id=1"}); },
     R"(error: _mta-sts.alpha.test: "V=STSv1; id=1" is no record: does not start with "v=STSv1" [dns.sts-syntax]
hint: write _mta-sts.alpha.test. IN TXT "v=STSv1; id=14bd7138abe58fbd2172d64ee9fa4224"; mta-sts publish alpha.test does it
)"},
    {"IdBehind",
     [](Scene& s) {
       publish_txt(
           s, {"v=STSv1; id=" + id_of(make_ours(sts::Mode::testing, days(1)))});
       for (Fetch& one : s.facts.fetches) one.http_failure = "no head";
       for (Fetch& one : s.facts.fetches) one.reach = net::Reach::no_route;
     },
     R"(error: _mta-sts.alpha.test: id "2f4bc5bdf4ad283d287dfcc9a0bdbab5" is that of an earlier policy (mode testing, max_age 1d), not "14bd7138abe58fbd2172d64ee9fa4224" [dns.sts-id-behind]
hint: once the policy is live, write _mta-sts.alpha.test. IN TXT "v=STSv1; id=14bd7138abe58fbd2172d64ee9fa4224"; mta-sts publish alpha.test does it
untested: mta-sts.alpha.test 192.0.2.10: this machine has no way to IPv4 addresses [fetch.untested]
hint: run it again where senders are: on a mail server
untested: mta-sts.alpha.test 2001:db8::10: this machine has no way to IPv6 addresses [fetch.untested]
hint: run it again where senders are: on a mail server
)"},
    {"IdUnknown", [](Scene& s) { publish_txt(s, {"v=STSv1; id=20240101"}); },
     R"(error: _mta-sts.alpha.test: id "20240101" is not "14bd7138abe58fbd2172d64ee9fa4224", the one of the policy, nor of one that was likely before [dns.sts-id-unknown]
hint: write _mta-sts.alpha.test. IN TXT "v=STSv1; id=14bd7138abe58fbd2172d64ee9fa4224"; mta-sts publish alpha.test does it
)"},
    {"IdAhead",
     [](Scene& s) {
       s.facts.fetches[1].body =
           body_of(make_ours(sts::Mode::testing, days(1)));
     },
     R"(error: _mta-sts.alpha.test: id "14bd7138abe58fbd2172d64ee9fa4224" is right, but another policy is served from 2001:db8::10 [dns.sts-id-ahead]
hint: let the server at 2001:db8::10 have the configuration of the others
)"},
    {"OtherTxt",
     [](Scene& s) {
       publish_txt(s, {find_data(s.facts.sts)[0], "v=spf1 -all"});
     },
     R"(warning: _mta-sts.alpha.test: has another text, too: v=spf1 -all [dns.sts-other-txt]
hint: delete it, or the wildcard that it comes from, at _mta-sts.alpha.test
)"},
    {"Split",
     [](Scene& s) {
       for (NameServer& one : s.facts.servers)
         one.sts.records[0].strings = {10, 20};
     },
     R"(warning: _mta-sts.alpha.test: is split into 2 strings [dns.sts-split]
hint: write it as one: _mta-sts.alpha.test. IN TXT "v=STSv1; id=14bd7138abe58fbd2172d64ee9fa4224"
)"},
    {"SpaceBeforeSemicolon",
     [](Scene& s) {
       publish_txt(s, {"v=STSv1 ; id=" + id_of(s.expected.publication)});
     },
     R"(warning: _mta-sts.alpha.test: "v=STSv1 ; id=14bd7138abe58fbd2172d64ee9fa4224": chasquid and Halon refuse white space in front of the first ";" [dns.sts-space-before-semicolon]
hint: write _mta-sts.alpha.test. IN TXT "v=STSv1; id=14bd7138abe58fbd2172d64ee9fa4224"
)"},
    {"DeviationSpaceAtTheEnd",
     [](Scene& s) {
       publish_txt(s, {"v=STSv1; id=" + id_of(s.expected.publication) + "; "});
     },
     R"(warning: _mta-sts.alpha.test: "v=STSv1; id=14bd7138abe58fbd2172d64ee9fa4224; ": KumoMTA refuses white space at the end [dns.sts-deviation]
hint: write _mta-sts.alpha.test. IN TXT "v=STSv1; id=14bd7138abe58fbd2172d64ee9fa4224"
)"},
    {"WrongName",
     [](Scene& s) {
       s.facts.elsewhere = {
           answer("_mta_sts.alpha.test", Type::txt, {"v=STSv1; id=1"})};
     },
     R"(warning: _mta_sts.alpha.test: has "v=STSv1; id=1", which no sender reads there [dns.sts-wrong-name]
hint: delete it; the one place is _mta-sts.alpha.test
)"},
});

TEST(VerifyJudgeDns, SaysExactlyWhatIsWrong) { expect_rows(k_rows); }

}  // namespace
}  // namespace mtasts::verify
