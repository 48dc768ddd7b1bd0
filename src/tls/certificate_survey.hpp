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

/// The folders below `path` that are too deep to be searched but look like
/// those of certificates and keys; empty when there are none. As bounded.
std::string list_unsearched(const std::string& path);

}  // namespace mtasts::tls
