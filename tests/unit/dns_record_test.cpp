// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "dns/record.hpp"
#include "publish/record_set.hpp"

namespace mtasts::dns {
namespace {

std::vector<std::size_t> sizes(std::size_t octets) {
  const std::string data(octets, 'x');
  std::vector<std::size_t> found;
  for (const std::string_view text : split_character_strings(data)) {
    found.push_back(text.size());
  }
  return found;
}

using Sizes = std::vector<std::size_t>;

// RFC 1035, 3.3: a character string has at most 255 octets.
TEST(DnsRecord, Keeps255OctetsInOneString) {
  EXPECT_EQ(sizes(255), Sizes{255});
}

TEST(DnsRecord, Splits256OctetsInTwo) {
  EXPECT_EQ(sizes(256), (Sizes{255, 1}));
}

TEST(DnsRecord, LeavesNoEmptyStringBehindAFullOne) {
  EXPECT_EQ(sizes(510), (Sizes{255, 255}));
}

TEST(DnsRecord, Splits600OctetsInThree) {
  EXPECT_EQ(sizes(600), (Sizes{255, 255, 90}));
}

// RFC 1035, 3.3.14: TXT-DATA is one or more character strings.
TEST(DnsRecord, MakesOneEmptyStringOfNothing) { EXPECT_EQ(sizes(0), Sizes{0}); }

// RFC 8461, 3.1: strings are joined "without adding spaces".
TEST(DnsRecord, StringsJoinToTheData) {
  std::string data;
  for (int i = 0; i < 700; ++i) data += static_cast<char>('a' + i % 26);
  std::string joined;
  for (const std::string_view text : split_character_strings(data)) {
    joined += text;
  }
  EXPECT_EQ(joined, data);
}

std::string target(std::string_view text) {
  const Result<Target> done = parse_target(text);
  if (!done) return done.error().message;
  return std::string(format_type(done->type)) + " " + done->value;
}

TEST(DnsTarget, IsToldByItsContent) {
  EXPECT_EQ(target("192.0.2.1"), "A 192.0.2.1");
  EXPECT_EQ(target("2001:DB8:0::1"), "AAAA 2001:db8::1");
  EXPECT_EQ(target("Host.Example.NET."), "CNAME host.example.net");
}

TEST(DnsTarget, RefusesWhatIsNeither) {
  EXPECT_EQ(target("192.0.2.256"), "is an address, not a host name");
  EXPECT_EQ(target(""), "is empty");
  EXPECT_EQ(target("[2001:db8::1]"), "has \"[\", which no host name has");
  EXPECT_EQ(target(std::string_view("192.0.2.1\0x", 11)),
            "has \"\\x00\", which no host name has");
}

std::vector<publish::DomainRecords> one_domain() {
  const Name name = *Name::parse("example.com");
  return {{.domain = name,
           .note = {},
           .sets = {{publish::Purpose::mta_sts,
                     Type::txt,
                     publish::owner_name(publish::Purpose::mta_sts, name),
                     std::chrono::seconds(60),
                     {"text"}}},
           .reminder = "waits"}};
}

TEST(DnsHostRecords, AreSetsByTypeWithTheTtlOfTheOthers) {
  std::vector<publish::DomainRecords> domains = one_domain();
  ASSERT_TRUE(publish::add_host_records(
      domains, {{Type::aaaa, "::1"}, {Type::a, "1"}, {Type::a, "2"}}));
  ASSERT_EQ(domains[0].sets.size(), 3U);
  EXPECT_EQ(domains[0].sets[1].type, Type::a);
  EXPECT_EQ(domains[0].sets[1].owner, "mta-sts.example.com");
  EXPECT_EQ(domains[0].sets[1].ttl, std::chrono::seconds(60));
  EXPECT_EQ(domains[0].sets[1].values, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(domains[0].sets[2].type, Type::aaaa);
  EXPECT_EQ(domains[0].reminder, "");
}

TEST(DnsHostRecords, AreNotAddedWhereThereAreSome) {
  std::vector<publish::DomainRecords> domains = one_domain();
  ASSERT_TRUE(publish::add_host_records(domains, {{Type::a, "1"}}));
  ASSERT_TRUE(publish::add_host_records(domains, {{Type::a, "2"}}));
  EXPECT_EQ(domains[0].sets.size(), 2U);
}

TEST(DnsHostRecords, MayNotLeadToThemselves) {
  std::vector<publish::DomainRecords> domains = one_domain();
  const Result<void> done = publish::add_host_records(
      domains, {{Type::cname, "mta-sts.example.com"}});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message,
            "\"mta-sts.example.com\" would lead to itself");
}

TEST(DnsKeepOnly, DropsOtherRecordsAndEmptyDomains) {
  std::vector<publish::DomainRecords> domains = one_domain();
  publish::keep_only(domains, publish::Purpose::mta_sts);
  EXPECT_EQ(domains.size(), 1U);
  publish::keep_only(domains, publish::Purpose::tls_rpt);
  EXPECT_TRUE(domains.empty());
}

}  // namespace
}  // namespace mtasts::dns
