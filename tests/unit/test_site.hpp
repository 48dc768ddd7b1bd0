// SPDX-License-Identifier: MIT
// Two policies, for the tests of what answers from it.
#pragma once

#include <string_view>
#include <utility>

#include "config/read_policy.hpp"
#include "publish/publication.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts {

inline publish::Publication make_entry(
    std::initializer_list<std::string_view> domains, std::string_view mx,
    sts::Mode mode = sts::Mode::testing) {
  std::vector<dns::Name> names;
  for (const std::string_view domain : domains) {
    names.push_back(*dns::Name::parse(domain));
  }
  return publish::Publication(
      names,
      *sts::Policy::make(mode, {*sts::MxPattern::parse(mx)},
                         std::chrono::seconds(604800)),
      {}, {});
}

inline void add_entry(config::Live& live, publish::Publication entry) {
  const auto shared =
      make_counted<const publish::Publication>(std::move(entry));
  live.policies.push_back(shared);
  dns::NameMap<publish::PublicationPtr>::Changes changes;
  for (const std::string_view domain : shared->domains()) {
    changes.emplace_back(domain, shared);
  }
  live.by_domain = live.by_domain.with(std::move(changes));
}

/// example.com and example.net share a policy, example.org has another.
inline config::Live make_live() {
  config::Live live;
  add_entry(live,
            make_entry({"example.com", "example.net"}, "mail.example.com"));
  add_entry(live,
            make_entry({"example.org"}, "*.example.org", sts::Mode::enforce));
  return live;
}

/// Without certificates.
inline snapshot::Snapshot make_snapshot() {
  return {.startup = {}, .live = make_live(), .certificates = nullptr};
}

inline constexpr std::string_view k_example_com =
    "version: STSv1\r\nmode: testing\r\nmx: mail.example.com\r\n"
    "max_age: 604800\r\n";
inline constexpr std::string_view k_example_org =
    "version: STSv1\r\nmode: enforce\r\nmx: *.example.org\r\n"
    "max_age: 604800\r\n";

}  // namespace mtasts
