// SPDX-License-Identifier: MIT
// SHA-256 (FIPS 180-4), and how digests are written.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace mtasts::text {

using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(std::string_view data);

/// Two lower-case digits for each octet.
std::string hex(std::span<const unsigned char> octets);

/// RFC 4648, 4: with padding, without line breaks.
std::string base64(std::span<const unsigned char> octets);

}  // namespace mtasts::text
