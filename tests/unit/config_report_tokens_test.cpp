// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "config/report_tokens.hpp"
#include "temp_dir.hpp"

namespace mtasts::config {
namespace {

constexpr const char* k_alpha = "alpha-0123456789abcdef";

/// The place and text of its fault, without the path; or nothing.
std::string fault_of(std::string_view text) {
  Diagnostics out;
  ReportTokens::parse(text, "x", out);
  if (out.empty()) return {};
  EXPECT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].id, "collect.tokens-invalid");
  return format_place(out[0].place) + " " + out[0].message;
}

TEST(ConfigReportTokens, FindTheTenantOfAToken) {
  Diagnostics out;
  const ReportTokens tokens = ReportTokens::parse(
      "# NAME TOKEN\r\n\n alpha\t alpha-0123456789abcdef \n"
      "beta beta_0123456789abcdefgh",
      "x", out);
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(tokens.size(), 2U);
  EXPECT_EQ(*tokens.find_tenant(k_alpha), "alpha");
  EXPECT_EQ(*tokens.find_tenant("beta_0123456789abcdefgh"), "beta");
  EXPECT_EQ(tokens.find_tenant("alpha-0123456789abcde"), nullptr);
  EXPECT_EQ(tokens.find_tenant(""), nullptr);
  EXPECT_EQ(tokens.find_tenant(std::string(10'000, 'x')), nullptr);
}

TEST(ConfigReportTokens, SayTheirFirstFault) {
  EXPECT_EQ(fault_of("# nobody\n"), "x there is no token in it");
  EXPECT_EQ(fault_of("alpha short\nbeta\n"),
            "x:1:1 the token of alpha is none");
  EXPECT_EQ(fault_of("alpha\n"), "x:1:1 the token of alpha is none");
  EXPECT_EQ(fault_of("\n../a alpha-0123456789abcdef\n"),
            "x:2:1 the name of the tenant is not made of letters, digits, - "
            "and _");
  const std::string line = std::string("alpha ") + k_alpha + "\n";
  EXPECT_EQ(fault_of(line + "beta " + k_alpha),
            "x:2:1 the token of beta stands twice");
  EXPECT_EQ(fault_of(line), "");
}

TEST(ConfigReportTokens, AreNoneThatEverybodyCanRead) {
  const TempDir dir;
  const std::string path = dir.write("tokens", std::string("a ") + k_alpha);
  Diagnostics out;
  EXPECT_EQ(ReportTokens::load(path, out).size(), 1U);
  EXPECT_TRUE(out.empty());
  std::filesystem::permissions(path, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_EQ(ReportTokens::load(path, out).size(), 0U);
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].message, "the tokens can be read by everybody");
  EXPECT_EQ(ReportTokens::load(dir.path("none"), out).size(), 0U);
  EXPECT_EQ(out.back().message, "can't be read: No such file or directory");
}

}  // namespace
}  // namespace mtasts::config
