// SPDX-License-Identifier: MIT
// Changes records on a name server: DNS UPDATE (RFC 2136) signed by TSIG (RFC
// 8945), by ldns.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "nameserver/answer.hpp"
#include "net/tcp_stream.hpp"
#include "result.hpp"

namespace mtasts::nameserver {

/// A TSIG key, as tsig-keygen and knotd's keymgr write it.
struct TsigKey {
  std::string name = {};       // in lower case, without the trailing dot
  std::string algorithm = {};  // "hmac-sha1", "hmac-sha256", "hmac-sha512"
  std::string secret = {};     // base64
};

/// Reads `path`: BIND's form, key "NAME" { algorithm A; secret "S"; };, Knot's
/// YAML, or "ALGORITHM:NAME:SECRET". The error names the place, never the
/// secret; it is one if others than the owner can read the file.
Result<TsigKey> read_tsig_key(const std::string& path);

/// What one owner shall have of one type, instead of what it has.
struct RecordChange {
  std::string owner = {};
  Type type = Type::txt;
  /// That have to be there for it, in the strings that they were split into.
  std::vector<Record> seen = {};
  std::vector<std::string> wanted = {};  // empty: none shall be there
  std::uint32_t ttl = 3600;              // seconds
};

/// One transaction, by TCP: all of it or nothing, and nothing when the server
/// has something else than was seen (RFC 2136, 2.4.2), or an alias where a text
/// shall be. The answer's signature is checked. What became of an update that
/// is not answered in `time` is not known.
Result<void> send_update(const net::Endpoint& server, const std::string& zone,
                         const std::vector<RecordChange>& changes,
                         const TsigKey& key, std::chrono::milliseconds time);

}  // namespace mtasts::nameserver
