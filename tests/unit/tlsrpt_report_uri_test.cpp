// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "tlsrpt/report_uri.hpp"

namespace mtasts::tlsrpt {
namespace {

void good(std::string_view text, std::string_view want) {
  const Result<ReportUri> uri = ReportUri::from_typed(text);
  ASSERT_TRUE(uri) << text << ": " << uri.error().message;
  EXPECT_EQ(uri->text(), want);
}

void same(std::string_view text) { good(text, text); }

void bad(std::string_view text, std::string_view message,
         std::string_view hint = "") {
  const Result<ReportUri> uri = ReportUri::from_typed(text);
  ASSERT_FALSE(uri) << text;
  EXPECT_EQ(uri.error().message, message) << text;
  EXPECT_EQ(uri.error().hint, hint) << text;
}

constexpr std::string_view k_neither = "is neither a mailto: nor an https: URI";
constexpr std::string_view k_two = "RFC 8460, 3 knows these two only";
constexpr std::string_view k_comma_hint =
    "write each URI as a string of its own, or \"%2C\" for a comma inside one "
    "(RFC 8460, 3)";

// RFC 8460, 3: mailto (RFC 6068) and https.
TEST(TlsrptReportUri, AcceptsMailto) { same("mailto:tls-reports@example.com"); }

TEST(TlsrptReportUri, AcceptsHttps) { same("https://example.com/v1/tlsrpt"); }

TEST(TlsrptReportUri, AcceptsHttpsWithoutAPath) { same("https://example.com"); }

TEST(TlsrptReportUri, AcceptsHttpsWithAPortAndAQuery) {
  same("https://example.com:8443/a/b?c=d&e=f");
  same("https://example.com?c=d");
}

// RFC 6068, 2: header fields may follow the address.
TEST(TlsrptReportUri, AcceptsMailtoWithHeaderFields) {
  same("mailto:a@example.com?subject=tls%20report");
}

TEST(TlsrptReportUri, AcceptsPlusAndDotInALocalPart) {
  same("mailto:tls.reports+sts@example.com");
}

// RFC 6068, 2: some-delims; RFC 3986, 3.3 and 3.4: pchar, "/" and "?". Those
// that a record or a list of URIs needs for itself are left out.
TEST(TlsrptReportUri, AcceptsDelimitersAsTheyAre) {
  same("mailto:a$'()*+:~b@example.com?c$'()*+:@d=e&f");
  same("https://example.com/a$&'()*+=:@~b?c/d?e");
}

TEST(TlsrptReportUri, AcceptsPercentEncoding) {
  same("mailto:a%2Cb@example.com");
  same("https://example.com/a%2cb%21%3B");
}

// RFC 3986, 6.2.2.1: scheme and host have no case; the rest has.
TEST(TlsrptReportUri, LowersSchemeAndHostOnly) {
  good("MAILTO:TLS-Reports@Example.COM", "mailto:TLS-Reports@example.com");
  good("HTTPS://Example.COM/Path?Query", "https://example.com/Path?Query");
}

TEST(TlsrptReportUri, TurnsULabelsIntoALabels) {
  good("mailto:a@bücher.example", "mailto:a@xn--bcher-kva.example");
  good("https://bücher.example/b", "https://xn--bcher-kva.example/b");
}

TEST(TlsrptReportUri, DropsTheTrailingDotOfTheHost) {
  good("mailto:a@example.com.", "mailto:a@example.com");
}

TEST(TlsrptReportUri, TellsTheHost) {
  EXPECT_EQ(ReportUri::from_typed("mailto:a@Example.com?b")->host(),
            "example.com");
  EXPECT_EQ(ReportUri::from_typed("https://Example.com:8443/b")->host(),
            "example.com");
}

TEST(TlsrptReportUri, RefusesNothing) { bad("", k_neither, k_two); }

TEST(TlsrptReportUri, RefusesOtherSchemes) {
  for (const std::string_view text :
       {"http://example.com", "ftp://example.com", "tel:1", "example.com",
        "https:example.com", "https:/example.com", "//example.com",
        "sip:a@example.com"}) {
    bad(text, k_neither, k_two);
  }
}

TEST(TlsrptReportUri, ProposesMailtoForABareAddress) {
  bad("a@example.com", k_neither, "did you mean \"mailto:a@example.com\"?");
}

// Hints reach the terminal like messages do.
TEST(TlsrptReportUri, ProposesNoControlOctets) {
  const Result<ReportUri> uri = ReportUri::from_typed("a\x1b[31m@example.com");
  ASSERT_FALSE(uri);
  EXPECT_EQ(uri.error().hint.find('\x1b'), std::string::npos);
}

TEST(TlsrptReportUri, RefusesMailtoWithoutAnAddress) {
  bad("mailto:", "is no mail address", "mailto:tls-reports@example.net");
  bad("mailto:example.com", "is no mail address",
      "mailto:tls-reports@example.net");
  bad("mailto:@example.com", "is no mail address",
      "mailto:tls-reports@example.net");
  bad("mailto:?to=a@example.com", "is no mail address",
      "mailto:tls-reports@example.net");
}

// RFC 5322, 3.2.3: dots stand between the words of a dot-atom.
TEST(TlsrptReportUri, RefusesADotAtEitherEndOfALocalPartOrTwo) {
  for (const std::string_view local : {".a", "a.", "a..b", "."}) {
    bad(fmt::format("mailto:{}@example.com", local), "is no mail address",
        "mailto:tls-reports@example.net");
  }
}

TEST(TlsrptReportUri, RefusesMailtoWithoutAHost) {
  bad("mailto:a@", "has the host \"\", which is empty");
}

TEST(TlsrptReportUri, RefusesHttpsWithoutAHost) {
  bad("https://", "has the host \"\", which is empty");
  bad("https:///path", "has the host \"\", which is empty");
}

TEST(TlsrptReportUri, RefusesABadHost) {
  bad("mailto:a@ex_ample.com",
      "has the host \"ex_ample.com\", which has \"_\", which no host name has",
      "letters, digits and hyphens only");
  bad("https://192.0.2.1/",
      "has the host \"192.0.2.1\", which is an address, not a host name",
      "use the name that the address belongs to");
}

// RFC 8460, 3: "," "!" and ";" MUST be encoded inside a URI.
TEST(TlsrptReportUri, RefusesACommaInAUrl) {
  bad("https://example.com/a,b", "has \",\", which may not stand there",
      k_comma_hint);
}

TEST(TlsrptReportUri, RefusesACommaInALocalPart) {
  bad("mailto:a,b@example.com", "has \",\", which may not stand there",
      k_comma_hint);
}

// Two URIs in one string: the comma is at fault, not what follows it.
TEST(TlsrptReportUri, RefusesTwoMailtoUrisInOne) {
  bad("mailto:a@example.com,mailto:b@example.com",
      "has \",\", which may not stand there", k_comma_hint);
}

TEST(TlsrptReportUri, RefusesTwoUrlsInOne) {
  bad("https://example.com/a,https://example.com/b",
      "has \",\", which may not stand there", k_comma_hint);
}

TEST(TlsrptReportUri, RefusesAnExclamationMark) {
  bad("https://example.com/a!10m", "has \"!\", which may not stand there",
      "write it as \"%21\" (RFC 8460, 3)");
  bad("mailto:a!b@example.com", "has \"!\", which may not stand there",
      "write it as \"%21\" (RFC 8460, 3)");
}

TEST(TlsrptReportUri, RefusesASemicolon) {
  bad("https://example.com/a;b", "has \";\", which may not stand there",
      "write it as \"%3B\" (RFC 8460, 3)");
  bad("mailto:a@example.com?b;c", "has \";\", which may not stand there",
      "write it as \"%3B\" (RFC 8460, 3)");
}

// RFC 3986, 2: what is neither reserved nor unreserved is encoded.
TEST(TlsrptReportUri, RefusesWhatNoUriHolds) {
  bad("https://example.com/a b", "has \" \", which may not stand there",
      "write it as \"%20\" (RFC 8460, 3)");
  bad("https://example.com/\"", "has \"\\\"\", which may not stand there",
      "write it as \"%22\" (RFC 8460, 3)");
  bad("https://example.com/\\", "has \"\\\\\", which may not stand there",
      "write it as \"%5C\" (RFC 8460, 3)");
  bad("https://example.com/\x01", "has \"\\x01\", which may not stand there",
      "write it as \"%01\" (RFC 8460, 3)");
}

TEST(TlsrptReportUri, RefusesOctetsOutsideAsciiBehindTheHost) {
  bad("https://example.com/ü", "has octets outside ASCII",
      "percent-encode them");
  bad("mailto:ü@example.com", "has octets outside ASCII",
      "percent-encode them");
  bad("https://example.com/\x80", "has octets outside ASCII",
      "percent-encode them");
}

// RFC 3986, 2.1: "%" HEXDIG HEXDIG.
TEST(TlsrptReportUri, RefusesAPercentWithoutTwoHexDigits) {
  for (const std::string_view tail : {"%", "%4", "a%", "%4z", "%%41", "%/0",
                                      "%:0", "%@0", "%G0", "%`0", "%g0"}) {
    bad("https://example.com/" + std::string(tail),
        "has a \"%\" that no two hex digits follow");
  }
}

TEST(TlsrptReportUri, AcceptsAPercentTripleAtTheVeryEnd) {
  same("https://example.com/%41");
}

TEST(TlsrptReportUri, KnowsTheFirstAndLastHexDigits) {
  same("https://example.com/%09%AF%af");
}

// A report is posted; nothing comes after "#" on the wire.
TEST(TlsrptReportUri, RefusesAFragment) {
  for (const std::string_view text :
       {"https://example.com/a#b", "https://example.com#b"}) {
    bad(text, "has \"#\", which may not stand there",
        "write it as \"%23\" (RFC 8460, 3)");
  }
}

// RFC 6068, 2: "/", "?", "#", "[", "]", "&", ";" and "=" of an address MUST be
// percent-encoded.
TEST(TlsrptReportUri, RefusesGenDelimsInALocalPart) {
  for (const std::string_view text :
       {"mailto:a/b@example.com", "mailto:a&b@example.com",
        "mailto:a=b@example.com", "mailto:a#b@example.com",
        "mailto:[a]@example.com"}) {
    EXPECT_FALSE(ReportUri::from_typed(text)) << text;
  }
}

TEST(TlsrptReportUri, TakesTheLastAtForTheOneBeforeTheHost) {
  bad("mailto:a@b@example.com", "has \"@\", which may not stand there",
      "write it as \"%40\" (RFC 8460, 3)");
}

TEST(TlsrptReportUri, RefusesAUserName) {
  bad("https://user@example.com/", "has a user name in it",
      "anyone can read the record");
  bad("https://user:secret@example.com/", "has a user name in it",
      "anyone can read the record");
}

TEST(TlsrptReportUri, RefusesAPortThatIsNoNumber) {
  for (const std::string_view text :
       {"https://example.com:/", "https://example.com:x/",
        "https://example.com:-1/", "https://example.com:443x/",
        "https://example.com:123456/"}) {
    bad(text, "has a port that is no number",
        "leave the port out for 443, or give a number");
  }
}

// No certificate of a public authority is for one.
TEST(TlsrptReportUri, RefusesAnAddressInBrackets) {
  bad("https://[2001:db8::1]/", "has an address where the host's name belongs",
      "use a name that the certificate there is for");
}

// RFC 6335, 6: ports are 16 bits, and 0 is nobody's.
TEST(TlsrptReportUri, RefusesAPortThatDoesNotExist) {
  EXPECT_FALSE(ReportUri::from_typed("https://example.com:65536/"));
  EXPECT_FALSE(ReportUri::from_typed("https://example.com:0/"));
}

// RFC 8460, 3: records carry A-labels.
TEST(TlsrptReportUri, ParseRefusesULabels) {
  for (const std::string_view text :
       {"mailto:a@bücher.example", "mailto:a@b\x80.example"}) {
    const Result<ReportUri> uri = ReportUri::parse(text);
    ASSERT_FALSE(uri) << text;
    EXPECT_EQ(uri.error().message, "has octets outside ASCII") << text;
  }
}

TEST(TlsrptReportUri, ParseReadsWhatFromTypedMade) {
  const ReportUri uri =
      *ReportUri::from_typed("HTTPS://Bücher.example/A%2cB?c");
  EXPECT_EQ(*ReportUri::parse(uri.text()), uri);
}

}  // namespace
}  // namespace mtasts::tlsrpt
