// SPDX-License-Identifier: MIT
// Carries a DNS message to one server and brings the one that answers it. ldns
// would take a reply to another question, from whoever sends one.
#pragma once

#include <string>
#include <string_view>

#include "net/tcp_stream.hpp"
#include "result.hpp"

namespace mtasts::nameserver {

/// Both in wire form. True if `reply` has the id of `message` and repeats its
/// question (RFC 5452, 9.1). A server that refuses need not repeat it, nor one
/// that was sent an update (RFC 2136, 3.8).
bool is_reply(std::string_view reply, std::string_view message);

/// The four bits of the header; those of EDNS and TSIG are not in it.
int header_rcode(std::string_view reply);
/// TC: the rest is to be had by TCP.
bool is_truncated(std::string_view reply);

/// By UDP. What is no reply to it is left alone, so that nobody can end this by
/// sending rubbish. The error says why there is none, with the server's place.
Result<std::string> exchange_by_udp(const net::Endpoint& server,
                                    std::string_view message,
                                    net::Deadline deadline);
/// By a TCP connection for this message alone (RFC 7766).
Result<std::string> exchange_by_tcp(const net::Endpoint& server,
                                    std::string_view message,
                                    net::Deadline deadline);

}  // namespace mtasts::nameserver
