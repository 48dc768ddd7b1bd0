// SPDX-License-Identifier: MIT
// Puts the ClientHello together that every TLS connection begins with, from
// records and fragments as they come, in a bounded buffer. It looks at the
// outer form alone: what the hello offers is for OpenSSL to judge.
//
// RFC 8446, 5.1:                       RFC 8446, 4 and 4.1.2:
//   struct {                             struct {
//     ContentType type;      22            HandshakeType msg_type;   1
//     ProtocolVersion;       03 xx         uint24 length;
//     uint16 length;                       ProtocolVersion legacy_version;
//     opaque fragment[];                   Random random;            32
//   } TLSPlaintext;                        opaque session_id<0..32>;
//                                          CipherSuite suites<2..2^16-2>;
// A message may be spread over records     opaque compression<1..2^8-1>;
// as its sender likes, but a fragment      Extension extensions<0..2^16-1>;
// of a handshake is never empty.         } ClientHello;
//
// RFC 5246, 7.4.1.2 has the same, where the extensions may be missing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mtasts::tls {

/// Real ones have 200 to 2000 octets, with a key share against quantum
/// computers and padding; OpenSSL would take 131,396.
constexpr std::size_t k_max_client_hello_octets = 4352;

/// RFC 8446, 6.2.
enum class Alert : std::uint8_t {
  none = 0,  // refused without a word: it is no TLS at all
  unexpected_message = 10,
  record_overflow = 22,
  illegal_parameter = 47,
  decode_error = 50,
  protocol_version = 70,
};

class HelloReader {
 public:
  enum class State : std::uint8_t { incomplete, whole, refused };

  /// Takes what has come next. How much of it was used: what follows a whole
  /// hello is left.
  std::size_t take(std::string_view octets);

  State state() const { return state_; }
  /// When it is refused.
  Alert alert() const { return alert_; }
  /// When it is whole: whether its ALPN (RFC 7301, 3.1) has this one protocol
  /// and no other.
  bool offers_only(std::string_view protocol) const;
  /// When it is whole: the hello as one record.
  std::string as_record() const;

 private:
  void take_header();
  void take_fragment(std::string_view fragment);
  void append(std::string_view octets);
  void refuse(Alert alert);

  std::string message_;   // the handshake message, as far as it has come
  std::size_t size_ = 0;  // of all of it; 0: not known yet
  std::array<unsigned char, 5> header_{};  // of the record that is read now
  std::uint8_t header_size_ = 0;
  std::uint16_t left_ = 0;  // of that record
  State state_ = State::incomplete;
  Alert alert_ = Alert::none;
};

/// The record of a fatal alert, as it is sent before there are keys.
std::string format_alert(Alert alert);

}  // namespace mtasts::tls
