// SPDX-License-Identifier: MIT
// The blocks of a PEM file (RFC 7468), whatever they hold.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mtasts::tls {

struct PemBlock {
  /// "CERTIFICATE" in
  ///   -----BEGIN CERTIFICATE-----
  std::string_view label;
  /// RFC 1421 has headers between that line and the base64; they come with keys
  /// that are encrypted in the old way.
  bool has_header = false;
  /// May be a secret: it leaves no copy on its way, and who takes it wipes it.
  std::string der;
};

/// Hands out the blocks of `pem` one after the other, until one is cut off or
/// damaged: then why.
std::optional<std::string> find_pem_fault(
    std::string_view pem, const std::function<void(PemBlock)>& take);

}  // namespace mtasts::tls
