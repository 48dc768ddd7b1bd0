// SPDX-License-Identifier: MIT
#include "nameserver/read_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "nameserver/packet.hpp"
#include "nameserver/wire_record.hpp"
#include "result.hpp"

namespace mtasts::nameserver {
namespace {

// Resolvers give up on longer chains; ours only has to end.
constexpr std::size_t k_max_aliases = 64;

// RFC 8914, 4, and what has been registered since.
constexpr auto k_extended_errors =
    std::to_array<std::string_view>({"other",
                                     "unsupported DNSKEY algorithm",
                                     "unsupported DS digest type",
                                     "stale answer",
                                     "forged answer",
                                     "DNSSEC indeterminate",
                                     "DNSSEC bogus",
                                     "signature expired",
                                     "signature not yet valid",
                                     "DNSKEY missing",
                                     "RRSIGs missing",
                                     "no zone key bit set",
                                     "NSEC missing",
                                     "cached error",
                                     "not ready",
                                     "blocked",
                                     "censored",
                                     "filtered",
                                     "prohibited",
                                     "stale NXDOMAIN answer",
                                     "not authoritative",
                                     "not supported",
                                     "no reachable authority",
                                     "network error",
                                     "invalid data",
                                     "signature expired before valid",
                                     "too early",
                                     "unsupported NSEC3 iterations",
                                     "unable to conform to policy",
                                     "synthesized"});

std::size_t read_16(std::span<const std::uint8_t> octets) {
  return static_cast<std::size_t>(octets[0] << 8 | octets[1]);
}

std::vector<Record> read_records(const ldns_rr_list* list) {
  std::vector<Record> records;
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(list); ++i) {
    auto record = find_record(ldns_rr_list_rr(list, i));
    if (record) records.push_back(*std::move(record));
  }
  return records;
}

/// The names that aliases lead through, the one that was asked for first.
std::vector<std::string> follow_aliases(const std::vector<Record>& records,
                                        const std::string& name) {
  std::vector<std::string> names = {name};
  while (names.size() < k_max_aliases) {
    const auto alias =
        std::find_if(records.begin(), records.end(), [&](const Record& one) {
          return one.type == Type::cname && one.owner == names.back();
        });
    if (alias == records.end() ||
        std::find(names.begin(), names.end(), alias->data) != names.end()) {
      break;
    }
    names.push_back(alias->data);
  }
  return names;
}

/// Aliases in the order in which they lead on, then what was asked for. What
/// belongs to neither was not asked for, and nobody should believe it.
std::vector<Record> pick_records(const std::vector<Record>& all,
                                 const std::string& name, Type type) {
  const std::vector<std::string> names = follow_aliases(all, name);
  std::vector<Record> picked;
  const auto pick = [&](Type wanted) {
    for (const std::string& owner : names) {
      for (const Record& one : all) {
        if (one.type == wanted && one.owner == owner) picked.push_back(one);
      }
    }
  };
  if (type != Type::dname) {
    std::copy_if(all.begin(), all.end(), std::back_inserter(picked),
                 [](const Record& one) { return one.type == Type::dname; });
  }
  if (type != Type::cname) pick(Type::cname);
  pick(type);
  return picked;
}

/// RFC 8914, 2: "extended error 6 (DNSSEC bogus): what the server says of it".
std::string read_extended_error(const ldns_pkt* packet) {
  const ldns_rdf* data = ldns_pkt_edns_data(packet);
  if (data == nullptr) return {};
  std::span<const std::uint8_t> left(ldns_rdf_data(data), ldns_rdf_size(data));
  // By hand: an option list from wire form is new in later versions of ldns.
  while (left.size() >= 4) {
    constexpr std::size_t k_extended_error = 15;
    const std::size_t code = read_16(left);
    const std::size_t size = read_16(left.subspan(2));
    if (size > left.size() - 4) break;
    const auto value = left.subspan(4, size);
    left = left.subspan(4 + size);
    if (code != k_extended_error || size < 2) continue;
    const std::size_t error = read_16(value);
    std::string reason = fmt::format("extended error {}", error);
    if (error < k_extended_errors.size()) {
      reason += fmt::format(" ({})", k_extended_errors[error]);
    }
    const auto said = value.subspan(2);
    if (said.empty()) return reason;
    return reason + ": " + printable(std::string(said.begin(), said.end()));
  }
  return {};
}

std::string name_rcode(std::uint16_t rcode) {
  const ldns_lookup_table* found = ldns_lookup_by_id(ldns_rcodes, rcode);
  return found != nullptr ? found->name : fmt::format("RCODE {}", rcode);
}

/// RFC 2308, 5.
std::optional<std::uint32_t> find_negative_ttl(const ldns_rr_list* authority) {
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(authority); ++i) {
    const ldns_rr* soa = ldns_rr_list_rr(authority, i);
    constexpr std::size_t k_minimum = 6;
    if (ldns_rr_get_type(soa) == LDNS_RR_TYPE_SOA &&
        ldns_rr_rd_count(soa) > k_minimum) {
      return std::min(ldns_rr_ttl(soa),
                      ldns_rdf2native_int32(ldns_rr_rdf(soa, k_minimum)));
    }
  }
  return std::nullopt;
}

/// Whose servers are named instead of an answer; null when there are none.
const ldns_rr* find_referral(const ldns_rr_list* authority) {
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(authority); ++i) {
    const ldns_rr* one = ldns_rr_list_rr(authority, i);
    if (ldns_rr_get_type(one) == LDNS_RR_TYPE_NS) return one;
  }
  return nullptr;
}

void read_outcome(const ldns_pkt* packet, Answer& answer) {
  // RFC 6891, 6.1.3: EDNS has the upper eight bits.
  const auto rcode = static_cast<std::uint16_t>(
      ldns_pkt_edns_extended_rcode(packet) << 4 | ldns_pkt_get_rcode(packet));
  const ldns_rr_list* authority = ldns_pkt_authority(packet);
  switch (rcode) {
    case LDNS_RCODE_NOERROR: {
      if (std::any_of(
              answer.records.begin(), answer.records.end(),
              [&](const Record& one) { return one.type == answer.type; })) {
        answer.outcome = Outcome::found;
        return;
      }
      answer.negative_ttl = find_negative_ttl(authority);
      const ldns_rr* referral = find_referral(authority);
      if (answer.records.empty() && !answer.negative_ttl && referral) {
        answer.outcome = Outcome::failed;
        answer.reason = fmt::format("refers to the servers of {} instead",
                                    print_name(ldns_rr_owner(referral)));
        return;
      }
      answer.outcome = Outcome::no_data;
      return;
    }
    case LDNS_RCODE_NXDOMAIN:
      answer.outcome = Outcome::no_name;
      answer.negative_ttl = find_negative_ttl(authority);
      return;
    case LDNS_RCODE_SERVFAIL:
      answer.outcome = Outcome::servfail;
      break;
    case LDNS_RCODE_REFUSED:
      answer.outcome = Outcome::refused;
      break;
    default:
      answer.outcome = Outcome::failed;
  }
  answer.reason = name_rcode(rcode);
}

}  // namespace

Answer read_answer(std::string_view reply, const std::string& name, Type type) {
  Answer answer{.name = name, .type = type};
  std::string reason;
  const Owned<ldns_pkt> packet = read_packet(reply, reason);
  if (!packet) {
    answer.outcome = Outcome::failed;
    answer.reason = "its answer can't be read: " + reason;
    return answer;
  }
  const ldns_rr* question = ldns_rr_list_rr(ldns_pkt_question(packet.get()), 0);
  answer.records =
      pick_records(read_records(ldns_pkt_answer(packet.get())),
                   question ? print_name(ldns_rr_owner(question)) : name, type);
  answer.is_authentic = ldns_pkt_ad(packet.get());
  answer.is_authoritative = ldns_pkt_aa(packet.get());
  read_outcome(packet.get(), answer);
  const std::string extended = read_extended_error(packet.get());
  if (!extended.empty()) {
    answer.reason += (answer.reason.empty() ? "" : ", ") + extended;
  }
  return answer;
}

}  // namespace mtasts::nameserver
