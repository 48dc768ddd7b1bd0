// SPDX-License-Identifier: MIT
#include "reports/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "text/ascii.hpp"
#include "text/utf8.hpp"

namespace mtasts::reports {
namespace {

using tlsrpt::AnomalyKind;

/// A policy of 10,000 octets, written as one string, has room in it.
constexpr std::size_t k_max_string_octets = 64 * 1024;
/// What takes a parser long are the many and not the large. 16 MiB of honest
/// failure details have 900,000.
constexpr std::size_t k_max_units = 1'000'000;
/// The parser keeps all that is between two values, for its messages.
constexpr std::size_t k_max_gap_octets = std::size_t{1} << 20U;
/// The largest number that a double can hold has 309 digits.
constexpr std::size_t k_max_number_octets = 300;
constexpr std::size_t k_max_word_octets = 512;
/// Two escapes of the form \uD83D\uDE00, which are one character.
constexpr std::size_t k_pair_octets = 12;
constexpr std::size_t k_escape_octets = 6;
constexpr std::uint32_t k_replacement = 0xFFFD;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20; }
bool is_wide(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool is_plain(char c) {
  return !is_control(c) && !is_wide(c) && c != '"' && c != '\\';
}

/// RFC 8259, 6, with an exponent of two digits at most.
bool is_number(std::string_view text) {
  const auto take_digits = [&text] {
    const auto end = std::ranges::find_if_not(text, text::is_digit);
    const auto count = static_cast<std::size_t>(end - text.begin());
    text.remove_prefix(count);
    return count;
  };
  if (text.size() > k_max_number_octets) return false;
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool has_zero = text.starts_with('0');
  const std::size_t whole = take_digits();
  if (whole == 0 || (has_zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (take_digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    const std::size_t exponent = take_digits();
    if (exponent == 0 || exponent > 2) return false;
  }
  return text.empty();
}

bool is_high_surrogate(std::uint32_t unit) { return (unit >> 10U) == 0x36; }
bool is_low_surrogate(std::uint32_t unit) { return (unit >> 10U) == 0x37; }

/// Of "\u002D" the 2D; nothing when `octets` starts otherwise.
std::optional<std::uint32_t> find_unit(std::string_view octets) {
  if (octets.size() < k_escape_octets || !octets.starts_with("\\u") ||
      !std::ranges::all_of(octets.substr(2, 4), text::is_hex_digit)) {
    return std::nullopt;
  }
  const auto octet = [octets](std::size_t at) -> std::uint32_t {
    return static_cast<unsigned char>(
        text::read_hex(octets[at], octets[at + 1]));
  };
  return octet(2) << 8U | octet(4);
}

}  // namespace

JsonText::JsonText(OctetSource& source, std::vector<tlsrpt::Anomaly>& anomalies)
    : source_(source), anomalies_(anomalies) {}

std::optional<Error> JsonText::find_fault() const {
  return fault_ ? fault_ : source_.find_fault();
}

text::Sha256 JsonText::digest() { return sum_.finish(); }

void JsonText::note(std::string_view what) {
  tlsrpt::note_anomaly(anomalies_, AnomalyKind::encoding, "json", what);
}

/// False at the end.
bool JsonText::fill() {
  ready_.clear();
  at_ = 0;
  while (ready_.empty() && !is_at_end_) {
    const std::string_view piece = source_.read();
    is_at_end_ = piece.empty();
    sum_.add(piece);
    raw_ += piece;
    if (encoding_ == Encoding::unknown) tell_encoding();
    if (encoding_ == Encoding::unknown) continue;
    if (encoding_ == Encoding::octets) {
      clean(raw_);
    } else {
      decode_utf16();
      clean(text_);
    }
  }
  return !ready_.empty();
}

/// By a byte order mark; or by where the NUL of the first character is, which
/// is of ASCII (RFC 4627, 3).
void JsonText::tell_encoding() {
  if (raw_.size() < 4 && !is_at_end_) return;
  encoding_ = Encoding::octets;
  std::size_t mark = 0;
  const bool has_two = raw_.size() >= 2;
  if (raw_.starts_with("\xEF\xBB\xBF")) {
    note("BOM");
    mark = 3;
  } else if (raw_.starts_with("\xFF\xFE") || raw_.starts_with("\xFE\xFF")) {
    encoding_ = raw_[0] == '\xFF' ? Encoding::utf16_le : Encoding::utf16_be;
    mark = 2;
  } else if (has_two && raw_[0] != '\0' && raw_[1] == '\0') {
    encoding_ = Encoding::utf16_le;
  } else if (has_two && raw_[0] == '\0' && raw_[1] != '\0') {
    encoding_ = Encoding::utf16_be;
  }
  if (encoding_ != Encoding::octets) note("UTF-16");
  raw_.erase(0, mark);
}

/// RFC 3629, 3.
void JsonText::add_character(std::uint32_t character) {
  const auto add = [this](std::uint32_t octet) {
    text_ += static_cast<char>(octet);
  };
  const auto tail = [&](unsigned shift) {
    add(0x80U | (character >> shift & 0x3FU));
  };
  if (character < 0x80) {
    add(character);
  } else if (character < 0x800) {
    add(0xC0U | character >> 6U);
    tail(0);
  } else if (character < 0x10000) {
    add(0xE0U | character >> 12U);
    tail(6);
    tail(0);
  } else {
    add(0xF0U | character >> 18U);
    tail(12);
    tail(6);
    tail(0);
  }
}

/// As much of raw_ as is whole, to the end of text_.
void JsonText::decode_utf16() {
  const auto unit_at = [this](std::size_t at) -> std::uint32_t {
    const auto first = static_cast<unsigned char>(raw_[at]);
    const auto second = static_cast<unsigned char>(raw_[at + 1]);
    return encoding_ == Encoding::utf16_be ? first << 8U | second
                                           : second << 8U | first;
  };
  std::size_t at = 0;
  for (; at + 2 <= raw_.size(); at += 2) {
    const std::uint32_t unit = unit_at(at);
    if (is_high_surrogate(unit)) {
      const bool has_next = at + 4 <= raw_.size();
      if (!has_next && !is_at_end_) break;
      if (has_next && is_low_surrogate(unit_at(at + 2))) {
        add_character(0x10000U + ((unit & 0x3FFU) << 10U) +
                      (unit_at(at + 2) & 0x3FFU));
        at += 2;
        continue;
      }
    }
    const bool is_half = is_high_surrogate(unit) || is_low_surrogate(unit);
    add_character(is_half ? k_replacement : unit);
  }
  raw_.erase(0, at);
}

/// Moves what can be told from `octets` to ready_.
void JsonText::clean(std::string& octets) {
  std::string_view left = octets;
  while (!left.empty()) {
    const std::size_t taken =
        is_in_string_ ? clean_inside(left) : clean_outside(left);
    if (taken == 0) break;
    left.remove_prefix(taken);
  }
  if (is_at_end_ && left.empty() && !fault_) put_word();
  octets.erase(0, octets.size() - left.size());
}

/// The octets that are done with, as the three below.
std::size_t JsonText::clean_outside(std::string_view octets) {
  const char c = octets.front();
  // A NUL would be the end to the parser; RFC 7464 has a mark in front of each
  // document.
  const bool is_padding = c == '\0' || c == '\x1E';
  if (is_padding) note("control octets");
  if (!is_padding && !text::has("\" \t\r\n{}[],:", c)) {
    if (word_.size() < k_max_word_octets) word_ += c;
    return 1;
  }
  put_word();
  count(c);
  if (fault_) return 0;
  is_in_string_ = c == '"';
  length_ = 0;
  ready_ += is_padding ? ' ' : c;
  return 1;
}

void JsonText::count(char c) {
  if (text::has("\"{[", c)) ++units_;
  gap_ = c == '"' ? 0 : gap_ + 1;
  if (units_ > k_max_units) {
    fault_ = Error{fmt::format("the JSON has more than {} names, values and "
                               "brackets",
                               k_max_units),
                   {}};
  } else if (gap_ > k_max_gap_octets) {
    fault_ = Error{"the JSON has a MiB without a value in it", {}};
  }
  is_at_end_ = is_at_end_ || fault_.has_value();
}

/// A number or a literal; what is neither becomes a string, of which more can
/// be made than of a syntax error: NaN, 007, 1e999, True.
void JsonText::put_word() {
  if (word_.empty()) return;
  ++units_;
  gap_ = 0;
  constexpr std::string_view k_literals[] = {"true", "false", "null"};
  const bool is_good = std::ranges::find(k_literals, std::string_view(word_)) !=
                           std::end(k_literals) ||
                       is_number(word_);
  if (is_good) {
    ready_ += word_;
  } else if (std::ranges::all_of(word_, is_plain)) {
    note("a word without quotes");
    ready_ += '"' + word_ + '"';
  } else {
    ready_ += word_;  // for the parser to refuse
  }
  word_.clear();
}

/// Of something whole in a string; cut where it has been long enough.
void JsonText::add_to_string(std::string_view octets) {
  if (length_ + octets.size() > k_max_string_octets) {
    tlsrpt::note_anomaly(anomalies_, AnomalyKind::cut, "json");
    return;
  }
  length_ += octets.size();
  ready_ += octets;
}

/// 0 when it takes more octets to tell what they are.
std::size_t JsonText::clean_inside(std::string_view octets) {
  const char c = octets.front();
  if (is_plain(c)) {
    const auto end = std::ranges::find_if_not(octets, is_plain);
    const auto size = static_cast<std::size_t>(end - octets.begin());
    const std::size_t room = k_max_string_octets - length_;
    add_to_string(octets.substr(0, std::min(size, room)));
    if (size > room) add_to_string(octets.substr(room, size));
    return size;
  }
  if (c == '\\') return clean_escape(octets);
  if (is_wide(c)) return clean_wide(octets);
  if (c == '"') {
    is_in_string_ = false;
    length_ = 0;
    ready_ += c;
  } else {
    note("control octets");
    add_to_string(" ");
  }
  return 1;
}

/// RFC 8259, 7; others are the character behind the backslash.
std::size_t JsonText::clean_escape(std::string_view octets) {
  if (octets.size() < k_pair_octets && !is_at_end_) return 0;
  if (octets.size() < 2) return octets.size();  // the parser misses the rest
  const char kind = octets[1];
  if (kind != 'u') {
    constexpr std::string_view k_kinds = "\"\\/bfnrt";
    if (!text::has(k_kinds, kind)) {
      note("unknown escape");
      return 1;
    }
    add_to_string(octets.substr(0, 2));
    return 2;
  }
  const auto unit = find_unit(octets);
  if (!unit) {
    note("unknown escape");
    return 1;
  }
  const auto next = find_unit(octets.substr(k_escape_octets));
  if (is_high_surrogate(*unit) && next && is_low_surrogate(*next)) {
    add_to_string(octets.substr(0, k_pair_octets));
    return k_pair_octets;
  }
  const bool is_half = is_high_surrogate(*unit) || is_low_surrogate(*unit);
  if (is_half) note("half a character");
  add_to_string(is_half ? "\\ufffd" : octets.substr(0, k_escape_octets));
  return k_escape_octets;
}

/// A character of UTF-8; an octet that is none as one of Latin-1.
std::size_t JsonText::clean_wide(std::string_view octets) {
  constexpr std::size_t k_most_octets = 4;
  if (octets.size() < k_most_octets && !is_at_end_) return 0;
  if (const std::size_t size = text::utf8_length(octets); size > 0) {
    add_to_string(octets.substr(0, size));
    return size;
  }
  note("Latin-1");
  const auto octet = static_cast<unsigned char>(octets.front());
  const char character[] = {static_cast<char>(0xC0U | octet >> 6U),
                            static_cast<char>(0x80U | (octet & 0x3FU))};
  add_to_string({character, sizeof character});
  return 1;
}

}  // namespace mtasts::reports
