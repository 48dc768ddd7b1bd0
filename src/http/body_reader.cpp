// SPDX-License-Identifier: MIT
#include "http/body_reader.hpp"

#include <algorithm>

#include "text/ascii.hpp"

namespace mtasts::http {
namespace {

// Of a line with a size and extensions, and of all trailers: nobody needs them.
constexpr std::size_t k_max_line_octets = 4096;
constexpr std::size_t k_max_digits = 15;

}  // namespace

BodyReader::BodyReader(const RequestHead& head, std::uint64_t max_octets)
    : is_chunked_(head.is_chunked),
      part_(head.is_chunked ? Part::size : Part::data),
      left_(head.content_length.value_or(0)),
      room_(max_octets) {
  if (is_chunked_) return;
  if (left_ > room_) state_ = State::too_large;
  if (left_ == 0) state_ = State::whole;
}

BodyReader::State BodyReader::read(std::string_view& octets, const Take& take) {
  while (state_ == State::incomplete && !octets.empty()) {
    if (part_ == Part::data) {
      state_ = read_data(octets, take);
    } else {
      state_ = read_line(octets.front());
      octets.remove_prefix(1);
    }
  }
  return state_;
}

BodyReader::State BodyReader::read_data(std::string_view& octets,
                                        const Take& take) {
  const auto size =
      static_cast<std::size_t>(std::min<std::uint64_t>(left_, octets.size()));
  if (!take(octets.substr(0, size))) return State::refused;
  octets.remove_prefix(size);
  left_ -= size;
  room_ -= size;
  if (left_ > 0) return State::incomplete;
  if (!is_chunked_) return State::whole;
  part_ = Part::data_end;
  return State::incomplete;
}

/// The lines between the chunks, octet by octet: there are few of them.
BodyReader::State BodyReader::read_line(char c) {
  if (has_cr_) return c == '\n' ? end_line() : State::malformed;
  if (++line_octets_ > k_max_line_octets) return State::malformed;
  if (c == '\r') {
    has_cr_ = true;
    return State::incomplete;
  }
  // A bare LF, a NUL, any control octet.
  if (static_cast<unsigned char>(c) < ' ' && c != '\t') return State::malformed;
  if (part_ == Part::data_end) return State::malformed;
  if (part_ == Part::trailer || in_extension_) return State::incomplete;
  if (text::is_hex_digit(c)) {
    if (++digits_ > k_max_digits) return State::too_large;
    left_ = left_ * 16 + static_cast<std::uint64_t>(text::read_hex('0', c));
    return State::incomplete;
  }
  // RFC 9112, 7.1.1: chunk-ext begins with a semicolon, BWS in front of it.
  if (digits_ == 0 || (c != ';' && c != ' ' && c != '\t')) {
    return State::malformed;
  }
  in_extension_ = true;
  return State::incomplete;
}

BodyReader::State BodyReader::end_line() {
  has_cr_ = false;
  if (part_ == Part::data_end) {
    part_ = Part::size;
    line_octets_ = digits_ = 0;
    return State::incomplete;
  }
  if (part_ == Part::trailer) {
    // The empty line behind them ends the body; all of them count together.
    if (line_octets_ == line_begin_ + 1) return State::whole;
    line_begin_ = line_octets_;
    return State::incomplete;
  }
  if (digits_ == 0) return State::malformed;
  in_extension_ = false;
  line_octets_ = digits_ = 0;
  if (left_ == 0) {
    part_ = Part::trailer;
    return State::incomplete;
  }
  if (left_ > room_) return State::too_large;
  part_ = Part::data;
  return State::incomplete;
}

}  // namespace mtasts::http
