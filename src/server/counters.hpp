// SPDX-License-Identifier: MIT
// What the event loops count. One writer each, any reader.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mtasts::server {

/// Every way a connection can end.
enum class End {
  answered,          // the last answer said "close" and was sent
  peer_closed,       // the client ended it, between requests
  peer_broke_off,    // the client ended or reset it in the middle of something
  handshake_failed,  // TLS: wrong version, name, protocol, or garbage
  bad_request,       // the head was refused
  deadline_hello,    // no whole ClientHello in time
  deadline_handshake,
  deadline_head,    // no whole request in time
  deadline_answer,  // the client did not take the answer in time
  deadline_idle,    // kept alive to the end of its time
  evicted,          // made room for a newer one
  address_limit,    // its address held too many
  drained,          // the server shut down
  failed,           // out of memory or another fault of our own
};

constexpr std::array<std::string_view, 14> k_end_names = {"answered",
                                                          "peer-closed",
                                                          "peer-broke-off",
                                                          "handshake-failed",
                                                          "bad-request",
                                                          "deadline-hello",
                                                          "deadline-handshake",
                                                          "deadline-head",
                                                          "deadline-answer",
                                                          "deadline-idle",
                                                          "evicted",
                                                          "address-limit",
                                                          "drained",
                                                          "failed"};

struct Counters {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> accept_failures{0};
  std::atomic<std::uint64_t> requests{0};
  std::array<std::atomic<std::uint64_t>, k_end_names.size()> ended{};

  /// Plain load and store: only the owning thread counts.
  static void add(std::atomic<std::uint64_t>& counter) {
    counter.store(counter.load(std::memory_order_relaxed) + 1,
                  std::memory_order_relaxed);
  }
  void count(End end) { add(ended[static_cast<std::size_t>(end)]); }
};

}  // namespace mtasts::server
