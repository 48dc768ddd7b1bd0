// SPDX-License-Identifier: MIT
#include "diagnostic.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace mtasts {
namespace {

Diagnostic make(Severity severity, Place place, std::string hint) {
  return {severity, "policy.mx-invalid", std::move(place), "mx \"a\" is odd",
          std::move(hint)};
}

TEST(Diagnostic, PlaceHasFileLineAndColumn) {
  EXPECT_EQ(format_place({"etc/a.toml", 14, 8}), "etc/a.toml:14:8");
}

TEST(Diagnostic, PlaceWithoutALineIsTheWholeFile) {
  EXPECT_EQ(format_place({"a.toml"}), "a.toml");
}

TEST(Diagnostic, ErrorIsOneLineWithItsId) {
  EXPECT_EQ(format_diagnostic(make(Severity::error, {"a.toml", 3, 7}, "")),
            "error: a.toml:3:7: mx \"a\" is odd "
            "[policy.mx-invalid]\n");
}

TEST(Diagnostic, WarningSaysSo) {
  EXPECT_EQ(format_diagnostic(make(Severity::warning, {"a.toml"}, "")),
            "warning: a.toml: mx \"a\" is odd [policy.mx-invalid]\n");
}

TEST(Diagnostic, HintIsALineOfItsOwn) {
  EXPECT_EQ(format_diagnostic(make(Severity::error, {"a.toml", 3, 7}, "try b")),
            "error: a.toml:3:7: mx \"a\" is odd [policy.mx-invalid]\n"
            "hint: try b\n");
}

TEST(Diagnostic, SteersNoTerminal) {
  const Diagnostic hostile{
      Severity::warning, "a.b", {"\x1b[2Ja\nb"}, "\x1b]0;x\x07", "rm \x1b[8m"};
  EXPECT_EQ(format_diagnostic(hostile),
            "warning: \\x1b[2Ja\\x0ab: \\x1b]0;x\\x07 [a.b]\n"
            "hint: rm \\x1b[8m\n");
}

TEST(Diagnostic, BracesInAMessageAreText) {
  EXPECT_EQ(format_diagnostic({Severity::error, "a.b", {"{}"}, "{0}", "{}"}),
            "error: {}: {0} [a.b]\nhint: {}\n");
}

TEST(Diagnostic, JsonHasEveryKeyAlways) {
  EXPECT_EQ(format_diagnostic_json(make(Severity::warning, {"a.toml"}, "")),
            R"({"id":"policy.mx-invalid","severity":"warning",)"
            R"("file":"a.toml","line":0,"column":0,)"
            R"("message":"mx \"a\" is odd","hint":""})");
  EXPECT_EQ(
      format_diagnostic_json(make(Severity::error, {"a.toml", 14, 8}, "b")),
      R"({"id":"policy.mx-invalid","severity":"error",)"
      R"("file":"a.toml","line":14,"column":8,)"
      R"("message":"mx \"a\" is odd","hint":"b"})");
}

TEST(Diagnostic, SortsByPlaceAndThenById) {
  const auto one = [](const char* id, const char* file, std::uint32_t line,
                      std::uint32_t column) {
    return Diagnostic{Severity::error, id, {file, line, column}, "", ""};
  };
  Diagnostics all = {one("a", "b", 0, 0), one("b", "a", 2, 1),
                     one("a", "a", 2, 1), one("c", "a", 1, 9),
                     one("d", "a", 1, 2), one("e", "a", 0, 0)};
  sort_diagnostics(all);
  std::string ids;
  for (const Diagnostic& diagnostic : all) ids += diagnostic.id;
  EXPECT_EQ(ids, "edcaba");
}

TEST(Diagnostic, NoneAreNoErrors) { EXPECT_FALSE(has_errors({})); }

TEST(Diagnostic, WarningsAreNoErrors) {
  EXPECT_FALSE(has_errors(Diagnostics{make(Severity::warning, {}, "")}));
}

TEST(Diagnostic, OneErrorAmongWarningsCounts) {
  EXPECT_TRUE(has_errors(Diagnostics{make(Severity::warning, {}, ""),
                                     make(Severity::error, {}, ""),
                                     make(Severity::warning, {}, "")}));
}

}  // namespace
}  // namespace mtasts
