// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "config/table_reader.hpp"

namespace mtasts::config {
namespace {

/// A table whose members stand on lines 1, 2, ...: keys in column 1, values
/// in column 10, elements of arrays from column 11 on.
class Fixture : public testing::Test {
 protected:
  void add(std::string key, decltype(Value::data) data) {
    const auto line = static_cast<std::uint32_t>(table_.size() + 1);
    if (auto* array = std::get_if<Array>(&data)) {
      std::uint32_t column = 11;
      for (Value& element : *array) element.at = {line, column++};
    }
    table_.push_back(
        {std::move(key), {line, 1}, {{line, 10}, std::move(data)}});
  }

  std::string report() const {
    std::string text;
    for (const Diagnostic& diagnostic : found_) {
      text += format_diagnostic(diagnostic);
    }
    return text;
  }

  Table table_;
  Diagnostics found_;
  TableReader reader_{table_, "server", "a.toml", found_};
};

using ConfigTableReader = Fixture;

TEST_F(ConfigTableReader, FindsAString) {
  add("mode", "none");
  const auto text = reader_.find_string("mode");
  ASSERT_TRUE(text);
  EXPECT_EQ(text->value, "none");
  EXPECT_EQ(text->at.line, 1U);
  EXPECT_EQ(text->at.column, 10U);
  EXPECT_EQ(report(), "");
}

TEST_F(ConfigTableReader, SaysNothingOfAMissingKey) {
  EXPECT_EQ(reader_.find("a"), nullptr);
  EXPECT_FALSE(reader_.find_string("a"));
  EXPECT_FALSE(reader_.find_integer("a", 0, 1));
  EXPECT_FALSE(reader_.find_strings("a"));
  reader_.finish();
  EXPECT_EQ(report(), "");
}

TEST_F(ConfigTableReader, RefusesAnIntegerForAString) {
  add("mode", std::int64_t{5});
  EXPECT_FALSE(reader_.find_string("mode"));
  EXPECT_EQ(report(),
            "error: a.toml:1:10: server.mode is the integer 5, not "
            "a string [config.wrong-type]\n");
}

TEST_F(ConfigTableReader, FindsAnIntegerAtBothBounds) {
  add("a", std::int64_t{1});
  add("b", std::int64_t{256});
  EXPECT_EQ(reader_.find_integer("a", 1, 256), 1);
  EXPECT_EQ(reader_.find_integer("b", 1, 256), 256);
  EXPECT_EQ(report(), "");
}

TEST_F(ConfigTableReader, RefusesAnIntegerBelowTheLeast) {
  add("threads", std::int64_t{0});
  EXPECT_FALSE(reader_.find_integer("threads", 1, 256));
  EXPECT_EQ(report(),
            "error: a.toml:1:10: server.threads is 0, outside 1 to "
            "256 [config.out-of-range]\n"
            "hint: remove the key for what suits most\n");
}

TEST_F(ConfigTableReader, RefusesAnIntegerAboveTheMost) {
  add("threads", std::int64_t{257});
  EXPECT_FALSE(reader_.find_integer("threads", 1, 256));
  EXPECT_EQ(report(),
            "error: a.toml:1:10: server.threads is 257, outside 1 "
            "to 256 [config.out-of-range]\n"
            "hint: remove the key for what suits most\n");
}

TEST_F(ConfigTableReader, RefusesAStringForAnIntegerAndQuotesIt) {
  add("threads", "f\"our\x1b");
  EXPECT_FALSE(reader_.find_integer("threads", 1, 256));
  EXPECT_EQ(report(),
            "error: a.toml:1:10: server.threads is the string "
            "\"f\\\"our\\x1b\", not an integer [config.wrong-type]\n");
}

TEST_F(ConfigTableReader, FindsAnArrayOfStringsWithItsPlaces) {
  add("listen", Array{{{}, "a"}, {{}, "b"}});
  const auto texts = reader_.find_strings("listen");
  ASSERT_TRUE(texts);
  ASSERT_EQ(texts->size(), 2U);
  EXPECT_EQ((*texts)[1].value, "b");
  EXPECT_EQ((*texts)[1].at.column, 12U);
}

Result<int> parse_even(std::string_view text) {
  if (text.size() % 2 == 0) return static_cast<int>(text.size());
  return fail("is odd", "add a letter");
}

TEST_F(ConfigTableReader, ReportsWhatItsParserSaysOfAString) {
  add("even", "ab");
  add("odd", "abc");
  add("number", std::int64_t{2});
  EXPECT_EQ(reader_.find_parsed("even", "even", "a.b", parse_even), 2);
  EXPECT_FALSE(reader_.find_parsed("odd", "the odd", "a.b", parse_even));
  EXPECT_FALSE(reader_.find_parsed("number", "number", "a.b", parse_even));
  EXPECT_FALSE(reader_.find_parsed("missing", "missing", "a.b", parse_even));
  EXPECT_EQ(report(),
            "error: a.toml:2:10: the odd \"abc\" is odd [a.b]\n"
            "hint: add a letter\n"
            "error: a.toml:3:10: server.number is the integer 2, not "
            "a string [config.wrong-type]\n");
}

TEST_F(ConfigTableReader, LeavesOutTheElementsThatItsParserRefuses) {
  add("list", Array{{{}, "abc"}, {{}, "ab"}, {{}, true}});
  const auto values = reader_.find_each("list", "one", "a.b", parse_even);
  ASSERT_EQ(values.size(), 1U);
  EXPECT_EQ(values.front().value, 2);
  EXPECT_EQ(values.front().at.column, 12U);
  ASSERT_EQ(found_.size(), 2U);
  EXPECT_EQ(found_[0].id, "config.wrong-type");
  EXPECT_EQ(found_[1].message, "one \"abc\" is odd");
  EXPECT_TRUE(reader_.find_each("missing", "one", "a.b", parse_even).empty());
}

TEST_F(ConfigTableReader, RefusesControlOctetsInStrings) {
  add("mode", "\x1f");
  add("listen", Array{{{}, "\x7f"}, {{}, " ~"}});
  EXPECT_FALSE(reader_.find_string("mode"));
  const auto texts = reader_.find_strings("listen");
  ASSERT_TRUE(texts);
  ASSERT_EQ(texts->size(), 1U);
  EXPECT_EQ(texts->front().value, " ~");
  EXPECT_EQ(report(),
            "error: a.toml:1:10: server.mode has a control "
            "character: \"\\x1f\" [config.control-character]\n"
            "hint: delete it, and type what stands around it anew\n"
            "error: a.toml:2:11: server.listen has a control "
            "character: \"\\x7f\" [config.control-character]\n"
            "hint: delete it, and type what stands around it "
            "anew\n");
}

TEST_F(ConfigTableReader, FindsAnEmptyArray) {
  add("listen", Array{});
  const auto texts = reader_.find_strings("listen");
  ASSERT_TRUE(texts);
  EXPECT_TRUE(texts->empty());
}

TEST_F(ConfigTableReader, ProposesBracketsForAString) {
  add("listen", "[::]:8443");
  EXPECT_FALSE(reader_.find_strings("listen"));
  EXPECT_EQ(report(),
            "error: a.toml:1:10: server.listen is the string "
            "\"[::]:8443\", not an array of strings [config.wrong-type]\n"
            "hint: put it in brackets: listen = [\"[::]:8443\"]\n");
}

TEST_F(ConfigTableReader, ReportsEveryElementThatIsNoString) {
  add("listen", Array{{{}, std::int64_t{1}}, {{}, "a"}, {{}, true}});
  const auto texts = reader_.find_strings("listen");
  ASSERT_TRUE(texts);
  EXPECT_EQ(texts->size(), 1U);
  EXPECT_EQ(report(),
            "error: a.toml:1:11: server.listen has an integer where "
            "a string is needed [config.wrong-type]\n"
            "hint: a list of strings in quotes, without other values "
            "or lists in it\n"
            "error: a.toml:1:13: server.listen has a boolean where "
            "a string is needed [config.wrong-type]\n"
            "hint: a list of strings in quotes, without other values "
            "or lists in it\n");
}

TEST_F(ConfigTableReader, KnowsTheKeysThatWereAskedFor) {
  add("listen", Array{});
  add("threads", std::int64_t{1});
  (void)reader_.find("listen");
  (void)reader_.find("threads");
  reader_.finish();
  EXPECT_EQ(report(), "");
}

TEST_F(ConfigTableReader, ProposesTheNearestKey) {
  add("listne", Array{});
  (void)reader_.find("threads");
  (void)reader_.find("listen");
  reader_.finish();
  EXPECT_EQ(report(),
            "error: a.toml:1:1: unknown key \"listne\" in server "
            "[config.unknown-key]\n"
            "hint: did you mean \"listen\"?\n");
}

// One letter in three, rounded up, may be added, dropped or changed.
TEST_F(ConfigTableReader, ProposesAKeyUpToAThirdOfTheLettersAway) {
  const std::string near = "hint: did you mean \"mode\"?\n";
  const std::string far = "hint: the only key here is mode\n";
  for (const auto& [key, hint] :
       std::vector<std::pair<std::string, std::string>>{
           {"mod", near},      // one of three
           {"mox", far},       // two of three
           {"moed", near},     // two of four
           {"mxyz", far},      // three of four
           {"modexx", near},   // two of six
           {"modexxx", near},  // three of seven
           {"modexxxx", far},  // four of eight
       }) {
    const Table table = {{key, {1, 1}, {{1, 10}, true}}};
    Diagnostics found;
    TableReader reader(table, "", "a.toml", found);
    (void)reader.find("mode");
    reader.finish();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ("hint: " + found[0].hint + "\n", hint) << key;
  }
}

TEST_F(ConfigTableReader, ListsTheKeysWhenNoneIsNear) {
  add("workers", std::int64_t{1});
  (void)reader_.find("threads");
  (void)reader_.find("listen");
  reader_.finish();
  EXPECT_EQ(report(),
            "error: a.toml:1:1: unknown key \"workers\" in server "
            "[config.unknown-key]\n"
            "hint: the keys here are listen, threads\n");
}

// Readers look at a key twice when its type is not fixed.
TEST_F(ConfigTableReader, ListsAKeyOnceThatWasAskedForTwice) {
  add("workers", std::int64_t{1});
  (void)reader_.find("threads");
  (void)reader_.find_integer("threads", 1, 256);
  (void)reader_.find("listen");
  reader_.finish();
  EXPECT_EQ(report(),
            "error: a.toml:1:1: unknown key \"workers\" in server "
            "[config.unknown-key]\n"
            "hint: the keys here are listen, threads\n");
}

TEST_F(ConfigTableReader, ReportsEveryUnknownKey) {
  add("aaaaaa", std::int64_t{1});
  add("bbbbbb", std::int64_t{1});
  (void)reader_.find("threads");
  reader_.finish();
  EXPECT_EQ(found_.size(), 2U);
}

TEST_F(ConfigTableReader, ShowsNoControlOctetsOfAKey) {
  add("a\x1b[31m", std::int64_t{1});
  (void)reader_.find("threads");
  reader_.finish();
  EXPECT_EQ(report(),
            "error: a.toml:1:1: unknown key \"a\\x1b[31m\" in server "
            "[config.unknown-key]\n"
            "hint: the only key here is threads\n");
}

// A key of capital letters is a slip too, but too far for the distance.
TEST_F(ConfigTableReader, TellsCaseApart) {
  add("Listen", Array{});
  (void)reader_.find("listen");
  reader_.finish();
  EXPECT_EQ(report(),
            "error: a.toml:1:1: unknown key \"Listen\" in server "
            "[config.unknown-key]\n"
            "hint: did you mean \"listen\"?\n");
}

TEST_F(ConfigTableReader, WarnsWithAPlace) {
  reader_.warning("a.b", {7, 9}, "is odd", "so what");
  EXPECT_EQ(report(),
            "warning: a.toml:7:9: is odd [a.b]\n"
            "hint: so what\n");
}

TEST(ConfigDescribeType, NamesEveryType) {
  EXPECT_EQ(describe_type({{}, "x"}), "a string");
  EXPECT_EQ(describe_type({{}, std::int64_t{1}}), "an integer");
  EXPECT_EQ(describe_type({{}, true}), "a boolean");
  EXPECT_EQ(describe_type({{}, Array{}}), "an array");
  EXPECT_EQ(describe_type({{}, Table{}}), "a table");
  EXPECT_EQ(describe_type({{}, std::chrono::sys_days{}}), "a date");
  EXPECT_EQ(describe_type({{}, Other{"a date with a time"}}),
            "a date with a time");
}

}  // namespace
}  // namespace mtasts::config
