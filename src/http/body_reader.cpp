// SPDX-License-Identifier: MIT
#include "http/body_reader.hpp"

#include <algorithm>

#include "text/ascii.hpp"

namespace mtasts::http {
namespace {

constexpr int k_bad_request = 400;
constexpr int k_content_too_large = 413;

// Nobody has a use for extensions of chunks or for trailers; who sends chunks
// of one octet each pays for it with time.
constexpr std::uint32_t k_max_line_octets = 256;
// For a body of 1 MiB in chunks of 16 octets.
constexpr std::uint32_t k_max_octets_beside = 512 * 1024;

unsigned read_digit(char c) {
  if (text::is_digit(c)) return static_cast<unsigned>(c - '0');
  return static_cast<unsigned>(text::to_lower(c) - 'a') + 10;
}

/// Nothing that steers: a bare LF is no end of a line (RFC 9112, 2.2).
bool is_text(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return c == '\t' || (octet >= 0x20 && octet != 0x7F);
}

}  // namespace

BodyReader::BodyReader(const RequestHead& head, std::uint64_t most)
    : is_chunked_(head.is_chunked),
      state_(head.is_chunked ? State::size : State::data),
      room_(most) {
  if (is_chunked_) return;
  left_ = head.content_length;
  if (left_ > most) refuse(k_content_too_large);
  if (left_ == 0) state_ = State::whole;
}

BodyReader::Piece BodyReader::take(std::string_view octets) {
  Piece piece;
  while (piece.taken < octets.size() && status_ == 0 &&
         state_ != State::whole) {
    if (state_ != State::data) {
      take_octet(octets[piece.taken++]);
      continue;
    }
    const auto size = static_cast<std::size_t>(
        std::min<std::uint64_t>(left_, octets.size() - piece.taken));
    piece.octets = octets.substr(piece.taken, size);
    piece.taken += size;
    left_ -= size;
    if (left_ == 0) state_ = is_chunked_ ? State::data_end : State::whole;
    break;
  }
  return piece;
}

bool BodyReader::is_too_long_a_line() {
  return ++line_ > k_max_line_octets || ++beside_ > k_max_octets_beside;
}

/// RFC 9112, 7.1: chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF.
void BodyReader::take_octet(char c) {
  if (is_too_long_a_line()) return refuse(k_bad_request);
  switch (state_) {
    case State::size:
      if (text::is_hex_digit(c)) {
        left_ = left_ * 16 + read_digit(c);
        // Before it can become more than there are numbers.
        if (left_ > room_) refuse(k_content_too_large);
        return;
      }
      // No digit at all, or something else among them.
      if (line_ == 1 || !text::has("; \t\r", c)) return refuse(k_bad_request);
      state_ = State::extension;
      [[fallthrough]];
    case State::extension:
      if (c == '\r') {
        state_ = State::size_end;
      } else if (!is_text(c)) {
        refuse(k_bad_request);
      }
      return;
    case State::size_end:
      return c == '\n' ? end_size_line() : refuse(k_bad_request);
    case State::data_end:
      if (c != '\r') return refuse(k_bad_request);
      state_ = State::data_end_2;
      return;
    case State::data_end_2:
      if (c != '\n') return refuse(k_bad_request);
      state_ = State::size;
      line_ = 0;
      return;
    case State::trailer:
      if (c == '\r') {
        state_ = State::trailer_end;
      } else if (!is_text(c)) {
        refuse(k_bad_request);
      }
      return;
    case State::trailer_end:
      if (c != '\n') return refuse(k_bad_request);
      state_ = line_ == 2 ? State::whole : State::trailer;
      line_ = 0;
      return;
    case State::data:
    case State::whole:
      return;
  }
}

void BodyReader::end_size_line() {
  room_ -= left_;
  state_ = left_ == 0 ? State::trailer : State::data;
  line_ = 0;
}

}  // namespace mtasts::http
