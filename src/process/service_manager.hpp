// SPDX-License-Identifier: MIT
// What the service manager is told while the program runs: sd_notify(3),
// datagrams of text to the socket that NOTIFY_SOCKET names.
#pragma once

#include <cstddef>
#include <string>

#include "diagnostic.hpp"
#include "files/descriptor.hpp"

namespace mtasts::process {

class ServiceManager {
 public:
  /// Connects to what NOTIFY_SOCKET names: afterwards the sandbox lets no new
  /// socket be made. Without it nobody is told anything.
  ServiceManager();

  /// The end of the start, or of a reload; said again only when it differs
  /// from what was said last. `faults`: of the last reload, if it failed.
  void tell_serving(std::size_t domains, const Diagnostics& faults);
  /// The same of mta-stsd collect.
  void tell_collecting(std::size_t tenants);
  void tell_reloading();
  void tell_stopping();
  /// Lines as in sd_notify(3), for a service of another kind.
  void tell(std::string state);

 private:
  files::Descriptor socket_;
  std::string said_;
};

}  // namespace mtasts::process
