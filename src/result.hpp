// SPDX-License-Identifier: MIT
// The one error system: a function that can fail returns Result<T>.
// Nothing throws but the start of a thread; exceptions of libraries end in the
// file that calls them.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace mtasts {

/// One sentence, lower case, no full stop, and what the operator can try.
struct Error {
  std::string message;
  std::string hint;  // may be empty
};

// tl::expected alone lets a dropped result compile silently.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

using Failure = tl::unexpected<Error>;

[[nodiscard]] inline Failure fail(Error error) {
  return Failure(std::move(error));
}

[[nodiscard]] inline Failure fail(std::string message, std::string hint = {}) {
  return Failure(Error{std::move(message), std::move(hint)});
}

/// `text` in double quotes for an error message: control octets and broken
/// UTF-8 are escaped, so that a value never reaches a terminal raw, and a
/// value over 80 octets is cut.
std::string in_quotes(std::string_view text);

/// `text` as it can go to a terminal, on one line: the same octets escaped, and
/// nothing else. For names of files and for what a library says.
std::string printable(std::string_view text);

/// The error of a value, with what that is and the value itself in front:
/// mx "a_b" has a "_" in it.
Error about_value(std::string_view what, std::string_view value, Error error);

/// What the system calls the `error` that a call left in errno.
std::string format_errno(int error);

/// "a", "b": good values that a hint proposes, whole and as they are, so that
/// they can be copied.
std::string list_values(const std::vector<std::string>& values);

/// A hint that proposes what was meant, one or more good values: "write "a"",
/// or for several of them, with `each` in front, "EACH: "a", "b"".
std::string propose(const std::vector<std::string>& values,
                    std::string_view each);

}  // namespace mtasts
