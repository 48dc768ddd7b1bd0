// SPDX-License-Identifier: MIT
#include "sts/txt_record.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dns/tag_list.hpp"
#include "text/ascii.hpp"

namespace mtasts::sts {
namespace {

constexpr std::string_view k_version = "v=STSv1";

/// sts-id = %s"id=" 1*32(ALPHA / DIGIT)
bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= 32 &&
         std::ranges::all_of(id, text::is_alphanumeric);
}

}  // namespace

std::string format_txt_record(std::string_view id) {
  return fmt::format("{}; id={}", k_version, id);
}

Result<std::string> parse_txt_record(std::string_view text) {
  const Result<std::vector<dns::Tag>> tags =
      dns::parse_tag_list(text, k_version, {});
  if (!tags) return fail(tags.error());
  for (const auto& [name, value] : *tags) {
    if (name != "id") continue;
    if (!is_id(value)) {
      return fail(fmt::format("id {} is not 1 to 32 letters and digits",
                              in_quotes(value)));
    }
    return std::string(value);
  }
  return fail("has no id");
}

}  // namespace mtasts::sts
