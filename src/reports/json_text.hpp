// SPDX-License-Identifier: MIT
// The text of a JSON document as a strict parser takes it, from the octets that
// senders write: UTF-8 in the end, whatever it was, and no string or number in
// it so long that a parser would need much memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/octet_source.hpp"
#include "result.hpp"
#include "text/sha256_sum.hpp"
#include "tlsrpt/anomaly.hpp"

namespace mtasts::reports {

class JsonText {
 public:
  /// Both have to outlive this.
  JsonText(OctetSource& source, std::vector<tlsrpt::Anomaly>& anomalies);

  /// The next character of UTF-8, an octet at a time; has_next() first.
  bool has_next() { return at_ < ready_.size() || fill(); }
  char peek() const { return ready_[at_]; }
  void take() { ++at_; }

  /// Why it ended too early.
  std::optional<Error> find_fault() const;
  /// Of all octets that came.
  text::Sha256 digest();

 private:
  enum class Encoding : std::uint8_t { unknown, octets, utf16_le, utf16_be };

  bool fill();
  void tell_encoding();
  void decode_utf16();
  void add_character(std::uint32_t character);
  void clean(std::string& octets);
  std::size_t clean_outside(std::string_view octets);
  void put_word();
  void count(char c);
  std::size_t clean_inside(std::string_view octets);
  std::size_t clean_escape(std::string_view octets);
  std::size_t clean_wide(std::string_view octets);
  void note(std::string_view what);
  void add_to_string(std::string_view octets);

  OctetSource& source_;
  std::vector<tlsrpt::Anomaly>& anomalies_;
  text::Sha256Sum sum_;
  std::optional<Error> fault_;

  std::string raw_;    // as it came, and not looked at yet
  std::string text_;   // as UTF-8, if it was UTF-16
  std::string ready_;  // for the parser
  std::size_t at_ = 0;
  Encoding encoding_ = Encoding::unknown;
  bool is_at_end_ = false;
  bool is_in_string_ = false;
  std::size_t length_ = 0;  // of the string that it is in
  std::string word_;        // outside of strings, as far as it came
  std::size_t units_ = 0;   // strings, words and brackets
  std::size_t gap_ = 0;     // octets since the last string or word
};

}  // namespace mtasts::reports
