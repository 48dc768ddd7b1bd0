// SPDX-License-Identifier: MIT
// verify/smtp_reply: the same replies, and the same end, however the octets
// come; and a reply that was read reads as itself.
#include "verify/smtp_reply.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "target.hpp"

namespace mtasts::verify {
namespace {

using fuzz::require;

struct Replies {
  std::vector<SmtpReply> all = {};
  std::string failure = {};  // that ended them; or empty
  std::string rest = {};     // behind the last line, without a failure

  friend bool operator==(const Replies&, const Replies&) = default;
};

/// `octets` as they come in pieces of `size`.
Replies read_all(std::string_view octets, std::size_t size) {
  Replies replies;
  SmtpReplyReader reader;
  while (!octets.empty()) {
    const std::string_view piece = octets.substr(0, size);
    octets.remove_prefix(piece.size());
    Result<bool> is_whole = reader.add(piece);
    for (; is_whole && *is_whole; is_whole = reader.add({})) {
      replies.all.push_back(reader.take());
    }
    if (is_whole) continue;
    fuzz::require_clean(is_whole.error());
    replies.failure = is_whole.error().message;
    return replies;
  }
  replies.rest = reader.rest();
  return replies;
}

std::string format(const SmtpReply& reply) {
  std::string text;
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    text += std::to_string(reply.code);
    text += i + 1 < reply.lines.size() ? '-' : ' ';
    text += reply.lines[i] + "\r\n";
  }
  return text;
}

void check(const SmtpReply& reply) {
  require(reply.code >= 200 && reply.code <= 599, "a code of SMTP");
  require(!reply.lines.empty(), "a reply has a line");
  std::size_t octets = 0;
  for (const std::string& line : reply.lines) {
    require(line.find('\n') == line.npos, "a line is one line");
    octets += line.size();
  }
  require(octets <= k_max_reply_octets, "no reply above the limit");
  const std::string text = format(reply);
  // Line ends and spaces that were left out may make it longer.
  if (text.size() > k_max_reply_octets) return;
  require(read_all(text, text.size()).all == std::vector{reply},
          "a reply reads as itself");
}

void run(std::string_view octets) {
  const Replies whole = read_all(octets, octets.size());
  for (const std::size_t size : {1, 2, 7, 100, 4096}) {
    require(read_all(octets, size) == whole, "the same in pieces");
  }
  std::ranges::for_each(whole.all, check);
}

}  // namespace
}  // namespace mtasts::verify

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::verify::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
