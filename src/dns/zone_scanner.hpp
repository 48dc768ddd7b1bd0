// SPDX-License-Identifier: MIT
// Takes a master file apart into words, whatever they mean (RFC 1035, 5.1):
// entry  = [word *(blank word)] [comment] newline
// word   = 1*octet / quote *octet quote, with blanks only in quotes
// octet  = any, "\X" for any X but a digit, "\DDD" for the octet of that number
// Within "(" and ")" a newline is a blank; ";" starts a comment, but in quotes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "result.hpp"

namespace mtasts::dns {

struct ZoneToken {
  std::string text;  // without quotes and escapes
  bool quoted = false;
  bool escaped = false;
};

/// One entry: a line, or several that brackets join.
struct ZoneEntry {
  std::size_t line = 0;    // of its first octet, from 1
  bool has_owner = false;  // it does not begin with white space
  std::vector<ZoneToken> tokens = {};
};

class ZoneScanner {
 public:
  explicit ZoneScanner(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }

  /// The next entry, which may be empty. Fails on a quote or bracket that is
  /// left open.
  Result<ZoneEntry> next();

 private:
  Failure broken(std::string_view what) const;
  Result<ZoneToken> read_quoted();
  Result<ZoneToken> read_bare();
  void take_octet(ZoneToken& token);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace mtasts::dns
