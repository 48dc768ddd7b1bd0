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
  void begin(int fd);
  /// What was taken from this socket and not used, in this turn or before. It
  /// has to fit, beside what is unread now.
  void put_back(std::string_view octets);

  /// What came from the socket and nobody has read yet.
  std::string_view unread() const { return {input_.data() + read_, left_}; }

  /// Sends all that was written. False when the socket broke; what it did not
  /// take stays in unsent().
  bool flush();
  std::string& unsent() { return output_; }

  /// True once an octet was read or sent in this turn.
  bool has_moved() const { return moved_; }
  bool is_broken() const { return broken_; }
  bool has_ended() const { return ended_; }

  // For the BIO, and for a connection without TLS.
  int read(char* out, std::size_t size);
  void write(std::string_view octets) { output_ += octets; }
  bool wants_more() const { return !ended_ && !broken_; }

 private:
  bool fill();

  int fd_ = -1;
  // The buffer once for each turn, however much there is: records that OpenSSL
  // answers by itself (KeyUpdate, renegotiation) could else go on for ever.
  bool filled_ = false;
  bool moved_ = false;
  bool ended_ = false;  // the peer has sent its FIN
  bool broken_ = false;
  std::size_t read_ = 0;
  std::size_t left_ = 0;
  // Twice of what is read at a time: something may have been put back.
  std::array<char, 16 * 1024> input_;
  std::string output_;
};

/// A BIO for both directions over `wire`, which has to outlive it. Null when
/// memory is short.
BIO* make_wire_bio(Wire* wire);

}  // namespace mtasts::server
