// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "dns/name.hpp"

namespace mtasts::dns {
namespace {

void good(std::string_view text, std::string_view want) {
  const Result<Name> name = Name::parse(text);
  ASSERT_TRUE(name) << text << ": " << name.error().message;
  EXPECT_EQ(name->text(), want);
}

void bad(std::string_view text, std::string_view message,
         std::string_view hint = "") {
  const Result<Name> name = Name::parse(text);
  ASSERT_FALSE(name) << text;
  EXPECT_EQ(name.error().message, message) << text;
  EXPECT_EQ(name.error().hint, hint) << text;
}

void good_typed(std::string_view text, std::string_view want) {
  const Result<Name> name = Name::from_typed(text);
  ASSERT_TRUE(name) << text << ": " << name.error().message;
  EXPECT_EQ(name->text(), want);
}

Name name(std::string_view text) { return *Name::parse(text); }

std::string labels(std::size_t count, std::size_t octets) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += std::string(octets, 'a') + '.';
  }
  return text;
}

constexpr std::string_view k_octets_hint = "letters, digits and hyphens only";
constexpr std::string_view k_star_hint =
    "a wildcard is the whole left-most label of an mx: \"*.example.net\"";
constexpr std::string_view k_url_hint =
    "write the host name alone, without scheme, port or path";

// RFC 5321, 4.1.2: sub-domain = Let-dig [Ldh-str].
TEST(DnsName, AcceptsLettersDigitsAndHyphens) {
  good("mail-1.example.com", "mail-1.example.com");
  good("1a.2b.example", "1a.2b.example");
  good("a.b.c.d.e.f.example", "a.b.c.d.e.f.example");
  good("a--b.example", "a--b.example");
}

TEST(DnsName, AcceptsASingleLabel) { good("mail", "mail"); }

TEST(DnsName, AcceptsAllDigitLabelsButTheLast) { good("1.2.3.a", "1.2.3.a"); }

// RFC 4343: names are compared without case, so they are kept in one.
TEST(DnsName, LowersCase) { good("MAIL.Example.COM", "mail.example.com"); }

// RFC 1035, 2.3.4: a label has at most 63 octets.
TEST(DnsName, AcceptsALabelOf63Octets) {
  const std::string text = std::string(63, 'a') + ".example";
  good(text, text);
}

TEST(DnsName, RefusesALabelOf64Octets) {
  bad(std::string(64, 'a') + ".example", "has a label of 64 octets, above 63");
}

// RFC 1035, 2.3.4: a name has at most 255 octets on the wire: 253 in text.
TEST(DnsName, AcceptsANameOf253Octets) {
  const std::string text = labels(25, 9) + "com";
  ASSERT_EQ(text.size(), 253U);
  good(text, text);
}

TEST(DnsName, RefusesANameOf254Octets) {
  bad(labels(25, 9) + "info", "has 254 octets, above 253");
}

TEST(DnsName, RefusesNothing) { bad("", "is empty"); }

TEST(DnsName, RefusesEmptyLabels) {
  bad("a..example", "has an empty label");
  bad(".example", "has an empty label");
}

// RFC 8461, 3.2: Domain of RFC 5321 has no trailing dot.
TEST(DnsName, RefusesATrailingDot) {
  bad("mail.example.com.", "ends with a dot", "leave the dot out");
  bad(".", "ends with a dot", "leave the dot out");
}

TEST(DnsName, RefusesAHyphenAtEitherEndOfALabel) {
  bad("-a.example", "has the label \"-a\", which starts or ends with a hyphen");
  bad("a-.example", "has the label \"a-\", which starts or ends with a hyphen");
  bad("mail.-", "has the label \"-\", which starts or ends with a hyphen");
}

TEST(DnsName, RefusesUnderscores) {
  bad("_mta-sts.example.com", "has \"_\", which no host name has",
      k_octets_hint);
}

TEST(DnsName, RefusesSpaces) {
  bad("mail.example.com ", "has \" \", which no host name has", k_octets_hint);
  bad(" mail.example.com", "has \" \", which no host name has", k_octets_hint);
  bad("mail\t.example.com", "has \"\\x09\", which no host name has",
      k_octets_hint);
}

TEST(DnsName, RefusesControlOctets) {
  bad(std::string_view("a\0.example", 10),
      "has \"\\x00\", which no host name has", k_octets_hint);
  bad("a\r\n.example", "has \"\\x0d\", which no host name has", k_octets_hint);
}

TEST(DnsName, RefusesAListOfNames) {
  bad("a.example,b.example", "has a comma",
      "write each name as a string of its own");
}

TEST(DnsName, RefusesWildcards) {
  bad("*.example.com", "has a \"*\" where none may stand", k_star_hint);
  bad("mail.*.example", "has a \"*\" where none may stand", k_star_hint);
  bad("m*.example", "has a \"*\" where none may stand", k_star_hint);
}

TEST(DnsName, RefusesAMailAddress) {
  bad("postmaster@example.com", "is a mail address, not a host name",
      "write the part behind the \"@\"");
}

TEST(DnsName, RefusesAUrl) {
  bad("https://example.com/", "has \":\", which no host name has", k_url_hint);
}

TEST(DnsName, RefusesAPort) {
  bad("mail.example.com:25", "has \":\", which no host name has", k_url_hint);
}

TEST(DnsName, RefusesAPath) {
  bad("example.com/mail", "has \"/\", which no host name has", k_url_hint);
}

// RFC 5321, 2.3.5: a host has a name, and RFC 1123, 2.1 tells it from an
// address by its last label.
TEST(DnsName, RefusesAnIpv4Address) {
  bad("192.0.2.1", "is an address, not a host name",
      "use the name that the address belongs to");
}

TEST(DnsName, RefusesAnAllDigitLastLabel) {
  bad("mail.1", "is an address, not a host name",
      "use the name that the address belongs to");
}

TEST(DnsName, RefusesAnAddressLiteral) {
  bad("[192.0.2.1]", "has \"[\", which no host name has", k_octets_hint);
}

TEST(DnsName, RefusesAnIpv6Address) {
  bad("2001:db8::1", "has \":\", which no host name has", k_url_hint);
}

// RFC 8461, 3.2: A-labels, not U-labels, in everything a protocol carries.
TEST(DnsName, RefusesULabelsInProtocolText) {
  bad("bücher.example", "has octets outside ASCII",
      "use the A-label form (xn--...)");
  bad("a\x80.example", "has octets outside ASCII",
      "use the A-label form (xn--...)");
}

TEST(DnsName, AcceptsALabels) {
  good("xn--bcher-kva.example", "xn--bcher-kva.example");
  good("XN--BCHER-KVA.Example", "xn--bcher-kva.example");
  good("mail.xn--bcher-kva.example", "mail.xn--bcher-kva.example");
}

// RFC 5891, 5.4: an A-label has to stand for a U-label. How libidn2 says why
// it does not depends on its release.
TEST(DnsName, RefusesPunycodeThatIsNoALabel) {
  for (const std::string_view text : {"xn--a.example", "mail.xn--a.example"}) {
    const Result<Name> parsed = Name::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_TRUE(
        parsed.error().message.starts_with("is no internationalised name: "))
        << parsed.error().message;
  }
}

TEST(DnsNameFromTyped, TakesATrailingDot) {
  good_typed("Example.COM.", "example.com");
}

TEST(DnsNameFromTyped, TakesOneTrailingDotOnly) {
  EXPECT_EQ(Name::from_typed("example.com..").error().message,
            "ends with a dot");
}

TEST(DnsNameFromTyped, RefusesTheRoot) {
  EXPECT_EQ(Name::from_typed(".").error().message, "ends with a dot");
}

TEST(DnsNameFromTyped, RefusesNothing) {
  EXPECT_EQ(Name::from_typed("").error().message, "is empty");
}

TEST(DnsNameFromTyped, TurnsULabelsIntoALabels) {
  good_typed("bücher.example", "xn--bcher-kva.example");
  good_typed("mail.bücher.example.", "mail.xn--bcher-kva.example");
  good_typed("例え.example", "xn--r8jz45g.example");
}

TEST(DnsNameFromTyped, LowersULabels) {
  good_typed("BÜCHER.Example", "xn--bcher-kva.example");
}

// RFC 5891: U+00DF is a letter of its own; only the transitional rules of
// UTS 46 made "ss" of it.
TEST(DnsNameFromTyped, KeepsSharpS) {
  good_typed("straße.example", "xn--strae-oqa.example");
}

// The two ways to write "ü" are one name.
TEST(DnsNameFromTyped, ComposesCombiningMarks) {
  good_typed("bu\u0308cher.example", "xn--bcher-kva.example");
}

TEST(DnsNameFromTyped, TakesTheIdeographicFullStopForADot) {
  good_typed("例え。example", "xn--r8jz45g.example");
}

TEST(DnsNameFromTyped, RefusesSymbols) {
  EXPECT_FALSE(Name::from_typed("\u202ebücher.example"));
}

TEST(DnsNameFromTyped, RefusesBrokenUtf8) {
  EXPECT_FALSE(Name::from_typed("b\xfc\x63her.example"));
}

TEST(DnsNameFromTyped, RefusesAnAddressInWideDigits) {
  EXPECT_EQ(Name::from_typed("１９２.0.2.1").error().message,
            "is an address, not a host name");
}

// A C library sees the name end at the zero; the configuration goes on.
TEST(DnsNameFromTyped, RefusesAZeroBehindULabels) {
  using std::string_view_literals::operator""sv;
  EXPECT_FALSE(Name::from_typed("bücher.example\0.net"sv));
}

TEST(DnsNameFromTyped, RefusesULabelsThatGetTooLong) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "ü";
  EXPECT_FALSE(Name::from_typed(text + ".example"));
}

TEST(DnsName, CountsLabels) {
  EXPECT_EQ(name("com").label_count(), 1U);
  EXPECT_EQ(name("a.b.example.com").label_count(), 4U);
}

TEST(DnsName, ComparesByText) {
  EXPECT_EQ(name("EXAMPLE.com"), name("example.COM"));
  EXPECT_LT(name("a.example"), name("b.example"));
}

TEST(DnsIsAtOrBelow, ComparesWholeLabels) {
  EXPECT_TRUE(is_at_or_below("example.com", "example.com"));
  EXPECT_TRUE(is_at_or_below("a.b.example.com", "example.com"));
  EXPECT_FALSE(is_at_or_below("notexample.com", "example.com"));
  EXPECT_FALSE(is_at_or_below("com", "example.com"));
  EXPECT_FALSE(is_at_or_below("example.com.net", "example.com"));
}

}  // namespace
}  // namespace mtasts::dns
