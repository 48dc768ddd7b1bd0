// SPDX-License-Identifier: MIT
// The value of one mx field of a policy: a host name, or a wildcard that
// stands for exactly one label (RFC 8461, 3.2 and 4.1).
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "dns/name.hpp"
#include "result.hpp"

namespace mtasts::sts {

class MxPattern {
 public:
  /// Reads the form that policies carry: `["*."] Domain`, in ASCII.
  static Result<MxPattern> parse(std::string_view text);

  /// Reads a pattern as people type it: also U-labels and a trailing dot.
  static Result<MxPattern> from_typed(std::string_view text);

  /// RFC 8461, 4.1: "*.example.com" matches "mail.example.com", but neither
  /// "example.com" nor "a.mail.example.com".
  bool matches(const dns::Name& host) const;

  bool is_wildcard() const { return wildcard_; }
  /// The pattern without its "*.".
  const dns::Name& name() const { return name_; }
  std::string text() const;

  friend bool operator==(const MxPattern&, const MxPattern&) = default;
  /// The order of the text, octet by octet: it decides the policy's id.
  friend std::strong_ordering operator<=>(const MxPattern& a,
                                          const MxPattern& b) {
    return a.text() <=> b.text();
  }

 private:
  MxPattern(bool wildcard, dns::Name name)
      : wildcard_(wildcard), name_(std::move(name)) {}

  bool wildcard_;
  dns::Name name_;
};

}  // namespace mtasts::sts
