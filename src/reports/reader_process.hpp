// SPDX-License-Identifier: MIT
// The process in which all is read that strangers wrote: a child that can open
// nothing, with limits on memory and time. It gets one item after the other;
// one that brings it down costs that item alone.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>

#include "files/descriptor.hpp"
#include "reports/read_reports.hpp"
#include "reports/report_wire.hpp"
#include "result.hpp"

namespace mtasts::reports {

/// Of an item. A mail of the size that is still read is smaller, and JSON that
/// is not compressed may be as large as if it were.
constexpr std::size_t k_max_item_octets = std::size_t{16} << 20U;

struct ReaderLimits {
  /// Of address space; or half of it, besides what the parent has.
  std::size_t memory_octets = std::size_t{256} << 20U;
  std::chrono::milliseconds time{5000};  // for an item
};

class ReaderProcess {
 public:
  /// What reads in the child; another one is for tests.
  using Read = ReadReports (*)(const Item&);

  explicit ReaderProcess(ReaderLimits limits = {}, Read how = &read_reports);
  ~ReaderProcess();
  ReaderProcess(const ReaderProcess&) = delete;
  ReaderProcess& operator=(const ReaderProcess&) = delete;

  /// What `item` has, or why it has nothing. The outer error is no fault of the
  /// item: no child could be started.
  Result<ReadReports> read(const Item& item);

 private:
  Result<void> start();
  void stop();
  [[noreturn]] void run(int channel);
  bool hand_over(const Item& item);
  ReadReports take_answer();
  bool receive(char* to, std::size_t size);
  Error explain_end();

  ReaderLimits limits_;
  Read read_;
  char* shared_;  // k_max_item_octets, for the child too
  pid_t child_ = -1;
  std::optional<files::Descriptor> channel_;
  std::chrono::steady_clock::time_point deadline_;
  std::size_t items_ = 0;  // that this child was given
};

}  // namespace mtasts::reports
