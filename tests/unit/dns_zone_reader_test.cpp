// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "dns/zone_reader.hpp"

namespace mtasts::dns {
namespace {

constexpr std::string_view k_texts[] = {"v=sts", "v=tlsrpt"};
constexpr std::string_view k_owners[] = {"_mta-sts", "_smtp._tls"};
constexpr Sought k_sought = {k_texts, k_owners, "give a zone file"};

Result<Zone> read_zone(std::string_view text, std::string_view origin) {
  return read_zone(text, origin, k_sought);
}

/// "line owner ttl type value|" of each record, or the error.
std::string read(std::string_view text,
                 std::string_view origin = "example.com") {
  const Result<Zone> zone = read_zone(text, origin);
  if (!zone) return zone.error().message;
  std::string out;
  for (const ZoneRecord& one : zone->records) {
    out += fmt::format("{} {} {} {} {}|", one.line, one.owner,
                       one.ttl ? one.ttl->count() : -1, format_type(one.type),
                       one.value);
  }
  for (const std::size_t line : zone->unread) out += fmt::format("?{}|", line);
  return out;
}

TEST(DnsZoneReader, ReadsNothingFromNothing) {
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("\n ; a comment\n\t\r\n"), "");
}

TEST(DnsZoneReader, ReadsTheTypesThatMatter) {
  EXPECT_EQ(read("a. 1 IN TXT \"x\"\nb. 1 IN CNAME C.\n"
                 "c. 1 IN A 192.0.2.1\nd. 1 IN AAAA 2001:DB8::0"),
            "1 a 1 TXT x|2 b 1 CNAME c|3 c 1 A 192.0.2.1|"
            "4 d 1 AAAA 2001:db8::|");
}

TEST(DnsZoneReader, PassesOtherTypesAndClassesOver) {
  EXPECT_EQ(read("@ IN SOA ns host 1 2 3 4 5\n@ MX 10 mx\n"
                 "x TYPE65280 \\# 1 00\n$GENERATE 1-2 h$ A 192.0.2.$\n"
                 "y CH TXT \"z\"\n  \nq TXT\nz 5 IN \\-TXT\n"),
            "");
}

// What is not understood is not absent.
TEST(DnsZoneReader, TellsWhichLinesAreNoRecord) {
  EXPECT_EQ(read("a. TXT x\nz FROB\np 300\n$FROB\nto be done\n\nb. TXT y\n"),
            "1 a -1 TXT x|7 b 300 TXT y|?2|?3|?4|?5|");
  EXPECT_EQ(read("a. A 2001:db8::1\nb. AAAA 192.0.2.1\nc. A d.\nd. TXT\n"
                 "e. NS x.\n"),
            "?1|?2|?3|");
}

TEST(DnsZoneReader, RefusesATextOfWhichNothingIsARecord) {
  EXPECT_EQ(read("; a comment\nto be done\n"),
            "line 2 is no record, and no other is");
}

// It could be the one that is looked for.
TEST(DnsZoneReader, RefusesAStrangeLineThatSpeaksOfOurs) {
  for (const std::string_view line :
       {"_mta-sts is missing", "x [v=STSv1]", "_smtp._tls.example.com",
        "see V=TLSRPTV1", "_mta-sts TXT IN 300 \"v=STSv1; id=1\" 192.0.2.1:53",
        "_mta-sts TXT 300 Answer {v=STSv1; id=1}"}) {
    const std::string said = read(fmt::format("a. TXT x\n{}\n", line));
    EXPECT_TRUE(said.starts_with("line 2 speaks of \"")) << said;
  }
}

TEST(DnsZoneReader, ForgivesWhatWasTypedOrSaid) {
  EXPECT_EQ(read("$ dig +short TXT _mta-sts.example.com\n\"v=STSv1; id=1\"\n"
                 "# _mta-sts is new\n"),
            "2  -1 TXT v=STSv1; id=1|?1|?3|");
}

// Cloudflare leaves the dot out, and an SOA matters little.
TEST(DnsZoneReader, ReadsAnSoaWithoutADot) {
  const std::string_view text = "example.com IN SOA a b 1 2 3 4 5\n";
  EXPECT_EQ(read_zone(text, "example.com")->apexes[0].owner, "example.com");
  EXPECT_TRUE(read_zone(text, "")->apexes.empty());
}

TEST(DnsZoneReader, ReadsRecordsThatAgeInWindows) {
  EXPECT_EQ(read("a [AGE:3700000] 300 TXT ( \"x\" )\n"
                 "b [Aging:3700000] TXT y\n"),
            "1 a.example.com 300 TXT x|2 b.example.com 300 TXT y|");
}

TEST(DnsZoneReader, KnowsZonesAndWhereTheyEnd) {
  const Result<Zone> zone = read_zone(
      "@ IN SOA ns host 1 2 3 4 5\n  NS ns\nsub NS ns\n. IN SOA a. b. 1 2 3 "
      "4 5\n",
      "example.com");
  ASSERT_TRUE(zone);
  ASSERT_EQ(zone->apexes.size(), 2);
  EXPECT_EQ(zone->apexes[0].owner, "example.com");
  EXPECT_EQ(zone->apexes[1].owner, "");
  ASSERT_EQ(zone->cuts.size(), 2);
  EXPECT_EQ(zone->cuts[1].owner, "sub.example.com");
  EXPECT_EQ(zone->cuts[1].line, 3);
}

TEST(DnsZoneReader, CountsTheStringsOfAText) {
  const Result<Zone> zone = read_zone("a. TXT \"x\" y\nb. TXT z\n", "");
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->records[0].strings, 2);
  EXPECT_EQ(zone->records[1].strings, 1);
}

// RFC 1035, 5.1 gives both orders.
TEST(DnsZoneReader, ReadsTtlAndClassInEitherOrder) {
  EXPECT_EQ(read("a. 5 IN TXT x\nb. IN 6 TXT x\nc. 7 TXT x\nd. IN TXT x\n"),
            "1 a 5 TXT x|2 b 6 TXT x|3 c 7 TXT x|4 d 7 TXT x|");
  EXPECT_EQ(read("a. 0 IN TXT x\nb. IN 0 TXT x\n"), "1 a 0 TXT x|2 b 0 TXT x|");
}

TEST(DnsZoneReader, ReadsTtlsWithUnits) {
  EXPECT_EQ(read("$TTL 1h30M\na. TXT x\nb. 2w TXT x\nc. 99999999999 TXT x\n"),
            "2 a 5400 TXT x|3 b 1209600 TXT x|4 c 5400 TXT x|");
}

// RFC 2181, 8: a TTL has 31 bits.
TEST(DnsZoneReader, TakesNoTtlOf32Bits) {
  EXPECT_EQ(read("a. 2147483647 TXT x\nb. 2147483648 TXT x\n"),
            "1 a 2147483647 TXT x|2 b -1 TXT x|");
}

TEST(DnsZoneReader, JoinsStrings) {
  EXPECT_EQ(read("a. TXT \"v=STSv1; \" \"id=1\"; comment\n"),
            "1 a -1 TXT v=STSv1; id=1|");
}

TEST(DnsZoneReader, JoinsWordsAndStringsWithoutABlankBetween) {
  EXPECT_EQ(read("a. TXT v=\"STSv1; id=\"1\n"), "1 a -1 TXT v=STSv1; id=1|");
}

TEST(DnsZoneReader, JoinsLinesInBrackets) {
  EXPECT_EQ(read("a. TXT ( \"1\" ; one\n  \"2\"\n)\nb. TXT 3\n"),
            "1 a -1 TXT 12|4 b -1 TXT 3|");
}

// What is published by a record without quotes.
TEST(DnsZoneReader, EndsAtASemicolonWithoutQuotes) {
  EXPECT_EQ(read("a. TXT v=STSv1; id=1\n"), "1 a -1 TXT v=STSv1|");
}

TEST(DnsZoneReader, ReadsEscapes) {
  EXPECT_EQ(read(R"(a. TXT "\"\\\059" \;b\032c)"), R"(1 a -1 TXT "\;;b c|)");
}

// Nothing joins two lines but brackets.
TEST(DnsZoneReader, EndsALineBehindABackslash) {
  EXPECT_EQ(read("a. TXT x\\\nb. TXT y\n"), "1 a -1 TXT x\\|2 b -1 TXT y|");
}

// It has the owner of the line before, and "$ORIGIN" is no type.
TEST(DnsZoneReader, TakesNoDirectiveBehindABlank) {
  EXPECT_EQ(read("a TXT 1\n $ORIGIN sub\nb TXT 2\n"),
            "1 a.example.com -1 TXT 1|3 b.example.com -1 TXT 2|?2|");
}

TEST(DnsZoneReader, CompletesRelativeNames) {
  EXPECT_EQ(read("_mta-sts TXT x\n@ CNAME y\n$ORIGIN sub\nz TXT 1\n"
                 "$ORIGIN .\nnet A 192.0.2.1\n"),
            "1 _mta-sts.example.com -1 TXT x|2 example.com -1 CNAME "
            "y.example.com|4 z.sub.example.com -1 TXT 1|6 net -1 A "
            "192.0.2.1|");
}

TEST(DnsZoneReader, KeepsTheOwner) {
  EXPECT_EQ(read("a TXT 1\n  300 IN TXT 2\n\tTXT 3\n"),
            "1 a.example.com -1 TXT 1|2 a.example.com 300 TXT 2|"
            "3 a.example.com 300 TXT 3|");
}

TEST(DnsZoneReader, LowersNames) {
  EXPECT_EQ(read("_MTA-STS.Example.COM. TXT X\n"),
            "1 _mta-sts.example.com -1 TXT X|");
}

// "a\.b" is one label; no name that matters here has an escape.
TEST(DnsZoneReader, PassesOwnersWithEscapesOver) {
  EXPECT_EQ(read("_mta-sts\\.example.com. TXT x\n"), "");
}

TEST(DnsZoneReader, ReadsAnAnswerOfDig) {
  EXPECT_EQ(read("\n; <<>> DiG 9.18 <<>> TXT _mta-sts.a.example\n"
                 ";; global options: +cmd\n;; Got answer:\n"
                 ";; QUESTION SECTION:\n;_mta-sts.a.example.\tIN\tTXT\n\n"
                 ";; ANSWER SECTION:\n"
                 "_mta-sts.a.example.\t42\tIN\tCNAME\t_mta-sts.p.example.\n"
                 "_mta-sts.p.example.\t42\tIN\tTXT\t\"v=STSv1; id=1\"\n\n"
                 ";; Query time: 0 msec\n"),
            "9 _mta-sts.a.example 42 CNAME _mta-sts.p.example|"
            "10 _mta-sts.p.example 42 TXT v=STSv1; id=1|");
}

TEST(DnsZoneReader, ReadsTextsOfDigShort) {
  EXPECT_EQ(read("_mta-sts.p.example.\n\"v=STSv1;\" \" id=1\"\n"),
            "2  -1 TXT v=STSv1; id=1|");
}

TEST(DnsZoneReader, LeavesOutWhoGaveATextOfDigShort) {
  EXPECT_EQ(read("\"v=STSv1;\" \" id=1\" from server 192.0.2.1 in 2 ms.\n"),
            "1  -1 TXT v=STSv1; id=1|");
}

// RFC 3597, 5.
TEST(DnsZoneReader, TakesARecordInTheUnknownFormForUnread) {
  EXPECT_EQ(read("a. CLASS1 TYPE16 \\# 2 0178\nb. CLASS1 TYPE65280 \\# 0\n"
                 "c. CLASS1 TXT x\n"),
            "3 c -1 TXT x|?1|");
  EXPECT_EQ(read("_mta-sts CLASS1 TYPE16 \\# 2 0178\n"),
            "line 1 speaks of \"_mta-sts\" and is no record");
}

TEST(DnsZoneReader, ReadsLinesThatEndWithCarriageReturns) {
  EXPECT_EQ(read("a. TXT \"x\"\r\nb. TXT y\r\n"), "1 a -1 TXT x|2 b -1 TXT y|");
}

// Each of these could hide the record that is looked for.
TEST(DnsZoneReader, RefusesWhatCouldHideARecord) {
  EXPECT_EQ(read("\na. TXT \"x\n"), "line 2: a quote is not closed");
  EXPECT_EQ(read("a. TXT \"x\ny\"\n"), "line 1: a quote is not closed");
  EXPECT_EQ(read("a. TXT (\n\"x\"\n"), "line 1: a \"(\" is not closed");
  EXPECT_EQ(read("a. TXT )"), "line 1: a \")\" closes nothing");
  EXPECT_EQ(read("$INCLUDE other.zone"), "line 1: $INCLUDE is not followed");
  EXPECT_EQ(read("a TXT x", ""),
            "line 1: the name \"a\" is relative, and there is no $ORIGIN");
}

TEST(DnsZoneReader, RefusesAnOriginThatGrowsWithoutEnd) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "$ORIGIN a\n";
  EXPECT_TRUE(read(text).starts_with("line 122: the name \"a.a."))
      << read(text);
}

// RFC 1035, 2.3.4: 255 octets on the wire are 253 in text.
TEST(DnsZoneReader, TakesANameOf253OctetsAndNoLongerOne) {
  const std::string name = std::string(241, 'a') + ".example.com";
  EXPECT_EQ(read(name.substr(0, 241) + " TXT x"), "1 " + name + " -1 TXT x|");
  EXPECT_EQ(read('a' + name + ". TXT x"), "line 1: the name \"" +
                                              std::string(80, 'a') +
                                              "\"... has more than 253 octets");
}

TEST(DnsZoneReaderProperty, SurvivesAnyText) {
  std::mt19937 random(8461);
  const std::string_view words[] = {
      "a",  "@", "\"",   "\\",    "(",         ")",    ";",     "\n", " ",
      "\t", "$", "IN",   "TXT",   "$ORIGIN",   "\\0",  "\\999", ".",  "A",
      "9",  "w", "\xff", "CNAME", "192.0.2.1", "$TTL", "..",    "CH", "\r"};
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (std::size_t left = random() % 30; left != 0; --left) {
      text += words[random() % std::size(words)];
    }
    const Result<Zone> zone = read_zone(text, i % 2 == 0 ? "" : "example.com");
    EXPECT_TRUE(zone || zone.error().message.starts_with("line ")) << text;
  }
}

}  // namespace
}  // namespace mtasts::dns
