// SPDX-License-Identifier: MIT
// How far a long start is, told while it lasts: to the service manager, which
// would think that it hangs, and to who sits before a terminal.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include "files/listing.hpp"

namespace mtasts::process {

/// "41,000".
std::string group_digits(std::size_t number);

/// Puts `text` in the place of what it showed before, on a line of standard
/// error that stays open; empty: leaves nothing of it. Without a terminal there
/// it does nothing.
void show_on_terminal(const std::string& text);

/// What is listed is counted too: on a cold disk that takes as long as reading.
class Progress final : public files::FileVisitor {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  using Tell = std::function<void(const std::string& how_far)>;

  /// `tell` is called with "Reading certificates: 41,000 of 100,000 files", by
  /// whichever thread has come so far: once a second at most, and not in the
  /// first second, as what is over by then is of no interest.
  explicit Progress(Tell tell, std::function<Moment()> clock =
                                   std::chrono::steady_clock::now);
  /// Has `tell` called with an empty text if it was called at all.
  ~Progress() override;

  /// Of one that ends with the expression that it stands in.
  files::FileVisitor* visitor() { return this; }

  void file(const text::Path&, const files::FileStamp&) override { has_read(); }
  void begin(std::string_view act, std::string_view what,
             std::size_t count) override;
  void has_read() override;

 private:
  const Tell tell_;
  const std::function<Moment()> clock_;
  std::string act_;    // and of what
  std::string count_;  // " of 100,000", or empty
  std::atomic<std::size_t> done_{0};
  std::mutex mutex_;
  Moment next_;            // under mutex_: when to tell again
  bool has_told_ = false;  // under mutex_
};

}  // namespace mtasts::process
