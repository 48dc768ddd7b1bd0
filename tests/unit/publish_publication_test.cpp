// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>

#include "publish/publication.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"

namespace mtasts::publish {
namespace {

using std::chrono::seconds;

sts::Policy make_policy(std::vector<std::string> mx, sts::Mode mode) {
  std::vector<sts::MxPattern> patterns;
  for (const std::string& one : mx) {
    patterns.push_back(*sts::MxPattern::parse(one));
  }
  return *sts::Policy::make(mode, std::move(patterns), seconds(86400));
}

TEST(Publication, GivesBackWhatItWasMadeOf) {
  const sts::Policy policy =
      make_policy({"mx.alpha.test", "*.beta.test"}, sts::Mode::enforce);
  const std::vector<tlsrpt::ReportUri> uris = {
      *tlsrpt::ReportUri::parse("mailto:tls@alpha.test"),
      *tlsrpt::ReportUri::parse("https://reports.test/token")};
  constexpr std::chrono::sys_days k_day{std::chrono::days(20'000)};
  const Publication made(
      {*dns::Name::parse("alpha.test"), *dns::Name::parse("beta.test")}, policy,
      uris, {"a.toml", 3, 1}, k_day);
  EXPECT_TRUE(std::ranges::equal(
      made.domains(),
      std::vector<std::string_view>{"alpha.test", "beta.test"}));
  EXPECT_EQ(made.domain_count(), 2U);
  EXPECT_EQ(made.policy(), policy);
  EXPECT_EQ(made.mode(), sts::Mode::enforce);
  EXPECT_EQ(made.max_age(), seconds(86400));
  EXPECT_TRUE(made.has_tls_rpt());
  EXPECT_EQ(made.tls_rpt(), uris);
  EXPECT_EQ(made.body(), sts::format_policy(policy));
  EXPECT_EQ(made.id(), sts::policy_id(made.body()));
  EXPECT_EQ(format_place(made.place()), "a.toml:3:1");
  EXPECT_EQ(made.retire(), k_day);
}

TEST(Publication, IsOfNoDomainAndOfNothingElse) {
  const sts::Policy none = make_policy({}, sts::Mode::none);
  const Publication made({}, none, {}, {});
  EXPECT_TRUE(made.domains().empty());
  EXPECT_EQ(made.domain_count(), 0U);
  EXPECT_EQ(made.policy(), none);
  EXPECT_FALSE(made.has_tls_rpt());
  EXPECT_TRUE(made.tls_rpt().empty());
  EXPECT_EQ(format_place(made.place()), format_place({}));
  EXPECT_EQ(made.retire(), std::nullopt);
}

TEST(Publication, SharesItsOctetsWithEqualPoliciesAlone) {
  const auto make = [](std::string domain, std::vector<std::string> mx) {
    return Publication({*dns::Name::parse(domain)},
                       make_policy(std::move(mx), sts::Mode::enforce), {}, {});
  };
  const Publication alpha = make("alpha.test", {"mx.provider.test"});
  Publication beta = make("beta.test", {"mx.provider.test"});
  Publication other = make("gamma.test", {"mx.other.test"});
  beta.share_octets(alpha.octets());
  other.share_octets(alpha.octets());
  EXPECT_EQ(alpha.body().data(), beta.body().data());
  EXPECT_NE(alpha.body().data(), other.body().data());
  EXPECT_NE(alpha.body(), other.body());
}

}  // namespace
}  // namespace mtasts::publish
