// SPDX-License-Identifier: MIT
// The forms in which results of verify are printed.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "verify/judged.hpp"

namespace mtasts::tool {

/// Whether words are marked for a terminal.
enum class Colour : std::uint8_t { none, ansi };

/// Whether people see the notes of a domain that is good, or how many there
/// are.
enum class Notes : std::uint8_t { counted, shown };

/// What is to be printed, domain after domain. A form that is one document is
/// whole only with what finish() returns.
class VerifyOutput {
 public:
  virtual ~VerifyOutput() = default;
  virtual std::string add(const verify::Judged& judged) = 0;
  /// Behind the last.
  virtual std::string finish() = 0;
};

/// Values of --format; the first is the default.
constexpr auto k_verify_forms =
    std::to_array<std::string_view>({"text", "json", "jsonl", "prometheus"});

/// `form` is one of those.
std::unique_ptr<VerifyOutput> make_output(std::string_view form, Colour colour,
                                          Notes notes);

}  // namespace mtasts::tool
