// SPDX-License-Identifier: MIT
// A site with two policies, for the tests of what answers from it.
#pragma once

#include <string_view>
#include <utility>

#include "server/site.hpp"

namespace mtasts {

inline config::PolicyEntry make_entry(
    std::initializer_list<std::string_view> domains, std::string_view mx,
    sts::Mode mode = sts::Mode::testing) {
  std::vector<dns::Name> names;
  for (const std::string_view domain : domains) {
    names.push_back(*dns::Name::parse(domain));
  }
  return {.domains = std::move(names),
          .policy = *sts::Policy::make(mode, {*sts::MxPattern::parse(mx)},
                                       std::chrono::seconds(604800)),
          .tls_rpt = {},
          .place = {}};
}

/// example.com and example.net share a policy, example.org has another.
inline config::Live make_live() {
  config::Live live;
  live.policies.push_back(
      make_entry({"example.com", "example.net"}, "mail.example.com"));
  live.policies.push_back(
      make_entry({"example.org"}, "*.example.org", sts::Mode::enforce));
  return live;
}

inline constexpr std::string_view k_example_com =
    "version: STSv1\r\nmode: testing\r\nmx: mail.example.com\r\n"
    "max_age: 604800\r\n";
inline constexpr std::string_view k_example_org =
    "version: STSv1\r\nmode: enforce\r\nmx: *.example.org\r\n"
    "max_age: 604800\r\n";

}  // namespace mtasts
