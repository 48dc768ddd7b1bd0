// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cstddef>
#include <stdexcept>
#include <vector>

#include "process/all_cores.hpp"

namespace mtasts::process {
namespace {

TEST(ProcessAllCores, DoesEachPartOnce) {
  for (const std::size_t count : {0U, 1U, 15U, 16U, 17U, 255U, 256U, 10'007U}) {
    std::vector<int> done(count, 0);
    share_on_all_cores(count, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) ++done[i];
    });
    EXPECT_EQ(done, std::vector<int>(count, 1)) << count;
  }
}

TEST(ProcessAllCores, ThrowsWhatAPartThrows) {
  for (const std::size_t count : {1U, 10'000U}) {
    EXPECT_THROW(share_on_all_cores(count,
                                    [&](std::size_t, std::size_t end) {
                                      if (end == count)
                                        throw std::runtime_error("part");
                                    }),
                 std::runtime_error)
        << count;
  }
}

}  // namespace
}  // namespace mtasts::process
