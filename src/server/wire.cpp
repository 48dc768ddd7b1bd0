// SPDX-License-Identifier: MIT
#include "server/wire.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace mtasts::server {
namespace {

// What requests and handshakes come in is smaller by far, and what is read and
// can't be answered yet is kept.
constexpr std::size_t k_read_octets = 8 * 1024;

struct FreeMethod {
  void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};
using MethodPtr = std::unique_ptr<BIO_METHOD, FreeMethod>;

Wire* wire_of(BIO* bio) { return static_cast<Wire*>(BIO_get_data(bio)); }

int read_wire(BIO* bio, char* out, int size) {
  Wire* wire = wire_of(bio);
  BIO_clear_retry_flags(bio);
  const int got = wire->read_raw(out, static_cast<std::size_t>(size));
  if (got > 0) return got;
  if (!wire->wants_more()) return 0;
  BIO_set_retry_read(bio);
  return -1;
}

int write_wire(BIO* bio, const char* octets, int size) {
  BIO_clear_retry_flags(bio);
  wire_of(bio)->write_raw({octets, static_cast<std::size_t>(size)});
  return size;
}

long control_wire(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_EOF) return wire_of(bio)->wants_more() ? 0 : 1;
  // Its flush comes at the end of the turn; there is no other command for it.
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

MethodPtr make_method() {
  MethodPtr method(
      BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire"));
  if (method) {
    BIO_meth_set_read(method.get(), read_wire);
    BIO_meth_set_write(method.get(), write_wire);
    BIO_meth_set_ctrl(method.get(), control_wire);
  }
  return method;
}

/// Null when memory is short.
BIO* make_wire_bio(Wire* wire) {
  static const MethodPtr k_method = make_method();
  BIO* bio = k_method ? BIO_new(k_method.get()) : nullptr;
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, wire);
  BIO_set_init(bio, 1);
  return bio;
}

/// SSL_get_error() takes any error in the thread's queue for one of the session
/// that it is asked about: also one that another client has left there.
void clear_errors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

/// Why a handshake has failed just now: the first error of OpenSSL's queue.
Handshake explain_failure(const SSL* ssl) {
  const int reason = ERR_GET_REASON(ERR_peek_error());
  if (reason == ERR_R_MALLOC_FAILURE) tls::report_lack_of_memory();
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

}  // namespace

void Wire::begin(int fd, SSL* tls) {
  fd_ = fd;
  tls_ = tls;
  filled_ = moved_ = ended_ = broken_ = false;
  read_ = left_ = 0;
  output_.clear();
}

void Wire::put_back(std::string_view octets) {
  const std::size_t fitting = std::min(octets.size(), input_.size() - left_);
  // Behind them stays what has come since.
  std::memmove(input_.data() + fitting, input_.data() + read_, left_);
  std::memcpy(input_.data(), octets.data(), fitting);
  read_ = 0;
  left_ += fitting;
}

bool Wire::fill() {
  if (filled_ || ended_ || broken_) return false;
  filled_ = true;
  const ssize_t got = ::recv(fd_, input_.data(), k_read_octets, 0);
  if (got > 0) {
    moved_ = true;
    read_ = 0;
    left_ = static_cast<std::size_t>(got);
    return true;
  }
  if (got == 0) {
    ended_ = true;
  } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
    broken_ = true;
  }
  return false;
}

int Wire::read_raw(char* out, std::size_t size) {
  if (left_ == 0 && !fill()) return 0;
  const std::size_t take = std::min(left_, size);
  std::memcpy(out, input_.data() + read_, take);
  read_ += take;
  left_ -= take;
  return static_cast<int>(take);
}

bool Wire::flush() {
  std::size_t sent = 0;
  while (sent < output_.size() && !broken_) {
    const ssize_t took =
        ::send(fd_, output_.data() + sent, output_.size() - sent, MSG_NOSIGNAL);
    if (took > 0) {
      moved_ = true;
      sent += static_cast<std::size_t>(took);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      broken_ = true;
    }
  }
  output_.erase(0, sent);
  return !broken_;
}

tls::SslPtr Wire::start_tls(SSL_CTX* context, void* chooser) {
  tls::SslPtr ssl(SSL_new(context));
  BIO* bio = ssl ? make_wire_bio(this) : nullptr;
  if (bio == nullptr) return nullptr;
  SSL_set_bio(ssl.get(), bio, bio);  // it owns the BIO now
  SSL_set_app_data(ssl.get(), chooser);
  SSL_set_accept_state(ssl.get());
  tls_ = ssl.get();
  return ssl;
}

std::optional<Handshake> Wire::handshake() {
  clear_errors();
  const int done = SSL_do_handshake(tls_);
  if (done == 1) return Handshake::done;
  if (SSL_get_error(tls_, done) == SSL_ERROR_WANT_READ) return {};
  // OpenSSL's reason would be that it has got nothing more to read.
  return wants_more() ? explain_failure(tls_) : Handshake::broken_off;
}

Input Wire::read(std::span<char> room, std::string_view& octets) {
  octets = {};
  int got = 0;
  if (tls_ == nullptr) {
    got = read_raw(room.data(), room.size());
  } else {
    clear_errors();
    got = SSL_read(tls_, room.data(), static_cast<int>(room.size()));
  }
  if (got > 0) {
    octets = {room.data(), static_cast<std::size_t>(got)};
    return Input::octets;
  }
  if (tls_ == nullptr) {
    if (wants_more()) return Input::nothing_yet;
    return broken_ ? Input::failure : Input::end;
  }
  switch (SSL_get_error(tls_, got)) {
    case SSL_ERROR_WANT_READ:
      return Input::nothing_yet;
    case SSL_ERROR_ZERO_RETURN:
      return Input::end;
    default:
      return Input::failure;
  }
}

bool Wire::write(std::string_view octets) {
  if (tls_ != nullptr && !octets.empty()) {
    return SSL_write(tls_, octets.data(), static_cast<int>(octets.size())) > 0;
  }
  write_raw(octets);
  return true;
}

void Wire::send_close_notify() {
  if (tls_ != nullptr) SSL_shutdown(tls_);
}

}  // namespace mtasts::server
