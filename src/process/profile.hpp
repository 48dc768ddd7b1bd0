// SPDX-License-Identifier: MIT
// Whose sandbox it is. Pure.
#pragma once

#include <cstdint>

namespace mtasts::process {

enum class Profile : std::uint8_t {
  server,     // answers on the sockets that it has, and makes none
  client,     // connects to others, and accepts nobody
  reader,     // makes of what it is handed what it hands back, and no more
  collector,  // a server that writes what it is sent into a folder
  keeper,  // writes files, has children that are readers, and knows no network
};

}  // namespace mtasts::process
