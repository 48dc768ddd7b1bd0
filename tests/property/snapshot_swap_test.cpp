// SPDX-License-Identifier: MIT
// Swaps under load: every reader sees whole snapshots, in the order in which
// they were put there, and never an older one than was there when it asked.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "../unit/test_site.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::server {
namespace {

constexpr int k_swaps = 2000;
constexpr int k_readers = 4;

/// The number stands in the startup, in each of two policies and in the site.
std::shared_ptr<const snapshot::Snapshot> make_snapshot(std::size_t number) {
  config::Live live;
  const std::string mx = "mx" + std::to_string(number) + ".a.test";
  add_entry(live, make_entry({"a.test"}, mx));
  add_entry(live, make_entry({"b.test"}, mx, sts::Mode::enforce));
  config::Startup startup;
  startup.threads = number;
  return std::make_shared<const snapshot::Snapshot>(
      snapshot::Snapshot{startup, std::move(live),
                         std::make_shared<const tls::CertificateStore>()});
}

bool is_whole(const snapshot::Snapshot& one) {
  const std::string mx =
      "mx: mx" + std::to_string(one.startup.threads) + ".a.test\r\n";
  for (const std::string_view host : {"mta-sts.a.test", "mta-sts.b.test"}) {
    const publish::Publication* entry = one.find_authority(host);
    if (entry == nullptr || entry->body().find(mx) == std::string::npos) {
      return false;
    }
  }
  return true;
}

TEST(SnapshotSwapProperty, IsLinearizable) {
  snapshot::SnapshotHolder holder(make_snapshot(0));
  std::atomic<std::size_t> replaced{0};  // replace() of it has returned
  std::atomic<std::size_t> begun{0};     // replace() of it may have begun
  std::atomic<bool> bad{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < k_readers; ++i) {
    readers.emplace_back([&] {
      std::size_t last = 0;
      std::uint64_t generation = 0;
      while (last < k_swaps) {
        const std::size_t least = replaced.load();
        const std::uint64_t before = holder.generation();
        const auto one = holder.get();
        const std::size_t number = one->startup.threads;
        const bool in_order = number >= last && number >= least &&
                              number <= begun.load() && before >= generation &&
                              number >= before;
        if (!in_order || !is_whole(*one)) bad = true;
        last = bad ? k_swaps : number;
        generation = before;
      }
    });
  }
  for (std::size_t number = 1; number <= k_swaps; ++number) {
    auto next = make_snapshot(number);
    begun = number;
    holder.replace(std::move(next));
    replaced = number;
  }
  for (std::thread& one : readers) one.join();
  EXPECT_FALSE(bad);
  EXPECT_EQ(holder.generation(), static_cast<std::uint64_t>(k_swaps));
}

}  // namespace
}  // namespace mtasts::server
