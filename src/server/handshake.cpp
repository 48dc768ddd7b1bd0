// SPDX-License-Identifier: MIT
#include "server/handshake.hpp"

#include <openssl/err.h>

#include "tls/context.hpp"

namespace mtasts::server {

Handshake explain_failure(const SSL* ssl) {
  const int reason = ERR_GET_REASON(ERR_peek_error());
  // An alert of the client: it does not like what it was shown.
  if (reason > SSL_AD_REASON_OFFSET) return Handshake::broken_off;
  switch (reason) {
    case SSL_R_CALLBACK_FAILED:  // the choice of a certificate
      return tls::server_name(ssl).empty() ? Handshake::no_name
                                           : Handshake::unknown_name;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_WRONG_SSL_VERSION:
      return Handshake::protocol_too_old;
    case SSL_R_NO_APPLICATION_PROTOCOL:
      return Handshake::other_protocol;
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
      return Handshake::no_common_cipher;
    default:
      return Handshake::failed;
  }
}

}  // namespace mtasts::server
