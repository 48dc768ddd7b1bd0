// SPDX-License-Identifier: MIT
#include "tool/wrapped.hpp"

#include <algorithm>
#include <array>

#include "text/ascii.hpp"

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

/// The first word of `text`, up to a space that is not in quotes.
std::string_view first_word(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != ' ') {
    end = text[end] == '"' ? end_of_quoted(text, end) : end + 1;
  }
  return text.substr(0, end);
}

/// The words of a sentence, one after the other.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  /// The next one; empty at the end.
  std::string_view peek() const { return first_word(text_.substr(next_)); }
  void take() {
    end_ = next_ + peek().size();
    next_ = std::min(end_ + 1, text_.size());
  }
  std::string_view taken() const { return text_.substr(0, end_); }

 private:
  std::string_view text_;
  std::size_t end_ = 0;
  std::size_t next_ = 0;
};

constexpr auto k_programs = std::to_array<std::string_view>(
    {"certbot", "curl", "delv", "dig", "mta-sts", "mta-stsd", "openssl"});

bool ends_a_clause(std::string_view text) {
  return text.ends_with(';') || text.ends_with(',') || text.ends_with(':');
}

/// A command up to the end of its clause.
std::string_view whole_command(std::string_view text) {
  Words words(text);
  do {
    words.take();
  } while (!ends_a_clause(words.taken()) && !words.peek().empty());
  return words.taken();
}

/// A command within a sentence: its word, its options, and what looks like a
/// domain or a file.
std::string_view short_command(std::string_view text) {
  Words words(text);
  words.take();
  words.take();
  while (!ends_a_clause(words.taken()) &&
         words.peek().find_first_of("./-") != std::string_view::npos) {
    words.take();
  }
  return words.taken();
}

/// Words of the data of a record.
int data_words(std::string_view type) {
  if (type == "CAA") return 3;
  return type == "MX" ? 2 : 1;
}

/// A record as zones have it: OWNER. [TTL] IN TYPE DATA; else its first word.
std::string_view first_record(std::string_view text) {
  Words words(text);
  words.take();
  const std::string_view owner = words.taken();
  if (std::ranges::all_of(words.peek(), text::is_digit)) words.take();
  if (words.peek() != "IN") return owner;
  words.take();
  int left = data_words(words.peek());
  for (words.take(); left > 0; --left) words.take();
  return words.taken();
}

/// What goes to one line from the begin of `text`, behind `before`.
std::string_view take_piece(std::string_view before, std::string_view& text) {
  std::string_view piece = first_word(text);
  if (std::ranges::find(k_programs, piece) != k_programs.end()) {
    piece = before.ends_with(':') ? whole_command(text) : short_command(text);
  } else if (piece.ends_with('.')) {
    piece = first_record(text);
  }
  text.remove_prefix(std::min(piece.size() + 1, text.size()));
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
  std::string_view piece;
  while (!text.empty()) {
    piece = take_piece(piece, text);
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
