// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "publish/format.hpp"

namespace mtasts::publish {
namespace {

using std::chrono::seconds;

DomainRecords one(std::string_view domain, std::vector<RecordSet> sets) {
  return {.domain = *dns::Name::parse(domain),
          .note = "testing, max_age 1w, 2 mx",
          .sets = std::move(sets),
          .reminder =
              "also needs A and AAAA records, or a CNAME, that lead to this "
              "server"};
}

RecordSet txt(Purpose purpose, std::string_view domain, std::string data) {
  return {purpose,
          dns::Type::txt,
          owner_name(purpose, *dns::Name::parse(domain)),
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

TEST(PublishFormatZone, WritesNothingForNoDomain) {
  EXPECT_EQ(format_zone({}), "");
}

// RFC 1035, 5.1: absolute owner, TTL, class, type, data; ";" is a comment.
TEST(PublishFormatZone, WritesOneDomain) {
  EXPECT_EQ(format_zone({usual("example.com")}),
            "; example.com: testing, max_age 1w, 2 mx\n"
            "_mta-sts.example.com.\t300\tIN\tTXT\t\"v=STSv1; id=abc123\"\n"
            "_smtp._tls.example.com.\t300\tIN\tTXT\t"
            "\"v=TLSRPTv1; rua=mailto:a@example.com\"\n"
            "; mta-sts.example.com. also needs A and AAAA records, or a "
            "CNAME, that lead to this server\n");
}

TEST(PublishFormatZone, PutsAnEmptyLineBetweenDomains) {
  EXPECT_EQ(format_zone({usual("example.com"), usual("example.net")}),
            format_zone({usual("example.com")}) + '\n' +
                format_zone({usual("example.net")}));
}

TEST(PublishFormatZone, KeepsTheOrderOfDomains) {
  const std::string zone =
      format_zone({usual("example.net"), usual("example.com")});
  EXPECT_LT(zone.find("_mta-sts.example.net"),
            zone.find("_mta-sts.example.com"));
}

// Without quotes a ";" starts a comment, and zone checkers say nothing.
TEST(PublishFormatZone, QuotesEveryString) {
  EXPECT_EQ(zone_data("v=STSv1; id=a"), "\"v=STSv1; id=a\"");
}

TEST(PublishFormatZone, EscapesQuoteAndBackslashOnly) {
  EXPECT_EQ(zone_data("a\"b\\c;d(e)@$"), "\"a\\\"b\\\\c;d(e)@$\"");
}

TEST(PublishFormatZone, WritesOctetsThatNobodySeesInDigits) {
  EXPECT_EQ(zone_data("\x01\x1f ~\x7f\x80\xff"), R"("\001\031 ~\127\128\255")");
}

TEST(PublishFormatZone, WritesAnEmptyStringAsTwoQuotes) {
  EXPECT_EQ(zone_data(""), "\"\"");
}

TEST(PublishFormatZone, Keeps255OctetsInOneString) {
  const std::string data(255, 'x');
  EXPECT_EQ(zone_data(data), '"' + data + '"');
}

TEST(PublishFormatZone, SplitsLongDataOnOneLine) {
  const std::string data(600, 'x');
  EXPECT_EQ(zone_data(data), '"' + data.substr(0, 255) + "\" \"" +
                                 data.substr(0, 255) + "\" \"" +
                                 data.substr(0, 90) + '"');
}

// The limit is on the data; the escapes of the master file do not count.
TEST(PublishFormatZone, CountsOctetsBeforeEscaping) {
  const std::string data(255, '"');
  EXPECT_EQ(zone_data(data).find("\" \""), std::string::npos);
}

TEST(PublishFormatZone, IsNotConfusedByDataThatEndsInTxt) {
  EXPECT_EQ(zone_data(std::string(252, 'x') + "TXTabc"),
            '"' + std::string(252, 'x') + "TXT\" \"abc\"");
}

TEST(PublishFormatPlain, WritesNothingForNoDomain) {
  EXPECT_EQ(format_plain({}), "");
}

TEST(PublishFormatPlain, WritesOneDomain) {
  EXPECT_EQ(format_plain({usual("example.com")}),
            "# example.com: testing, max_age 1w, 2 mx\n"
            "Name:  _mta-sts.example.com (_mta-sts where the panel adds "
            "example.com)\n"
            "Type:  TXT\n"
            "TTL:   300\n"
            "Value: v=STSv1; id=abc123\n"
            "\n"
            "Name:  _smtp._tls.example.com (_smtp._tls where the panel adds "
            "example.com)\n"
            "Type:  TXT\n"
            "TTL:   300\n"
            "Value: v=TLSRPTv1; rua=mailto:a@example.com\n"
            "\n"
            "# mta-sts.example.com also needs A and AAAA records, or a CNAME, "
            "that lead to this server\n");
}

TEST(PublishFormatPlain, PutsAnEmptyLineBetweenDomains) {
  EXPECT_EQ(format_plain({usual("example.com"), usual("example.net")}),
            format_plain({usual("example.com")}) + '\n' +
                format_plain({usual("example.net")}));
}

// Web panels add the quotes and split on their own.
TEST(PublishFormatPlain, WritesLongDataWholeAndUnquoted) {
  const std::string data(600, 'x');
  EXPECT_NE(format_plain({one("x.com", {txt(Purpose::mta_sts, "x.com", data)})})
                .find("Value: " + data + "\n\n"),
            std::string::npos);
}

/// A provider with addresses, and a customer of theirs.
std::vector<DomainRecords> provider_and_customer() {
  const dns::Name p = *dns::Name::parse("p.example");
  const dns::Name c = *dns::Name::parse("c.example");
  std::vector<DomainRecords> domains = {
      {.domain = p,
       .note = "testing",
       .sets = {txt(Purpose::mta_sts, "p.example", "v=STSv1; id=1"),
                {Purpose::host,
                 dns::Type::a,
                 "mta-sts.p.example",
                 seconds(300),
                 {"192.0.2.1", "192.0.2.2"}},
                {Purpose::host,
                 dns::Type::aaaa,
                 "mta-sts.p.example",
                 seconds(300),
                 {"2001:db8::1"}}},
       .reminder = {}},
      {.domain = c,
       .note = "testing",
       .sets = {{Purpose::mta_sts,
                 dns::Type::cname,
                 "_mta-sts.c.example",
                 seconds(60),
                 {"_mta-sts.p.example"}}},
       .reminder = "waits"}};
  return domains;
}

TEST(PublishFormat, EveryFormWritesTheSameTwice) {
  for (const Format& one : formats()) {
    EXPECT_EQ(one.format(provider_and_customer()),
              one.format(provider_and_customer()))
        << one.name;
  }
}

TEST(PublishFormat, IsFoundByItsName) {
  EXPECT_EQ(find_format("route53")->format, format_route53);
  EXPECT_EQ(find_format("ROUTE53"), nullptr);
}

TEST(PublishFormatZone, WritesAddressesAndNames) {
  EXPECT_EQ(format_zone(provider_and_customer()),
            "; p.example: testing\n"
            "_mta-sts.p.example.\t300\tIN\tTXT\t\"v=STSv1; id=1\"\n"
            "mta-sts.p.example.\t300\tIN\tA\t192.0.2.1\n"
            "mta-sts.p.example.\t300\tIN\tA\t192.0.2.2\n"
            "mta-sts.p.example.\t300\tIN\tAAAA\t2001:db8::1\n"
            "\n"
            "; c.example: testing\n"
            "_mta-sts.c.example.\t60\tIN\tCNAME\t_mta-sts.p.example.\n"
            "; mta-sts.c.example. waits\n");
}

TEST(PublishFormatPlain, WritesAddressesAndNames) {
  EXPECT_EQ(format_plain(provider_and_customer()),
            "# p.example: testing\n"
            "Name:  _mta-sts.p.example (_mta-sts where the panel adds "
            "p.example)\nType:  TXT\nTTL:   300\n"
            "Value: v=STSv1; id=1\n\n"
            "Name:  mta-sts.p.example (mta-sts where the panel adds "
            "p.example)\nType:  A\nTTL:   300\n"
            "Value: 192.0.2.1\n\n"
            "Name:  mta-sts.p.example (mta-sts where the panel adds "
            "p.example)\nType:  A\nTTL:   300\n"
            "Value: 192.0.2.2\n\n"
            "Name:  mta-sts.p.example (mta-sts where the panel adds "
            "p.example)\nType:  AAAA\nTTL:   300\n"
            "Value: 2001:db8::1\n\n"
            "# c.example: testing\n"
            "Name:  _mta-sts.c.example (_mta-sts where the panel adds "
            "c.example)\nType:  CNAME\nTTL:   60\n"
            "Value: _mta-sts.p.example\n\n"
            "# mta-sts.c.example waits\n");
}

TEST(PublishFormatJson, WritesAListOfRecords) {
  EXPECT_EQ(format_json(provider_and_customer()), R"([
  {"domain": "p.example", "name": "_mta-sts.p.example", "type": "TXT", "ttl": 300, "value": "v=STSv1; id=1"},
  {"domain": "p.example", "name": "mta-sts.p.example", "type": "A", "ttl": 300, "value": "192.0.2.1"},
  {"domain": "p.example", "name": "mta-sts.p.example", "type": "A", "ttl": 300, "value": "192.0.2.2"},
  {"domain": "p.example", "name": "mta-sts.p.example", "type": "AAAA", "ttl": 300, "value": "2001:db8::1"},
  {"domain": "c.example", "name": "_mta-sts.c.example", "type": "CNAME", "ttl": 60, "value": "_mta-sts.p.example"}
]
)");
}

TEST(PublishFormatJson, WritesAnEmptyListForNoDomain) {
  EXPECT_EQ(format_json({}), "[\n]\n");
}

TEST(PublishFormatNsupdate, ReplacesWhatIsThere) {
  EXPECT_EQ(format_nsupdate(provider_and_customer()),
            "; p.example: testing\n"
            "update delete _mta-sts.p.example. CNAME\n"
            "update delete _mta-sts.p.example. TXT\n"
            "update add _mta-sts.p.example. 300 TXT \"v=STSv1; id=1\"\n"
            "update delete mta-sts.p.example. CNAME\n"
            "update delete mta-sts.p.example. A\n"
            "update delete mta-sts.p.example. AAAA\n"
            "update add mta-sts.p.example. 300 A 192.0.2.1\n"
            "update add mta-sts.p.example. 300 A 192.0.2.2\n"
            "update add mta-sts.p.example. 300 AAAA 2001:db8::1\n"
            "send\n"
            "; c.example: testing\n"
            "; mta-sts.c.example waits\n"
            "update delete _mta-sts.c.example. ANY\n"
            "update add _mta-sts.c.example. 60 CNAME _mta-sts.p.example.\n"
            "send\n");
}

TEST(PublishFormatPowerdns, WritesSetsToReplace) {
  EXPECT_EQ(format_powerdns(provider_and_customer()), R"({"rrsets": [
  {"name": "_mta-sts.p.example.", "type": "TXT", "ttl": 300, "changetype": "REPLACE",
   "records": [{"content": "\"v=STSv1; id=1\"", "disabled": false}]},
  {"name": "mta-sts.p.example.", "type": "A", "ttl": 300, "changetype": "REPLACE",
   "records": [{"content": "192.0.2.1", "disabled": false}, {"content": "192.0.2.2", "disabled": false}]},
  {"name": "mta-sts.p.example.", "type": "AAAA", "ttl": 300, "changetype": "REPLACE",
   "records": [{"content": "2001:db8::1", "disabled": false}]},
  {"name": "_mta-sts.c.example.", "type": "CNAME", "ttl": 60, "changetype": "REPLACE",
   "records": [{"content": "_mta-sts.p.example.", "disabled": false}]}
]}
)");
}

TEST(PublishFormatOctodns, WritesAZoneForEachDomain) {
  EXPECT_EQ(format_octodns(provider_and_customer()), R"(---
# p.example: testing
_mta-sts:
  ttl: 300
  type: TXT
  value: 'v=STSv1\; id=1'
mta-sts:
  - ttl: 300
    type: A
    values:
      - '192.0.2.1'
      - '192.0.2.2'
  - ttl: 300
    type: AAAA
    value: '2001:db8::1'
---
# c.example: testing
# mta-sts.c.example waits
_mta-sts:
  ttl: 60
  type: CNAME
  value: '_mta-sts.p.example.'
)");
}

TEST(PublishFormatDnscontrol, ExtendsEachZone) {
  EXPECT_EQ(format_dnscontrol(provider_and_customer()), R"(// p.example: testing
D_EXTEND("p.example",
  TXT("_mta-sts", "v=STSv1; id=1", TTL(300)),
  A("mta-sts", "192.0.2.1", TTL(300)),
  A("mta-sts", "192.0.2.2", TTL(300)),
  AAAA("mta-sts", "2001:db8::1", TTL(300))
);
// c.example: testing
// mta-sts.c.example waits
D_EXTEND("c.example",
  CNAME("_mta-sts", "_mta-sts.p.example.", TTL(60))
);
)");
}

TEST(PublishFormatRoute53, WritesABatchOfChanges) {
  EXPECT_EQ(format_route53(provider_and_customer()),
            R"({"Comment": "MTA-STS and TLS-RPT", "Changes": [
  {"Action": "UPSERT", "ResourceRecordSet": {
    "Name": "_mta-sts.p.example.", "Type": "TXT", "TTL": 300,
    "ResourceRecords": [{"Value": "\"v=STSv1; id=1\""}]}},
  {"Action": "UPSERT", "ResourceRecordSet": {
    "Name": "mta-sts.p.example.", "Type": "A", "TTL": 300,
    "ResourceRecords": [{"Value": "192.0.2.1"}, {"Value": "192.0.2.2"}]}},
  {"Action": "UPSERT", "ResourceRecordSet": {
    "Name": "mta-sts.p.example.", "Type": "AAAA", "TTL": 300,
    "ResourceRecords": [{"Value": "2001:db8::1"}]}},
  {"Action": "UPSERT", "ResourceRecordSet": {
    "Name": "_mta-sts.c.example.", "Type": "CNAME", "TTL": 60,
    "ResourceRecords": [{"Value": "_mta-sts.p.example."}]}}
]}
)");
}

TEST(PublishFormatTerraformCloudflare, WritesAResourceForEachRecord) {
  EXPECT_EQ(format_terraform_cloudflare(provider_and_customer()),
            R"(# p.example: testing
resource "cloudflare_dns_record" "mta_sts_p_example" {
  zone_id = var.zone_ids["p.example"]
  name    = "_mta-sts.p.example"
  type    = "TXT"
  ttl     = 300
  content = "\"v=STSv1; id=1\""
}
resource "cloudflare_dns_record" "policy_host_p_example_a" {
  zone_id = var.zone_ids["p.example"]
  name    = "mta-sts.p.example"
  type    = "A"
  ttl     = 300
  content = "192.0.2.1"
}
resource "cloudflare_dns_record" "policy_host_p_example_a_2" {
  zone_id = var.zone_ids["p.example"]
  name    = "mta-sts.p.example"
  type    = "A"
  ttl     = 300
  content = "192.0.2.2"
}
resource "cloudflare_dns_record" "policy_host_p_example_aaaa" {
  zone_id = var.zone_ids["p.example"]
  name    = "mta-sts.p.example"
  type    = "AAAA"
  ttl     = 300
  content = "2001:db8::1"
}
# c.example: testing
# mta-sts.c.example waits
resource "cloudflare_dns_record" "mta_sts_c_example" {
  zone_id = var.zone_ids["c.example"]
  name    = "_mta-sts.c.example"
  type    = "CNAME"
  ttl     = 60
  content = "_mta-sts.p.example"
}
)");
}

TEST(PublishFormatTerraformAws, WritesAResourceForEachSet) {
  EXPECT_EQ(format_terraform_aws(provider_and_customer()),
            R"(# p.example: testing
resource "aws_route53_record" "mta_sts_p_example" {
  zone_id = var.zone_ids["p.example"]
  name    = "_mta-sts.p.example"
  type    = "TXT"
  ttl     = 300
  records = ["v=STSv1; id=1"]
}
resource "aws_route53_record" "policy_host_p_example_a" {
  zone_id = var.zone_ids["p.example"]
  name    = "mta-sts.p.example"
  type    = "A"
  ttl     = 300
  records = ["192.0.2.1", "192.0.2.2"]
}
resource "aws_route53_record" "policy_host_p_example_aaaa" {
  zone_id = var.zone_ids["p.example"]
  name    = "mta-sts.p.example"
  type    = "AAAA"
  ttl     = 300
  records = ["2001:db8::1"]
}
# c.example: testing
# mta-sts.c.example waits
resource "aws_route53_record" "mta_sts_c_example" {
  zone_id = var.zone_ids["c.example"]
  name    = "_mta-sts.c.example"
  type    = "CNAME"
  ttl     = 60
  records = ["_mta-sts.p.example"]
}
)");
}

TEST(PublishFormatExternalDns, WritesAnObjectForEachDomain) {
  EXPECT_EQ(format_external_dns(provider_and_customer()),
            R"(---
# p.example: testing
apiVersion: externaldns.k8s.io/v1alpha1
kind: DNSEndpoint
metadata:
  name: mta-sts.p.example
spec:
  endpoints:
    - dnsName: '_mta-sts.p.example'
      recordType: TXT
      recordTTL: 300
      targets:
        - '"v=STSv1; id=1"'
    - dnsName: 'mta-sts.p.example'
      recordType: A
      recordTTL: 300
      targets:
        - '192.0.2.1'
        - '192.0.2.2'
    - dnsName: 'mta-sts.p.example'
      recordType: AAAA
      recordTTL: 300
      targets:
        - '2001:db8::1'
---
# c.example: testing
# mta-sts.c.example waits
apiVersion: externaldns.k8s.io/v1alpha1
kind: DNSEndpoint
metadata:
  name: mta-sts.c.example
spec:
  endpoints:
    - dnsName: '_mta-sts.c.example'
      recordType: CNAME
      recordTTL: 60
      targets:
        - '_mta-sts.p.example'
)");
}

/// What `form` makes of 300 octets, from the first of them to the last.
std::string long_value(std::string_view form) {
  const std::string text = find_format(form)->format(
      {one("x.com", {txt(Purpose::mta_sts, "x.com", std::string(300, 'z'))})});
  const std::size_t start = text.find("zz");
  return text.substr(start, text.rfind("zz") + 2 - start);
}

// DNSControl and octoDNS split by themselves; people paste what is whole.
TEST(PublishFormat, SplitsLongTextsAsEachToolWantsIt) {
  const std::string first(255, 'z');
  const std::string rest(45, 'z');
  for (const auto& [form, between] :
       std::vector<std::pair<std::string_view, std::string_view>>{
           {"plain", ""},
           {"zone", "\" \""},
           {"json", ""},
           {"nsupdate", "\" \""},
           {"powerdns", R"(\" \")"},
           {"octodns", ""},
           {"dnscontrol", ""},
           {"route53", R"(\" \")"},
           {"terraform-cloudflare", R"(\" \")"},
           {"terraform-aws", R"(\"\")"},
           {"external-dns", "\" \""}}) {
    EXPECT_EQ(long_value(form), first + std::string(between) + rest) << form;
  }
}

/// The last line of `form` with this text that has it.
std::string line_with(std::string_view form, const std::string& data) {
  const std::string text = find_format(form)->format(
      {one("x.com", {txt(Purpose::mta_sts, "x.com", data)})});
  const std::size_t start = text.rfind('\n', text.find("<")) + 1;
  return text.substr(start, text.find('\n', start) - start);
}

// No URI has any of these, but the next kind of record might.
TEST(PublishFormat, EscapesWhatIsSpecialToEachTool) {
  const std::string data = R"(<"\;'${a}%{b}%21{c})";
  for (
      const auto& [form, line] :
      std::vector<std::pair<std::string_view, std::string_view>>{
          {"plain", R"(Value: <"\;'${a}%{b}%21{c})"},
          {"zone",
           "_mta-sts.x.com.\t300\tIN\tTXT\t"
           R"("<\"\\;'${a}%{b}%21{c}")"},
          {"nsupdate",
           R"(update add _mta-sts.x.com. 300 TXT "<\"\\;'${a}%{b}%21{c}")"},
          {"powerdns",
           R"(   "records": [{"content": "\"<\\\"\\\\;'${a}%{b}%21{c}\"", "disabled": false}]})"},
          {"octodns", R"(  value: '<"\\;''${a}%{b}%21{c}')"},
          {"dnscontrol",
           R"(  TXT("_mta-sts", "<\"\\;'${a}%{b}%21{c}", TTL(300)))"},
          {"route53",
           R"(    "ResourceRecords": [{"Value": "\"<\\\"\\\\;'${a}%{b}%21{c}\""}]}})"},
          {"terraform-cloudflare",
           R"(  content = "\"<\\\"\\\\;'$${a}%%{b}%21{c}\"")"},
          {"terraform-aws", R"(  records = ["<\\\"\\\\;'$${a}%%{b}%21{c}"])"},
          {"external-dns", R"(        - '"<\"\\;''${a}%{b}%21{c}"')"}}) {
    EXPECT_EQ(line_with(form, data), line) << form;
  }
}

}  // namespace
}  // namespace mtasts::publish
