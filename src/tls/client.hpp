// SPDX-License-Identifier: MIT
// TLS as a client that wants to see everything: no certificate ends the
// handshake, what is wrong with it is told instead.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/stream.hpp"
#include "result.hpp"
#include "tls/peer_check.hpp"
#include "tls/peer_facts.hpp"

namespace mtasts::tls {

/// The roots that are trusted, read once; any number of threads may use it.
class TrustStore {
 public:
  /// `file`: PEM; empty for those of the system ($SSL_CERT_FILE and
  /// $SSL_CERT_DIR, else the bundle of Debian, else what OpenSSL was built
  /// with). A system without any gives a store without path, by which nothing
  /// can be judged; a file that can't be read or has no certificate is an
  /// error.
  static Result<TrustStore> load(const std::string& file);
  ~TrustStore();
  TrustStore(TrustStore&&) noexcept;
  TrustStore& operator=(TrustStore&&) noexcept;

  /// Where the roots came from; empty: there are none.
  const std::string& path() const;
  /// The folders that handshakes may still read, for a sandbox.
  std::vector<std::string> readable() const;

 private:
  friend class Client;
  struct Parts;
  explicit TrustStore(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

struct Hello {
  std::string server_name = {};             // SNI; empty: none
  std::vector<std::string> protocols = {};  // ALPN; empty: none
  std::vector<Tlsa> tlsa = {};              // to be compared with the chain
  std::string tlsa_name = {};  // that usage 2 asks for; empty: the SNI
};

struct Handshake {
  PeerFacts facts = {};
  std::unique_ptr<net::Stream> stream = {};  // null unless it was established
};

/// Speaks TLS, 1.0 to 1.3, over `peer`, which has to outlive the stream, until
/// the deadline of that. Security level 0: what is too weak shows in the facts.
Handshake shake_hands(net::Stream& peer, const TrustStore& store,
                      const Hello& hello);

}  // namespace mtasts::tls
