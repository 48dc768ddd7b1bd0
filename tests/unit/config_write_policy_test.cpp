// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "config/load.hpp"
#include "config/write_policy.hpp"
#include "publish/publication.hpp"
#include "temp_dir.hpp"

namespace mtasts::config {
namespace {

publish::Publication make(sts::Mode mode, const std::vector<std::string>& mx,
                          std::int64_t max_age,
                          const std::vector<std::string>& rua) {
  std::vector<sts::MxPattern> patterns;
  for (const std::string& text : mx) {
    patterns.push_back(*sts::MxPattern::parse(text));
  }
  std::vector<tlsrpt::ReportUri> uris;
  for (const std::string& text : rua) {
    uris.push_back(*tlsrpt::ReportUri::parse(text));
  }
  return publish::Publication(
      {*dns::Name::parse("example.com")},
      *sts::Policy::make(mode, patterns, std::chrono::seconds(max_age)), uris,
      {});
}

TEST(ConfigWritePolicy, WritesOneElementOnOneLine) {
  EXPECT_EQ(format_policy_table(make(sts::Mode::testing, {"*.example.net"},
                                     604800, {"mailto:a@example.com"})),
            "[[policy]]\n"
            "domains = [\"example.com\"]\n"
            "mode = \"testing\"\n"
            "mx = [\"*.example.net\"]\n"
            "max_age = \"1w\"\n"
            "tls_rpt = [\"mailto:a@example.com\"]\n");
}

TEST(ConfigWritePolicy, WritesSeveralElementsOnLinesOfTheirOwn) {
  EXPECT_EQ(format_policy_table(
                make(sts::Mode::enforce, {"b.example", "a.example"}, 1, {})),
            "[[policy]]\n"
            "domains = [\"example.com\"]\n"
            "mode = \"enforce\"\n"
            "mx = [\n"
            "  \"a.example\",\n"
            "  \"b.example\",\n"
            "]\n"
            "max_age = \"1s\"\n");
}

TEST(ConfigWritePolicy, IsReadBackAsTheSame) {
  const std::vector<publish::Publication> entries = {
      make(sts::Mode::none, {}, 0, {}),
      make(sts::Mode::none, {"a.example"}, 31557600, {}),
      make(sts::Mode::enforce, {"xn--bcher-kva.example", "*.b.example"}, 86401,
           {"mailto:a%22'b@example.com?subject=%2C", "https://a.example/$'"})};
  const TempDir dir;
  for (const publish::Publication& entry : entries) {
    const std::string path = dir.write("a.toml", format_policy_table(entry));
    const Loaded loaded = load_config(path);
    ASSERT_TRUE(loaded.config);
    ASSERT_EQ(loaded.config->live.policies.size(), 1U);
    const publish::Publication& read = *loaded.config->live.policies.front();
    EXPECT_TRUE(std::ranges::equal(read.domains(), entry.domains()));
    EXPECT_EQ(read.policy(), entry.policy());
    EXPECT_EQ(read.tls_rpt(), entry.tls_rpt());
  }
}

}  // namespace
}  // namespace mtasts::config
