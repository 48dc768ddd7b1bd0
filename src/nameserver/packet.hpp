// SPDX-License-Identifier: MIT
// What ldns allocates, owned.
#pragma once

#include <ldns/ldns.h>
// It makes macros of these, which C++ headers do not survive.
#undef bool
#undef false
#undef true

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "nameserver/answer.hpp"

namespace mtasts::nameserver {

struct LdnsFree {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
  void operator()(ldns_rdf* data) const { ldns_rdf_deep_free(data); }
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
  void operator()(ldns_rr_list* records) const {
    ldns_rr_list_deep_free(records);
  }
  void operator()(char* text) const { std::free(text); }
  void operator()(std::uint8_t* octets) const { std::free(octets); }
};
template <class T>
using Owned = std::unique_ptr<T, LdnsFree>;

/// The code of `type` (RFC 1035, 3.2.2, and later ones).
ldns_rr_type code_of(Type type);

/// Null when `name` is no domain name: a label of more than 63 octets, say.
Owned<ldns_rdf> make_wire_name(const std::string& name);

/// In lower case, without the trailing dot; the root is ".". Octets that a
/// master file has to escape are escaped as in one (RFC 1035, 5.1).
std::string print_name(const ldns_rdf* name);

/// An id that nobody can guess (RFC 5452, 9.2).
void set_random_id(ldns_pkt* packet);

/// Empty when ldns can't write it.
std::string write_packet(const ldns_pkt* packet);

/// Null when `octets` are no message; then `reason` says why.
Owned<ldns_pkt> read_packet(std::string_view octets, std::string& reason);

}  // namespace mtasts::nameserver
