// SPDX-License-Identifier: MIT
// A thread whose stack is as large as its work needs. A std::thread takes what
// the shell that started the program allows, 8 MB as a rule: three of these
// are more than all the rest where address space is limited.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <functional>
#include <memory>

namespace mtasts::process {

class Thread {
 public:
  /// Calls `run` in a thread of its own. Throws std::system_error when there
  /// can be no more threads.
  Thread(std::size_t stack_octets, std::function<void()> run);
  /// Waits for its end.
  ~Thread();
  Thread(Thread&&) noexcept = default;
  Thread& operator=(Thread&&) = delete;

 private:
  std::unique_ptr<std::function<void()>> run_;  // null: moved from
  pthread_t id_{};
};

}  // namespace mtasts::process
