// SPDX-License-Identifier: MIT
#include "server/wire.hpp"

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
  const int got = wire->read(out, static_cast<std::size_t>(size));
  if (got > 0) return got;
  if (!wire->wants_more()) return 0;
  BIO_set_retry_read(bio);
  return -1;
}

int write_wire(BIO* bio, const char* octets, int size) {
  BIO_clear_retry_flags(bio);
  wire_of(bio)->write({octets, static_cast<std::size_t>(size)});
  return size;
}

long control_wire(BIO* bio, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH:  // flush() of the wire comes at the end of the turn
    case BIO_CTRL_DUP:
      return 1;
    case BIO_CTRL_EOF:
      return wire_of(bio)->wants_more() ? 0 : 1;
    default:
      return 0;
  }
}

int create_wire(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

MethodPtr make_method() {
  MethodPtr method(
      BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire"));
  if (method) {
    BIO_meth_set_read(method.get(), read_wire);
    BIO_meth_set_write(method.get(), write_wire);
    BIO_meth_set_ctrl(method.get(), control_wire);
    BIO_meth_set_create(method.get(), create_wire);
  }
  return method;
}

}  // namespace

void Wire::begin(int fd) {
  fd_ = fd;
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

int Wire::read(char* out, std::size_t size) {
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

BIO* make_wire_bio(Wire* wire) {
  static const MethodPtr k_method = make_method();
  if (!k_method) return nullptr;
  BIO* bio = BIO_new(k_method.get());
  if (bio != nullptr) BIO_set_data(bio, wire);
  return bio;
}

}  // namespace mtasts::server
