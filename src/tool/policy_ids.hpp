// SPDX-License-Identifier: MIT
// What the ids in reports mean to who publishes the policies: what is served
// now, and until when what was.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "sts/life_cycle.hpp"

namespace mtasts::tool {

/// By id: "served now", "until 2026-11-20".
using PolicyIds = std::map<std::string, std::string, std::less<>>;

/// Of what was served, and of the id that the configuration has, which may be
/// empty. Pure.
PolicyIds describe_ids(const sts::Past& past, std::string_view configured,
                       std::chrono::sys_seconds now);

/// What the history that the configuration names has of `domain`: nothing where
/// it can't be read, or names none.
sts::Past read_past(const config::Config& config, std::string_view domain);

/// The same as describe_ids() for `domain`, by the configuration and its
/// history.
PolicyIds read_policy_ids(const config::Config& config, std::string_view domain,
                          std::chrono::sys_seconds now);

}  // namespace mtasts::tool
