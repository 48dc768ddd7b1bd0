// SPDX-License-Identifier: MIT
// Who owns what OpenSSL hands out, and what it says of a failure.
#pragma once

#include <openssl/err.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace mtasts::tls {

template <auto free>
struct FreeBy {
  template <class T>
  void operator()(T* one) const {
    free(one);
  }
};
template <class T, auto free>
using Owned = std::unique_ptr<T, FreeBy<free>>;

/// What `parse`, a d2i_ function, makes of `der`; null when it is none.
template <auto parse, auto free>
auto parse_der(std::string_view der) {
  const auto* data = reinterpret_cast<const unsigned char*>(der.data());
  auto* one = parse(nullptr, &data, static_cast<long>(der.size()));
  ERR_clear_error();
  return Owned<std::remove_pointer_t<decltype(one)>, free>(one);
}

using X509Ptr = Owned<X509, X509_free>;

/// Null when `der` is no certificate.
inline X509Ptr parse_x509(std::string_view der) {
  return parse_der<d2i_X509, X509_free>(der);
}

/// What OpenSSL has to say of its last failure; empties its error queue.
inline std::string take_openssl_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown error" : reason;
}

}  // namespace mtasts::tls
