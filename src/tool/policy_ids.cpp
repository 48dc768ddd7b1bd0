// SPDX-License-Identifier: MIT
#include "tool/policy_ids.hpp"

#include <cstddef>

#include "files/read.hpp"
#include "publish/publication.hpp"
#include "sts/history_line.hpp"
#include "text/ascii.hpp"
#include "text/time.hpp"

namespace mtasts::tool {
namespace {

// Ten years of 100,000 domains that change once a year are 200 MB.
constexpr std::size_t k_max_history_octets = std::size_t{512} << 20U;

}  // namespace

sts::Past read_past(const config::Config& config, std::string_view domain) {
  sts::Past past;
  const std::string& path = config.startup.history;
  if (path.empty()) return past;
  const Result<std::string> text = files::read_file(path, k_max_history_octets);
  if (!text) return past;
  const std::string word = " " + std::string(domain) + " ";
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::string_view line = text::take_until(rest, "\n");
    // Most lines are of other domains, and need not be understood.
    if (!text::has(line, word)) continue;
    const Result<sts::HistoryLine> parsed = sts::parse_history_line(line);
    if (parsed && parsed->domain == domain) past.add(*parsed);
  }
  return past;
}

PolicyIds describe_ids(const sts::Past& past, std::string_view configured,
                       std::chrono::sys_seconds now) {
  PolicyIds ids;
  for (const sts::Served& one : past.served()) {
    // The last time counts, when it was served twice.
    ids[one.id] = one.is_open()
                      ? "served now"
                      : "until " + text::format_date(
                                       std::chrono::floor<std::chrono::days>(
                                           one.served_until(now)));
  }
  if (!configured.empty()) ids[std::string(configured)] = "served now";
  return ids;
}

PolicyIds read_policy_ids(const config::Config& config, std::string_view domain,
                          std::chrono::sys_seconds now) {
  const publish::Publication* entry = config.live.find_domain(domain);
  return describe_ids(read_past(config, domain),
                      entry == nullptr ? std::string_view() : entry->id(), now);
}

}  // namespace mtasts::tool
