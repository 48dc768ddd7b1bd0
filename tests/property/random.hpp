// SPDX-License-Identifier: MIT
// Chance for the properties: another seed in each run, printed, and the same
// again with MTA_STSD_SEED.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

namespace mtasts {

class Random {
 public:
  Random() : Random(choose_seed()) {}
  explicit Random(unsigned seed) : engine_(seed) {
    testing::Test::RecordProperty("seed", std::to_string(seed));
    std::cout << "MTA_STSD_SEED=" << seed << '\n';
  }

  /// 0 to `limit` - 1.
  std::size_t below(std::size_t limit) { return engine_() % limit; }
  bool once_in(std::size_t times) { return below(times) == 0; }

  template <class List>
  const auto& one_of(const List& list) {
    return *std::next(std::begin(list),
                      static_cast<std::ptrdiff_t>(below(std::size(list))));
  }

 private:
  static unsigned choose_seed() {
    const char* given = std::getenv("MTA_STSD_SEED");
    return given == nullptr
               ? std::random_device()()
               : static_cast<unsigned>(std::strtoul(given, nullptr, 10));
  }

  std::mt19937 engine_;
};

}  // namespace mtasts
