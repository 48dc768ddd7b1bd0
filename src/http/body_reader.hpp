// SPDX-License-Identifier: MIT
// From the octets behind a request head to the body in them (RFC 9112, 6 and
// 7.1). Pure; holds no octet of it: each piece is told as it comes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/request_head.hpp"

namespace mtasts::http {

class BodyReader {
 public:
  /// Of the request with this head. A body of more than `most` octets is
  /// refused with 413, as soon as it is known to be one.
  BodyReader(const RequestHead& head, std::uint64_t most);

  /// Where in `octets` the next piece of the body is, and how many of them it
  /// took to find it: to be called again with the others until it takes none.
  struct Piece {
    std::string_view octets = {};  // may be empty
    std::size_t taken = 0;
  };
  Piece take(std::string_view octets);

  /// All of it has come, and what follows is not of it.
  bool is_whole() const { return state_ == State::whole; }
  /// The status to refuse it with, after which nothing more is taken; 0 while
  /// it is good.
  int status() const { return status_; }

 private:
  enum class State : std::uint8_t {
    data,        // left_ octets of the body, or of a chunk
    size,        // of a chunk: hexadecimal digits
    extension,   // behind the size
    size_end,    // the LF behind its CR
    data_end,    // the CR behind the data of a chunk
    data_end_2,  // and the LF
    trailer,     // a line behind the last chunk; an empty one is the end
    trailer_end,
    whole
  };

  void take_octet(char c);
  void end_size_line();
  void refuse(int status) { status_ = status; }
  bool is_too_long_a_line();

  bool is_chunked_;
  State state_;
  int status_ = 0;
  std::uint64_t left_ = 0;
  std::uint64_t room_;        // for octets that were not announced yet
  std::uint32_t line_ = 0;    // octets of the present line
  std::uint32_t beside_ = 0;  // octets that are no data, all told
};

}  // namespace mtasts::http
