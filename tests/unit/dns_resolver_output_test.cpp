// SPDX-License-Identifier: MIT
// What each program prints as a whole is in tests/field.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <set>
#include <string>

#include "dns/resolver_output.hpp"

namespace mtasts::dns {
namespace {

constexpr std::string_view k_texts[] = {"v=sts", "v=tlsrpt"};
constexpr std::string_view k_owners[] = {"_mta-sts", "_smtp._tls"};
constexpr Sought k_sought = {k_texts, k_owners, "give a zone file"};

std::string read(std::string_view text) {
  const Result<ZoneText> zone = read_resolver_output(text, k_sought);
  return zone ? zone->text : zone.error().message;
}

TEST(DnsResolverOutput, LeavesAZoneAsItIs) {
  const std::string text =
      "$TTL 1h\n@ SOA a b (1 ; serial = 1\n 2 3 4 5)\n\n_x TXT \"a has address "
      "1\" \"b = c\"\n\tTXT \"x descriptive text y\"\n; Error: no\nname TXT "
      "x\n";
  EXPECT_EQ(read(text), text);
}

TEST(DnsResolverOutput, KeepsTheNumbersOfLines) {
  EXPECT_EQ(
      read("Server:\t\t1.1.1.1\nAddress:\t1.1.1.1#53\n\na\ttext = \"x\"\n"),
      "\n\n\na. IN TXT \"x\"\n");
}

TEST(DnsResolverOutput, ReadsHost) {
  EXPECT_EQ(read("a descriptive text \"x\" \"y\"\nb is an alias for c.\n"
                 "c has address 192.0.2.1\nc has IPv6 address 2001:db8::1\n"
                 "c mail is handled by 10 m.\nd has no TXT record\n"
                 "e. has TXT record \"x\" (insecure)\n"),
            "a. IN TXT \"x\" \"y\"\nb. IN CNAME c.\nc. IN A 192.0.2.1\n"
            "c. IN AAAA 2001:db8::1\n\n\ne. IN TXT \"x\"\n");
}

TEST(DnsResolverOutput, ReadsTextsOfWindowsOnLinesOfTheirOwn) {
  EXPECT_EQ(
      read("a\ttext =\r\n\r\n\t\"x\"\r\n\t\"y\"\r\nb\ttext =\r\n\r\n\t\"z\""),
      "a. IN TXT (\n\r\n\t\"x\"\r\n\t\"y\"\r)\nb. IN TXT (\n\r\n\t\"z\")\n");
}

TEST(DnsResolverOutput, ReadsAddressesOfNslookup) {
  EXPECT_EQ(
      read("Server: x\nAddress: 192.0.2.9\n\nName:\ta\nAddress: 192.0.2.1\n"
           "Addresses:  2001:db8::1\n"),
      "\n\n\n\na. IN A 192.0.2.1\na. IN AAAA 2001:db8::1\n");
}

TEST(DnsResolverOutput, UnquotesYaml) {
  EXPECT_EQ(
      read("-\n  type: MESSAGE\n      status: NOERROR\n"
           "        - 'a. 1 IN TXT \"it''s\"'\n        - b. 1 IN TXT x\n"),
      "\n\n\na. 1 IN TXT \"it's\"\nb. 1 IN TXT x\n");
}

TEST(DnsResolverOutput, RefusesAFailedLookUp) {
  const std::string failed = "line 2: the look-up failed: ";
  for (const std::string_view word : {"status: ", "rcode: "}) {
    const std::string head = "\n;; ->>HEADER<<- opcode: QUERY, ";
    EXPECT_EQ(read(head + std::string(word) + "SERVFAIL, id: 1\n"),
              failed + "SERVFAIL");
    EXPECT_EQ(read(head + std::string(word) + "REFUSED; id: 1\n"),
              failed + "REFUSED");
    for (const std::string_view good : {"NOERROR, id: 1\n", "NXDOMAIN\n"}) {
      const std::string text = head + std::string(word) + std::string(good);
      EXPECT_EQ(read(text), text);
    }
  }
  EXPECT_EQ(read("\n;; opcode: QUERY, status: SERVFAIL, id: 1\n"),
            failed + "SERVFAIL");
  EXPECT_EQ(read("\n;;\trcode  = REFUSED\n"), failed + "REFUSED");
  EXPECT_EQ(read("\nrcode SERVFAIL\n"), failed + "SERVFAIL");
  EXPECT_EQ(read("\nrcode ^\x1b\xff\n"), failed + "\"^\\x1b\\xff\"");
  for (const std::string line :
       {";; connection timed out; no servers could be reached",
        ";; no servers could be reached", "; Transfer failed.",
        "** server can't find a: SERVFAIL", "*** x can't find a: Query refused",
        "Host a not found: 5(REFUSED)", ";; resolution failed: SERVFAIL",
        "a: resolve call failed: Connection timed out",
        "Resolve-DnsName : a : DNS server failure", "dig: parse error"}) {
    EXPECT_EQ(read('\n' + line + '\n'), failed + in_quotes(line));
  }
}

TEST(DnsResolverOutput, TakesAnAbsentNameForAnAnswer) {
  for (const std::string line :
       {"** server can't find a: NXDOMAIN", "*** Can't find a: No answer",
        "*** x can't find a: Non-existent domain",
        "Host a not found: 3(NXDOMAIN)",
        ";; resolution failed: ncache nxdomain",
        "a: resolve call failed: 'a' not found"}) {
    EXPECT_EQ(read(line), "\n") << line;
  }
}

// Programs ask again before they give up.
TEST(DnsResolverOutput, ForgivesAnAttemptThatAnotherMadeGood) {
  const std::string attempt =
      ";; communications error to 192.0.2.1#53: timed out";
  EXPECT_EQ(read(attempt + "\n\"v=STSv1\"\n"), "\n\"v=STSv1\"\n");
  EXPECT_EQ(read("a. TXT x\n" + attempt + "\n"),
            "line 2: the look-up failed: " + in_quotes(attempt));
}

TEST(DnsResolverOutput, RefusesHalfOfAnAnswer) {
  EXPECT_EQ(read(";; flags: qr tc rd ra; QUERY: 1, ANSWER: 0\n"),
            "line 1: the look-up failed: the answer is truncated (tc)");
  EXPECT_EQ(read(";; flags: qr rd; QUERY: 1, ANSWER: 0, AUTHORITY: 1\n"
                 "a.\t1\tIN\tNS\tb.\n"),
            "line 2: the look-up failed: the answer is a referral to other "
            "servers");
  EXPECT_EQ(
      read("; <<>> DiG 9.11 <<>> +noall +answer TXT a\n;; global options: "
           "+cmd\n"),
      "has neither a status nor a record");
  EXPECT_EQ(read(";a.\tIN\tTXT\n;; Query time: 8 msec\n"),
            "has neither a status nor a record");
}

TEST(DnsResolverOutputProperty, KeepsTheNumberOfLinesOfAnyText) {
  std::mt19937 random(8461);
  const std::string_view words[] = {"a",
                                    " ",
                                    "\n",
                                    "\t",
                                    "\"",
                                    "(",
                                    ";; ",
                                    "; <<>> ",
                                    "Server:",
                                    "Name: b",
                                    "Address: ",
                                    "192.0.2.1",
                                    "text = ",
                                    "text =",
                                    "\r\n",
                                    "canonical name = ",
                                    " has ",
                                    "address ",
                                    "type: MESSAGE",
                                    "- ",
                                    "'",
                                    "''",
                                    " -- link: x",
                                    "[a.] ",
                                    " = ",
                                    "rcode ",
                                    "NOERROR",
                                    "status: ",
                                    ";; flags: ",
                                    "->>HEADER<<-",
                                    "TXT",
                                    "v=STSv1",
                                    "** ",
                                    "NXDOMAIN",
                                    "timed out",
                                    ";; communications error"};
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (std::size_t left = random() % 30; left != 0; --left) {
      text += words[random() % std::size(words)];
    }
    const Result<ZoneText> zone = read_resolver_output(text, k_sought);
    if (!zone) continue;
    const auto lines = std::count(text.begin(), text.end(), '\n') +
                       (text.empty() || text.ends_with('\n') ? 0 : 1);
    EXPECT_EQ(std::count(zone->text.begin(), zone->text.end(), '\n'), lines)
        << text;
  }
}

TEST(DnsResolverOutput, KnowsWhatWasAskedFor) {
  const auto zone = read_resolver_output(
      ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n"
      ";; QUESTION SECTION:\n;_mta-sts.A.example.\t\tIN\tTXT\n"
      ";; _smtp._tls.a.example.\tIN\tTXT\n;a.example.\tIN\tMX\n",
      k_sought);
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->questions, (std::set<std::string>{"_mta-sts.a.example",
                                                    "_smtp._tls.a.example"}));
}

// What could be a record of ours is left for the reader to judge.
TEST(DnsResolverOutput, NeverDropsATextOfOurs) {
  for (const std::string line :
       {"a has text v=STSv1", "x = v=TLSRPTv1", "Received v=STSv1"}) {
    EXPECT_EQ(read(line + '\n'), line + '\n');
  }
}

}  // namespace
}  // namespace mtasts::dns
