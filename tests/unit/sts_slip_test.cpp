// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "sts/slip.hpp"

namespace mtasts::sts {
namespace {

using Texts = std::vector<std::string>;

Texts mean(std::string_view text) {
  Texts list;
  for (const MxPattern& mx : find_meant_mx(text)) list.push_back(mx.text());
  return list;
}

TEST(StsSlip, FindsTheHostInARecord) {
  for (const std::string_view text :
       {"10 mail.acme.example", "10 mail.acme.example.",
        "MX 10 mail.acme.example", "IN MX 10 mail.acme.example.",
        "mail.acme.example:25", "smtp://mail.acme.example",
        "smtp://mail.acme.example:25/", "\"mail.acme.example\"",
        "<mail.acme.example>", "mail.acme.example;", " mail.acme.example ",
        "mail.acme.example\u200b", "[mail.acme.example]",
        "\u00a0mail.acme.example", "MAIL.acme.example."}) {
    EXPECT_EQ(mean(text), Texts{"mail.acme.example"}) << text;
  }
}

TEST(StsSlip, FindsSeveralHosts) {
  for (const std::string_view text :
       {"a.acme.example, *.b.example", "a.acme.example,*.b.example",
        "a.acme.example *.b.example", "10 a.acme.example 20 *.b.example",
        "a.acme.example; *.b.example;",
        "[\"a.acme.example\", \"*.b.example\"]"}) {
    EXPECT_EQ(mean(text), (Texts{"a.acme.example", "*.b.example"})) << text;
  }
}

TEST(StsSlip, FindsNoHostWhereNoneIsMeant) {
  for (const std::string_view text :
       {"", ".", "0 .", "10", "192.0.2.1", "[2001:db8::1]", "mail",
        "://a.example", "mail.acme.example 10", "mail.acme.example (primary)",
        "*", "a.*.example", ".acme.example", "mail_1.acme.example", "one week",
        "_dc-mx.0123.acme.example"}) {
    EXPECT_EQ(mean(text), Texts{}) << text;
  }
}

TEST(StsSlip, TakesAModeOutOfItsSurroundings) {
  EXPECT_EQ(find_meant_mode("Enforce"), Mode::enforce);
  EXPECT_EQ(find_meant_mode(" \"testing\";"), Mode::testing);
  EXPECT_EQ(find_meant_mode("\u00a0none."), Mode::none);
}

// What early drafts called report is testing, but who writes it today?
TEST(StsSlip, GuessesNoMode) {
  for (const std::string_view text :
       {"", "report", "enforced", "test", "on", "testing enforce"}) {
    EXPECT_EQ(find_meant_mode(text), std::nullopt) << text;
  }
}

TEST(StsSlip, ReadsMaxAgeInOtherWords) {
  for (const auto& [text, seconds] :
       std::vector<std::pair<std::string_view, std::int64_t>>{
           {"604800", 604800},
           {"604800s", 604800},
           {"604,800", 604800},
           {"604.800", 604800},
           {"604 800", 604800},
           {"604800.0", 604800},
           {"1w", 604800},
           {"1 Week", 604800},
           {"7 days", 604800},
           {"7d", 604800},
           {"168 hours", 604800},
           {"\"604800\"", 604800},
           {"00000604800", 604800},
           {"1y", 31536000},
           {"2 years", 63072000},
           {"0", 0},
           {"31,557,601", 31557601},
           {"604800 seconds.", 604800}}) {
    EXPECT_EQ(find_meant_max_age(text), std::chrono::seconds(seconds)) << text;
  }
}

TEST(StsSlip, GuessesNoMaxAge) {
  for (const std::string_view text :
       {"", "-1", "1m", "1.5 days", "604800 604800", "week", "1 fortnight",
        "6048,00", "1d12h", "0x10", "99999999999 weeks"}) {
    EXPECT_EQ(find_meant_max_age(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace mtasts::sts
