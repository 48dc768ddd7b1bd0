// SPDX-License-Identifier: MIT
// What a plan goes by, from what verify has seen: what is the same everywhere,
// what is not there, and what could not be looked at. Pure.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "diagnostic.hpp"
#include "dns/name.hpp"
#include "nameserver/answer.hpp"
#include "sts/migration.hpp"
#include "verify/facts.hpp"
#include "verify/judge.hpp"

namespace mtasts::tool {

/// A look at a domain whose mail goes, or is going to go, to `targets`.
struct Look {
  verify::Facts facts = {};  // with `targets` as its hosts, if there are any
  /// MX of the domain, as each name server of the zone has it.
  std::vector<nameserver::Answer> mx = {};
  std::vector<dns::Name> targets = {};
};

struct Seen {
  sts::Sight sight = {};
  std::vector<std::string> mx = {};  // "10 mx.example.com", as they are now
  bool has_host = false;  // the policy host has an address, or may have one
  /// What is wrong with the targets, or could not be told.
  Diagnostics about_targets = {};
  /// Why something is missing in `sight`, each as a sentence.
  std::vector<std::string> unseen = {};
};

/// Whether this machine has IPv4 or IPv6, whichever `address` is of.
bool has_way_to(const verify::View& view, const std::string& address);

/// Since when things are as they are is not to be seen, and left out.
Seen make_seen(const Look& look, const verify::Expected& expected);

}  // namespace mtasts::tool
