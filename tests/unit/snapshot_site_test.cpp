// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "snapshot/site.hpp"
#include "test_site.hpp"

namespace mtasts::snapshot {
namespace {

TEST(SnapshotSite, HasTheTextAndTheIdOfEachPolicy) {
  const Site site(make_live());
  EXPECT_EQ(site.domain_count(), 3U);
  const publish::Publication* com = site.find_domain("example.com");
  ASSERT_NE(com, nullptr);
  EXPECT_EQ(com->body, k_example_com);
  EXPECT_EQ(com->id, "c0a762642c8ff96deabc4e74c1e5d657");
  EXPECT_EQ(site.find_domain("example.net"), com);
  ASSERT_NE(site.find_domain("example.org"), nullptr);
  EXPECT_EQ(site.find_domain("example.org")->body, k_example_org);
}

TEST(SnapshotSite, KnowsNoOtherDomain) {
  const Site site(make_live());
  for (const std::string_view domain :
       {"", ".", "com", "mta-sts.example.com", "sub.example.com", "example.co",
        "EXAMPLE.COM", "example.com.", "xexample.com"}) {
    EXPECT_EQ(site.find_domain(domain), nullptr) << domain;
  }
  EXPECT_EQ(Site(config::Live{}).find_domain("example.com"), nullptr);
}

TEST(SnapshotSite, FindsAuthoritiesInAnySpelling) {
  const Site site(make_live());
  const publish::Publication* want = site.find_domain("example.com");
  for (const std::string_view authority :
       {"mta-sts.example.com", "MTA-STS.EXAMPLE.COM", "mta-sts.example.com.",
        "mta-sts.example.com:443",
        "mta-sts.example.com:", "Mta-Sts.Example.Com.:8443"}) {
    EXPECT_EQ(site.find_authority(authority), want) << authority;
  }
  for (const std::string_view authority :
       {"", ":", ".", "example.com", "mta-sts", "mta-sts.", "mta-sts..",
        "mta-sts.example.com..", "mta-stsexample.com", "xmta-sts.example.com",
        "mta-sts.mta-sts.example.com", "mta-sts.sub.example.com", "mta-sts.com",
        "[mta-sts.example.com]", "[::1]", "127.0.0.1", "mta-sts%2eexample.com",
        " mta-sts.example.com"}) {
    EXPECT_EQ(site.find_authority(authority), nullptr) << authority;
  }
}

TEST(SnapshotNormaliseHost, TakesPortDotAndCaseAway) {
  EXPECT_EQ(normalise_host("A.Example.:443"), "a.example");
  EXPECT_EQ(normalise_host("a.example"), "a.example");
  EXPECT_EQ(normalise_host("a.."), "a.");
  EXPECT_EQ(normalise_host(""), "");
  EXPECT_EQ(normalise_host("."), "");
  EXPECT_EQ(normalise_host("[::1]"), "[::1]");
}

}  // namespace
}  // namespace mtasts::snapshot
