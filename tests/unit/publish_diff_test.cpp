// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "publish/diff.hpp"
#include "publish/sought.hpp"

namespace mtasts::publish {
namespace {

using std::chrono::seconds;

const std::string k_sts = "v=STSv1; id=new";
const std::string k_rpt = "v=TLSRPTv1; rua=mailto:a@example.com";

Result<dns::Zone> read_zone(std::string_view text, std::string_view origin) {
  return dns::read_zone(text, origin, k_sought);
}

DomainRecords domain(std::string_view text = "example.com") {
  const dns::Name name = *dns::Name::parse(text);
  return {.domain = name,
          .note = {},
          .sets = {{Purpose::mta_sts,
                    dns::Type::txt,
                    owner_name(Purpose::mta_sts, name),
                    seconds(300),
                    {k_sts}},
                   {Purpose::tls_rpt,
                    dns::Type::txt,
                    owner_name(Purpose::tls_rpt, name),
                    seconds(300),
                    {k_rpt}}},
          .reminder = {}};
}

/// The orders, and of each note its line and what it says.
std::string compare(const std::vector<DomainRecords>& wanted,
                    const dns::Zone& zone, const DiffRules& rules) {
  const Diff diff = compare_zone(wanted, zone, rules);
  std::string out = diff.orders;
  for (const DiffNote& note : diff.notes) {
    out += fmt::format("{} {}: {}\n", note.is_open ? "open" : "note", note.line,
                       note.error.message);
  }
  return out;
}

std::string diff(const DomainRecords& wanted, std::string_view zone,
                 const DiffRules& rules = {.only = {}}) {
  return compare({wanted}, *read_zone(zone, "example.com"), rules);
}

/// Only MTA-STS, which the zone has to have as `zone` says.
std::string sts(std::string_view zone) {
  return diff(domain(), zone, {.only = Purpose::mta_sts});
}

DomainRecords with_host(std::vector<dns::Target> targets) {
  std::vector<DomainRecords> domains = {domain()};
  EXPECT_TRUE(add_host_records(domains, targets));
  return domains[0];
}

std::string host(const DomainRecords& wanted, std::string_view zone) {
  return diff(wanted, zone, {.only = Purpose::host});
}

TEST(PublishDiff, SaysNothingWhenNothingDiffers) {
  EXPECT_EQ(diff(domain(),
                 "_mta-sts 300 TXT \"v=STSv1; id=new\"\n"
                 "_smtp._tls 5 TXT \"v=TLSRPTv1; rua=\" "
                 "\"mailto:a@example.com\"\n"
                 "www A 192.0.2.1\n"),
            "");
}

TEST(PublishDiff, AddsWhatIsMissing) {
  EXPECT_EQ(diff(domain(), ""),
            "add    _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n"
            "add    _smtp._tls.example.com. 300 IN TXT "
            "\"v=TLSRPTv1; rua=mailto:a@example.com\"\n");
}

TEST(PublishDiff, ChangesAnOldId) {
  EXPECT_EQ(sts("\n_mta-sts 60 TXT \"v=STSv1; id=old\"\n"),
            "change _mta-sts.example.com. 60 IN TXT \"v=STSv1; id=old\" ; "
            "line 2\n"
            "to     _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n");
}

// Written without quotes, as people do: the zone has no more than this.
TEST(PublishDiff, ChangesARecordThatWasCutAtItsSemicolon) {
  EXPECT_EQ(sts("_mta-sts TXT v=STSv1; id=new\n"),
            "change _mta-sts.example.com. IN TXT \"v=STSv1\" ; line 1\n"
            "to     _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n");
}

// A panel that adds quotes itself was given some.
TEST(PublishDiff, ChangesARecordWithQuotesInIt) {
  EXPECT_EQ(sts(R"(_mta-sts 1 TXT " \"v=STSv1; id=new\"")"),
            "change _mta-sts.example.com. 1 IN TXT "
            "\" \\\"v=STSv1; id=new\\\"\" ; line 1\n"
            "to     _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n");
}

// RFC 8461, 3.1: senders take two for none, even when one is right.
TEST(PublishDiff, DeletesASecondRecord) {
  EXPECT_EQ(sts("_mta-sts 1 TXT \"v=STSv1; id=new\"\n"
                "_mta-sts 1 TXT \"v=STSv1; id=old\"\n"),
            "delete _mta-sts.example.com. 1 IN TXT \"v=STSv1; id=old\" ; "
            "line 2, several are taken for none\n");
  EXPECT_EQ(sts("_mta-sts 1 CNAME p.example.\n"
                "_mta-sts 1 TXT \"v=STSv1; id=new\"\n"
                "_mta-sts 1 TXT \"v=STSv1; id=old\"\n"),
            "delete _mta-sts.example.com. 1 IN CNAME p.example. ; line 1\n"
            "delete _mta-sts.example.com. 1 IN TXT \"v=STSv1; id=old\" ; "
            "line 3, several are taken for none\n");
}

TEST(PublishDiff, TakesOneRecordShownTwiceForOne) {
  EXPECT_EQ(sts("_mta-sts 9 TXT \"v=STSv1; id=new\"\n"
                "_mta-sts 8 TXT \"v=STSv1; id=new\"\n"),
            "");
  EXPECT_EQ(sts("_mta-sts 9 TXT \"v=STSv1; id=old\"\n"
                "_mta-sts 8 TXT \"v=STSv1; id=old\"\n"),
            "change _mta-sts.example.com. 9 IN TXT \"v=STSv1; id=old\" ; "
            "line 1\n"
            "to     _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n");
}

TEST(PublishDiff, LeavesForeignTextsAlone) {
  EXPECT_EQ(sts("_mta-sts TXT \"hello\"\n_mta-sts TXT \"v=STSv1; id=new\"\n"),
            "");
}

TEST(PublishDiff, LeavesACnameThatLeadsToTheRightText) {
  EXPECT_EQ(sts("_mta-sts 1 CNAME _mta-sts.p.example.\n"
                "_mta-sts.p.example. 1 TXT \"v=STSv1; id=new\"\n"),
            "");
  EXPECT_EQ(sts("_mta-sts 1 CNAME a.example.\na.example. 1 CNAME b.example.\n"
                "b.example. 1 TXT \"v=STSv1; id=new\"\n"),
            "");
}

TEST(PublishDiff, ReplacesACnameThatLeadsToAnotherText) {
  EXPECT_EQ(sts("_mta-sts 1 CNAME _mta-sts.p.example.\n"
                "_mta-sts.p.example. 1 TXT \"v=STSv1; id=old\"\n"),
            "delete _mta-sts.example.com. 1 IN CNAME _mta-sts.p.example. ; "
            "line 1, it leads to another text in line 2\n"
            "add    _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n"
            "note 1: _mta-sts.example.com is an alias of "
            "\"_mta-sts.p.example\", which has another text\n");
  // Senders take two for none there too.
  EXPECT_TRUE(sts("_mta-sts 1 CNAME p.example.\n"
                  "p.example. 1 TXT \"v=STSv1; id=new\"\n"
                  "p.example. 1 TXT \"v=STSv1; id=old\"\n")
                  .starts_with("delete "));
}

// What is there may be right: nothing is to be deleted for it.
TEST(PublishDiff, OrdersNothingWhereACnameLeadsOutOfSight) {
  const std::string open =
      "open 1: _mta-sts.example.com is an alias of \"a.example\", and what "
      "stands there is not here\n";
  EXPECT_EQ(sts("_mta-sts 1 CNAME a.example.\n"), open);
  EXPECT_EQ(sts("_mta-sts 1 CNAME a.example.\n"
                "a.example. 1 CNAME _mta-sts.example.com.\n"),
            open);
}

TEST(PublishDiff, LeavesARecordThatTheConfigurationDoesNotSpeakOf) {
  DomainRecords wanted = domain();
  wanted.sets.pop_back();
  for (const std::string_view line :
       {"_smtp._tls 1 TXT \"v=TLSRPTv1; rua=mailto:b@x.net\"\n",
        "_smtp._tls 1 CNAME vendor.example.\n"}) {
    EXPECT_EQ(
        diff(wanted, fmt::format("_mta-sts TXT \"v=STSv1; id=new\"\n{}", line)),
        "note 2: _smtp._tls.example.com stays: the policy of example.com "
        "has no tls_rpt\n");
  }
}

std::vector<DomainRecords> delegated() {
  DomainRecords customer = domain();
  const dns::Name provider = *dns::Name::parse("p.example");
  DomainRecords own = domain("p.example");
  for (RecordSet& set : customer.sets) {
    set.type = dns::Type::cname;
    set.values = {owner_name(set.purpose, provider)};
  }
  return {own, customer};
}

std::string delegated(std::string_view zone) {
  return compare(delegated(), *read_zone(zone, "example.com"),
                 {.provider = *dns::Name::parse("p.example")});
}

constexpr std::string_view k_chain =
    "_mta-sts 1 CNAME _mta-sts.p.example.\n"
    "_mta-sts.p.example. 1 TXT \"v=STSv1; id=new\"\n";

// Who is delegated has not said where his reports go.
TEST(PublishDiff, LeavesTheReportsOfACustomerToHim) {
  const std::string unseen =
      "note 0: does not show _smtp._tls.p.example, which is not compared\n";
  EXPECT_EQ(delegated(fmt::format("{}_smtp._tls 1 TXT \"v=TLSRPTv1; "
                                  "rua=mailto:a@example.com\"\n",
                                  k_chain)),
            unseen);
  EXPECT_EQ(delegated(fmt::format("{}_smtp._tls 1 TXT \"v=TLSRPTv1; "
                                  "rua=mailto:b@example.com\"\n",
                                  k_chain)),
            "change _smtp._tls.example.com. 1 IN TXT \"v=TLSRPTv1; "
            "rua=mailto:b@example.com\" ; line 3\n"
            "to     _smtp._tls.example.com. 300 IN TXT \"v=TLSRPTv1; "
            "rua=mailto:a@example.com\"\n" +
                unseen);
}

TEST(PublishDiff, AddsRecordsOfTheProviderOnlyInItsZone) {
  EXPECT_EQ(delegated(fmt::format(
                "{}p.example. SOA a. b. 1 2 3 4 5\n_smtp._tls CNAME "
                "_smtp._tls.p.example.\n",
                k_chain)),
            "add    _smtp._tls.p.example. 300 IN TXT \"v=TLSRPTv1; "
            "rua=mailto:a@example.com\"\n");
}

TEST(PublishDiff, SaysNothingOfADomainThatTheFileIsNotAbout) {
  const std::vector<DomainRecords> both = {domain("a.example"),
                                           domain("b.example")};
  const std::string text = "_mta-sts.a.example. TXT \"v=STSv1; id=new\"\n";
  const DiffRules rules = {.only = Purpose::mta_sts};
  EXPECT_EQ(
      compare(both, *read_zone("a.example. SOA a. b. 1 2 3 4 5\n" + text, ""),
              rules),
      "open 0: has nothing of b.example, but the zone \"a.example\"\n");
  EXPECT_EQ(
      compare(both, *read_zone("example. SOA a. b. 1 2 3 4 5\n" + text, ""),
              rules),
      "add    _mta-sts.b.example. 300 IN TXT \"v=STSv1; id=new\"\n");
}

// RFC 1034, 4.2.1: below a zone cut others publish.
TEST(PublishDiff, TakesNothingBelowAnotherZoneForPublished) {
  const std::string text = "_mta-sts TXT \"v=STSv1; id=new\"\n";
  const std::string open =
      "open 1: NS of \"_mta-sts.example.com\": what stands at "
      "_mta-sts.example.com is published by the servers of that zone, and not "
      "from here\n";
  EXPECT_EQ(sts("_mta-sts NS ns\n" + text), open);
  EXPECT_EQ(sts("_mta-sts NS ns\n"), open);
  // Two zones in one file, and what dig prints.
  EXPECT_EQ(sts("_mta-sts NS ns\n" + text + "_mta-sts SOA a b 1 2 3 4 5\n"),
            "");
  EXPECT_EQ(sts(";; ANSWER SECTION:\n_mta-sts NS ns\n" + text), "");
  EXPECT_EQ(sts("@ NS ns\n" + text), "");
  // The zone above that of the domain.
  EXPECT_EQ(
      sts("test. SOA a b 1 2 3 4 5\ncom. SOA a b 1 2 3 4 5\n@ NS ns\n"),
      "open 3: NS of \"example.com\": what stands at "
      "_mta-sts.example.com is published by the servers of that zone, and "
      "not from here\n");
}

TEST(PublishDiff, NamesTextsThatStandWhereNobodyLooks) {
  const std::string missing =
      "add    _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n";
  EXPECT_EQ(sts("_mta-sts.example.com TXT \"v=STSv1; id=new\"\n"),
            missing +
                "note 1: \"_mta-sts.example.com.example.com\" has the text for "
                "_mta-sts.example.com: a dot is missing at its end, and the "
                "zone's name was put behind it\n");
  for (const std::string_view owner :
       {"@", "mta-sts", "_mta_sts", "mta_sts", "_smtp._tls", "_smtp-tlsrpt"}) {
    const std::string said =
        sts(fmt::format("{} TXT \" V=stsv1; id=new\"\n", owner));
    EXPECT_TRUE(said.starts_with(missing + "note 1: \"") &&
                said.ends_with("has a text that senders look for at "
                               "_mta-sts.example.com alone\n"))
        << said;
  }
  EXPECT_EQ(sts("_mta-sts.mail TXT \"v=STSv1; id=new\"\n"),
            missing +
                "note 1: \"_mta-sts.mail.example.com\" has a text for mail to "
                "mail.example.com, not to example.com\n");
}

TEST(PublishDiff, NamesTheDomainOfAStray) {
  const std::string said =
      compare({domain("a.example"), domain("b.example")},
              *read_zone("mta-sts.b.example. TXT \"v=STSv1; id=new\"\n"
                         "_mta-sts.a.example.c.test. TXT \"v=STSv1\"\n"
                         "_mta-sts.c.example. TXT \"v=STSv1; id=new\"\n"
                         "_mta-sts.x.b.example. TXT \"v=STSv1; id=new\"\n",
                         ""),
              {.only = Purpose::mta_sts});
  EXPECT_EQ(said,
            "add    _mta-sts.a.example. 300 IN TXT \"v=STSv1; id=new\"\n"
            "add    _mta-sts.b.example. 300 IN TXT \"v=STSv1; id=new\"\n"
            "note 1: \"mta-sts.b.example\" has a text that senders look for at "
            "_mta-sts.b.example alone\n"
            "note 2: \"_mta-sts.a.example.c.test\" has the text for "
            "_mta-sts.a.example: a dot is missing at its end, and the zone's "
            "name was put behind it\n"
            "note 4: \"_mta-sts.x.b.example\" has a text for mail to "
            "x.b.example, not to b.example\n");
}

TEST(PublishDiff, SaysNothingOfTheRecordsOfOtherDomains) {
  EXPECT_EQ(sts("_mta-sts TXT \"v=STSv1; id=new\"\n"
                "_mta-sts.mail TXT \"v=STSv1; id=other\"\n"
                "_mta-sts.example.net. TXT \"v=STSv1; id=other\"\n"
                "_smtp._tls TXT \"v=TLSRPTv1; rua=mailto:b@example.com\"\n"),
            "");
}

// Between the two, senders tell no difference; the octets are the last resort.
TEST(PublishDiff, TakesTextsForEqualThatMeanTheSame) {
  const DiffRules rules = {
      .only = Purpose::mta_sts,
      .find_difference = [](Purpose, const std::string& found,
                            const std::string&) -> std::optional<std::string> {
        if (found.starts_with("v=STSv1;id=new")) {
          return found.ends_with(' ') ? std::optional<std::string>("why")
                                      : std::nullopt;
        }
        return "";
      }};
  EXPECT_EQ(diff(domain(), "_mta-sts TXT \"v=STSv1;id=new\"\n", rules), "");
  EXPECT_TRUE(diff(domain(), "_mta-sts TXT \"v=STSv1;id=new; \"\n", rules)
                  .starts_with("change _mta-sts.example.com. IN TXT "
                               "\"v=STSv1;id=new; \" ; line 1, why\n"));
  EXPECT_EQ(diff(domain(),
                 "_mta-sts TXT \"v=STSv1;id=new;\"\n"
                 "_mta-sts TXT \"v=STSv1; id=new\"\n",
                 rules),
            "delete _mta-sts.example.com. IN TXT \"v=STSv1;id=new;\" ; line 1, "
            "several are taken for none\n");
}

TEST(PublishDiff, SaysWhoDoesNotJoinStrings) {
  EXPECT_EQ(sts("_mta-sts TXT \"v=STSv1; \" \"id=new\"\n"),
            "note 1: the text at _mta-sts.example.com is in 2 strings, and "
            "Courier does not join them\n");
}

TEST(PublishDiff, SaysWhatNobodyAskedFor) {
  EXPECT_EQ(diff(domain(),
                 ";_mta-sts.example.com.\tIN\tTXT\n_mta-sts.example.com. 1 TXT "
                 "\"v=STSv1; id=new\"\n"),
            "add    _smtp._tls.example.com. 300 IN TXT \"v=TLSRPTv1; "
            "rua=mailto:a@example.com\" ; unless it is there: nobody asked\n"
            "note 0: has no question for _smtp._tls.example.com\n");
}

TEST(PublishDiff, LooksAtPolicyHostsOnlyWhenTheyLeadSomewhere) {
  EXPECT_EQ(host(domain(), "mta-sts A 192.0.2.1\n"), "");
}

TEST(PublishDiff, ComparesAddresses) {
  EXPECT_EQ(host(with_host({{dns::Type::a, "192.0.2.1"},
                            {dns::Type::a, "192.0.2.2"}}),
                 "mta-sts 1 A 192.0.2.2\nmta-sts 1 AAAA 2001:db8::1\n"
                 "mta-sts 1 TXT \"any\"\n"),
            "delete mta-sts.example.com. 1 IN AAAA 2001:db8::1 ; line 2\n"
            "add    mta-sts.example.com. 300 IN A 192.0.2.1\n");
}

// RFC 1034, 3.6.2: nothing may stand beside a CNAME.
TEST(PublishDiff, ClearsThePlaceForACname) {
  EXPECT_EQ(host(with_host({{dns::Type::cname, "h.example.net"}}),
                 "mta-sts 1 A 192.0.2.2\nmta-sts 1 TXT h.example.net\n"
                 "mta-sts 1 TXT any\n"),
            "delete mta-sts.example.com. 1 IN A 192.0.2.2 ; line 1\n"
            "delete mta-sts.example.com. 1 IN TXT \"h.example.net\" ; line 2\n"
            "delete mta-sts.example.com. 1 IN TXT \"any\" ; line 3\n"
            "add    mta-sts.example.com. 300 IN CNAME h.example.net.\n");
}

TEST(PublishDiff, ComparesTtlsWhenAsked) {
  const std::string_view zone = "_mta-sts 60 TXT \"v=STSv1; id=new\"\n";
  EXPECT_EQ(
      diff(domain(), zone, {.only = Purpose::mta_sts, .compare_ttl = true}),
      "change _mta-sts.example.com. 60 IN TXT \"v=STSv1; id=new\" ; line 1\n"
      "to     _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n");
  // The zone leaves it to its server.
  EXPECT_EQ(diff(domain(), "_mta-sts TXT \"v=STSv1; id=new\"\n",
                 {.only = Purpose::mta_sts, .compare_ttl = true}),
            "");
}

TEST(PublishDiff, TakesTextsWithoutANameForThoseOfTheOneDomain) {
  EXPECT_EQ(diff(domain(),
                 "\"v=STSv1; id=new\"\n\"v=TLSRPTv1; rua=mailto:a@\" "
                 "\"example.com\"\n\"v=spf1 -all\"\n"),
            "");
  // A policy host has no texts.
  EXPECT_EQ(host(with_host({{dns::Type::cname, "h.example.net"}}),
                 "\"v=STSv1; id=new\"\n\"v=TLSRPTv1; rua=\"\n"),
            "add    mta-sts.example.com. 300 IN CNAME h.example.net.\n");
}

TEST(PublishDiff, TakesTextsWithoutANameForThoseOfNoneAmongTwo) {
  EXPECT_EQ(compare({domain("a.example"), domain("b.example")},
                    *read_zone("_mta-sts.a.example. 1 TXT \"v=STSv1; id=new\"\n"
                               "\"v=STSv1; id=new\"\n",
                               ""),
                    {.only = Purpose::mta_sts}),
            "add    _mta-sts.b.example. 300 IN TXT \"v=STSv1; id=new\"\n");
}

// What stands in the DNS is anyone's, and goes to a terminal.
TEST(PublishDiff, EscapesWhatItFound) {
  EXPECT_EQ(sts("_mta-sts 1 TXT \"v=STSv1\\010add\\027[2J\xC3\xA4\"\n"
                "_mta-sts 1 CNAME \x1b[2J.\n"),
            "change _mta-sts.example.com. 1 IN TXT "
            "\"v=STSv1\\010add\\027[2J\\195\\164\" ; line 1\n"
            "to     _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n"
            "delete _mta-sts.example.com. 1 IN CNAME \\027[2j. ; line 2\n");
}

TEST(PublishDiff, ComparesEachDomain) {
  EXPECT_EQ(
      compare({domain("a.example"), domain("b.example")},
              *read_zone("_mta-sts.a.example. 1 TXT \"v=STSv1; id=new\"\n", ""),
              {.only = Purpose::mta_sts}),
      "add    _mta-sts.b.example. 300 IN TXT \"v=STSv1; id=new\"\n");
}

}  // namespace
}  // namespace mtasts::publish
