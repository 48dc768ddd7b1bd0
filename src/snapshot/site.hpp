// SPDX-License-Identifier: MIT
// What is served: for each policy host the exact octets of its policy. Built
// once by a load, then only read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "sts/policy_host.hpp"

namespace mtasts::snapshot {

using sts::k_policy_host_prefix;
using sts::k_policy_path;

class Site {
 public:
  Site() = default;
  explicit Site(const config::Live& live) : by_domain_(live.by_domain) {}

  /// The policy of `domain`, in lower case; null when it is not served here.
  const publish::Publication* find_domain(std::string_view domain) const;

  /// The policy of the host that `authority` names, whatever its case, port
  /// and trailing dot.
  const publish::Publication* find_authority(std::string_view authority) const;

  std::size_t domain_count() const { return by_domain_.size(); }

 private:
  dns::NameMap<publish::PublicationPtr> by_domain_;
};

/// The host of an authority as names are compared: lower case, no port, no
/// trailing dot.
std::string normalise_host(std::string_view authority);

}  // namespace mtasts::snapshot
