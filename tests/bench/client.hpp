// SPDX-License-Identifier: MIT
// What the two sides of the benchmark's client have in common: its options, and
// how a TLS connection to the server begins.
#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>

namespace bench {

using Clock = std::chrono::steady_clock;

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslPtr = std::unique_ptr<SSL, FreeSsl>;
using ContextPtr = std::unique_ptr<SSL_CTX, FreeSsl>;

[[noreturn]] void fail(const std::string& what);

/// "--key value" pairs after the mode, with their defaults.
class Options {
 public:
  Options(int argc, char** argv);
  const std::string& text(const std::string& key) const {
    return values_.at(key);
  }
  long number(const std::string& key) const;

 private:
  std::map<std::string, std::string> values_ = {
      {"--port", "0"},
      {"--name", "mta-sts.example.com"},
      {"--count", "100"},
      {"--tls", "1.3"},
      {"--sigalgs", ""},
      {"--groups", "X25519:P-256"},
      {"--connection", ""},       // "close": ask for it
      {"--parallel", "1"},        // fetch: so many at a time, or
      {"--rate", "0"},            // fetch: so many a second (open loop)
      {"--timeout-ms", "10000"},  // fetch: of each
      // fetch: not --name, but the hosts that `domains` makes, from this one
      // on; with --domains N the first N of them in an order by chance, over
      // and over, where this is the place in the order.
      {"--first", ""},
      {"--domains", "0"},
      {"--seed", "1"},
      {"--expect", ""},       // fetch: what each policy has to have
      {"--issuer", ""},       // fetch: who has issued each certificate
      {"--until-eof", ""},    // fetch: "yes": not --count, until stdin ends
      {"--kind", "idle"},     // hold: idle, silent, hello or head
      {"--drip-ms", "3000"},  // hold: one octet of hello or head
  };
};

ContextPtr make_context(const Options& options);
SslPtr make_ssl(SSL_CTX* context, const std::string& name);

/// A socket that is connected, or will be if `flags` has SOCK_NONBLOCK.
int start_connecting(long port, int flags);

std::string make_request(const Options& options, const std::string& name);

/// Print one JSON object each, and return the exit status.
int run_fetches(const Options& options);
int run_hold(const Options& options);

}  // namespace bench
