// SPDX-License-Identifier: MIT
#include "sts/policy_text.hpp"

#include <fmt/format.h>

namespace mtasts::sts {

std::string format_policy(const Policy& policy) {
  std::string text =
      fmt::format("version: STSv1\r\nmode: {}\r\n", format_mode(policy.mode()));
  for (const MxPattern& mx : policy.mx()) {
    text.append("mx: ").append(mx.text()).append("\r\n");
  }
  text += fmt::format("max_age: {}\r\n", policy.max_age().count());
  return text;
}

}  // namespace mtasts::sts
