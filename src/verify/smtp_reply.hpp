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
  int code = 0;                    // 200 to 599
  std::vector<std::string> lines = {};  // their texts, without code and line end
};

/// Of all lines of one reply together.
constexpr std::size_t k_max_reply_octets = 8 * 1024;

class SmtpReplyReader {
 public:
  /// Takes octets as they come. True once a reply is whole: see take(). Fails
  /// for what is no reply, and for one that is too long.
  Result<bool> add(std::string_view octets);
  /// The whole reply; what has come behind it stays.
  SmtpReply take();
  /// What has come behind the reply: it must be empty where nothing was asked.
  std::string_view rest() const;

 private:
  std::string octets_ = {};
  SmtpReply reply_;
  std::size_t used_ = 0;
  bool is_whole_ = false;
};

/// Whether an EHLO reply offers `keyword`, in any case (RFC 5321, 4.1.1.1).
bool offers(const SmtpReply& ehlo, std::string_view keyword);

}  // namespace mtasts::verify
