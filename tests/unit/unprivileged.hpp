// SPDX-License-Identifier: MIT
// What a test may not read: root, as whom CI runs, may read everything.
#pragma once

#include <sys/types.h>
#include <unistd.h>

namespace mtasts {

/// While it lives the program has the rights of nobody, if it was root's; files
/// of its own were made before.
class Unprivileged {
 public:
  Unprivileged() {
    constexpr uid_t k_nobody = 65534;
    if (::geteuid() != 0) return;
    was_root_ = true;
    is_root_ = ::seteuid(k_nobody) != 0;
  }
  ~Unprivileged() {
    if (was_root_ && ::seteuid(0) != 0) ::_exit(1);
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

  /// In a user namespace that has nobody else.
  bool is_root() const { return is_root_; }

 private:
  bool was_root_ = false;
  bool is_root_ = false;
};

}  // namespace mtasts
