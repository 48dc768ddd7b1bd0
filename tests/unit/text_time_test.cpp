// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "text/time.hpp"

namespace mtasts::text {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

TEST(TextTime, WritesIso8601) {
  EXPECT_EQ(format_time(sys_seconds()), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_time(sys_seconds(seconds(1795471200))),
            "2026-11-23T22:00:00Z");
}

// RFC 5280, 4.1.2.5: what never expires does so then.
TEST(TextTime, WritesTheEndOfACertificateWithoutOne) {
  EXPECT_EQ(format_time(sys_seconds(seconds(253402300799))),
            "9999-12-31T23:59:59Z");
}

TEST(TextTime, WritesADay) {
  EXPECT_EQ(format_date(std::chrono::sys_days(std::chrono::days(20'820))),
            "2027-01-02");
}

TEST(TextTime, WritesDatesForHttp) {
  // The example of RFC 9110, 5.6.7.
  EXPECT_EQ(format_http_date(sys_seconds(seconds(784111777))),
            "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(format_http_date(sys_seconds(seconds(951782400))),
            "Tue, 29 Feb 2000 00:00:00 GMT");
  EXPECT_EQ(format_http_date(sys_seconds(seconds(4102444799))),
            "Thu, 31 Dec 2099 23:59:59 GMT");
}

}  // namespace
}  // namespace mtasts::text
