// SPDX-License-Identifier: MIT
// Under which names the operations listener may be asked. A page that a browser
// shows can have its own name lead here (DNS rebinding) and would be handed all
// that is told here: Host tells which name was asked. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "config/config.hpp"

namespace mtasts::operations {

class OwnNames {
 public:
  explicit OwnNames(const config::Operations& settings);

  /// True for localhost, 127.0.0.1 and [::1], for the address of the listener
  /// (bound to every interface: for any address, as no page can have one led
  /// elsewhere), and for `settings.hosts`; whatever the port and the case of
  /// `authority`, which is of a head that was found good.
  bool have(std::string_view authority) const;

 private:
  std::set<std::string, std::less<>> names_;
  bool any_address_;
};

}  // namespace mtasts::operations
