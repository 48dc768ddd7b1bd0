// SPDX-License-Identifier: MIT
#include "tool/wrapped.hpp"

#include <algorithm>

namespace mtasts::tool {
namespace {

/// Where the quoted text ends that begins at `begin`, behind its last quote;
/// `begin` + 1 when it doesn't.
std::size_t end_of_quoted(std::string_view text, std::size_t begin) {
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return begin + 1;
}

/// What goes to one line from the begin of `text`: up to the next space that is
/// not in quotes.
std::string_view take_piece(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != ' ') {
    end = text[end] == '"' ? end_of_quoted(text, end) : end + 1;
  }
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string format_wrapped(std::string_view first, std::string_view text,
                           std::size_t indent) {
  std::string out(first);
  std::size_t column = width_of(first);
  std::string_view between;
  while (!text.empty()) {
    const std::string_view piece = take_piece(text);
    const std::size_t width = width_of(piece);
    if (!between.empty() && column + 1 + width > k_columns) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
      between = {};
    }
    out += between;
    out += piece;
    column += between.size() + width;
    between = " ";
  }
  out += '\n';
  return out;
}

}  // namespace mtasts::tool
