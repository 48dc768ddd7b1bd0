// SPDX-License-Identifier: MIT
// The one SSL_CTX of the policy host and the choice of a certificate in each
// handshake. A reload changes what a Selector points to, never the context:
// OpenSSL does not allow that while it is in use.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string_view>

#include "result.hpp"
#include "tls/certificate_store.hpp"
#include "tls/openssl.hpp"
#include "tls/pair_cache.hpp"

namespace mtasts::tls {

using ContextPtr = Owned<SSL_CTX, SSL_CTX_free>;
using SslPtr = Owned<SSL, SSL_free>;

/// What one thread's handshakes choose from. Hand it to every SSL of the
/// thread by SSL_set_app_data() before its handshake.
struct Selector {
  std::shared_ptr<const CertificateStore> store;
  PairCache cache;
  std::function<std::chrono::sys_seconds()> clock;  // the present second
};

/// Fails when OpenSSL refuses a setting.
Result<ContextPtr> make_context();

/// OpenSSL has found no memory: calls the handler of std::set_new_handler, if
/// there is one, as `new` would.
void report_lack_of_memory();

/// The name that the client asked for; empty when it asked for none.
std::string_view server_name(const SSL* ssl);

}  // namespace mtasts::tls
