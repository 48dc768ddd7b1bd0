// SPDX-License-Identifier: MIT
#include "publish/publication.hpp"

#include <limits>
#include <utility>

#include "sts/mx_pattern.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"

namespace mtasts::publish {
namespace {

constexpr std::size_t k_id_octets = 32;
constexpr std::int32_t k_no_day = std::numeric_limits<std::int32_t>::min();

template <class List>
std::string to_lines(const List& list) {
  std::string lines;
  for (const auto& one : list) lines.append(one.text()).append("\n");
  return lines;
}

}  // namespace

Publication::Publication(const std::vector<dns::Name>& domains,
                         const sts::Policy& policy,
                         const std::vector<tlsrpt::ReportUri>& tls_rpt,
                         TablePlace place,
                         std::optional<std::chrono::sys_days> retire)
    : domains_octets_(0),
      domain_count_(static_cast<std::uint32_t>(domains.size())),
      max_age_(static_cast<std::uint32_t>(policy.max_age().count())),
      place_(std::move(place)),
      retire_day_(
          retire ? static_cast<std::int32_t>(retire->time_since_epoch().count())
                 : k_no_day),
      mode_(policy.mode()) {
  std::string names = to_lines(domains);
  domains_octets_ = static_cast<std::uint32_t>(names.size());
  names += to_lines(tls_rpt);
  names_ = SharedList<char>(names);
  // The id names the octets that are served and no others, so that both are
  // made here, from one policy.
  const std::string body = sts::format_policy(policy);
  const std::string served = sts::policy_id(body) + body;
  served_ = SharedList<char>(served);
}

void Publication::share_octets(const SharedList<char>& other) {
  // The id is a hash of the body.
  if (id() == std::string_view(other.data(), k_id_octets)) served_ = other;
}

sts::Policy Publication::policy() const {
  constexpr std::string_view k_mx = "mx: ";
  constexpr std::string_view k_end = "\r";
  std::vector<sts::MxPattern> mx;
  for (std::string_view line : text::Lines(body())) {
    if (!line.starts_with(k_mx)) continue;
    line.remove_prefix(k_mx.size());
    line.remove_suffix(k_end.size());
    mx.push_back(*sts::MxPattern::parse(line));
  }
  return *sts::Policy::make(mode_, std::move(mx), max_age_, served_.size());
}

std::vector<tlsrpt::ReportUri> Publication::tls_rpt() const {
  std::vector<tlsrpt::ReportUri> all;
  for (const std::string_view one :
       text::Lines({names_.data() + domains_octets_,
                    names_.size() - domains_octets_})) {
    all.push_back(*tlsrpt::ReportUri::parse(one));
  }
  return all;
}

std::string_view Publication::id() const {
  return {served_.data(), k_id_octets};
}

std::string_view Publication::body() const {
  return {served_.data() + k_id_octets, served_.size() - k_id_octets};
}

std::optional<std::chrono::sys_days> Publication::retire() const {
  if (retire_day_ == k_no_day) return std::nullopt;
  return std::chrono::sys_days(std::chrono::days(retire_day_));
}

Place Publication::place() const {
  return {place_.file.text(), place_.line, place_.column};
}

}  // namespace mtasts::publish
