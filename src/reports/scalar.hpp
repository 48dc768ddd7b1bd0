// SPDX-License-Identifier: MIT
// What stands in a JSON document where it has no list and no object, and what a
// report can make of it. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "tlsrpt/anomaly.hpp"
#include "tlsrpt/report_time.hpp"

namespace mtasts::reports {

/// Nothing is null. A whole number that is too large for these is a double.
using Scalar = std::variant<std::monostate, bool, std::int64_t, std::uint64_t,
                            double, std::string_view>;

/// What was read, and what was wrong with it.
template <class T>
struct Taken {
  T value = {};
  std::optional<tlsrpt::AnomalyKind> anomaly = std::nullopt;
};

/// As it may be written, without quotes: "12", "true", "null".
std::string format_scalar(const Scalar& scalar);

/// On one line, in at most tlsrpt::k_max_text_octets, without spaces around.
Taken<std::string> read_text(const Scalar& scalar);

/// 0 for what is no count; at most tlsrpt::k_max_count.
Taken<std::uint64_t> read_count(const Scalar& scalar);

Taken<std::optional<std::chrono::sys_seconds>> read_time(const Scalar& scalar);

}  // namespace mtasts::reports
