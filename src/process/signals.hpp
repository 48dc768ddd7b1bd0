// SPDX-License-Identifier: MIT
// Signals as something to wait for, so that no handler ever interrupts a
// thread.
#pragma once

#include <utility>

#include "files/descriptor.hpp"
#include "result.hpp"

namespace mtasts::process {

enum class Signal { none, reload, stop };

class Signals {
 public:
  /// Call before any thread starts: they inherit the mask. SIGPIPE,
  /// SIGXFSZ, SIGUSR1 and SIGUSR2 are ignored.
  static Result<Signals> open();

  /// Readable when a signal is there.
  int fd() const { return file_.fd(); }
  /// SIGHUP: reload; SIGTERM and SIGINT: stop; none when there is none.
  Signal take();

 private:
  explicit Signals(files::Descriptor file) : file_(std::move(file)) {}

  files::Descriptor file_;
};

/// For as long as it lives, SIGTERM and SIGINT end the program at once, with
/// status 0: nothing has begun that would have to be finished. Afterwards
/// Signals has them, so open() comes first.
class StopAtOnce {
 public:
  StopAtOnce();
  ~StopAtOnce();
  StopAtOnce(const StopAtOnce&) = delete;
  StopAtOnce& operator=(const StopAtOnce&) = delete;
};

}  // namespace mtasts::process
