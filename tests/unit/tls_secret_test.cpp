// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <array>
#include <new>
#include <string_view>

#include "tls/secret.hpp"

namespace mtasts::tls {
namespace {

TEST(SecretTest, WipesItsOctetsInTheEnd) {
  // Short enough to lie in the string itself, so that it can be looked at.
  alignas(Secret) std::array<char, sizeof(Secret)> memory{};
  auto* secret = new (memory.data()) Secret("a key");
  const std::string_view all(memory.data(), memory.size());
  ASSERT_NE(all.find("a key"), std::string_view::npos);
  secret->~Secret();
  EXPECT_EQ(all.find("a key"), std::string_view::npos);
}

}  // namespace
}  // namespace mtasts::tls
