// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "dns/diff.hpp"

namespace mtasts::dns {
namespace {

using std::chrono::seconds;

const std::string k_sts = "v=STSv1; id=new";
const std::string k_rpt = "v=TLSRPTv1; rua=mailto:a@example.com";

DomainRecords domain(std::string_view text = "example.com") {
  const Name name = *Name::parse(text);
  return {.domain = name,
          .note = {},
          .sets = {{Purpose::mta_sts,
                    Type::txt,
                    owner_name(Purpose::mta_sts, name),
                    seconds(300),
                    {k_sts}},
                   {Purpose::tls_rpt,
                    Type::txt,
                    owner_name(Purpose::tls_rpt, name),
                    seconds(300),
                    {k_rpt}}},
          .reminder = {}};
}

std::string diff(const DomainRecords& wanted, std::string_view zone,
                 const DiffRules& rules = {.only = {}}) {
  return format_diff({wanted}, *read_zone(zone, "example.com"), rules);
}

/// Only MTA-STS, which the zone has to have as `zone` says.
std::string sts(std::string_view zone) {
  return diff(domain(), zone, {.only = Purpose::mta_sts});
}

DomainRecords with_host(std::vector<Target> targets) {
  std::vector<DomainRecords> domains = {domain()};
  EXPECT_TRUE(add_host_records(domains, targets));
  return domains[0];
}

std::string host(const DomainRecords& wanted, std::string_view zone) {
  return diff(wanted, zone, {.only = Purpose::host});
}

TEST(DnsDiff, SaysNothingWhenNothingDiffers) {
  EXPECT_EQ(diff(domain(),
                 "_mta-sts 300 TXT \"v=STSv1; id=new\"\n"
                 "_smtp._tls 5 TXT \"v=TLSRPTv1; rua=\" "
                 "\"mailto:a@example.com\"\n"
                 "www A 192.0.2.1\n"),
            "");
}

TEST(DnsDiff, AddsWhatIsMissing) {
  EXPECT_EQ(diff(domain(), ""),
            "add    _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n"
            "add    _smtp._tls.example.com. 300 IN TXT "
            "\"v=TLSRPTv1; rua=mailto:a@example.com\"\n");
}

TEST(DnsDiff, ChangesAnOldId) {
  EXPECT_EQ(sts("\n_mta-sts 60 TXT \"v=STSv1; id=old\"\n"),
            "change _mta-sts.example.com. 60 IN TXT \"v=STSv1; id=old\" ; "
            "line 2\n"
            "to     _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n");
}

// Written without quotes, as people do: the zone has no more than this.
TEST(DnsDiff, ChangesARecordThatWasCutAtItsSemicolon) {
  EXPECT_EQ(sts("_mta-sts TXT v=STSv1; id=new\n"),
            "change _mta-sts.example.com. IN TXT \"v=STSv1\" ; line 1\n"
            "to     _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n");
}

// A panel that adds quotes itself was given some.
TEST(DnsDiff, ChangesARecordWithQuotesInIt) {
  EXPECT_EQ(sts(R"(_mta-sts 1 TXT " \"v=STSv1; id=new\"")"),
            "change _mta-sts.example.com. 1 IN TXT "
            "\" \\\"v=STSv1; id=new\\\"\" ; line 1\n"
            "to     _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n");
}

// RFC 8461, 3.1: senders take two for none, even when one is right.
TEST(DnsDiff, DeletesASecondRecord) {
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

TEST(DnsDiff, TakesOneRecordShownTwiceForOne) {
  EXPECT_EQ(sts("_mta-sts 9 TXT \"v=STSv1; id=new\"\n"
                "_mta-sts 8 TXT \"v=STSv1; id=new\"\n"),
            "");
  EXPECT_EQ(sts("_mta-sts 9 TXT \"v=STSv1; id=old\"\n"
                "_mta-sts 8 TXT \"v=STSv1; id=old\"\n"),
            "change _mta-sts.example.com. 9 IN TXT \"v=STSv1; id=old\" ; "
            "line 1\n"
            "to     _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n");
}

TEST(DnsDiff, LeavesForeignTextsAlone) {
  EXPECT_EQ(sts("_mta-sts TXT \"hello\"\n_mta-sts TXT \"v=STSv1; id=new\"\n"),
            "");
}

TEST(DnsDiff, ReplacesACname) {
  EXPECT_EQ(sts("_mta-sts 1 CNAME _mta-sts.p.example.\n"),
            "delete _mta-sts.example.com. 1 IN CNAME _mta-sts.p.example. ; "
            "line 1\n"
            "add    _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n");
}

TEST(DnsDiff, DeletesARecordThatIsNoLongerWanted) {
  DomainRecords wanted = domain();
  wanted.sets.pop_back();
  EXPECT_EQ(diff(wanted,
                 "_mta-sts TXT \"v=STSv1; id=new\"\n"
                 "_smtp._tls 1 TXT \"v=TLSRPTv1; rua=mailto:b@x.net\"\n"),
            "delete _smtp._tls.example.com. 1 IN TXT "
            "\"v=TLSRPTv1; rua=mailto:b@x.net\" ; line 2\n");
}

TEST(DnsDiff, LooksAtPolicyHostsOnlyWhenTheyLeadSomewhere) {
  EXPECT_EQ(host(domain(), "mta-sts A 192.0.2.1\n"), "");
}

TEST(DnsDiff, ComparesAddresses) {
  EXPECT_EQ(host(with_host({{Type::a, "192.0.2.1"}, {Type::a, "192.0.2.2"}}),
                 "mta-sts 1 A 192.0.2.2\nmta-sts 1 AAAA 2001:db8::1\n"
                 "mta-sts 1 TXT \"any\"\n"),
            "delete mta-sts.example.com. 1 IN AAAA 2001:db8::1 ; line 2\n"
            "add    mta-sts.example.com. 300 IN A 192.0.2.1\n");
}

// RFC 1034, 3.6.2: nothing may stand beside a CNAME.
TEST(DnsDiff, ClearsThePlaceForACname) {
  EXPECT_EQ(host(with_host({{Type::cname, "h.example.net"}}),
                 "mta-sts 1 A 192.0.2.2\nmta-sts 1 TXT h.example.net\n"
                 "mta-sts 1 TXT any\n"),
            "delete mta-sts.example.com. 1 IN A 192.0.2.2 ; line 1\n"
            "delete mta-sts.example.com. 1 IN TXT \"h.example.net\" ; line 2\n"
            "delete mta-sts.example.com. 1 IN TXT \"any\" ; line 3\n"
            "add    mta-sts.example.com. 300 IN CNAME h.example.net.\n");
}

TEST(DnsDiff, ComparesTtlsWhenAsked) {
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

TEST(DnsDiff, TakesTextsWithoutANameForThoseOfTheOneDomain) {
  EXPECT_EQ(diff(domain(),
                 "\"v=STSv1; id=new\"\n\"v=TLSRPTv1; rua=mailto:a@\" "
                 "\"example.com\"\n\"v=spf1 -all\"\n"),
            "");
  // A policy host has no texts.
  EXPECT_EQ(host(with_host({{Type::cname, "h.example.net"}}),
                 "\"v=STSv1; id=new\"\n\"v=TLSRPTv1; rua=\"\n"),
            "add    mta-sts.example.com. 300 IN CNAME h.example.net.\n");
}

TEST(DnsDiff, TakesTextsWithoutANameForThoseOfNoneAmongTwo) {
  EXPECT_EQ(
      format_diff({domain("a.example"), domain("b.example")},
                  *read_zone("_mta-sts.a.example. 1 TXT \"v=STSv1; id=new\"\n"
                             "\"v=STSv1; id=new\"\n",
                             ""),
                  {.only = Purpose::mta_sts}),
      "add    _mta-sts.b.example. 300 IN TXT \"v=STSv1; id=new\"\n");
}

// What stands in the DNS is anyone's, and goes to a terminal.
TEST(DnsDiff, EscapesWhatItFound) {
  EXPECT_EQ(sts("_mta-sts 1 TXT \"v=STSv1\\010add\\027[2J\xC3\xA4\"\n"
                "_mta-sts 1 CNAME \x1b[2J.\n"),
            "change _mta-sts.example.com. 1 IN TXT "
            "\"v=STSv1\\010add\\027[2J\\195\\164\" ; line 1\n"
            "to     _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n"
            "delete _mta-sts.example.com. 1 IN CNAME \\027[2j. ; line 2\n");
}

TEST(DnsDiff, ComparesEachDomain) {
  EXPECT_EQ(
      format_diff(
          {domain("a.example"), domain("b.example")},
          *read_zone("_mta-sts.a.example. 1 TXT \"v=STSv1; id=new\"\n", ""),
          {.only = Purpose::mta_sts}),
      "add    _mta-sts.b.example. 300 IN TXT \"v=STSv1; id=new\"\n");
}

}  // namespace
}  // namespace mtasts::dns
