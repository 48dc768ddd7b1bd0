// SPDX-License-Identifier: MIT
// What a sending MTA would find wrong with a certificate chain, whatever its
// host and the hour: said before any sender says it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnostic.hpp"
#include "tls/certificate.hpp"

namespace mtasts::tls {

struct ChainCheck {
  Diagnostics diagnostics;
  bool is_usable = true;   // false: no sender would take it
  Flaw flaw = Flaw::none;  // use it only if there is nothing better
  /// What to send: the leaf, then each one's issuer up to a root, which is left
  /// out, as is what leads nowhere. Empty when it is not usable.
  Chain path;
};

/// How deep to look. A signature costs as much as a hundred certificates
/// without one.
enum class Depth { facts, signatures };

/// `chain` starts with the leaf and came from `file`.
ChainCheck check_chain(const Chain& chain, const std::string& file,
                       Depth depth);

/// Notes in `found` when `names`, of the certificate in `path`, are not those
/// of policy hosts alone: a wildcard brings the key of the web mail along.
void report_others(const std::vector<std::string_view>& names,
                   const std::string& path, Diagnostics& found);

}  // namespace mtasts::tls
