// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "sts/mx_pattern.hpp"
#include "sts/policy.hpp"
#include "text/ascii.hpp"
#include "text/json.hpp"
#include "tool/verify_output.hpp"
#include "tool/wrapped.hpp"
#include "verify/facts_json.hpp"
#include "verify/findings.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
using verify::Judged;

constexpr sys_seconds k_now{seconds(1795471200)};  // 2026-11-23T22:00:00Z

tls::PeerFacts shows(std::chrono::days left) {
  return {.is_established = true, .chain = {{.not_after = k_now + left}}};
}

/// A domain that is well, with two MX hosts at three addresses.
Judged make_good(const std::string& domain, sts::Mode mode) {
  Judged judged{.facts = {.domain = domain, .at = k_now}};
  judged.policy = *sts::Policy::make(
      mode, {*sts::MxPattern::parse("*.alpha.test")}, std::chrono::days(7));
  judged.facts.fetches.push_back(
      {.address = "192.0.2.10", .tls = shows(std::chrono::days(50))});
  judged.facts.hosts = {
      {10, std::make_shared<verify::MxHost>(verify::MxHost{
               .name = "mx1.alpha.test",
               .probes = {{.address = "192.0.2.1",
                           .tls = shows(std::chrono::days(31))},
                          {.address = "2001:db8::1",
                           .tls = shows(std::chrono::days(31))}}})},
      {20, std::make_shared<verify::MxHost>(
               verify::MxHost{.name = "mx2.alpha.test",
                              .probes = {{.address = "192.0.2.1",
                                          .tls = shows(std::chrono::days(90))},
                                         {.address = "192.0.2.7"}}})}};
  return judged;
}

Diagnostic make(Severity severity, std::string id, std::string subject,
                std::string message, std::string hint = {}) {
  return {severity, std::move(id), Place{std::move(subject)},
          std::move(message), std::move(hint)};
}

Judged make_bad() {
  Judged judged = make_good("alpha.test", sts::Mode::enforce);
  judged.findings = {
      make(Severity::error, "test.id-unknown", "_mta-sts.alpha.test",
           "the id \"20260101\" is that of no policy here",
           "publish the record: _mta-sts.alpha.test. 300 IN TXT "
           "\"v=STSv1; id=0123456789abcdef0123456789abcdef\""),
      make(Severity::error, "test.name", "mx2.alpha.test 192.0.2.7",
           "the certificate is for \"mail.alpha.test\" and "
           "\"www.alpha.test\", and not for this host",
           "get one for \"mx2.alpha.test\", or name the host "
           "\"mail.alpha.test\" in the MX records and in the policy"),
      make(Severity::untested, "test.connect", "mx1.alpha.test 2001:db8::1",
           "this machine has no way to it"),
      make(Severity::error, "test.expired", "mx2.alpha.test 192.0.2.7",
           "the certificate has ended yesterday"),
      make(Severity::note, "test.max-age", "alpha.test", "a week")};
  return judged;
}

std::string print(const std::string& form, const std::vector<Judged>& list,
                  Colour colour = Colour::none, Notes notes = Notes::counted) {
  const auto output = make_output(form, colour, notes);
  std::string text;
  for (const Judged& one : list) text += output->add(one);
  return text + output->finish();
}

TEST(ToolVerifyOutput, SaysInOneLineThatAllIsWell) {
  EXPECT_EQ(print("text", {make_good("alpha.test", sts::Mode::enforce)}),
            "alpha.test: good (enforce, 2 MX hosts at 3 addresses, valid until "
            "2026-12-24)\n");
  Judged planned = make_good("alpha.test", sts::Mode::testing);
  planned.facts.view.is_planned = true;
  planned.facts.fetches.clear();
  planned.facts.hosts = {{}};
  EXPECT_EQ(print("text", {planned}),
            "alpha.test: good (planned, testing, 1 MX host)\n");
  planned.policy.reset();
  planned.facts.view.is_planned = false;
  EXPECT_EQ(print("text", {planned}), "alpha.test: no policy\n");
}

TEST(ToolVerifyOutput, SaysBySubjectWhatIsWrong) {
  EXPECT_EQ(print("text", {make_bad()}),
            R"(alpha.test: 3 errors, 1 could not be tested (enforce)
  _mta-sts.alpha.test
    error: the id "20260101" is that of no policy here [test.id-unknown]
      do: publish the record:
        _mta-sts.alpha.test. 300 IN TXT "v=STSv1; id=0123456789abcdef0123456789abcdef"
  mx2.alpha.test 192.0.2.7
    error: the certificate is for "mail.alpha.test" and "www.alpha.test", and
        not for this host [test.name]
      do: get one for "mx2.alpha.test", or name the host "mail.alpha.test" in
        the MX records and in the policy
    error: the certificate has ended yesterday [test.expired]
  mx1.alpha.test 2001:db8::1
    could not test: this machine has no way to it [test.connect]
  alpha.test
    note: a week [test.max-age]
)");
}

/// Of the table, whose words are its own: the first kind that is an error with
/// an effect, and a warning in testing.
const verify::FindingKind* find_softened() {
  for (const verify::FindingKind& one : verify::all_findings()) {
    if (!one.effect.empty() &&
        text::has(one.severities, "warning in testing")) {
      return &one;
    }
  }
  return nullptr;
}

TEST(ToolVerifyOutput, SaysOnceWhatSendersDo) {
  const verify::FindingKind* kind = find_softened();
  if (kind == nullptr) GTEST_SKIP() << "the table has none";
  Judged judged = make_good("alpha.test", sts::Mode::enforce);
  const std::string id(kind->id);
  const std::string effect(kind->effect);
  judged.findings = {make(Severity::error, id, "mx1.alpha.test", "is bad"),
                     make(Severity::error, id, "mx2.alpha.test", "is bad")};
  const std::string wrapped = format_wrapped("      effect: ", effect, 8);
  EXPECT_EQ(print("text", {judged}),
            "alpha.test: 2 errors (enforce)\n"
            "  mx1.alpha.test\n"
            "    error: is bad [" +
                id + "]\n" + wrapped +
                "  mx2.alpha.test\n"
                "    error: is bad [" +
                id + "]\n");
  EXPECT_TRUE(text::has(print("jsonl", {judged}),
                        ",\"effect\":" + text::json_quote(effect) + "}"));
}

TEST(ToolVerifyOutput, SaysWhatModeTestingChanges) {
  const verify::FindingKind* kind = find_softened();
  if (kind == nullptr) GTEST_SKIP() << "the table has none";
  Judged judged = make_good("alpha.test", sts::Mode::testing);
  Diagnostic finding = make(Severity::warning, std::string(kind->id), "", "");
  EXPECT_EQ(
      verify::effect_of(judged, finding),
      "In mode testing mail comes all the same. " + std::string(kind->effect));
  judged.policy = make_good("alpha.test", sts::Mode::enforce).policy;
  EXPECT_EQ(verify::effect_of(judged, finding), kind->effect);
  finding.severity = Severity::untested;
  EXPECT_EQ(verify::effect_of(judged, finding), "");
}

TEST(ToolVerifyOutput, CountsSeveralDomains) {
  Judged absent;
  absent.facts.domain = "b.test";
  absent.findings = {make(Severity::note, "test.missing", "_mta-sts.b.test",
                          "there is no TXT record")};
  Judged untested = absent;
  untested.facts.domain = "c.test";
  untested.findings.front().severity = Severity::untested;
  Judged warned = absent;
  warned.facts.domain = "d.test";
  warned.findings.front().severity = Severity::warning;
  EXPECT_EQ(
      print("text", {make_good("a.test", sts::Mode::none), absent, untested,
                     warned, warned}),
      R"(a.test: good (none, 2 MX hosts at 3 addresses, valid until 2026-12-24)
b.test: no policy
  _mta-sts.b.test
    note: there is no TXT record [test.missing]
c.test: 1 could not be tested
  _mta-sts.b.test
    could not test: there is no TXT record [test.missing]
d.test: 1 warning
  _mta-sts.b.test
    warning: there is no TXT record [test.missing]
d.test: 1 warning
  _mta-sts.b.test
    warning: there is no TXT record [test.missing]
5 domains: 1 good, 2 with warnings, 1 could not be tested, 1 without a policy
)");
}

TEST(ToolVerifyOutput, MarksWordsForATerminal) {
  Judged judged = make_good("alpha.test", sts::Mode::enforce);
  EXPECT_TRUE(print("text", {judged}, Colour::ansi)
                  .starts_with("alpha.test: \x1b[32mgood\x1b[m (enforce, "));
  judged.findings = {make(Severity::error, "a.b", "error.test", "error", "do")};
  EXPECT_EQ(print("text", {judged}, Colour::ansi),
            "alpha.test: \x1b[31m1 error\x1b[m (enforce)\n"
            "  error.test\n"
            "    \x1b[31merror\x1b[m: error [a.b]\n"
            "      \x1b[1mdo\x1b[m: do\n");
}

/// What strangers say steers no terminal and breaks no line.
TEST(ToolVerifyOutput, KeepsStrangersFromTheTerminal) {
  const std::string hostile = "\x1b]0;x\x07\r\n\xC2\x9B\xFF\"\\";
  Judged judged = make_good("alpha.test", sts::Mode::enforce);
  auto host = std::make_shared<verify::MxHost>(*judged.facts.hosts[0].host);
  host->name = hostile;
  judged.facts.hosts[0].host = host;
  judged.findings = {make(Severity::error, "a.b", hostile, hostile, hostile)};
  EXPECT_EQ(print("text", {judged}),
            R"(alpha.test: 1 error (enforce)
  \x1b]0;x\x07\x0d\x0a\xc2\x9b\xff"\
    error: \x1b]0;x\x07\x0d\x0a\xc2\x9b\xff"\ [a.b]
      do: \x1b]0;x\x07\x0d\x0a\xc2\x9b\xff"\
)");
  for (const std::string form : {"text", "json", "jsonl", "prometheus"}) {
    for (const char c : print(form, {judged})) {
      EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~') || form[0] == 'j')
          << form;
      EXPECT_NE(c, '\x1b') << form;
    }
  }
  EXPECT_TRUE(text::has(
      print("prometheus", {judged}),
      "{host=\"\\\\x1b]0;x\\\\x07\\\\x0d\\\\x0a\\\\xc2\\\\x9b\\\\xff\\\"\\\\\""
      ",address=\"192.0.2.1\"} 1798149600\n"));
}

TEST(ToolVerifyOutput, IsOneDocumentOfAllDomains) {
  Judged judged = make_good("alpha.test", sts::Mode::enforce);
  judged.findings = {make(Severity::error, "test.name", "mx1.alpha.test",
                          "is for \"a\"", "get one"),
                     {Severity::note, "test.line",
                      Place{"policy of alpha.test", 2, 1}, "has no end", ""}};
  const std::string domain =
      R"({"domain":"alpha.test","mode":"enforce","verdict":"error","findings":)"
      R"([{"id":"test.name","severity":"error",)"
      R"("subject":"mx1.alpha.test","message":"is for \"a\"","hint":"get one",)"
      R"("effect":""},{"id":"test.line","severity":"note",)"
      R"("subject":"policy of alpha.test:2:1","message":"has no end","hint":"",)"
      R"("effect":""}],"facts":)" +
      verify::format_facts(judged.facts) + "}";
  EXPECT_EQ(print("jsonl", {judged, judged}), domain + "\n" + domain + "\n");
  const std::string document = print("json", {judged, judged});
  EXPECT_TRUE(document.starts_with(R"({"version":")"));
  EXPECT_TRUE(document.ends_with("\",\"domains\":[\n" + domain + ",\n" +
                                 domain + "\n]}\n"));
  EXPECT_TRUE(print("json", {}).ends_with("\",\"domains\":[]}\n"));
  // What is printed can be judged anew.
  for (const std::string form : {"json", "jsonl"}) {
    std::size_t read = 0;
    const auto again = verify::parse_each_facts(
        print(form, {judged, judged}), [&](const verify::Facts& facts) {
          EXPECT_TRUE(facts == judged.facts);
          ++read;
        });
    EXPECT_TRUE(again) << again.error().message;
    EXPECT_EQ(read, 2U) << form;
  }
}

TEST(ToolVerifyOutput, SaysNothingOfAModeThatIsNotKnown) {
  Judged judged;
  judged.facts.domain = "alpha.test";
  EXPECT_TRUE(print("jsonl", {judged})
                  .starts_with(R"({"domain":"alpha.test","mode":null,)"
                               R"("verdict":"absent","findings":[],)"));
}

TEST(ToolVerifyOutput, IsATextFileForPrometheus) {
  Judged other = make_good("b.test", sts::Mode::testing);
  other.facts.at = k_now + seconds(7);
  EXPECT_EQ(print("prometheus", {other, make_bad()}),
            R"(# HELP mta_sts_verify_findings Findings, by severity.
# TYPE mta_sts_verify_findings gauge
mta_sts_verify_findings{domain="alpha.test",severity="note"} 1
mta_sts_verify_findings{domain="alpha.test",severity="untested"} 1
mta_sts_verify_findings{domain="alpha.test",severity="warning"} 0
mta_sts_verify_findings{domain="alpha.test",severity="error"} 3
mta_sts_verify_findings{domain="b.test",severity="note"} 0
mta_sts_verify_findings{domain="b.test",severity="untested"} 0
mta_sts_verify_findings{domain="b.test",severity="warning"} 0
mta_sts_verify_findings{domain="b.test",severity="error"} 0
# HELP mta_sts_verify_finding How often a domain has this finding.
# TYPE mta_sts_verify_finding gauge
mta_sts_verify_finding{domain="alpha.test",id="test.connect"} 1
mta_sts_verify_finding{domain="alpha.test",id="test.expired"} 1
mta_sts_verify_finding{domain="alpha.test",id="test.id-unknown"} 1
mta_sts_verify_finding{domain="alpha.test",id="test.max-age"} 1
mta_sts_verify_finding{domain="alpha.test",id="test.name"} 1
# HELP mta_sts_verify_certificate_expiry_timestamp_seconds When the certificate ends that is shown.
# TYPE mta_sts_verify_certificate_expiry_timestamp_seconds gauge
mta_sts_verify_certificate_expiry_timestamp_seconds{host="mta-sts.alpha.test",address="192.0.2.10"} 1799791200
mta_sts_verify_certificate_expiry_timestamp_seconds{host="mta-sts.b.test",address="192.0.2.10"} 1799791200
mta_sts_verify_certificate_expiry_timestamp_seconds{host="mx1.alpha.test",address="192.0.2.1"} 1798149600
mta_sts_verify_certificate_expiry_timestamp_seconds{host="mx1.alpha.test",address="2001:db8::1"} 1798149600
mta_sts_verify_certificate_expiry_timestamp_seconds{host="mx2.alpha.test",address="192.0.2.1"} 1803247200
# HELP mta_sts_verify_checked_timestamp_seconds When the domain was looked at.
# TYPE mta_sts_verify_checked_timestamp_seconds gauge
mta_sts_verify_checked_timestamp_seconds{domain="alpha.test"} 1795471200
mta_sts_verify_checked_timestamp_seconds{domain="b.test"} 1795471207
)");
}

}  // namespace
}  // namespace mtasts::tool
