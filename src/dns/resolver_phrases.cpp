// SPDX-License-Identifier: MIT
#include "dns/resolver_phrases.hpp"

#include <algorithm>
#include <iterator>

namespace mtasts::dns {
namespace {

constexpr Phrase k_phrases[] = {
    // dig, and what prints like it
    {"; <<>> ", Says::dig},
    {";; query time: ", Says::banner},
    {";; server: ", Says::banner},
    {";; answer section", Says::answer},
    // dig, host, nslookup of BIND
    {";; connection timed out", Says::failed},
    {";; no servers could be reached", Says::failed},
    {"; transfer failed", Says::failed},
    {"; communication with", Says::retried},
    {";; communications error", Says::retried},
    {";; udp setup with", Says::retried},
    {";; connection to", Says::retried},
    {";; got bad packet", Says::retried},
    {";; got servfail reply", Says::retried},
    {";; question section mismatch", Says::retried},
    {";; error:", Says::retried},  // kdig, too
    {"dig: ", Says::failed},
    {"host: ", Says::failed},
    {"nslookup: ", Says::failed},
    {"delv: ", Says::failed},
    {"error: ", Says::failed},  // drill
    // the same with +yaml
    {"- type: dig_error", Says::retried},
    {"communications error", Says::retried},
    {"no servers could be reached", Says::failed},
    // delv, which says "ncache nxdomain" for a name that is not there
    {";; resolution failed: ncache", Says::answered},
    {";; resolution failed", Says::failed},
    {";; network unreachable", Says::retried},
    {";; timed out", Says::retried},
    // kdig
    {";; warning: response timeout", Says::retried},
    {";; warning: can't connect", Says::retried},
    {";; warning: failed to query", Says::retried},
    // host
    {"using domain server: ", Says::server},
    {"aliases: ", Says::nothing},
    {"trying \"", Says::nothing},
    {"received ", Says::nothing},
    // nslookup
    {"server: ", Says::server},
    {"non-authoritative answer: ", Says::nothing},
    {"authoritative answers can be found from: ", Says::nothing},
    {"dns request timed out", Says::retried},
    {"timeout was ", Says::nothing},
    {"*** can't find server name", Says::nothing},
    // resolvectl
    {"-- ", Says::nothing},
    // PowerShell
    {"resolve-dnsname : ", Says::failed},
    {"resolve-dnsname: ", Says::failed},
    // dnscmd
    {"returned records: ", Says::nothing},
    {"command completed successfully", Says::nothing},
    // curl, wget, ssh and shells, in whose place the answer should be
    {"curl: ", Says::failed},
    {"wget: ", Says::failed},
    {"ssh: ", Says::failed},
    {"bash: ", Says::failed},
    {"sh: ", Says::failed},
    {"zsh: ", Says::failed},
};

constexpr Wording k_wordings[] = {
    {"descriptive text ", "TXT"},  // host
    {"is an alias for ", "CNAME"},
    {"has address ", "A"},
    {"has ipv6 address ", "AAAA"},
    {"has aaaa address ", "AAAA"},
    {"has txt record ", "TXT"},  // unbound-host
    {"has ", {}},
    {"mail is handled by ", {}},
    {"name server ", {}},
    {"domain name pointer ", {}},
    {"text =", "TXT"},  // nslookup
    {"canonical name = ", "CNAME"},
    {"internet address = ", "A"},
};

template <class Rows>
const auto* find(const Rows& rows, std::string_view text) {
  const auto* const row = std::find_if(
      std::begin(rows), std::end(rows),
      [&](const auto& one) { return text.starts_with(one.start); });
  return row == std::end(rows) ? nullptr : row;
}

}  // namespace

const Phrase* find_phrase(std::string_view line) {
  return find(k_phrases, line);
}

const Wording* find_wording(std::string_view rest) {
  return find(k_wordings, rest);
}

}  // namespace mtasts::dns
