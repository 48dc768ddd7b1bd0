// SPDX-License-Identifier: MIT
#include "nameserver/packet.hpp"

#include <sys/random.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "text/ascii.hpp"

namespace mtasts::nameserver {

ldns_rr_type code_of(Type type) {
  constexpr auto k_codes = std::to_array<ldns_rr_type>(
      {LDNS_RR_TYPE_A, LDNS_RR_TYPE_AAAA, LDNS_RR_TYPE_CAA, LDNS_RR_TYPE_CNAME,
       LDNS_RR_TYPE_DNAME, LDNS_RR_TYPE_DS, LDNS_RR_TYPE_MX, LDNS_RR_TYPE_NS,
       LDNS_RR_TYPE_SOA, LDNS_RR_TYPE_TLSA, LDNS_RR_TYPE_TXT});
  static_assert(k_codes.size() == k_type_names.size());
  return k_codes[static_cast<std::size_t>(type)];
}

Owned<ldns_rdf> make_wire_name(const std::string& name) {
  // What ldns makes of the two is the root, and the name up to there.
  if (name.empty() || text::has(name, '\0')) return nullptr;
  return Owned<ldns_rdf>(ldns_dname_new_frm_str(name.c_str()));
}

std::string print_name(const ldns_rdf* name) {
  const Owned<char> printed(ldns_rdf2str(name));
  if (!printed) return {};
  std::string text = text::to_lower(printed.get());
  // Each label ends with a dot of its own: the last octet is never an escape.
  if (text.size() > 1 && text.back() == '.') text.pop_back();
  return text;
}

void set_random_id(ldns_pkt* packet) {
  std::uint16_t id = 0;
  // Two octets never fail nor come in part (getrandom(2)).
  while (::getrandom(&id, sizeof id, 0) != sizeof id) {
  }
  ldns_pkt_set_id(packet, id);
}

std::string write_packet(const ldns_pkt* packet) {
  std::uint8_t* written = nullptr;
  std::size_t size = 0;
  const ldns_status status = ldns_pkt2wire(&written, packet, &size);
  const Owned<std::uint8_t> octets(written);
  if (status != LDNS_STATUS_OK || !octets) return {};
  return {reinterpret_cast<const char*>(octets.get()), size};
}

Owned<ldns_pkt> read_packet(std::string_view octets, std::string& reason) {
  ldns_pkt* packet = nullptr;
  const ldns_status status = ldns_wire2pkt(
      &packet, reinterpret_cast<const std::uint8_t*>(octets.data()),
      octets.size());
  if (status == LDNS_STATUS_OK) return Owned<ldns_pkt>(packet);
  reason = text::to_lower(ldns_get_errorstr_by_id(status));
  return nullptr;
}

}  // namespace mtasts::nameserver
