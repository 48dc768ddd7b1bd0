// SPDX-License-Identifier: MIT
#include "tool/sandbox.hpp"

namespace mtasts::tool {

namespace {

process::Sandbox enter(bool is_wanted, process::Profile profile) {
  if (!is_wanted) return {"off", "off", "server.sandbox"};
  return process::enter_sandbox(
      [] { return process::Allowed{.readable = {"/"}, .removable_in = {}}; },
      profile);
}

}  // namespace

process::Sandbox enter_sandbox(bool is_wanted) {
  return enter(is_wanted, process::Profile::client);
}

process::Sandbox enter_offline_sandbox(bool is_wanted) {
  return enter(is_wanted, process::Profile::keeper);
}

}  // namespace mtasts::tool
