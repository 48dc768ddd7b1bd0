// SPDX-License-Identifier: MIT
#include "config/write_policy.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "text/duration.hpp"

namespace mtasts::config {
namespace {

/// One element on the line of its key, several on lines of their own. Names
/// and URIs are ASCII without quotes and backslashes, so nothing is escaped.
std::string format_array(std::string_view key,
                         const std::vector<std::string>& values) {
  if (values.size() == 1) {
    return fmt::format("{} = [\"{}\"]\n", key, values.front());
  }
  std::string text = fmt::format("{} = [\n", key);
  for (const std::string& value : values) {
    text += fmt::format("  \"{}\",\n", value);
  }
  return text + "]\n";
}

template <class T>
std::vector<std::string> texts_of(const std::vector<T>& values) {
  std::vector<std::string> texts;
  for (const T& value : values) texts.push_back(value.text());
  return texts;
}

}  // namespace

std::string format_policy_table(const publish::Publication& entry) {
  const sts::Policy policy = entry.policy();
  const text::Lines domains = entry.domains();
  std::string text = "[[policy]]\n" +
                     format_array("domains", {domains.begin(), domains.end()});
  text += fmt::format("mode = \"{}\"\n", sts::format_mode(policy.mode()));
  if (!policy.mx().empty()) text += format_array("mx", texts_of(policy.mx()));
  text += fmt::format("max_age = \"{}\"\n",
                      text::format_duration(policy.max_age()));
  if (entry.has_tls_rpt()) {
    text += format_array("tls_rpt", texts_of(entry.tls_rpt()));
  }
  return text;
}

}  // namespace mtasts::config
