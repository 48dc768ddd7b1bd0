// SPDX-License-Identifier: MIT
#include "tlsrpt/result_type.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "text/ascii.hpp"

namespace mtasts::tlsrpt {
namespace {

constexpr std::array<std::string_view, 12> k_result_types = {
    "starttls-not-supported", "certificate-host-mismatch",
    "certificate-expired",    "certificate-not-trusted",
    "validation-failure",     "tlsa-invalid",
    "dnssec-invalid",         "dane-required",
    "sts-policy-fetch-error", "sts-policy-invalid",
    "sts-webpki-invalid",     "other"};
static_assert(k_result_types.size() ==
              static_cast<std::size_t>(ResultType::other) + 1);

bool is_same_letter(char a, char b) {
  return (a == '_' ? '-' : text::to_lower(a)) == b;
}

/// The last type stands for all words that are not there.
template <class Type>
Type read_word(std::string_view word, std::string_view (*format)(Type)) {
  auto type = Type{};
  while (type != Type::other &&
         !std::ranges::equal(word, format(type), is_same_letter)) {
    type = static_cast<Type>(static_cast<int>(type) + 1);
  }
  return type;
}

}  // namespace

PolicyType read_policy_type(std::string_view word) {
  return read_word(word, format_policy_type);
}

ResultType read_result_type(std::string_view word) {
  return read_word(word, format_result_type);
}

std::string_view format_result_type(ResultType type) {
  return k_result_types[static_cast<std::size_t>(type)];
}

}  // namespace mtasts::tlsrpt
