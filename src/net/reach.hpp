// SPDX-License-Identifier: MIT
// How an attempt to connect has ended. Pure.
#pragma once

#include <cstdint>

namespace mtasts::net {

enum class Reach : std::uint8_t {
  not_tried,  // something else had shown that there is no use, or no right
  reached,    // connected
  refused,    // by a RST
  timed_out,  // no answer in time
  no_route,   // this machine has no way there: it says nothing of the peer
  failed,     // another error of the system
};

}  // namespace mtasts::net
