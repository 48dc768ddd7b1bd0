// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tlsrpt/txt_record.hpp"

namespace mtasts::tlsrpt {
namespace {

using Uris = std::vector<ReportUri>;

Uris uris(const std::vector<std::string>& texts) {
  Uris list;
  for (const std::string& text : texts) {
    list.push_back(*ReportUri::from_typed(text));
  }
  return list;
}

void good(std::string_view text, const std::vector<std::string>& want) {
  const Result<Uris> list = parse_txt_record(text);
  ASSERT_TRUE(list) << text << ": " << list.error().message;
  EXPECT_EQ(*list, uris(want)) << text;
}

void bad(std::string_view text, std::string_view message,
         std::string_view hint = "") {
  const Result<Uris> list = parse_txt_record(text);
  ASSERT_FALSE(list) << text;
  EXPECT_EQ(list.error().message, message) << text;
  EXPECT_EQ(list.error().hint, hint) << text;
}

TEST(TlsrptTxtRecord, WritesOneUri) {
  EXPECT_EQ(format_txt_record(uris({"mailto:a@example.com"})),
            "v=TLSRPTv1; rua=mailto:a@example.com");
}

// RFC 8460, 3: several URIs are one field, with commas and no white space.
TEST(TlsrptTxtRecord, WritesSeveralUrisInTheirOrder) {
  EXPECT_EQ(format_txt_record(
                uris({"mailto:b@example.com", "https://example.com/a"})),
            "v=TLSRPTv1; rua=mailto:b@example.com,https://example.com/a");
}

// The examples of RFC 8460, 3.1.
TEST(TlsrptTxtRecord, ReadsTheMailExampleOfTheRfc) {
  good("v=TLSRPTv1;rua=mailto:reports@example.com",
       {"mailto:reports@example.com"});
}

TEST(TlsrptTxtRecord, ReadsTheWebExampleOfTheRfc) {
  good("v=TLSRPTv1; rua=https://reporting.example.com/v1/tlsrpt",
       {"https://reporting.example.com/v1/tlsrpt"});
}

// tlsrpt-rua = %s"rua=" tlsrpt-uri *(*WSP "," *WSP tlsrpt-uri).
TEST(TlsrptTxtRecord, ReadsWhiteSpaceAroundCommas) {
  good(
      "v=TLSRPTv1; rua=mailto:a@example.com \t,\t mailto:b@example.com \t,"
      "mailto:c@example.com",
      {"mailto:a@example.com", "mailto:b@example.com", "mailto:c@example.com"});
}

TEST(TlsrptTxtRecord, ReadsASemicolonAtTheEnd) {
  good("v=TLSRPTv1; rua=mailto:a@example.com;", {"mailto:a@example.com"});
}

TEST(TlsrptTxtRecord, ReadsAQueryWithEquals) {
  good("v=TLSRPTv1; rua=https://example.com/?a=b",
       {"https://example.com/?a=b"});
}

TEST(TlsrptTxtRecord, IgnoresExtensions) {
  good("v=TLSRPTv1; a=b; rua=mailto:a@example.com; c=d",
       {"mailto:a@example.com"});
}

TEST(TlsrptTxtRecord, TakesTheFirstRua) {
  good("v=TLSRPTv1; rua=mailto:a@example.com; rua=mailto:b@example.com",
       {"mailto:a@example.com"});
}

TEST(TlsrptTxtRecord, RefusesAnotherVersion) {
  bad("v=TLSRPTv2; rua=mailto:a@example.com",
      "does not start with \"v=TLSRPTv1\"",
      "the version comes first, in exactly this case");
  bad("v=tlsrptv1; rua=mailto:a@example.com",
      "does not start with \"v=TLSRPTv1\"",
      "the version comes first, in exactly this case");
}

TEST(TlsrptTxtRecord, RefusesAMissingRua) {
  bad("v=TLSRPTv1; a=b", "has no rua");
  bad("v=TLSRPTv1; RUA=mailto:a@example.com", "has no rua");
}

TEST(TlsrptTxtRecord, RefusesAnEmptyRua) {
  bad("v=TLSRPTv1; rua=", "rua \"\" is neither a mailto: nor an https: URI",
      "RFC 8460, 3 knows these two only");
}

TEST(TlsrptTxtRecord, RefusesACommaTooMuch) {
  bad("v=TLSRPTv1; rua=mailto:a@example.com,",
      "rua \"\" is neither a mailto: nor an https: URI",
      "RFC 8460, 3 knows these two only");
  bad("v=TLSRPTv1; rua=mailto:a@example.com,,mailto:b@example.com",
      "rua \"\" is neither a mailto: nor an https: URI",
      "RFC 8460, 3 knows these two only");
}

TEST(TlsrptTxtRecord, RefusesOtherSchemes) {
  bad("v=TLSRPTv1; rua=mailto:a@example.com,http://example.com",
      "rua \"http://example.com\" is neither a mailto: nor an https: URI",
      "write \"https://example.com\" (RFC 8460, 3)");
}

// DMARC's "!10m" has no place in a TLS-RPT record.
TEST(TlsrptTxtRecord, RefusesASizeSuffix) {
  bad("v=TLSRPTv1; rua=https://example.com/a!10m",
      "rua \"https://example.com/a!10m\" has a size limit, which DMARC knows "
      "and TLS-RPT does not",
      "write \"https://example.com/a\" (RFC 8460, 3)");
}

TEST(TlsrptTxtRecord, RefusesSpaceInsideAUri) {
  bad("v=TLSRPTv1; rua=https://example.com/a b",
      "rua \"https://example.com/a b\" has \" \", which may not stand there",
      "write \"https://example.com/a%20b\" (RFC 8460, 3)");
}

TEST(TlsrptTxtRecord, RefusesULabels) {
  bad("v=TLSRPTv1; rua=mailto:a@bücher.example",
      "rua \"mailto:a@bücher.example\" has octets outside ASCII",
      "write \"mailto:a@xn--bcher-kva.example\" (RFC 8460, 3)");
}

// *WSP stands around commas, not behind "rua=".
TEST(TlsrptTxtRecord, RefusesWhiteSpaceBehindEquals) {
  EXPECT_FALSE(parse_txt_record("v=TLSRPTv1; rua= mailto:a@example.com"));
}

TEST(TlsrptTxtRecordProperty, WhatIsWrittenIsReadBack) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    Uris list;
    for (std::size_t count = 1 + random() % 6; count > 0; --count) {
      std::string part;
      for (std::size_t octets = 1 + random() % 40; octets > 0; --octets) {
        part += random() % 8 == 0
                    ? "%2C"
                    : std::string(1, "abcXYZ019-_~"[random() % 12]);
      }
      list.push_back(*ReportUri::from_typed(
          random() % 2 == 0 ? "mailto:" + part + "@example.com"
                            : "https://example.com:8443/" + part + "?a=b"));
    }
    const Result<Uris> read = parse_txt_record(format_txt_record(list));
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(*read, list);
  }
}

}  // namespace
}  // namespace mtasts::tlsrpt
