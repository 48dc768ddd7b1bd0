// SPDX-License-Identifier: MIT
// A host or domain name that is known to be good: letters, digits and hyphens
// in labels of 1 to 63 octets, at most 253 in all (RFC 1035, 2.3.4; RFC 5321,
// 4.1.2), kept in lower case, as A-labels, without the trailing dot.
// Names with an underscore are no host names; owners of records are strings.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

#include "result.hpp"

namespace mtasts::dns {

class Name {
 public:
  /// Reads a name in the form a protocol carries it: ASCII, no trailing dot.
  /// Upper case is accepted and lowered (RFC 4343).
  static Result<Name> parse(std::string_view text);

  /// Reads a name as people type it: also U-labels, which libidn2 turns into
  /// A-labels (RFC 5891), and with a trailing dot.
  static Result<Name> from_typed(std::string_view text);

  const std::string& text() const { return text_; }
  std::size_t label_count() const;

  friend auto operator<=>(const Name&, const Name&) = default;

 private:
  explicit Name(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

/// True if `name` is `parent` or lies below it.
bool is_at_or_below(std::string_view name, std::string_view parent);

}  // namespace mtasts::dns
