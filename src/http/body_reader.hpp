// SPDX-License-Identifier: MIT
// The body of a request, as it comes: of a length that its head says, or in
// chunks (RFC 9112, 6.3 and 7.1). Pure; holds no octet of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "http/request_head.hpp"

namespace mtasts::http {

class BodyReader {
 public:
  enum class State : std::uint8_t {
    incomplete,
    whole,
    malformed,  // the chunks are none
    too_large,  // more than it may have
    refused,    // by who takes it
  };
  /// Takes the next octets; false ends it.
  using Take = std::function<bool(std::string_view octets)>;

  /// Of `head`, which has a length or says that it is chunked.
  BodyReader(const RequestHead& head, std::uint64_t max_octets);

  /// Takes from the front of `octets` what belongs to the body, and hands it
  /// on. What is left is of the next request.
  State read(std::string_view& octets, const Take& take);

 private:
  enum class Part : std::uint8_t { size, data, data_end, trailer };

  State read_line(char c);
  State end_line();
  State read_data(std::string_view& octets, const Take& take);

  bool is_chunked_;
  Part part_;
  bool has_cr_ = false;  // the line has come up to its CR
  bool in_extension_ = false;
  std::uint64_t left_;  // of the chunk, or of the body
  std::uint64_t room_;  // octets that may still come
  std::size_t line_octets_ = 0;
  std::size_t line_begin_ = 0;  // of a trailer, in line_octets_
  std::size_t digits_ = 0;      // of the size of a chunk
  State state_ = State::incomplete;
};

}  // namespace mtasts::http
