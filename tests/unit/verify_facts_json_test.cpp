// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "text/ascii.hpp"
#include "verify/facts_json.hpp"

namespace mtasts::verify {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

/// The last of those that `text` has.
Result<Facts> parse_facts(std::string_view text) {
  Facts facts;
  const auto taken =
      parse_each_facts(text, [&facts](Facts one) { facts = std::move(one); });
  if (!taken) return fail(taken.error());
  return facts;
}

/// The error, as people read it.
std::string refusal(const std::string& text) {
  const auto facts = parse_facts(text);
  return facts ? "none" : facts.error().message;
}

/// The domains of all that `text` has, or the error.
std::string domains_in(const std::string& text) {
  std::string domains;
  const auto taken = parse_each_facts(
      text, [&](const Facts& facts) { domains += facts.domain + " "; });
  return taken ? domains : domains + taken.error().message;
}

TEST(VerifyFactsJson, WritesMembersByTheirNames) {
  const Facts facts{.domain = "alpha.test",
                    .at = sys_seconds(seconds(1795471200))};
  const std::string text = format_facts(facts);
  EXPECT_TRUE(text.starts_with(
      R"({"domain":"alpha.test","at":"2026-11-23T22:00:00Z","view":{)"
      R"("resolver":"","trusts_resolver":false,"has_ipv4":true,)"
      R"("has_ipv6":true,"roots":"","has_smtp":true,"is_smtp_blocked":false,)"
      R"("is_planned":false,"connect_to":""},"sts":{"name":"","type":"TXT",)"
      R"("outcome":"not-asked","records":[],"is_authentic":false,)"
      R"("is_authoritative":false,"negative_ttl":null,"reason":""},"rpt":)"))
      << text;
  EXPECT_TRUE(text.ends_with(R"("servers":[],"reports":[],"registered":[]})"))
      << text;
}

TEST(VerifyFactsJson, WritesTextsForPeople) {
  Facts facts{.domain = "alpha.test"};
  facts.fetches.push_back({.body = "mode: enforce\r\nmx: *.\"alpha\".test\n"});
  EXPECT_TRUE(text::has(
      format_facts(facts),
      R"("body":"mode: enforce\u000d\nmx: *.\"alpha\".test\n","is_cut")"));
}

TEST(VerifyFactsJson, KeepsOctetsThatAreNoUtf8) {
  Facts facts{.domain = "alpha.test", .zone = {"caf\xE9 \xC3\xA9\0\xFF", 9}};
  const std::string text = format_facts(facts);
  EXPECT_TRUE(text::has(
      text,
      "\"zone\":{\"latin1\":\"caf\xC3\xA9 \xC3\x83\xC2\xA9\\u0000\xC3\xBF"
      "\"}"))
      << text;
  const auto again = parse_facts(text);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->zone, facts.zone);
  EXPECT_EQ(refusal("{\"zone\":{\"latin1\":\"\xE2\x82\xAC\"}}"),
            "/zone has a character above U+00FF");
}

TEST(VerifyFactsJson, ReadsWhatAnotherVersionHasWritten) {
  const auto facts =
      parse_facts(R"({"domain":"Alpha.Test","planet":[{"x":1}],"hosts":[{}]})");
  ASSERT_TRUE(facts) << facts.error().message;
  Facts expected{.domain = "alpha.test"};
  expected.hosts.emplace_back();
  EXPECT_TRUE(*facts == expected) << format_facts(*facts);
}

TEST(VerifyFactsJson, NamesThePlaceOfAFault) {
  EXPECT_EQ(refusal(R"({"hosts":[{"host":{"name":7}}]})"),
            "/hosts/0/host/name is no text");
  EXPECT_EQ(refusal(R"({"hosts":[{"preference":65536}]})"),
            "/hosts/0/preference is no whole number of its range");
  EXPECT_EQ(refusal(R"({"fetches":[{},{"port":-1}]})"),
            "/fetches/1/port is no whole number of its range");
  EXPECT_EQ(refusal(R"({"fetches":[{"status":2.5}]})"),
            "/fetches/0/status is no whole number of its range");
  EXPECT_EQ(refusal(R"({"fetches":[{"tls":{"trust":"maybe"}}]})"),
            "/fetches/0/tls/trust is none of: unknown, trusted, incomplete, "
            "self-signed, untrusted, invalid");
  EXPECT_EQ(refusal(R"({"view":{"has_ipv4":1}})"),
            "/view/has_ipv4 is neither true nor false");
  EXPECT_EQ(refusal(R"({"at":"2026-02-30T00:00:00Z"})"),
            "/at is no time: \"2026-02-30T00:00:00Z\"");
  EXPECT_EQ(refusal(R"({"at":0})"), "/at is no time");
  EXPECT_EQ(refusal(R"({"sts":[]})"), "/sts is no object");
  EXPECT_EQ(refusal(R"({"reports":{}})"), "/reports is no list");
  EXPECT_EQ(refusal("[]"), "the document is no object");
  EXPECT_EQ(refusal("{}"), "/domain \"\" is empty");
  EXPECT_EQ(refusal(R"({"domain":"a_b.test\u001b"})"),
            "/domain \"a_b.test\\x1b\" has \"\\x1b\", which no host name has");
}

TEST(VerifyFactsJson, RefusesWhatIsNoJson) {
  EXPECT_EQ(refusal(""), "the document is no JSON from octet 1 on");
  EXPECT_EQ(refusal("{\"domain\":}"),
            "the document is no JSON from octet 11 on");
  EXPECT_EQ(refusal("{\"domain\":\"\xFF\"}"),
            "the document is no JSON from octet 12 on");
  EXPECT_EQ(refusal(std::string("{\"domain\":\"a.test\"}\0{}", 22)),
            "the document is no JSON from octet 20 on");
  EXPECT_EQ(refusal("{\"domain\":2e06020}"),
            "the document has a number that is too large");
}

TEST(VerifyFactsJson, BoundsWhatItReads) {
  EXPECT_EQ(refusal(std::string(k_max_facts_octets + 1, ' ')),
            "the document is larger than 8 MiB");
  EXPECT_EQ(refusal(std::string(1'000'000, '[')),
            "the document is nested deeper than 32 levels");
  EXPECT_EQ(refusal(R"({"domain":"a\"[[[.test","x":")" + std::string(100, '{') +
                    "\"}"),
            "/domain \"a\\\"[[[.test\" has \"\\\"\", which no host name has");
  std::string many = R"({"elsewhere":[{})";
  for (int i = 0; i < 50'000; ++i) many += ",{}";
  EXPECT_EQ(refusal(many + "]}"),
            "/elsewhere is too much: more than 50000 elements in all");
}

TEST(VerifyFactsJson, ReadsEveryFormThatIsPrinted) {
  const std::string a = R"({"domain":"a.test"})";
  const std::string b = R"({"domain":"b.test"})";
  EXPECT_EQ(domains_in(a), "a.test ");
  EXPECT_EQ(domains_in("{\n \"domain\":\n \"a.test\"}\n"), "a.test ");
  EXPECT_EQ(domains_in(R"({"domain":"x","findings":[],"facts":)" + a + "}\n" +
                       R"({"facts":)" + b + "}\n"),
            "a.test b.test ");
  EXPECT_EQ(domains_in(R"({"version":"1","domains":[{"facts":)" + a +
                       R"(},{"facts":)" + b + "}]}\n"),
            "a.test b.test ");
  EXPECT_EQ(domains_in(R"({"domains":[]})"), "");
  EXPECT_EQ(domains_in(a + "\n" + b.substr(0, 9)),
            "a.test line 2: the document is no JSON from octet 10 on");
  EXPECT_EQ(domains_in(R"({"domains":7})"), "/domains is no list");
  EXPECT_EQ(domains_in(""), "the document is no JSON from octet 1 on");
}

}  // namespace
}  // namespace mtasts::verify
