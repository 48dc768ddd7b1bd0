// SPDX-License-Identifier: MIT
#include "tlsrpt/result_type.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "text/ascii.hpp"

namespace mtasts::tlsrpt {
namespace {

constexpr std::array<std::string_view, 4> k_policy_types = {
    "tlsa", "sts", "no-policy-found", "other"};
static_assert(k_policy_types.size() ==
              static_cast<std::size_t>(PolicyType::other) + 1);

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

/// The last one stands for all that are not there.
template <class T, std::size_t size>
T read_word(const std::array<std::string_view, size>& words,
            std::string_view word) {
  const auto found =
      std::ranges::find_if(words, [word](std::string_view known) {
        return std::ranges::equal(word, known, is_same_letter);
      });
  return found == words.end() ? T::other
                              : static_cast<T>(found - words.begin());
}

}  // namespace

PolicyType read_policy_type(std::string_view word) {
  return read_word<PolicyType>(k_policy_types, word);
}

ResultType read_result_type(std::string_view word) {
  return read_word<ResultType>(k_result_types, word);
}

std::string_view format_policy_type(PolicyType type) {
  return k_policy_types[static_cast<std::size_t>(type)];
}

std::string_view format_result_type(ResultType type) {
  return k_result_types[static_cast<std::size_t>(type)];
}

std::string_view name_policy_type(PolicyType type) {
  switch (type) {
    case PolicyType::tlsa:
      return "DANE (tlsa)";
    case PolicyType::sts:
      return "MTA-STS (sts)";
    case PolicyType::no_policy_found:
      return "No policy (no-policy-found)";
    case PolicyType::other:
      break;
  }
  return "Another policy";
}

}  // namespace mtasts::tlsrpt
