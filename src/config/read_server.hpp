// SPDX-License-Identifier: MIT
// The [server] table: what the policy host listens on, with which
// certificates, and what one connection may cost.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/value.hpp"
#include "diagnostic.hpp"

namespace mtasts::config {

struct ServerTable {
  Startup startup;
  std::vector<std::string> certificates;
  Guard guard = Guard::refuse;
};

/// Defaults for whatever the table leaves out; faults go to `out`.
ServerTable read_server(const Table& table, std::string_view file,
                        Diagnostics& out);

}  // namespace mtasts::config
