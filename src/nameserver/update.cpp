// SPDX-License-Identifier: MIT
#include "nameserver/update.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "nameserver/exchange.hpp"
#include "nameserver/packet.hpp"
#include "nameserver/wire_record.hpp"

namespace mtasts::nameserver {
namespace {

using Records = Owned<ldns_rr_list>;

bool push(ldns_rr_list* records, Owned<ldns_rr> record) {
  return record && ldns_rr_list_push_rr(records, record.release());
}

/// Without data: what a message says of all records of a type (RFC 2136, 2.4
/// and 2.5).
Owned<ldns_rr> make_rule(const std::string& owner, Type type,
                         ldns_rr_class rule) {
  Owned<ldns_rdf> name = make_wire_name(owner);
  Owned<ldns_rr> record(ldns_rr_new());
  if (!name || !record) return nullptr;
  ldns_rr_set_owner(record.get(), name.release());
  ldns_rr_set_type(record.get(), code_of(type));
  ldns_rr_set_class(record.get(), rule);
  ldns_rr_set_ttl(record.get(), 0);
  return record;
}

/// False when a name or value is none.
bool add_change(const RecordChange& change, ldns_rr_list* needed,
                ldns_rr_list* done) {
  bool is_good = true;
  // RFC 2136, 2.4.2: exactly these values, with a TTL of 0.
  for (Record record : change.seen) {
    record.owner = change.owner;
    record.type = change.type;
    record.ttl = 0;
    is_good &= push(needed, make_record(record));
  }
  if (change.seen.empty()) {  // 2.4.3: none of the type
    is_good &=
        push(needed, make_rule(change.owner, change.type, LDNS_RR_CLASS_NONE));
  } else {  // 2.5.2: all of the type
    is_good &=
        push(done, make_rule(change.owner, change.type, LDNS_RR_CLASS_ANY));
  }
  // 3.4.2.2: beside an alias a server leaves them out, and says nothing.
  if (change.type != Type::cname && !change.wanted.empty()) {
    is_good &=
        push(needed, make_rule(change.owner, Type::cname, LDNS_RR_CLASS_NONE));
  }
  for (const std::string& value : change.wanted) {
    is_good &= push(done, make_record({.owner = change.owner,
                                       .type = change.type,
                                       .ttl = change.ttl,
                                       .data = value}));
  }
  return is_good;
}

Result<Owned<ldns_pkt>> make_update(const std::string& zone,
                                    const std::vector<RecordChange>& changes) {
  const Records needed(ldns_rr_list_new());
  const Records done(ldns_rr_list_new());
  for (const RecordChange& change : changes) {
    if (!add_change(change, needed.get(), done.get())) {
      return fail(
          fmt::format("{} can't be sent with its {}", in_quotes(change.owner),
                      k_type_names[static_cast<std::size_t>(change.type)]));
    }
  }
  Owned<ldns_rdf> name = make_wire_name(zone);
  if (!name) return fail(in_quotes(zone) + " is no name of a zone");
  // Copies the records, and keeps the name.
  Owned<ldns_pkt> packet(ldns_update_pkt_new(
      name.release(), LDNS_RR_CLASS_IN, needed.get(), done.get(), nullptr));
  if (!packet) return fail("the update can't be written");
  ldns_pkt_set_rd(packet.get(), false);  // which ldns sets; RFC 2136, 2.2
  set_random_id(packet.get());
  return packet;
}

// --- What the server says of it ---

struct Explained {
  int code;
  std::string_view name;
  std::string_view meaning;
  std::string_view hint;
};

constexpr std::string_view k_changed =
    "run it again: it looks first at what is there now";
constexpr auto k_rcodes = std::to_array<Explained>({
    {LDNS_RCODE_FORMERR, "FORMERR", "it can't read the update",
     "look into its log"},
    {LDNS_RCODE_SERVFAIL, "SERVFAIL", "it can't write the change",
     "look into its log: the folders of its zone and journal have to be "
     "writable"},
    {LDNS_RCODE_NXDOMAIN, "NXDOMAIN", "the zone has not what was seen",
     k_changed},
    {LDNS_RCODE_NOTIMPL, "NOTIMP", "it takes no updates",
     "allow them for this zone"},
    {LDNS_RCODE_REFUSED, "REFUSED",
     "the key has no right to these names, or nobody may update the zone",
     "allow the key: update-policy in named.conf, acl with action update in "
     "knot.conf"},
    {LDNS_RCODE_YXDOMAIN, "YXDOMAIN", "the zone has what was not seen",
     k_changed},
    {LDNS_RCODE_YXRRSET, "YXRRSET",
     "there are records that were not seen, or an alias", k_changed},
    {LDNS_RCODE_NXRRSET, "NXRRSET",
     "the records that were seen have been changed meanwhile", k_changed},
    {LDNS_RCODE_NOTAUTH, "NOTAUTH",
     "it has no such zone, or does not take the key",
     "send it to the primary server of the zone"},
    {LDNS_RCODE_NOTZONE, "NOTZONE", "a name is not in the zone",
     "name the zone that has them"},
});

// RFC 8945, 5.3: each comes with NOTAUTH.
constexpr auto k_tsig_errors = std::to_array<Explained>({
    {16, "BADSIG", "its secret for this key is another one",
     "copy the secret from the server's configuration"},
    {17, "BADKEY", "it has no such key, or one of another algorithm",
     "use the name and algorithm of the server's configuration"},
    {18, "BADTIME", "the clocks are more than five minutes apart",
     "set the clocks of both"},
    {22, "BADTRUNC", "it wants a longer signature",
     "use the algorithm of the server's configuration"},
});

template <std::size_t size>
const Explained* find_explained(const std::array<Explained, size>& table,
                                int code) {
  const auto found =
      std::find_if(table.begin(), table.end(),
                   [&](const Explained& one) { return one.code == code; });
  return found == table.end() ? nullptr : &*found;
}

/// The error within a signature; 0 without one.
int tsig_error(const ldns_pkt* packet) {
  constexpr std::size_t k_error = 5;  // RFC 8945, 4.2
  const ldns_rr* tsig = ldns_pkt_tsig(packet);
  if (tsig == nullptr || ldns_rr_rd_count(tsig) <= k_error) return 0;
  return ldns_rdf2native_int16(ldns_rr_rdf(tsig, k_error));
}

/// `where` is the server and the zone.
Result<void> judge_reply(const std::string& where, std::string_view reply,
                         const ldns_pkt* sent, const TsigKey& key) {
  std::string reason;
  const Owned<ldns_pkt> packet = read_packet(reply, reason);
  if (!packet) {
    return fail(fmt::format("{}: its answer can't be read: {}", where, reason));
  }
  const int rcode = header_rcode(reply);
  const Explained* why = find_explained(k_rcodes, rcode);
  const Explained* of_key =
      find_explained(k_tsig_errors, tsig_error(packet.get()));
  if (rcode == LDNS_RCODE_NOTAUTH && of_key != nullptr) {
    return fail(fmt::format("{}: key {}: {} ({})", where, in_quotes(key.name),
                            of_key->meaning, of_key->name),
                std::string(of_key->hint));
  }
  if (why != nullptr) {
    return fail(fmt::format("{}: {} ({})", where, why->meaning, why->name),
                std::string(why->hint));
  }
  if (rcode != LDNS_RCODE_NOERROR) {
    return fail(fmt::format("{}: RCODE {}", where, rcode), "look into its log");
  }
  constexpr std::size_t k_mac = 3;
  if (!ldns_pkt_tsig_verify(packet.get(),
                            reinterpret_cast<const std::uint8_t*>(reply.data()),
                            reply.size(), key.name.c_str(), key.secret.c_str(),
                            ldns_rr_rdf(ldns_pkt_tsig(sent), k_mac))) {
    return fail(where + ": its answer is not signed with the key",
                "somebody else may have answered: look at what is there now");
  }
  return {};
}

}  // namespace

Result<void> send_update(const net::Endpoint& server, const std::string& zone,
                         const std::vector<RecordChange>& changes,
                         const TsigKey& key, std::chrono::milliseconds time) {
  auto packet = make_update(zone, changes);
  if (!packet) return fail(packet.error());
  constexpr std::uint16_t k_fudge = 300;  // seconds; RFC 8945, 10
  const ldns_status status =
      ldns_pkt_tsig_sign(packet->get(), key.name.c_str(), key.secret.c_str(),
                         k_fudge, (key.algorithm + ".").c_str(), nullptr);
  const std::string message =
      status == LDNS_STATUS_OK ? write_packet(packet->get()) : std::string();
  if (message.empty()) {
    return fail(fmt::format("key {} can't sign: {}", in_quotes(key.name),
                            ldns_get_errorstr_by_id(status)));
  }
  // By UDP a second try could not tell whether the first was done.
  const auto reply =
      exchange_by_tcp(server, message, std::chrono::steady_clock::now() + time);
  if (!reply) return fail(reply.error());
  return judge_reply(
      fmt::format("{}: update of {}", net::format_endpoint(server), zone),
      *reply, packet->get(), key);
}

}  // namespace mtasts::nameserver
