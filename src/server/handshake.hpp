// SPDX-License-Identifier: MIT
// What went wrong in a handshake, told from OpenSSL's error queue.
#pragma once

#include <openssl/ssl.h>

#include "server/counters.hpp"

namespace mtasts::server {

/// Why the handshake of `ssl` has failed just now. Leaves the queue as it is.
Handshake explain_failure(const SSL* ssl);

}  // namespace mtasts::server
