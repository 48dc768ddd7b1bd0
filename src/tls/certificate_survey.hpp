// SPDX-License-Identifier: MIT
// Why nothing of use was found in a place of certificates: what lies there, and
// in which way each of it does not count. Looks at the disk anew.
#pragma once

#include <string>

#include "diagnostic.hpp"

namespace mtasts::tls {

/// `certificate.none-found` for `path`, a file or a folder, with the command
/// that cures it as the hint. Bounded in time and length, whatever lies there.
Diagnostic explain_none(const std::string& path);

}  // namespace mtasts::tls
