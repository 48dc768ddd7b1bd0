// SPDX-License-Identifier: MIT
#include "dns/zone_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "dns/resolver_output.hpp"
#include "dns/zone_scanner.hpp"
#include "text/ascii.hpp"
#include "text/duration.hpp"

namespace mtasts::dns {
namespace {

using std::chrono::seconds;

/// Seconds, also as BIND writes them: "1h30m".
std::optional<seconds> parse_ttl(std::string_view text) {
  std::string ttl = text::to_lower(text);
  if (!ttl.empty() && text::is_digit(ttl.back())) ttl += 's';
  seconds total{0};
  for (std::string_view rest = ttl; !rest.empty();) {
    const std::size_t end = rest.find_first_not_of("0123456789");
    const auto part = text::parse_duration(rest.substr(0, end + 1));
    if (!part) return std::nullopt;
    total += *part;
    // RFC 2181, 8: 31 bits.
    if (total.count() > 0x7FFFFFFF) return std::nullopt;
    rest.remove_prefix(end + 1);
  }
  return total;
}

std::optional<Type> find_type(std::string_view text) {
  const std::string upper = text::to_upper(text);
  for (const Type type : {Type::txt, Type::cname, Type::a, Type::aaaa}) {
    if (upper == format_type(type)) return type;
  }
  return std::nullopt;
}

/// What IANA lists besides, and the classes that are not IN.
bool is_other_type(std::string_view text) {
  constexpr std::string_view k_types =
      " SOA NS MX PTR SRV CAA TLSA DS DNSKEY RRSIG NSEC NSEC3 NSEC3PARAM CDS "
      "CDNSKEY HTTPS SVCB SSHFP NAPTR SPF DNAME LOC HINFO RP URI OPENPGPKEY "
      "SMIMEA CERT CSYNC ZONEMD TSIG TKEY DLV AFSDB APL CDNSKEY DHCID EUI48 "
      "EUI64 HIP IPSECKEY KEY KX L32 L64 LP MINFO NID NULL OPT PX RT SIG WKS "
      "X25 ISDN NSAP NSAP-PTR GPOS NXT A6 EID NIMLOC ATMA SINK NINFO RKEY "
      "TALINK UINFO UID GID UNSPEC MB MD MF MG MR AVC DOA AMTRELAY RESINFO "
      "WALLET CLA IPN TA ALIAS ANAME LUA WINS WINSR WINS-R DSYNC CH HS ANY ";
  std::string word = text::to_upper(text);
  // delv says of a type that it is not there.
  if (word.starts_with('-')) word.erase(0, 1);
  if (find_type(word)) return text.starts_with('-');
  // RFC 3597, 5: "TYPE16 \# 2 0178". The types that are read here are not read
  // in that form, so such a record is no other one but an unread line.
  for (const std::string_view ours : {"TYPE1", "TYPE5", "TYPE16", "TYPE28"}) {
    if (word == ours) return false;
  }
  return !word.empty() &&
         (k_types.find(' ' + word + ' ') != k_types.npos ||
          word.starts_with("TYPE") || word.starts_with("CLASS"));
}

/// Of Windows, for when a record is to be forgotten: "[AGE:3700000]".
bool is_age(std::string_view word) {
  return word.starts_with("[ag") && word.ends_with(']');
}

bool is_address(std::string_view text) {
  const Result<Target> target = parse_target(text);
  return target && target->type != Type::cname;
}

class Reader {
 public:
  Reader(std::string_view origin, const Sought& sought) : sought_(sought) {
    if (!origin.empty()) origin_ = origin;
  }

  Result<void> read(const ZoneEntry& entry);

  Zone take() { return std::move(zone_); }

 private:
  Result<void> pass_over(const ZoneEntry& entry);
  Result<void> read_directive(const ZoneEntry& entry);
  Result<std::string> absolute(const ZoneToken& token, std::size_t line) const;
  Result<void> add(const ZoneEntry& entry, std::size_t at, Type type,
                   std::optional<seconds> ttl);

  const Sought& sought_;
  Zone zone_;
  std::optional<std::string> origin_;  // empty: the root
  ZoneToken owner_;
  std::optional<seconds> default_ttl_;  // of $TTL (RFC 2308, 4)
  std::optional<seconds> last_ttl_;     // else the last one counts
};

Result<std::string> Reader::absolute(const ZoneToken& token,
                                     std::size_t line) const {
  // RFC 1035, 2.3.4. Without a limit, $ORIGIN could grow by every line.
  constexpr std::size_t k_max_octets = 253;
  std::string name = text::to_lower(token.text);
  if (name.ends_with('.')) {
    name.pop_back();
  } else if (!origin_) {
    return fail(fmt::format("line {}: the name {} is relative, and there is "
                            "no $ORIGIN",
                            line, in_quotes(token.text)),
                "put $ORIGIN example.com. in front, or name one domain");
  } else if (name == "@") {
    name = *origin_;
  } else if (!origin_->empty()) {
    name += "." + *origin_;
  }
  if (name.size() > k_max_octets) {
    return fail(fmt::format("line {}: the name {} has more than {} octets",
                            line, in_quotes(name), k_max_octets));
  }
  return name;
}

// $ORIGIN <domain-name>, $INCLUDE <file-name> [<domain-name>] (RFC 1035, 5.1);
// $TTL <TTL> (RFC 2308, 4); BIND's $GENERATE, and the $DATE of others.
Result<void> Reader::read_directive(const ZoneEntry& entry) {
  const std::string name = text::to_lower(entry.tokens[0].text);
  if (name == "$include") {
    return fail(fmt::format("line {}: $INCLUDE is not followed", entry.line),
                "named-compilezone(8) writes a zone into one file");
  }
  if (name != "$ttl" && name != "$origin" && name != "$generate" &&
      name != "$date") {
    return pass_over(entry);
  }
  if (entry.tokens.size() < 2) return {};
  if (name == "$ttl") default_ttl_ = parse_ttl(entry.tokens[1].text);
  if (name == "$origin") {
    Result<std::string> origin = absolute(entry.tokens[1], entry.line);
    if (!origin) return fail(origin.error());
    origin_ = *std::move(origin);
  }
  return {};
}

/// Notes a line that is no record. If it speaks of what is sought, it could be
/// one, unless it is what somebody said or typed: "$ dig TXT _x.example.com".
Result<void> Reader::pass_over(const ZoneEntry& entry) {
  constexpr std::string_view k_typed =
      " # // dig host nslookup drill delv kdig doggo resolvectl ";
  const bool is_typed =
      std::ranges::any_of(entry.tokens, [&](const ZoneToken& token) {
        return !token.escaped &&
               k_typed.find(' ' + token.text + ' ') != k_typed.npos;
      });
  if (is_typed) {
    zone_.unread.push_back(entry.line);
    return {};
  }
  for (const ZoneToken& token : entry.tokens) {
    const std::string lower = text::to_lower(token.text);
    for (const auto& words : {sought_.texts, sought_.owners}) {
      for (const std::string_view word : words) {
        if (!text::has(lower, word)) continue;
        return fail(fmt::format("line {} speaks of {} and is no record",
                                entry.line, in_quotes(word)),
                    std::string(sought_.hint));
      }
    }
  }
  zone_.unread.push_back(entry.line);
  return {};
}

Result<void> Reader::add(const ZoneEntry& entry, std::size_t at, Type type,
                         std::optional<seconds> ttl) {
  ZoneRecord record{type, {}, ttl, {}, entry.line};
  // No name that is looked for has an escape: "\." is no dot between labels.
  if (owner_.escaped || at == entry.tokens.size()) return {};
  Result<std::string> owner = absolute(owner_, entry.line);
  if (!owner) return fail(owner.error());
  if (owner->empty()) return {};  // the root
  record.owner = *std::move(owner);
  if (type == Type::txt) {
    const bool is_bare = !entry.tokens[at].quoted;
    record.strings = entry.tokens.size() - at;
    for (; at < entry.tokens.size(); ++at) {
      record.value += entry.tokens[at].text;
    }
    // Of a table, whose text is in a column further to the right: what this
    // joins, "IN300v=spf1", is no text that anybody publishes.
    const std::string lower = text::to_lower(record.value);
    const bool is_start = std::ranges::any_of(
        sought_.texts,
        [&](std::string_view text) { return lower.starts_with(text); });
    if (is_bare && !is_start && has_sought_text(lower, sought_)) {
      return pass_over(entry);
    }
  } else if (type == Type::cname) {
    Result<std::string> target = absolute(entry.tokens[at], entry.line);
    if (!target) return fail(target.error());
    record.value = *std::move(target);
  } else {
    const Result<Target> target = parse_target(entry.tokens[at].text);
    if (!target || target->type != type) return pass_over(entry);
    record.value = target->value;
  }
  zone_.records.push_back(std::move(record));
  return {};
}

// RFC 1035, 5.1:
// <domain-name><rr> [<comment>]
// <blank><rr> [<comment>]
// <rr> = [<TTL>] [<class>] <type> <RDATA> / [<class>] [<TTL>] <type> <RDATA>
Result<void> Reader::read(const ZoneEntry& entry) {
  if (entry.tokens.empty()) return {};
  const ZoneToken& first = entry.tokens[0];
  if (entry.has_owner && first.quoted) {  // dig +short
    ZoneRecord record{Type::txt, {}, {}, {}, entry.line, 0};
    // With +identify words follow.
    for (const ZoneToken& token : entry.tokens) {
      if (!token.quoted) break;
      record.value += token.text;
      ++record.strings;
    }
    zone_.records.push_back(std::move(record));
    return {};
  }
  if (entry.has_owner && first.text.starts_with('$')) {
    return read_directive(entry);
  }
  // dig +short: where a CNAME leads, or an address.
  if (entry.has_owner && entry.tokens.size() == 1 &&
      (first.text.ends_with('.') || is_address(first.text))) {
    if (first.text.ends_with('.')) zone_.short_alias = entry.line;
    ++zone_.other_records;
    return {};
  }
  std::size_t at = 0;
  if (entry.has_owner) owner_ = entry.tokens[at++];
  std::optional<seconds> ttl;
  for (; at < entry.tokens.size(); ++at) {
    const std::string word = text::to_lower(entry.tokens[at].text);
    if (word == "in" || word == "class1" || is_age(word)) continue;
    if (word.empty() || word.front() < '0' || word.front() > '9') break;
    ttl = last_ttl_ = parse_ttl(word);
  }
  if (at == entry.tokens.size()) return pass_over(entry);
  const std::string_view word = entry.tokens[at].text;
  if (const std::optional<Type> type = find_type(word)) {
    if (!ttl) ttl = default_ttl_ ? default_ttl_ : last_ttl_;
    return add(entry, at + 1, *type, ttl);
  }
  if (!is_other_type(word)) return pass_over(entry);
  ++zone_.other_records;
  const std::string lower = text::to_lower(word);
  if (lower != "soa" && lower != "ns") return {};
  // Cloudflare writes "example.com IN SOA" without the last dot, and means the
  // origin. A relative name without an origin says nothing of a zone.
  const std::string owner = text::to_lower(owner_.text);
  Result<std::string> full = absolute(owner_, entry.line);
  if (!full) return {};
  if (owner == origin_) full = owner;
  (lower == "soa" ? zone_.apexes : zone_.cuts)
      .push_back({*std::move(full), entry.line});
  return {};
}

}  // namespace

Result<Zone> read_zone(std::string_view text, std::string_view origin,
                       const Sought& sought) {
  const Result<ZoneText> lines = read_resolver_output(text, sought);
  if (!lines) return fail(lines.error());
  ZoneScanner scanner(lines->text);
  Reader reader(origin, sought);
  while (!scanner.at_end()) {
    const Result<ZoneEntry> entry = scanner.next();
    if (!entry) return fail(entry.error());
    const Result<void> read = reader.read(*entry);
    if (!read) return fail(read.error());
  }
  Zone zone = reader.take();
  zone.is_answer = lines->is_answer;
  zone.questions = lines->questions;
  if (zone.records.empty() && zone.other_records == 0 && !zone.unread.empty()) {
    return fail(fmt::format("line {} is no record, and no other is",
                            zone.unread.front()),
                std::string(sought.hint));
  }
  return zone;
}

}  // namespace mtasts::dns
