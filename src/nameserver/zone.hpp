// SPDX-License-Identifier: MIT
// Which zone holds a name, and where its primary server is.
#pragma once

#include <string>
#include <vector>

#include "nameserver/answer.hpp"
#include "nameserver/resolver.hpp"
#include "net/tcp_stream.hpp"
#include "result.hpp"

namespace mtasts::nameserver {

struct Zone {
  std::string name = {};     // "example.com"
  std::string primary = {};  // MNAME: the server that takes changes, often
  Answer soa = {};
};

/// Asks for the SOA of `name` and of each name above it until there is one. An
/// alias leads to no zone here: what stands at `name` itself is meant. Fails
/// when a server does: then it is not known where the zone begins.
Result<Zone> find_zone(const Resolver& resolver, const std::string& name);

/// The addresses of the zone's primary, those of IPv4 first, at port 53. Fails
/// when there are none.
Result<std::vector<net::Endpoint>> find_primary(const Resolver& resolver,
                                                const Zone& zone);

}  // namespace mtasts::nameserver
