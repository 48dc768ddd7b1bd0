// SPDX-License-Identifier: MIT
// What this program is about: a policy, whom it is for, and what says so.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostic.hpp"
#include "dns/name.hpp"
#include "shared.hpp"
#include "sts/policy.hpp"
#include "text/lines.hpp"
#include "text/path.hpp"
#include "tlsrpt/report_uri.hpp"

namespace mtasts::publish {

/// Where a table stands; as Place.
struct TablePlace {
  text::Path file;  // empty: in none
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// One policy and the policy domains that it is for, kept as octets: there may
/// be 100,000. Values are made of them when they are asked for.
class Publication : public Counted {
 public:
  /// With a date (`retire`) the policy is on its way out: `policy` says "mode:
  /// none", and is not needed any more from that day on (RFC 8461, 8.3).
  Publication(const std::vector<dns::Name>& domains, const sts::Policy& policy,
              const std::vector<tlsrpt::ReportUri>& tls_rpt, TablePlace place,
              std::optional<std::chrono::sys_days> retire = {});

  /// In the order of the table. They last as long as this does.
  text::Lines domains() const {
    return text::Lines({names_.data(), domains_octets_});
  }
  std::size_t domain_count() const { return domain_count_; }

  sts::Policy policy() const;
  /// Those of policy(), without making the rest of it.
  sts::Mode mode() const { return mode_; }
  std::chrono::seconds max_age() const { return max_age_; }

  bool has_tls_rpt() const { return names_.size() > domains_octets_; }
  std::vector<tlsrpt::ReportUri> tls_rpt() const;

  /// The exact octets that are served, and their id.
  std::string_view body() const;
  std::string_view id() const;
  /// Both, as several policies that are the same may share them.
  const SharedList<char>& octets() const { return served_; }
  /// Takes those of another, if they are the same, in place of its own.
  void share_octets(const SharedList<char>& other);

  /// Of its table.
  Place place() const;
  std::optional<std::chrono::sys_days> retire() const;

 private:
  // 56 octets with the count of those that hold it.
  std::uint32_t domains_octets_;  // of names_
  SharedList<char> names_;   // the domains, then the report URIs, a line each
  SharedList<char> served_;  // the id, then the body
  std::uint32_t domain_count_;
  std::chrono::duration<std::uint32_t> max_age_;
  TablePlace place_;
  std::int32_t retire_day_;  // since 1970; the least there is: none
  sts::Mode mode_;
};
using PublicationPtr = Shared<const Publication>;

}  // namespace mtasts::publish
