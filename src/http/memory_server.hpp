// SPDX-License-Identifier: MIT
// cpp-httplib's server without its sockets: a whole request head in, the
// answer out, both in memory. For the files that derive a server from it; it
// brings the library along.
#pragma once

#include <httplib.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

namespace mtasts::http {

/// A stream that reads from one string and appends to another.
class MemoryStream final : public httplib::Stream {
 public:
  MemoryStream(std::string_view input, std::string& output)
      : input_(input), output_(output) {}

  bool is_readable() const override { return true; }
  ssize_t read(char* out, std::size_t size) override {
    const std::size_t take = std::min(size, input_.size());
    std::memcpy(out, input_.data(), take);
    input_.remove_prefix(take);
    return static_cast<ssize_t>(take);
  }
  ssize_t write(const char* octets, std::size_t size) override {
    output_.append(octets, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return INVALID_SOCKET; }

#ifdef __clang__
#pragma clang diagnostic ignored "-Winconsistent-missing-override"
#endif
  // NOLINTBEGIN(modernize-use-override): abstract in some versions only.
  virtual bool is_writable() const { return true; }    // 0.11, 0.18
  virtual bool wait_readable() const { return true; }  // 0.41
  virtual bool wait_writable() const { return true; }  // 0.41
  virtual time_t duration() const { return 0; }        // 0.41
  // NOLINTEND(modernize-use-override)

 private:
  std::string_view input_;
  std::string& output_;
};

class MemoryServer : public httplib::Server {
 public:
  /// Appends the answer to the request `head` to `out`. No octet of a client's
  /// may be in `head`: old versions parse fields by recursion.
  void run(std::string_view head, bool close, std::string& out) {
    MemoryStream stream(head, out);
    call(*this, stream, close);
  }

 private:
  /// The signatures of 0.11, of 0.18 and of 0.41.
  template <class S>
  static void call(S& self, MemoryStream& stream, bool close) {
    bool closed = false;
    if constexpr (requires {
                    self.process_request(stream, close, closed, nullptr);
                  }) {
      self.process_request(stream, close, closed, nullptr);
    } else if constexpr (requires {
                           self.process_request(stream, std::string(), 0,
                                                std::string(), 0, close, closed,
                                                nullptr);
                         }) {
      self.process_request(stream, std::string(), 0, std::string(), 0, close,
                           closed, nullptr);
    } else {
      bool upgraded = false;
      self.process_request(stream, std::string(), 0, std::string(), 0, close,
                           closed, nullptr, &upgraded);
    }
  }
};

}  // namespace mtasts::http
