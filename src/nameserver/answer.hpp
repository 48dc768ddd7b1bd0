// SPDX-License-Identifier: MIT
// What a name server has said to one question (RFC 1035), as plain values.
// Names are absolute, in lower case, without the trailing dot; the root is ".".
// Octets that a master file escapes are escaped as in one. Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mtasts::nameserver {

enum class Type : std::uint8_t {
  a,
  aaaa,
  caa,
  cname,
  dname,
  ds,
  mx,
  ns,
  soa,
  tlsa,
  txt
};
constexpr auto k_type_names =
    std::to_array<std::string_view>({"A", "AAAA", "CAA", "CNAME", "DNAME", "DS",
                                     "MX", "NS", "SOA", "TLSA", "TXT"});
static_assert(k_type_names.size() == static_cast<std::size_t>(Type::txt) + 1);

enum class Outcome : std::uint8_t {
  not_asked,
  found,    // records of the type that was asked for, behind aliases or not
  no_data,  // the name is there, or where its aliases lead, without such
            // records
  no_name,  // NXDOMAIN: the name, or where its aliases lead, is not there
  servfail,
  refused,
  failed,  // another RCODE, a referral, or an answer that can't be read
  silent,  // no answer in time, or no way to the server
};
constexpr auto k_outcome_names = std::to_array<std::string_view>(
    {"not-asked", "found", "no-data", "no-name", "servfail", "refused",
     "failed", "silent"});
static_assert(k_outcome_names.size() ==
              static_cast<std::size_t>(Outcome::silent) + 1);

struct Record {
  std::string owner = {};
  Type type = {};
  std::uint32_t ttl = 0;  // seconds
  /// TXT: the octets of its strings, joined. Names in lower case without dot,
  /// addresses in their usual form, "10 mx.example.com" for MX, "0 issue
  /// letsencrypt.org" for CAA (the value without quotes), "3 1 1 <hex>" for
  /// TLSA, "MNAME RNAME SERIAL REFRESH RETRY EXPIRE MINIMUM" for SOA.
  std::string data = {};
  std::vector<std::uint16_t> strings = {};  // TXT: the octets of each of them

  friend bool operator==(const Record&, const Record&) = default;
};

struct Answer {
  std::string name = {};  // that was asked for
  Type type = Type::txt;
  Outcome outcome = Outcome::not_asked;
  /// Of the answer section: aliases in the order in which they lead on, then
  /// what was asked for. A loop ends with the alias that closes it.
  std::vector<Record> records = {};
  bool is_authentic = false;      // AD: the resolver calls it validated
  bool is_authoritative = false;  // AA
  std::optional<std::uint32_t> negative_ttl = {};  // RFC 2308, 5; seconds
  /// Of a failure, and of an extended error (RFC 8914); one line that can go to
  /// a terminal.
  std::string reason = {};

  bool is_answered() const {
    return outcome == Outcome::found || outcome == Outcome::no_data ||
           outcome == Outcome::no_name;
  }
  friend bool operator==(const Answer&, const Answer&) = default;
};

}  // namespace mtasts::nameserver
