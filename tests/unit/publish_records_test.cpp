// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "publish/records.hpp"

namespace mtasts::publish {
namespace {

constexpr auto k_sts = Purpose::mta_sts;
constexpr auto k_rpt = Purpose::tls_rpt;

/// "=" where senders see no difference.
std::string sts(const std::string& found) {
  return find_difference(k_sts, found, "v=STSv1; id=1").value_or("=");
}

std::string rpt(const std::string& found) {
  return find_difference(k_rpt, found,
                         "v=TLSRPTv1; rua=mailto:a@x.example,https://x.example")
      .value_or("=");
}

// RFC 8461, 3.1.
TEST(PublishRecords, FindsNoDifferenceBetweenTextsWithOneId) {
  for (const std::string found :
       {"v=STSv1; id=1", "v=STSv1;id=1", "v=STSv1; id=1;", "v=STSv1;\tid=1 ;",
        "v=STSv1;  x=y ;id=1"}) {
    EXPECT_EQ(sts(found), "=") << found;
  }
}

TEST(PublishRecords, FindsADifferenceInTheId) {
  for (const std::string found :
       {"v=STSv1; id=2", "v=STSv1", "v=STSv1;", "V=STSv1; id=1",
        "v=STSv1; ID=1", "v=STSv1; id=1 ", "v=STSv1; id=1;;", "v=STSv1 id=1",
        "id=1; v=STSv1"}) {
    EXPECT_EQ(sts(found), "") << found;
  }
}

// RFC 8460, 3; RFC 3986, 6.2.2.1: case matters in neither scheme nor host.
TEST(PublishRecords, FindsNoDifferenceBetweenTextsWithTheSameUris) {
  for (const std::string found :
       {"v=TLSRPTv1;rua=mailto:a@x.example,https://x.example",
        "v=TLSRPTv1; rua=https://x.example , mailto:a@x.example;",
        "v=TLSRPTv1; rua=MAILTO:a@X.example,HTTPS://X.Example; x=y",
        "v=TLSRPTv1; rua=mailto:a@x.example,https://x.example,"
        "mailto:a@x.example"}) {
    EXPECT_EQ(rpt(found), "=") << found;
  }
}

TEST(PublishRecords, FindsADifferenceInTheUris) {
  for (const std::string found :
       {"v=TLSRPTv1; rua=mailto:a@x.example",
        "v=TLSRPTv1; rua=mailto:A@x.example,https://x.example",
        "v=TLSRPTv1; rua=mailto:a@x.example,https://x.example/",
        "v=TLSRPTv1; rua=mailto:a@x.example, https://x.example, mailto:b@c.d",
        "v=TLSRPTv1; rua=a@x.example", "v=TLSRPTv1"}) {
    EXPECT_EQ(rpt(found), "") << found;
  }
}

TEST(PublishRecords, NamesTheSenderThatRefusesATextOfTheSameMeaning) {
  EXPECT_EQ(sts("v=STSv1; id=1; "), "KumoMTA refuses white space at the end");
  EXPECT_EQ(sts("v=STSv1 ; id=1"),
            "chasquid and Halon refuse white space in front of the first "
            "\";\"");
  EXPECT_EQ(sts("v=STSv1; id=1; id=1"),
            "id is there twice, which mox and Courier refuse");
  EXPECT_EQ(rpt("v=TLSRPTv1; rua=mailto:a@x.example,https://x.example;\t"),
            "KumoMTA refuses white space at the end");
}

}  // namespace
}  // namespace mtasts::publish
