// SPDX-License-Identifier: MIT
#include "nameserver/zone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "text/ascii.hpp"

namespace mtasts::nameserver {
namespace {

constexpr std::uint16_t k_port = 53;

Failure fail_with(const Answer& answer) {
  return fail(fmt::format("{} of {} can't be looked up: {}",
                          k_type_names[static_cast<std::size_t>(answer.type)],
                          answer.name, printable(answer.reason)),
              "look whether the resolver works");
}

/// The name above; empty above a top-level domain. A dot behind a backslash
/// belongs to a label.
std::string parent_of(const std::string& name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '\\') {
      ++i;
    } else if (name[i] == '.') {
      return name.substr(i + 1);
    }
  }
  return {};
}

}  // namespace

Result<Zone> find_zone(const Resolver& resolver, const std::string& name) {
  for (std::string at = text::to_lower(name); !at.empty(); at = parent_of(at)) {
    Answer answer = resolver.ask(at, Type::soa);
    if (!answer.is_answered()) return fail_with(answer);
    const auto soa = std::find_if(
        answer.records.begin(), answer.records.end(), [&](const Record& one) {
          return one.type == Type::soa && one.owner == at;
        });
    if (soa == answer.records.end()) continue;
    std::string primary = soa->data.substr(0, soa->data.find(' '));
    return Zone{at, std::move(primary), std::move(answer)};
  }
  return fail(in_quotes(name) + " is in no zone", "register its domain first");
}

Result<std::vector<net::Endpoint>> find_primary(const Resolver& resolver,
                                                const Zone& zone) {
  std::vector<net::Endpoint> found;
  for (const Type type : {Type::a, Type::aaaa}) {
    const Answer answer = resolver.ask(zone.primary, type);
    if (!answer.is_answered()) return fail_with(answer);
    for (const Record& one : answer.records) {
      if (one.type == type) found.push_back({one.data, k_port});
    }
  }
  if (found.empty()) {
    return fail(fmt::format("{}, the primary server of {} by its SOA, has no "
                            "address",
                            zone.primary, zone.name),
                "name the server that takes changes");
  }
  return found;
}

}  // namespace mtasts::nameserver
