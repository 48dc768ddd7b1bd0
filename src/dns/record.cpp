// SPDX-License-Identifier: MIT
#include "dns/record.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace mtasts::dns {
namespace {

std::optional<std::string> find_address(int family, std::string_view text) {
  const std::string copy(text);
  std::array<unsigned char, sizeof(in6_addr)> address{};
  std::array<char, INET6_ADDRSTRLEN> shown{};
  if (copy.find('\0') != std::string::npos ||
      ::inet_pton(family, copy.c_str(), address.data()) != 1)
    return {};
  ::inet_ntop(family, address.data(), shown.data(), shown.size());
  return shown.data();
}

bool has_host(const DomainRecords& domain) {
  return std::any_of(
      domain.sets.begin(), domain.sets.end(),
      [](const RecordSet& set) { return set.purpose == Purpose::host; });
}

}  // namespace

std::string_view format_type(Type type) {
  switch (type) {
    case Type::txt:
      return "TXT";
    case Type::cname:
      return "CNAME";
    case Type::a:
      return "A";
    case Type::aaaa:
      return "AAAA";
  }
  return {};
}

std::string owner_name(Purpose purpose, const Name& domain) {
  switch (purpose) {
    case Purpose::mta_sts:
      return "_mta-sts." + domain.text();
    case Purpose::tls_rpt:
      return "_smtp._tls." + domain.text();
    case Purpose::host:
      return "mta-sts." + domain.text();
  }
  return {};
}

std::vector<std::string_view> split_character_strings(std::string_view data) {
  constexpr std::size_t k_max_octets = 255;
  std::vector<std::string_view> strings;
  do {
    strings.push_back(data.substr(0, k_max_octets));
    data.remove_prefix(strings.back().size());
  } while (!data.empty());
  return strings;
}

Result<Target> parse_target(std::string_view text) {
  if (std::optional<std::string> shown = find_address(AF_INET, text)) {
    return Target{Type::a, *std::move(shown)};
  }
  if (std::optional<std::string> shown = find_address(AF_INET6, text)) {
    return Target{Type::aaaa, *std::move(shown)};
  }
  const Result<Name> name = Name::from_typed(text);
  if (!name) return tl::unexpected<Error>(name.error());
  return Target{Type::cname, name->text()};
}

Result<void> add_host_records(std::vector<DomainRecords>& domains,
                              const std::vector<Target>& targets) {
  for (DomainRecords& domain : domains) {
    if (has_host(domain)) continue;
    const std::string host = owner_name(Purpose::host, domain.domain);
    const std::chrono::seconds ttl = domain.sets.front().ttl;
    for (const Type type : {Type::a, Type::aaaa, Type::cname}) {
      RecordSet set{Purpose::host, type, host, ttl, {}};
      for (const Target& target : targets) {
        if (target.value == host) {
          return fail(
              fmt::format("{} would lead to itself", in_quotes(target.value)));
        }
        if (target.type == type) set.values.push_back(target.value);
      }
      if (!set.values.empty()) domain.sets.push_back(std::move(set));
    }
    domain.reminder.clear();
  }
  return {};
}

void keep_only(std::vector<DomainRecords>& domains, Purpose purpose) {
  for (DomainRecords& domain : domains) {
    std::erase_if(domain.sets, [purpose](const RecordSet& set) {
      return set.purpose != purpose;
    });
  }
  std::erase_if(domains,
                [](const DomainRecords& one) { return one.sets.empty(); });
}

}  // namespace mtasts::dns
