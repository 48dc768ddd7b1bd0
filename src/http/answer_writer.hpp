// SPDX-License-Identifier: MIT
// cpp-httplib as the writer of answers, in memory: it is handed a request of
// our own, calls back for what to say, and writes the head; the body goes
// behind it as it is. No octet of a client, no socket, no thread and no route
// of the library is in use. Knows no policy.
//
// A head hangs on the status, the length of the body and on whether the
// connection stays. It is kept, and costs a copy and its Date the next time:
// having it written takes the library ten times the work of all the rest.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace mtasts::http {

/// One more field of an answer: {"Retry-After", "600"}.
struct AnswerField {
  std::string_view name;
  std::string_view value;
};

/// What to answer with. A 405 without a field carries "Allow: GET, HEAD".
struct TextAnswer {
  int status;
  std::string_view reason;  // "Not Found"
  std::string_view body;    // text/plain
  AnswerField field = {};   // always the same with one status; none: no name
};

enum class Part { with_body, without_body };  // an answer to HEAD has none
enum class AfterAnswer { keep_open, close };

/// One thread's own.
class AnswerWriter {
 public:
  AnswerWriter();
  ~AnswerWriter();
  AnswerWriter(const AnswerWriter&) = delete;
  AnswerWriter& operator=(const AnswerWriter&) = delete;

  /// What the Date field of the answers says from now on (RFC 9110, 6.6.1).
  void set_time(std::chrono::sys_seconds now);

  /// Appends `answer`, or its head alone, to `out`.
  void write(const TextAnswer& answer, Part part, AfterAnswer after,
             std::string& out);

 private:
  class Library;
  struct Kind {
    int status;
    std::size_t length;
    AfterAnswer after;

    friend auto operator<=>(const Kind&, const Kind&) = default;
  };
  struct Head {
    std::string octets;
    std::size_t date_at;  // where the value of the Date field stands
  };

  std::unique_ptr<Library> library_;
  std::map<Kind, Head> heads_;
  std::chrono::sys_seconds now_;
  std::string date_;
};

}  // namespace mtasts::http
