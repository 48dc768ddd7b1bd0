// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "dns/format.hpp"

namespace mtasts::dns {
namespace {

using std::chrono::seconds;

DomainRecords one(std::string_view domain, std::vector<RecordSet> sets) {
  return {.domain = *Name::parse(domain),
          .note = "testing, max_age 1w, 2 mx",
          .sets = std::move(sets),
          .reminder =
              "also needs A and AAAA records, or a CNAME, that lead to this "
              "server"};
}

RecordSet txt(Purpose purpose, std::string_view domain, std::string data) {
  return {purpose,
          Type::txt,
          owner_name(purpose, *Name::parse(domain)),
          seconds(300),
          {std::move(data)}};
}

DomainRecords usual(const std::string& domain) {
  return one(domain, {txt(Purpose::mta_sts, domain, "v=STSv1; id=abc123"),
                      txt(Purpose::tls_rpt, domain,
                          "v=TLSRPTv1; rua=mailto:a@" + domain)});
}

/// The line of the one record with `data`, without its owner.
std::string zone_data(const std::string& data) {
  const std::string zone =
      format_zone({one("x.com", {txt(Purpose::mta_sts, "x.com", data)})});
  const std::string head = "_mta-sts.x.com.\t300\tIN\tTXT\t";
  const std::size_t start = zone.find(head) + head.size();
  return zone.substr(start, zone.find('\n', start) - start);
}

TEST(DnsFormatZone, WritesNothingForNoDomain) {
  EXPECT_EQ(format_zone({}), "");
}

// RFC 1035, 5.1: absolute owner, TTL, class, type, data; ";" is a comment.
TEST(DnsFormatZone, WritesOneDomain) {
  EXPECT_EQ(format_zone({usual("example.com")}),
            "; example.com: testing, max_age 1w, 2 mx\n"
            "_mta-sts.example.com.\t300\tIN\tTXT\t\"v=STSv1; id=abc123\"\n"
            "_smtp._tls.example.com.\t300\tIN\tTXT\t"
            "\"v=TLSRPTv1; rua=mailto:a@example.com\"\n"
            "; mta-sts.example.com. also needs A and AAAA records, or a "
            "CNAME, that lead to this server\n");
}

TEST(DnsFormatZone, PutsAnEmptyLineBetweenDomains) {
  EXPECT_EQ(format_zone({usual("example.com"), usual("example.net")}),
            format_zone({usual("example.com")}) + '\n' +
                format_zone({usual("example.net")}));
}

TEST(DnsFormatZone, KeepsTheOrderOfDomains) {
  const std::string zone =
      format_zone({usual("example.net"), usual("example.com")});
  EXPECT_LT(zone.find("_mta-sts.example.net"),
            zone.find("_mta-sts.example.com"));
}

// Without quotes a ";" starts a comment, and zone checkers say nothing.
TEST(DnsFormatZone, QuotesEveryString) {
  EXPECT_EQ(zone_data("v=STSv1; id=a"), "\"v=STSv1; id=a\"");
}

TEST(DnsFormatZone, EscapesQuoteAndBackslashOnly) {
  EXPECT_EQ(zone_data("a\"b\\c;d(e)@$"), "\"a\\\"b\\\\c;d(e)@$\"");
}

TEST(DnsFormatZone, WritesAnEmptyStringAsTwoQuotes) {
  EXPECT_EQ(zone_data(""), "\"\"");
}

TEST(DnsFormatZone, Keeps255OctetsInOneString) {
  const std::string data(255, 'x');
  EXPECT_EQ(zone_data(data), '"' + data + '"');
}

TEST(DnsFormatZone, SplitsLongDataOnOneLine) {
  const std::string data(600, 'x');
  EXPECT_EQ(zone_data(data), '"' + data.substr(0, 255) + "\" \"" +
                                 data.substr(0, 255) + "\" \"" +
                                 data.substr(0, 90) + '"');
}

// The limit is on the data; the escapes of the master file do not count.
TEST(DnsFormatZone, CountsOctetsBeforeEscaping) {
  const std::string data(255, '"');
  EXPECT_EQ(zone_data(data).find("\" \""), std::string::npos);
}

TEST(DnsFormatZone, IsNotConfusedByDataThatEndsInTxt) {
  EXPECT_EQ(zone_data(std::string(252, 'x') + "TXTabc"),
            '"' + std::string(252, 'x') + "TXT\" \"abc\"");
}

TEST(DnsFormatPlain, WritesNothingForNoDomain) {
  EXPECT_EQ(format_plain({}), "");
}

TEST(DnsFormatPlain, WritesOneDomain) {
  EXPECT_EQ(format_plain({usual("example.com")}),
            "# example.com: testing, max_age 1w, 2 mx\n"
            "Name:  _mta-sts.example.com\n"
            "Type:  TXT\n"
            "TTL:   300\n"
            "Value: v=STSv1; id=abc123\n"
            "\n"
            "Name:  _smtp._tls.example.com\n"
            "Type:  TXT\n"
            "TTL:   300\n"
            "Value: v=TLSRPTv1; rua=mailto:a@example.com\n"
            "\n"
            "# mta-sts.example.com also needs A and AAAA records, or a CNAME, "
            "that lead to this server\n");
}

TEST(DnsFormatPlain, PutsAnEmptyLineBetweenDomains) {
  EXPECT_EQ(format_plain({usual("example.com"), usual("example.net")}),
            format_plain({usual("example.com")}) + '\n' +
                format_plain({usual("example.net")}));
}

// Web panels add the quotes and split on their own.
TEST(DnsFormatPlain, WritesLongDataWholeAndUnquoted) {
  const std::string data(600, 'x');
  EXPECT_NE(format_plain({one("x.com", {txt(Purpose::mta_sts, "x.com", data)})})
                .find("Value: " + data + "\n\n"),
            std::string::npos);
}

}  // namespace
}  // namespace mtasts::dns
