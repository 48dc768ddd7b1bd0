// SPDX-License-Identifier: MIT
// How much memory there is for connections: what the process may use, less
// what it has already, and something to spare.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mtasts::server {

/// The worst that a client can make of one connection; tests/attack/run
/// measures each shape of tests/e2e/hostile.py. Of the program's: an SSL
/// object, a request head, an answer and requests behind it: 58.5 kB with
/// OpenSSL 3.0, 66.2 with 3.5.
constexpr std::size_t k_connection_octets = 68 * 1024;
/// Of the kernel's, which counts in a control group: k_socket_buffer_octets
/// each way, which it doubles for its own part (socket(7)).
constexpr std::size_t k_socket_buffer_octets = 16 * 1024;
constexpr std::size_t k_worst_octets =
    k_connection_octets + std::size_t{4} * k_socket_buffer_octets;

struct Budget {
  std::uint64_t octets;     // for all connections
  std::size_t connections;  // that fit; never fewer than some
};

/// Half of the rest is left for reloads, which hold the old and the new state
/// at a time, and for what is none of ours.
Budget make_budget(std::uint64_t limit, std::uint64_t use);

}  // namespace mtasts::server
