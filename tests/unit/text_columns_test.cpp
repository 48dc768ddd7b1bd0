// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "text/columns.hpp"

namespace mtasts::text {
namespace {

TEST(TextColumns, StandBelowEachOther) {
  EXPECT_EQ(
      format_columns({{"A", "LONG", "B"}, {"long", "a", "b"}, {"", "", ""}}),
      "A     LONG  B\n"
      "long  a     b\n"
      "            \n");
  EXPECT_EQ(format_columns({}), "");
}

}  // namespace
}  // namespace mtasts::text
