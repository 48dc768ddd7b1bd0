// SPDX-License-Identifier: MIT
// The way between a socket and its SSL object. Reads are large and writes are
// gathered, in buffers that all connections of one thread share: so a fetch
// takes few system calls, and an idle connection holds no buffer at all.
#pragma once

#include <openssl/bio.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace mtasts::server {

/// The traffic of the one connection that a thread is busy with. begin() it
/// for a socket, let SSL work, then flush() and take what is left over.
class Wire {
 public:
  /// `unread` is what an earlier turn took from this socket and did not use.
  void begin(int fd, std::string_view unread);

  /// What came from the socket and nobody has read yet.
  std::string_view unread() const { return {input_.data() + read_, left_}; }

  /// Sends all that was written. False when the socket broke; what it did not
  /// take stays in unsent().
  bool flush();
  std::string& unsent() { return output_; }

  bool is_broken() const { return broken_; }
  bool has_ended() const { return ended_; }

  // For the BIO, and for a connection without TLS.
  int read(char* out, int size);
  void write(std::string_view octets) { output_ += octets; }
  bool wants_more() const { return !ended_ && !broken_; }

 private:
  bool fill();

  int fd_ = -1;
  // The buffer once for each turn, however much there is: records that OpenSSL
  // answers by itself (KeyUpdate, renegotiation) could else go on for ever.
  bool filled_ = false;
  bool ended_ = false;  // the peer has sent its FIN
  bool broken_ = false;
  std::size_t read_ = 0;
  std::size_t left_ = 0;
  // One TLS record of the greatest size fits, with room for its neighbours.
  std::array<char, 32 * 1024> input_;
  std::string output_;
};

/// A BIO for both directions over `wire`, which has to outlive it. Null when
/// memory is short.
BIO* make_wire_bio(Wire* wire);

}  // namespace mtasts::server
