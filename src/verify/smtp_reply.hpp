// SPDX-License-Identifier: MIT
// The replies of a mail server (RFC 5321, 4.2), of one line or several. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "result.hpp"

namespace mtasts::verify {

struct SmtpReply {
  int code = 0;  // 200 to 599
  std::vector<std::string> lines =
      {};  // their texts, without code and line end

  friend bool operator==(const SmtpReply&, const SmtpReply&) = default;
};

/// Of one reply, with all its lines.
constexpr std::size_t k_max_reply_octets = 8 * 1024;

class SmtpReplyReader {
 public:
  /// Takes octets as they come. True once a reply is whole: see take(). Fails
  /// for what is no reply, and for one that is too long; then it is of no more
  /// use.
  Result<bool> add(std::string_view octets);
  /// The whole reply; what has come behind it stays for the next one.
  SmtpReply take();
  /// What has come behind the reply: it must be empty where nothing was asked.
  std::string_view rest() const;

 private:
  Result<bool> read_lines();
  Result<bool> read_line(std::string_view line);

  std::string octets_;
  SmtpReply reply_;
  std::size_t used_ = 0;  // of octets_: whole lines of reply_
  bool is_whole_ = false;
};

/// Whether an EHLO reply offers `keyword`, in any case (RFC 5321, 4.1.1.1).
bool offers(const SmtpReply& ehlo, std::string_view keyword);

}  // namespace mtasts::verify
