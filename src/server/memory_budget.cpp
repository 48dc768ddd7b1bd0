// SPDX-License-Identifier: MIT
#include "server/memory_budget.hpp"

#include <algorithm>

namespace mtasts::server {
namespace {

// With fewer there would be no service to speak of.
constexpr std::size_t k_least_connections = 64;

}  // namespace

Budget make_budget(std::uint64_t limit, std::uint64_t use) {
  const std::uint64_t octets = limit > use ? (limit - use) / 2 : 0;
  const auto fitting = static_cast<std::size_t>(octets / k_worst_octets);
  const std::size_t connections = std::max(fitting, k_least_connections);
  return {.octets = std::max<std::uint64_t>(
              octets, std::uint64_t{k_least_connections} * k_worst_octets),
          .connections = connections};
}

}  // namespace mtasts::server
