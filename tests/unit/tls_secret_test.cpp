// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <array>
#include <new>
#include <string_view>

#include "tls/secret.hpp"

namespace mtasts::tls {
namespace {

TEST(SecretTest, WipesItsOctetsInTheEnd) {
  // In memory that can be looked at afterwards.
  alignas(Secret) std::array<char, sizeof(Secret) + 5> memory{};
  auto* secret = ::new (memory.data()) Secret("a key", {5});
  const std::string_view all(memory.data(), memory.size());
  ASSERT_NE(all.find("a key"), std::string_view::npos);
  secret->~Secret();
  EXPECT_EQ(all.find("a key"), std::string_view::npos);
}

}  // namespace
}  // namespace mtasts::tls
