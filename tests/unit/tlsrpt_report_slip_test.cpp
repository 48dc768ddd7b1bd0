// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tlsrpt/report_slip.hpp"

namespace mtasts::tlsrpt {
namespace {

using Texts = std::vector<std::string>;

Texts mean(std::string_view text) {
  Texts list;
  for (const ReportUri& uri : find_meant_uris(text)) list.push_back(uri.text());
  return list;
}

TEST(TlsrptReportSlip, FindsTheAddress) {
  for (const std::string_view text :
       {"a@acme.example", "mailto://a@acme.example", "mailto:/a@acme.example",
        "mailto: a@acme.example", "mailto:a@acme.example!10m",
        "mailto:a@acme.example;", "\"mailto:a@acme.example\"",
        "mailto:Reports <a@acme.example>", "Reports <mailto:a@acme.example>",
        "rua=mailto:a@acme.example", "v=TLSRPTv1; rua=mailto:a@acme.example;",
        "v=TLSRPTv1;rua=mailto:a@acme.example", "mailto:a@acme.example\u00a0",
        "<a@acme.example>"}) {
    EXPECT_EQ(mean(text), Texts{"mailto:a@acme.example"}) << text;
  }
}

TEST(TlsrptReportSlip, FindsTheUrl) {
  EXPECT_EQ(mean("http://acme.example/v1"), Texts{"https://acme.example/v1"});
  EXPECT_EQ(mean("https:acme.example/"), Texts{"https://acme.example/"});
  EXPECT_EQ(mean("https://acme.example/v1!10m"),
            Texts{"https://acme.example/v1"});
  EXPECT_EQ(mean("https://acme.example/a;b"),
            Texts{"https://acme.example/a%3Bb"});
  EXPECT_EQ(mean("https://acme.example/a,b"),
            Texts{"https://acme.example/a%2Cb"});
}

TEST(TlsrptReportSlip, FindsSeveral) {
  const Texts want = {"mailto:a@acme.example", "https://acme.example/v1"};
  for (const std::string_view text :
       {"mailto:a@acme.example,https://acme.example/v1",
        "mailto:a@acme.example, https://acme.example/v1",
        "mailto:a@acme.example https://acme.example/v1",
        "v=TLSRPTv1; rua=mailto:a@acme.example,https://acme.example/v1; x=y"}) {
    EXPECT_EQ(mean(text), want) << text;
  }
}

TEST(TlsrptReportSlip, FindsNothingWhereItIsNotPlain) {
  for (const std::string_view text :
       {"", "acme.example", "mailto:", "mailto:tls reports@acme.example",
        "mailto:a,b@acme.example", "ftp://acme.example",
        "mailto:a@b@acme.example", "mailto:a@acme..example",
        "https://user:secret@acme.example/"}) {
    EXPECT_EQ(mean(text), Texts{}) << text;
  }
}

TEST(TlsrptReportSlip, SeesThroughPercentEncoding) {
  for (const auto& [text, meant] :
       std::vector<std::pair<std::string_view, std::string>>{
           {"mailto:%2F%2Fa@acme.example", "mailto:a@acme.example"},
           {"mailto:%2fa@acme.example", "mailto:a@acme.example"},
           {"mailto:Reports%20%3Ca@acme.example", "mailto:a@acme.example"},
           {"https://acme.example/v1%2110m", "https://acme.example/v1"}}) {
    const std::optional<Error> slip =
        find_encoded_slip(*ReportUri::from_typed(text));
    ASSERT_TRUE(slip) << text;
    EXPECT_EQ(slip->hint, "did you mean \"" + meant + "\"? (RFC 8460, 3)");
  }
}

TEST(TlsrptReportSlip, LeavesEncodedCharactersAloneThatAreMeant) {
  for (const std::string_view text :
       {"mailto:a%2Fb@acme.example", "mailto:a%2cb@acme.example",
        "mailto:a%2Bb@acme.example", "https://acme.example/a%2cb%3bc%21",
        "https://acme.example/a%20b", "mailto:a@acme.example",
        "mailto:a@acme.example?subject=tls%20report",
        "https://acme.example/%C3%BC", "https://acme.example/50%25"}) {
    const std::optional<Error> slip =
        find_encoded_slip(*ReportUri::from_typed(text));
    EXPECT_FALSE(slip) << text << ": " << slip->hint;
  }
}

}  // namespace
}  // namespace mtasts::tlsrpt
