// SPDX-License-Identifier: MIT
// What the event loops count. One writer each, any reader.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/sender_family.hpp"

namespace mtasts::server {

/// Every way a connection can end.
enum class End {
  answered,          // the last answer said "close" and was sent
  challenge,         // a CA was shown its challenge (RFC 8737)
  peer_closed,       // the client ended it, between requests
  peer_broke_off,    // the client ended or reset it in the middle of something
  handshake_failed,  // TLS: wrong version, name, protocol, or garbage
  bad_request,       // the head was refused
  deadline_hello,    // no whole ClientHello in time
  deadline_handshake,
  deadline_head,    // no whole request in time
  deadline_answer,  // the client did not take the answer in time
  no_progress,      // the kernel called it ready, again and again, for nothing
  deadline_idle,    // kept alive to the end of its time
  evicted,          // made room for a newer one
  address_limit,    // its address held too many
  address_rate,     // its address made too many too fast
  drained,          // the server shut down
  failed,           // out of memory or another fault of our own
};

constexpr auto k_end_names = std::to_array<std::string_view>(
    {"answered", "challenge", "peer-closed", "peer-broke-off",
     "handshake-failed", "bad-request", "deadline-hello", "deadline-handshake",
     "deadline-head", "deadline-answer", "no-progress", "deadline-idle",
     "evicted", "address-limit", "address-rate", "drained", "failed"});

/// How a handshake went, as far as the client took part in it.
enum class Handshake {
  done,
  challenge,         // with a CA, which was shown what it asked for (RFC 8737)
  no_challenge,      // one asked for acme-tls/1, and there is none for its SNI
  no_name,           // the client sent no SNI
  unknown_name,      // no certificate here is for its SNI
  protocol_too_old,  // it can't do TLS 1.2
  other_protocol,    // ALPN: it wants something else than HTTP/1.1
  no_common_cipher,
  broken_off,  // it went away in the middle, as those do who trust us not
  failed,      // anything else, such as octets that are no TLS
};

constexpr std::array<std::string_view, 10> k_handshake_names = {
    "done",           "challenge",        "no-challenge",
    "no-name",        "unknown-name",     "protocol-too-old",
    "other-protocol", "no-common-cipher", "broken-off",
    "failed"};

static_assert(k_end_names.size() == static_cast<std::size_t>(End::failed) + 1 &&
              !k_end_names.back().empty());
static_assert(k_handshake_names.size() ==
                  static_cast<std::size_t>(Handshake::failed) + 1 &&
              !k_handshake_names.back().empty());

/// Every status of an answer.
constexpr std::array<int, 15> k_counted_statuses = {
    200, 201, 400, 404, 405, 411, 413, 414, 415, 417, 421, 431, 501, 503, 505};

/// Upper bounds of the classes of a request's duration.
constexpr std::array<std::chrono::microseconds, 13> k_duration_bounds = {{
    std::chrono::microseconds(500),
    std::chrono::milliseconds(1),
    std::chrono::microseconds(2500),
    std::chrono::milliseconds(5),
    std::chrono::milliseconds(10),
    std::chrono::milliseconds(25),
    std::chrono::milliseconds(50),
    std::chrono::milliseconds(100),
    std::chrono::milliseconds(250),
    std::chrono::milliseconds(500),
    std::chrono::seconds(1),
    std::chrono::milliseconds(2500),
    std::chrono::seconds(5),
}};

/// Everything that is counted. `Count` is a number, or one that other threads
/// may read.
template <class Count>
struct Counts {
  Count accepted{0};
  Count accept_failures{0};
  Count requests{0};
  std::array<Count, k_end_names.size()> ended{};
  std::array<Count, k_handshake_names.size()> handshakes{};
  std::array<Count, k_counted_statuses.size()> answers{};
  std::array<Count, k_sender_family_names.size()> fetches{};  // by family
  std::array<Count, k_duration_bounds.size() + 1> durations{};
  Count duration_sum_us{0};
};

/// Sums over event loops.
using Totals = Counts<std::uint64_t>;

/// Those of one event loop.
struct Counters : Counts<std::atomic<std::uint64_t>> {
  using Count = std::atomic<std::uint64_t>;

  /// Plain load and store: only the owning thread counts.
  static void add(Count& counter, std::uint64_t amount = 1) {
    counter.store(counter.load(std::memory_order_relaxed) + amount,
                  std::memory_order_relaxed);
  }
  void count(End end) { add(ended[static_cast<std::size_t>(end)]); }
  void count(Handshake result) {
    add(handshakes[static_cast<std::size_t>(result)]);
  }
  void count(SenderFamily family) {
    add(fetches[static_cast<std::size_t>(family)]);
  }
  void count_answer(int status) {
    const auto known =
        std::find(k_counted_statuses.begin(), k_counted_statuses.end(), status);
    if (known == k_counted_statuses.end()) return;
    add(answers[static_cast<std::size_t>(known - k_counted_statuses.begin())]);
  }
  void count_duration(std::chrono::microseconds time) {
    const auto bound = std::lower_bound(k_duration_bounds.begin(),
                                        k_duration_bounds.end(), time);
    add(durations[static_cast<std::size_t>(bound - k_duration_bounds.begin())]);
    add(duration_sum_us, static_cast<std::uint64_t>(time.count()));
  }

  /// Ends first: of a connection that begins and ends meanwhile, the end alone
  /// would make less than none open.
  void add_to(Totals& totals) const {
    const auto add_each = [](const auto& counts, auto& sums) {
      for (std::size_t i = 0; i < counts.size(); ++i) sums[i] += counts[i];
    };
    add_each(ended, totals.ended);
    add_each(handshakes, totals.handshakes);
    add_each(answers, totals.answers);
    add_each(fetches, totals.fetches);
    add_each(durations, totals.durations);
    totals.accepted += accepted;
    totals.accept_failures += accept_failures;
    totals.requests += requests;
    totals.duration_sum_us += duration_sum_us;
  }
};

}  // namespace mtasts::server
