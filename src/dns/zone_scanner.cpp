// SPDX-License-Identifier: MIT
#include "dns/zone_scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

#include "text/ascii.hpp"

namespace mtasts::dns {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

}  // namespace

Result<ZoneEntry> ZoneScanner::next() {
  ZoneEntry entry{.line = line_};
  entry.has_owner = !at_end() && !is_blank(text_[at_]);
  std::size_t open = 0;
  while (!at_end()) {
    const char c = text_[at_];
    if (c == '\n') {
      ++at_;
      ++line_;
      if (open == 0) return entry;
    } else if (is_blank(c)) {
      ++at_;
    } else if (c == ';') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '(' || c == ')') {
      if (c == ')' && open == 0) return broken("a \")\" closes nothing");
      open = c == '(' ? open + 1 : open - 1;
      ++at_;
    } else {
      Result<ZoneToken> token = c == '"' ? read_quoted() : read_bare();
      if (!token) return fail(token.error());
      entry.tokens.push_back(*std::move(token));
    }
  }
  if (open != 0) {
    line_ = entry.line;
    return broken("a \"(\" is not closed");
  }
  return entry;
}

Failure ZoneScanner::broken(std::string_view what) const {
  return fail(fmt::format("line {}: {}", line_, what));
}

Result<ZoneToken> ZoneScanner::read_quoted() {
  ZoneToken token{.text = {}, .quoted = true};
  for (++at_; !at_end() && text_[at_] != '\n';) {
    if (text_[at_] == '"') {
      ++at_;
      return token;
    }
    take_octet(token);
  }
  return broken("a quote is not closed");
}

Result<ZoneToken> ZoneScanner::read_bare() {
  constexpr std::string_view k_ends = "\n;()\"";
  ZoneToken token;
  while (!at_end() && !is_blank(text_[at_]) && !text::has(k_ends, text_[at_])) {
    take_octet(token);
  }
  return token;
}

/// Octets can be written as a backslash and the octet or its three digits.
void ZoneScanner::take_octet(ZoneToken& token) {
  if (text_[at_] != '\\' || at_ + 1 == text_.size() || text_[at_ + 1] == '\n') {
    token.text += text_[at_++];
    return;
  }
  token.escaped = true;
  ++at_;
  std::uint8_t code = 0;
  const std::string_view digits = text_.substr(at_, 3);
  if (digits.size() == 3 && std::ranges::all_of(digits, text::is_digit) &&
      std::from_chars(digits.data(), digits.data() + 3, code).ec ==
          std::errc{}) {
    token.text += static_cast<char>(code);
    at_ += 3;
    return;
  }
  token.text += text_[at_++];
}

}  // namespace mtasts::dns
