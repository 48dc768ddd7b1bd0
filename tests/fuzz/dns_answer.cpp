// SPDX-License-Identifier: MIT
// nameserver/read_answer: whatever a server sends, the answer has what was
// asked for or a failure. The first octet chooses the type, the rest is the
// reply.
#include <algorithm>
#include <string>

#include "nameserver/exchange.hpp"
#include "nameserver/read_answer.hpp"
#include "target.hpp"

namespace mtasts::nameserver {
namespace {

using fuzz::require;

/// Names are escaped; what others have written into a text is not.
void check_record(const Record& one, Type asked) {
  require(
      one.type == asked || one.type == Type::cname || one.type == Type::dname,
      "nothing is there that was not asked for");
  require(!one.owner.empty() &&
              std::ranges::all_of(one.owner,
                                  [](char c) { return c >= 0x20 && c < 0x7F; }),
          "an owner is printable");
  require((one.type == Type::txt) || one.strings.empty(),
          "only texts have strings");
}

void run(std::string_view input) {
  if (input.empty()) return;
  const auto type = static_cast<Type>(
      static_cast<unsigned char>(input.front()) % k_type_names.size());
  input.remove_prefix(1);
  // Two that are the same are no message and its reply, but must not crash.
  is_reply(input, input);
  if (input.size() < 12) return;
  const Answer answer = read_answer(input, "a.test", type);
  require(
      answer.outcome != Outcome::not_asked && answer.outcome != Outcome::silent,
      "a reply says something");
  bool has_any = false;
  for (const Record& one : answer.records) {
    check_record(one, type);
    has_any |= one.type == type;
  }
  require(has_any || answer.outcome != Outcome::found,
          "what is found is there");
  require(answer.is_answered() || !answer.reason.empty(),
          "a failure has a reason");
  if (!answer.reason.empty()) fuzz::require_clean({answer.reason, ""});
}

}  // namespace
}  // namespace mtasts::nameserver

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::nameserver::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
