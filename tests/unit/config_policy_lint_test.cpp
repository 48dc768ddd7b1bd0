// SPDX-License-Identifier: MIT
// The texts of the warnings are in tests/bad_config; here is when they come,
// and above all when they do not.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "config/policy_lint.hpp"

namespace mtasts::config {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::weeks;
using Ids = std::vector<std::string>;

/// A policy that nothing can be said against.
struct Case {
  std::vector<std::string> domains = {"example.com"};
  sts::Mode mode = sts::Mode::testing;
  std::vector<std::string> mx = {"mail.example.com"};
  seconds max_age = weeks(4);
  std::vector<std::string> tls_rpt = {"mailto:a@example.com"};
};

Diagnostics lint(const Case& one) {
  PolicyDraft draft{.domains = {},
                    .mode = one.mode,
                    .mx = {},
                    .max_age = {one.max_age, {4, 1}},
                    .tls_rpt = {},
                    .at = {9, 9}};
  std::uint32_t column = 1;
  for (const std::string& text : one.domains) {
    draft.domains.push_back({*dns::Name::parse(text), {1, column++}});
  }
  column = 1;
  std::vector<sts::MxPattern> mx;
  for (const std::string& text : one.mx) {
    mx.push_back(*sts::MxPattern::parse(text));
    draft.mx.push_back({mx.back(), {3, column++}});
  }
  column = 1;
  for (const std::string& text : one.tls_rpt) {
    draft.tls_rpt.push_back({*tlsrpt::ReportUri::parse(text), {5, column++}});
  }
  const Table table;
  Diagnostics found;
  TableReader reader(table, "policy", "a.toml", found);
  lint_policy(draft, *sts::Policy::make(one.mode, mx, one.max_age), reader);
  return found;
}

Ids ids(const Case& one) {
  Ids list;
  for (const Diagnostic& diagnostic : lint(one)) {
    EXPECT_EQ(diagnostic.severity, Severity::warning);
    EXPECT_NE(diagnostic.hint, "") << diagnostic.id;
    list.push_back(diagnostic.id);
  }
  std::sort(list.begin(), list.end());
  return list;
}

Ids mx_ids(const std::vector<std::string>& mx) {
  Case one;
  one.mx = mx;
  return ids(one);
}

Ids age_ids(sts::Mode mode, seconds max_age) {
  Case one;
  one.mode = mode;
  one.max_age = max_age;
  return ids(one);
}

Ids domain_ids(const std::string& domain) {
  Case one;
  one.domains = {domain};
  return ids(one);
}

std::string place_of_first(const Case& one) {
  return format_place(lint(one).at(0).place);
}

TEST(ConfigPolicyLint, HasNothingAgainstAGoodPolicy) {
  EXPECT_EQ(ids({}), Ids{});
}

// --- Domains ---

TEST(ConfigPolicyLintDomain, WarnsOfOneLabel) {
  EXPECT_EQ(domain_ids("intranet"), Ids{"policy.domain-single-label"});
}

TEST(ConfigPolicyLintDomain, WarnsOfThePolicyHostInItsPlace) {
  EXPECT_EQ(domain_ids("mta-sts.example.com"),
            Ids{"policy.domain-is-policy-host"});
}

TEST(ConfigPolicyLintDomain, HasNothingAgainstNamesThatOnlyLookAlike) {
  EXPECT_EQ(domain_ids("mta-sts-example.com"), Ids{});
  EXPECT_EQ(domain_ids("a.mta-sts.example.com"), Ids{});
}

// The domain mta-sts.com is somebody's; "com" is no policy domain of theirs.
TEST(ConfigPolicyLintDomain, HasNothingAgainstADomainCalledMtaSts) {
  EXPECT_EQ(domain_ids("mta-sts.com"), Ids{});
}

TEST(ConfigPolicyLintDomain, NamesThePlaceOfTheDomain) {
  Case one;
  one.domains = {"example.com", "intranet"};
  EXPECT_EQ(place_of_first(one), "a.toml:1:2");
}

// --- mx ---

TEST(ConfigPolicyLintMx, WarnsOfOneLabel) {
  EXPECT_EQ(mx_ids({"mail"}), Ids{"policy.mx-single-label"});
}

TEST(ConfigPolicyLintMx, WarnsOfThePolicyHost) {
  EXPECT_EQ(mx_ids({"mta-sts.example.com"}), Ids{"policy.mx-is-policy-host"});
}

TEST(ConfigPolicyLintMx, WarnsOfThePolicyHostOfAnyOfTheDomains) {
  Case one;
  one.domains = {"example.com", "example.net"};
  one.mx = {"mta-sts.example.net"};
  EXPECT_EQ(ids(one), Ids{"policy.mx-is-policy-host"});
}

TEST(ConfigPolicyLintMx, HasNothingAgainstThePolicyHostOfAnother) {
  EXPECT_EQ(mx_ids({"mta-sts.example.net"}), Ids{});
}

// RFC 8461, 10.4: anyone can have a host under these.
TEST(ConfigPolicyLintMx, WarnsOfWildcardsUnderARegistry) {
  for (const char* text :
       {"*.com", "*.example", "*.ac.at", "*.co.uk", "*.com.au", "*.edu.tr",
        "*.gov.uk", "*.ne.jp", "*.net.au", "*.org.nz"}) {
    EXPECT_EQ(mx_ids({text}), Ids{"policy.mx-wide-wildcard"}) << text;
  }
}

TEST(ConfigPolicyLintMx, HasNothingAgainstWildcardsUnderADomain) {
  for (const char* text : {"*.example.com", "*.mx.co.uk", "*.co.example",
                           "*.abc.uk", "*.a.b.c.example"}) {
    EXPECT_EQ(mx_ids({text}), Ids{}) << text;
  }
}

// RFC 8461, 4.1: the hosts are <name>.mail.protection.outlook.com and
// <name>.<zone>.mx.microsoft.
TEST(ConfigPolicyLintMx, WarnsOfWildcardsThatMatchNoHostOfTheProvider) {
  for (const char* text :
       {"*.outlook.com", "*.protection.outlook.com", "*.office365.com",
        "*.mx.microsoft", "*.microsoft", "*.gmail.com"}) {
    EXPECT_EQ(mx_ids({text}), Ids{"policy.mx-never-matches"}) << text;
  }
}

TEST(ConfigPolicyLintMx, HasNothingAgainstTheRightWildcardOfAProvider) {
  for (const char* text :
       {"*.mail.protection.outlook.com", "*.o-v1.mx.microsoft"}) {
    EXPECT_EQ(mx_ids({text}), Ids{}) << text;
  }
}

// smtp.google.com is the one MX host of newer tenants, but those who write a
// wildcard have five others in mind.
TEST(ConfigPolicyLintMx, WarnsOfTheWildcardThatMatchesOnlySmtpGoogleCom) {
  ASSERT_TRUE(sts::MxPattern::parse("*.google.com")
                  ->matches(*dns::Name::parse("smtp.google.com")));
  EXPECT_EQ(mx_ids({"*.google.com"}), Ids{"policy.mx-incomplete"});
  EXPECT_EQ(mx_ids({"*.google.com", "mail.example.com"}),
            Ids{"policy.mx-incomplete"});
  EXPECT_EQ(
      mx_ids({"*.google.com", "aspmx.l.google.com", "*.aspmx.l.google.com"}),
      Ids{});
}

TEST(ConfigPolicyLintMx, WarnsOfADuplicateOnceForEach) {
  EXPECT_EQ(mx_ids({"a.example", "a.example", "A.example"}),
            (Ids{"policy.mx-duplicate", "policy.mx-duplicate"}));
}

TEST(ConfigPolicyLintMx, WarnsOfADuplicateWildcard) {
  EXPECT_EQ(mx_ids({"*.a.example", "*.a.example"}), Ids{"policy.mx-duplicate"});
}

TEST(ConfigPolicyLintMx, SaysOneThingOfADuplicateThatAWildcardCovers) {
  EXPECT_EQ(mx_ids({"mx.a.example", "mx.a.example", "*.a.example"}),
            (Ids{"policy.mx-covered", "policy.mx-duplicate"}));
}

TEST(ConfigPolicyLintMx, NamesThePlaceOfTheSecondOfDuplicates) {
  Case one;
  one.mx = {"a.example", "b.example", "a.example"};
  EXPECT_EQ(place_of_first(one), "a.toml:3:3");
}

TEST(ConfigPolicyLintMx, WarnsOfAHostThatAWildcardCovers) {
  EXPECT_EQ(mx_ids({"mail.example.com", "*.example.com"}),
            Ids{"policy.mx-covered"});
  EXPECT_EQ(mx_ids({"*.example.com", "mail.example.com"}),
            Ids{"policy.mx-covered"});
}

TEST(ConfigPolicyLintMx, HasNothingAgainstAHostThatTheWildcardMisses) {
  EXPECT_EQ(mx_ids({"example.com", "*.example.com"}), Ids{});
  EXPECT_EQ(mx_ids({"a.mail.example.com", "*.example.com"}), Ids{});
  EXPECT_EQ(mx_ids({"*.mail.example.com", "*.example.com"}), Ids{});
}

// --- max_age ---

TEST(ConfigPolicyLintMaxAge, WarnsOfZeroInEveryMode) {
  for (const sts::Mode mode :
       {sts::Mode::testing, sts::Mode::enforce, sts::Mode::none}) {
    EXPECT_EQ(age_ids(mode, seconds(0)), Ids{"policy.max-age-zero"});
  }
}

TEST(ConfigPolicyLintMaxAge, WarnsOfLessThanADay) {
  EXPECT_EQ(age_ids(sts::Mode::testing, days(1) - seconds(1)),
            Ids{"policy.max-age-short"});
  EXPECT_EQ(age_ids(sts::Mode::testing, seconds(1)),
            Ids{"policy.max-age-short"});
}

TEST(ConfigPolicyLintMaxAge, HasNothingAgainstADayOfTesting) {
  EXPECT_EQ(age_ids(sts::Mode::testing, days(1)), Ids{});
}

// Appendix A of RFC 8461 shows 15 days of testing.
TEST(ConfigPolicyLintMaxAge, HasNothingAgainstTheExampleOfTheRfc) {
  EXPECT_EQ(age_ids(sts::Mode::testing, seconds(1296000)), Ids{});
}

// RFC 8461, 10.2: an attacker has to hold out for max_age.
TEST(ConfigPolicyLintMaxAge, WarnsOfLessThanFourWeeksOfEnforce) {
  EXPECT_EQ(age_ids(sts::Mode::enforce, weeks(4) - seconds(1)),
            Ids{"policy.enforce-max-age-short"});
  EXPECT_EQ(age_ids(sts::Mode::enforce, days(1)),
            Ids{"policy.enforce-max-age-short"});
}

TEST(ConfigPolicyLintMaxAge, HasNothingAgainstFourWeeksOfEnforce) {
  EXPECT_EQ(age_ids(sts::Mode::enforce, weeks(4)), Ids{});
}

TEST(ConfigPolicyLintMaxAge, SaysOneThingOfLessThanADayOfEnforce) {
  EXPECT_EQ(age_ids(sts::Mode::enforce, hours(1)), Ids{"policy.max-age-short"});
}

// RFC 8461, 8.3: "a small max_age".
TEST(ConfigPolicyLintMaxAge, HasNothingAgainstAShortNone) {
  EXPECT_EQ(age_ids(sts::Mode::none, days(1)), Ids{});
  EXPECT_EQ(age_ids(sts::Mode::none, weeks(1)), Ids{});
}

TEST(ConfigPolicyLintMaxAge, WarnsOfLessThanADayOfNone) {
  EXPECT_EQ(age_ids(sts::Mode::none, days(1) - seconds(1)),
            Ids{"policy.max-age-short"});
}

// Stalwart caches 3600 to 31557599 seconds, and everything else for a day.
TEST(ConfigPolicyLintMaxAge, WarnsOfTheMostThatIsAllowed) {
  EXPECT_EQ(age_ids(sts::Mode::enforce, sts::k_max_max_age),
            Ids{"policy.max-age-at-limit"});
  EXPECT_EQ(age_ids(sts::Mode::testing, sts::k_max_max_age - seconds(1)),
            Ids{});
}

TEST(ConfigPolicyLintMaxAge, WarnsOfALongNone) {
  EXPECT_EQ(age_ids(sts::Mode::none, weeks(1) + seconds(1)),
            Ids{"policy.none-max-age-long"});
}

// --- Google ---

TEST(ConfigPolicyLintGoogle, WarnsOfSomeOfTheHosts) {
  EXPECT_EQ(mx_ids({"aspmx.l.google.com"}), Ids{"policy.mx-incomplete"});
  EXPECT_EQ(mx_ids({"*.aspmx.l.google.com"}), Ids{"policy.mx-incomplete"});
  EXPECT_EQ(mx_ids({"*.l.google.com"}), Ids{"policy.mx-incomplete"});
  EXPECT_EQ(mx_ids({"aspmx.l.google.com", "alt1.aspmx.l.google.com"}),
            Ids{"policy.mx-incomplete"});
}

TEST(ConfigPolicyLintGoogle, NamesTheFirstHostThatIsMissing) {
  const std::vector<std::string> hosts = {
      "aspmx.l.google.com", "alt1.aspmx.l.google.com",
      "alt2.aspmx.l.google.com", "alt3.aspmx.l.google.com",
      "alt4.aspmx.l.google.com"};
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    Case one;
    one.mx = hosts;
    one.mx.erase(one.mx.begin() + static_cast<std::ptrdiff_t>(i));
    const Diagnostics found = lint(one);
    ASSERT_EQ(found.size(), 1U) << hosts[i];
    EXPECT_EQ(found[0].message,
              "mx has some of Google's MX hosts, but not \"" + hosts[i] + "\"");
  }
}

TEST(ConfigPolicyLintGoogle, NamesThePlaceOfTheHostThatIsThere) {
  Case one;
  one.mx = {"mail.example.com", "alt1.aspmx.l.google.com",
            "aspmx.l.google.com"};
  EXPECT_EQ(place_of_first(one), "a.toml:3:3");
}

TEST(ConfigPolicyLintGoogle, HasNothingAgainstAllOfTheHostsOrNone) {
  EXPECT_EQ(mx_ids({"aspmx.l.google.com", "*.aspmx.l.google.com"}), Ids{});
  EXPECT_EQ(mx_ids({"*.l.google.com", "*.aspmx.l.google.com"}), Ids{});
  EXPECT_EQ(mx_ids({"smtp.google.com"}), Ids{});
}

// --- Reports ---

TEST(ConfigPolicyLintTlsRpt, WarnsOfThePolicyHost) {
  Case one;
  one.tls_rpt = {"mailto:a@mta-sts.example.com"};
  EXPECT_EQ(ids(one), Ids{"policy.tls-rpt-is-policy-host"});
  EXPECT_EQ(place_of_first(one), "a.toml:5:1");
}

TEST(ConfigPolicyLintTlsRpt, HasNothingAgainstAnotherPolicyHost) {
  Case one;
  one.tls_rpt = {"https://mta-sts.example.net/"};
  EXPECT_EQ(ids(one), Ids{});
}

// --- Modes ---

TEST(ConfigPolicyLintMode, WarnsOfNoneWithoutMx) {
  Case one;
  one.mode = sts::Mode::none;
  one.max_age = days(1);
  one.mx = {};
  EXPECT_EQ(ids(one), Ids{"policy.none-without-mx"});
  EXPECT_EQ(place_of_first(one), "a.toml:9:9");
}

TEST(ConfigPolicyLintMode, WarnsOfEnforceWithoutTlsRpt) {
  Case one;
  one.mode = sts::Mode::enforce;
  one.tls_rpt = {};
  EXPECT_EQ(ids(one), Ids{"policy.enforce-without-tls-rpt"});
}

TEST(ConfigPolicyLintMode, WarnsOfTestingWithoutTlsRpt) {
  Case one;
  one.tls_rpt = {};
  EXPECT_EQ(ids(one), Ids{"policy.testing-without-tls-rpt"});
}

TEST(ConfigPolicyLintMode, HasNothingAgainstNoneWithoutTlsRpt) {
  Case one;
  one.mode = sts::Mode::none;
  one.max_age = days(1);
  one.tls_rpt = {};
  EXPECT_EQ(ids(one), Ids{});
}

// --- Sizes ---

/// A policy text of 48 octets and `lines` times 80, and one line of `last`.
Case of_size(int lines, int last) {
  Case one;
  one.mx.clear();
  for (int i = 0; i < lines; ++i) {
    one.mx.push_back(
        fmt::format("{}{:03}.example.com", std::string(59, 'a'), i));
  }
  // "mx: " and CRLF have six octets, ".example.com" has twelve.
  one.mx.push_back(std::string(static_cast<std::size_t>(last - 18), 'b') +
                   ".example.com");
  one.max_age = weeks(1);
  return one;
}

TEST(ConfigPolicyLintSizes, HasNothingAgainst4096OctetsOfPolicy) {
  EXPECT_EQ(ids(of_size(50, 48)), Ids{});
}

TEST(ConfigPolicyLintSizes, WarnsOf4097OctetsOfPolicy) {
  EXPECT_EQ(ids(of_size(50, 49)), Ids{"policy.text-large"});
}

/// A TLS-RPT record of `octets`: "v=TLSRPTv1; rua=" has 16.
Ids rua_ids(std::size_t octets) {
  const std::string uri = "https://example.com/";
  Case one;
  one.tls_rpt = {uri + std::string(octets - 16 - uri.size(), 'a')};
  return ids(one);
}

TEST(ConfigPolicyLintSizes, HasNothingAgainstOneCharacterStringOfTlsRpt) {
  EXPECT_EQ(rua_ids(255), Ids{});
}

TEST(ConfigPolicyLintSizes, WarnsOfTwoCharacterStringsOfTlsRpt) {
  EXPECT_EQ(rua_ids(256), Ids{"policy.tls-rpt-long"});
}

TEST(ConfigPolicyLint, WarnsOfARetiredPolicyFromItsDayOn) {
  constexpr std::chrono::sys_days k_day{days(20'000)};
  const auto entry = make_counted<const publish::Publication>(
      std::vector{*dns::Name::parse("example.com")},
      *sts::Policy::make(sts::Mode::none, {}, days(1)),
      std::vector<tlsrpt::ReportUri>{}, publish::TablePlace{}, k_day);
  Live live;
  live.retiring = {entry};
  EXPECT_EQ(lint_retirements(live, k_day - seconds(1)).front().id,
            "policy.retiring");
  EXPECT_EQ(lint_retirements(live, k_day).front().id, "policy.retired");
}

TEST(ConfigPolicyLint, SaysEverythingAtOnce) {
  Case one;
  one.domains = {"mta-sts.example.com"};
  one.mode = sts::Mode::enforce;
  one.mx = {"mail", "mail", "*.com"};
  one.max_age = hours(1);
  one.tls_rpt = {};
  EXPECT_EQ(ids(one),
            (Ids{"policy.domain-is-policy-host",
                 "policy.enforce-without-tls-rpt", "policy.max-age-short",
                 "policy.mx-duplicate", "policy.mx-single-label",
                 "policy.mx-single-label", "policy.mx-wide-wildcard"}));
}

}  // namespace
}  // namespace mtasts::config
