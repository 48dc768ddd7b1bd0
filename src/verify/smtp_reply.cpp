// SPDX-License-Identifier: MIT
#include "verify/smtp_reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "text/ascii.hpp"

namespace mtasts::verify {
namespace {

constexpr std::size_t k_code_octets = 3;

/// 0 where there is none.
int read_code(std::string_view line) {
  if (line.size() < k_code_octets) return 0;
  const std::string_view digits = line.substr(0, k_code_octets);
  if (!std::ranges::all_of(digits, text::is_digit)) return 0;
  const int code = std::stoi(std::string(digits));
  return code >= 200 && code <= 599 ? code : 0;
}

}  // namespace

Result<bool> SmtpReplyReader::add(std::string_view octets) {
  octets_ += octets;
  return read_lines();
}

Result<bool> SmtpReplyReader::read_lines() {
  while (!is_whole_) {
    const std::size_t end = octets_.find('\n', used_);
    const std::size_t size = (end == std::string::npos ? octets_.size() : end);
    if (size > k_max_reply_octets) {
      return fail(
          fmt::format("its reply has more than {} octets", k_max_reply_octets));
    }
    if (end == std::string::npos) return false;
    // A bare LF is no line end, but nobody who sends it means anything else.
    std::string_view line(octets_.data() + used_, end - used_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const Result<bool> is_last = read_line(line);
    if (!is_last) return is_last;
    used_ = end + 1;
    is_whole_ = *is_last;
  }
  return true;
}

Result<bool> SmtpReplyReader::read_line(std::string_view line) {
  const int code = read_code(line);
  const char next = line.size() > k_code_octets ? line[k_code_octets] : ' ';
  if (code == 0 || (next != ' ' && next != '-')) {
    return fail(
        fmt::format("it says {}, which is no reply of SMTP", in_quotes(line)));
  }
  if (reply_.code != 0 && reply_.code != code) {
    return fail(
        fmt::format("its reply has two codes, {} and {}", reply_.code, code));
  }
  reply_.code = code;
  reply_.lines.emplace_back(
      line.substr(std::min(line.size(), k_code_octets + 1)));
  return next == ' ';
}

SmtpReply SmtpReplyReader::take() {
  octets_.erase(0, used_);
  used_ = 0;
  is_whole_ = false;
  return std::exchange(reply_, {});
}

std::string_view SmtpReplyReader::rest() const {
  return std::string_view(octets_).substr(used_);
}

bool offers(const SmtpReply& ehlo, std::string_view keyword) {
  const std::string wanted = text::to_upper(keyword);
  // RFC 5321, 4.1.1.1: the first line is the server's name and greeting.
  for (std::size_t i = 1; i < ehlo.lines.size(); ++i) {
    std::string_view line = ehlo.lines[i];
    if (text::to_upper(text::take_until(line, " \t")) == wanted) return true;
  }
  return false;
}

}  // namespace mtasts::verify
