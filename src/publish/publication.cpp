// SPDX-License-Identifier: MIT
#include "publish/publication.hpp"

#include <algorithm>
#include <utility>

#include "sts/mx_pattern.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"

namespace mtasts::publish {
namespace {

constexpr std::size_t k_id_octets = 32;

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
    : domain_count_(static_cast<std::uint32_t>(domains.size())),
      max_age_(static_cast<std::uint32_t>(policy.max_age().count())),
      place_(std::move(place)),
      retire_(retire),
      mode_(policy.mode()) {
  std::string names = to_lines(domains);
  domains_octets_ = static_cast<std::uint32_t>(names.size());
  names += to_lines(tls_rpt);
  names_ = SharedList<char>(names);
  // The id names the octets that are served and no others, so that both are
  // made here, from one policy.
  const std::string body = sts::format_policy(policy);
  const std::string served = sts::policy_id(body) + body;
  const auto octets = std::make_shared<char[]>(served.size());
  std::ranges::copy(served, octets.get());
  served_ = octets;
  served_octets_ = static_cast<std::uint32_t>(served.size());
}

void Publication::share_octets(const Octets& other) {
  // The id is a hash of the body.
  if (id() == std::string_view(other.get(), k_id_octets)) served_ = other;
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
  return *sts::Policy::make(mode_, std::move(mx), max_age_, served_octets_);
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
  return {served_.get(), k_id_octets};
}

std::string_view Publication::body() const {
  return {served_.get() + k_id_octets, served_octets_ - k_id_octets};
}

Place Publication::place() const {
  return {place_.file.text(), place_.line, place_.column};
}

}  // namespace mtasts::publish
