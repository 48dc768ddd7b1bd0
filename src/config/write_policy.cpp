// SPDX-License-Identifier: MIT
#include "config/write_policy.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "text/duration.hpp"

namespace mtasts::config {
namespace {

/// One element on the line of its key, several on lines of their own. Names
/// and URIs are ASCII without quotes and backslashes, so nothing is escaped.
template <class T>
std::string format_array(std::string_view key, const std::vector<T>& values) {
  if (values.size() == 1) {
    return fmt::format("{} = [\"{}\"]\n", key, values.front().text());
  }
  std::string text = fmt::format("{} = [\n", key);
  for (const T& value : values) {
    text += fmt::format("  \"{}\",\n", value.text());
  }
  return text + "]\n";
}

}  // namespace

std::string format_policy_table(const publish::Publication& entry) {
  const sts::Policy& policy = entry.policy;
  std::string text = "[[policy]]\n" + format_array("domains", entry.domains);
  text += fmt::format("mode = \"{}\"\n", sts::format_mode(policy.mode()));
  if (!policy.mx().empty()) text += format_array("mx", policy.mx());
  text += fmt::format("max_age = \"{}\"\n",
                      text::format_duration(policy.max_age()));
  if (!entry.tls_rpt.empty()) text += format_array("tls_rpt", entry.tls_rpt);
  return text;
}

}  // namespace mtasts::config
