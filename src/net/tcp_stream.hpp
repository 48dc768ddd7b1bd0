// SPDX-License-Identifier: MIT
// A TCP connection that we have made, with one deadline for all of it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "net/endpoint.hpp"
#include "net/reach.hpp"
#include "net/stream.hpp"

namespace mtasts::net {

using Deadline = std::chrono::steady_clock::time_point;

/// "192.0.2.1:25", "[2001:db8::1]:25".
std::string format_endpoint(const Endpoint& endpoint);

/// False for loopback, private, link-local, shared, documentation, multicast
/// and reserved addresses (RFC 6890): whoever writes DNS records could make us
/// ask services that trust this machine.
bool is_public(const std::string& address);

class TcpStream final : public Stream {
 public:
  ~TcpStream() override;
  TcpStream(const TcpStream&) = delete;
  TcpStream& operator=(const TcpStream&) = delete;

  Result<std::size_t> read(std::span<char> into) override;
  Result<void> write(std::string_view octets) override;

  /// Non-blocking; stays ours.
  int fd() const { return fd_; }
  Deadline deadline() const { return deadline_; }
  /// Never moves the deadline further away.
  void end_by(Deadline deadline) { deadline_ = std::min(deadline_, deadline); }
  /// True when there are octets to read, or the end, without waiting.
  bool is_readable() const;

 private:
  friend struct Connector;
  TcpStream(int fd, Deadline deadline) : fd_(fd), deadline_(deadline) {}

  int fd_;
  Deadline deadline_;
};

struct Connected {
  Reach reach = Reach::not_tried;
  std::string reason = {};  // what the system says; empty: reached
  std::unique_ptr<TcpStream> stream = {};  // null unless reached
};

/// Connects until `connect_until` at the latest; the stream then ends at
/// `deadline`.
Connected connect(const Endpoint& endpoint, Deadline connect_until,
                  Deadline deadline);

/// Waits until `fd` can be read, or written, as `events` of poll(2) say; false
/// at the deadline.
bool wait_for(int fd, short events, Deadline deadline);

/// Whether this machine has a way to the public addresses of each kind; asks
/// its routing table, sends nothing.
bool has_ipv4_route();
bool has_ipv6_route();

}  // namespace mtasts::net
