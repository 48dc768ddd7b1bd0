// SPDX-License-Identifier: MIT
#include "sts/history_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "dns/name.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"
#include "text/ascii.hpp"
#include "text/join.hpp"
#include "text/parse_time.hpp"
#include "text/sha256.hpp"
#include "text/time.hpp"

namespace mtasts::sts {
namespace {

constexpr std::size_t k_sum_octets = 4;
constexpr std::string_view k_serve = "serve";
constexpr std::string_view k_end = "end";
constexpr std::string_view k_no_mx = "-";

std::string sum_of(std::string_view text) {
  const text::Sha256 digest = text::sha256(text);
  return text::hex(std::span(digest).first<k_sum_octets>());
}

Result<std::vector<MxPattern>> parse_mx(std::string_view text) {
  std::vector<MxPattern> mx;
  if (text == k_no_mx) return mx;
  while (!text.empty()) {
    Result<MxPattern> one = MxPattern::parse(text::take_until(text, ","));
    if (!one) return fail(one.error());
    mx.push_back(*std::move(one));
  }
  return mx;
}

Result<Policy> parse_policy(std::string_view mode, std::string_view max_age,
                            std::string_view mx) {
  const std::optional<Mode> known = parse_mode(mode);
  if (!known) return fail(in_quotes(mode) + " is no mode");
  std::int64_t seconds = 0;
  const auto [end, error] =
      std::from_chars(max_age.data(), max_age.data() + max_age.size(), seconds);
  if (error != std::errc() || end != max_age.data() + max_age.size()) {
    return fail(in_quotes(max_age) + " is no max_age");
  }
  Result<std::vector<MxPattern>> patterns = parse_mx(mx);
  if (!patterns) return fail(patterns.error());
  return Policy::make(*known, *std::move(patterns),
                      std::chrono::seconds(seconds));
}

}  // namespace

std::string format_history_line(const HistoryLine& line) {
  const std::vector<MxPattern>& mx = line.policy.mx();
  std::string text = fmt::format(
      "{} {} {} {} {} {} {}", text::format_time(line.time),
      line.event == HistoryLine::Event::serve ? k_serve : k_end, line.domain,
      line.id, format_mode(line.policy.mode()), line.policy.max_age().count(),
      mx.empty() ? std::string(k_no_mx)
                 : text::join(mx, ",",
                              [](const MxPattern& one) { return one.text(); }));
  const std::string sum = sum_of(text);
  return text.append(" ").append(sum).append("\n");
}

Result<HistoryLine> parse_history_line(std::string_view text) {
  const std::size_t space = text.rfind(' ');
  if (space == std::string_view::npos ||
      text.substr(space + 1) != sum_of(text.substr(0, space))) {
    return fail("its checksum is another: it was cut off or edited");
  }
  std::string_view rest = text.substr(0, space);
  const auto word = [&rest] { return text::take_until(rest, " "); };
  const Result<std::chrono::sys_seconds> time = text::parse_time(word());
  if (!time) return fail(time.error());
  const std::string_view event = word();
  if (event != k_serve && event != k_end) {
    return fail(in_quotes(event) + " is neither serve nor end");
  }
  const Result<dns::Name> domain = dns::Name::parse(word());
  if (!domain) return fail(domain.error());
  const std::string_view id = word();
  const std::string_view mode = word();
  const std::string_view max_age = word();
  Result<Policy> policy = parse_policy(mode, max_age, word());
  if (!policy) return fail(policy.error());
  if (!rest.empty()) return fail("it has more than eight words");
  if (id != policy_id(format_policy(*policy))) {
    return fail(in_quotes(id) + " is not the id of its policy");
  }
  return HistoryLine{.time = *time,
                     .event = event == k_serve ? HistoryLine::Event::serve
                                               : HistoryLine::Event::end,
                     .domain = domain->text(),
                     .id = std::string(id),
                     .policy = *std::move(policy)};
}

}  // namespace mtasts::sts
