// SPDX-License-Identifier: MIT
#include "tool/sandbox.hpp"

namespace mtasts::tool {

process::Sandbox enter_sandbox(bool is_wanted) {
  if (!is_wanted) return {"off", "off", "server.sandbox"};
  return process::enter_sandbox(
      [] { return process::Allowed{.readable = {"/"}, .removable_in = {}}; },
      process::Profile::client);
}

}  // namespace mtasts::tool
