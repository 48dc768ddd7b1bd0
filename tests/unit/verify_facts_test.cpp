// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <memory>

#include "verify/facts.hpp"

namespace mtasts::verify {
namespace {

TEST(VerifyFacts, ComparesHostsByWhatTheyAre) {
  Facts a;
  a.hosts.push_back({10, std::make_shared<MxHost>(MxHost{.name = "mx.test"})});
  Facts b;
  b.hosts.push_back({10, std::make_shared<MxHost>(MxHost{.name = "mx.test"})});
  EXPECT_TRUE(a == b);
  b.hosts.front().host = std::make_shared<MxHost>(MxHost{.name = "other.test"});
  EXPECT_FALSE(a == b);
}

}  // namespace
}  // namespace mtasts::verify
