// SPDX-License-Identifier: MIT
// Finds certificates and their keys in files and directories, by what is in
// them and not by what they are called.
#pragma once

#include <string>
#include <vector>

#include "diagnostic.hpp"
#include "file.hpp"
#include "tls/certificate.hpp"

namespace mtasts::tls {

struct FoundCertificates {
  std::vector<CertificatePtr> certificates;
  Diagnostics diagnostics;
  Inputs inputs;  // what was looked at, to watch it
};

/// Each path is a PEM file, or a directory that is searched two levels deep,
/// hidden entries left out.
FoundCertificates find_certificates(const std::vector<std::string>& paths);

}  // namespace mtasts::tls
