// SPDX-License-Identifier: MIT
#include "tls/client_hello.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace mtasts::tls {
namespace {

constexpr unsigned char k_handshake = 22;
constexpr unsigned char k_major_version = 3;  // SSL 3.0 to TLS 1.3
constexpr char k_client_hello = 1;
constexpr std::size_t k_message_header_octets = 4;
constexpr std::size_t k_max_fragment_octets = 1 << 14;  // RFC 8446, 5.1

std::size_t number(std::string_view octets) {
  std::size_t value = 0;
  for (const char octet : octets) {
    value = value << 8U | static_cast<unsigned char>(octet);
  }
  return value;
}

/// Takes a vector with a length of `length_octets` off the front. Nothing if it
/// is cut short.
std::optional<std::string_view> take_vector(std::string_view& octets,
                                            std::size_t length_octets) {
  if (octets.size() < length_octets) return std::nullopt;
  const std::size_t size = number(octets.substr(0, length_octets));
  if (octets.size() - length_octets < size) return std::nullopt;
  const std::string_view vector = octets.substr(length_octets, size);
  octets.remove_prefix(length_octets + size);
  return vector;
}

/// Takes what stands in front of the extensions off the front. False when its
/// lengths do not add up.
bool skip_to_extensions(std::string_view& hello) {
  constexpr std::size_t k_version_and_random = 2 + 32;
  constexpr std::size_t k_max_session_id = 32;
  if (hello.size() < k_version_and_random) return false;
  hello.remove_prefix(k_version_and_random);
  const auto session = take_vector(hello, 1);
  const auto suites = take_vector(hello, 2);
  const auto compression = take_vector(hello, 1);
  return session && session->size() <= k_max_session_id && suites &&
         suites->size() % 2 == 0 && compression;
}

/// The lengths of all parts of a ClientHello add up.
bool is_well_formed(std::string_view hello) {
  if (!skip_to_extensions(hello)) return false;
  if (hello.empty()) return true;  // RFC 5246, 7.4.1.2
  std::optional<std::string_view> extensions = take_vector(hello, 2);
  if (!extensions || !hello.empty()) return false;
  while (!extensions->empty()) {
    if (extensions->size() < 2) return false;
    extensions->remove_prefix(2);  // its type
    if (!take_vector(*extensions, 2)) return false;
  }
  return true;
}

/// The body of the first extension with this type in a well-formed hello.
std::optional<std::string_view> find_extension(std::string_view hello,
                                               std::size_t type) {
  if (!skip_to_extensions(hello)) return std::nullopt;
  std::optional<std::string_view> extensions = take_vector(hello, 2);
  while (extensions && !extensions->empty()) {
    const std::size_t this_type = number(extensions->substr(0, 2));
    extensions->remove_prefix(2);
    const auto body = take_vector(*extensions, 2);
    if (this_type == type) return body;
  }
  return std::nullopt;
}

}  // namespace

std::size_t HelloReader::take(std::string_view octets) {
  std::size_t used = 0;
  while (used < octets.size() && state_ == State::incomplete) {
    if (left_ == 0) {
      header_[header_size_++] = static_cast<unsigned char>(octets[used++]);
      take_header();
      continue;
    }
    const std::string_view fragment = octets.substr(used, left_);
    used += fragment.size();
    left_ = static_cast<std::uint16_t>(left_ - fragment.size());
    if (left_ == 0) header_size_ = 0;
    take_fragment(fragment);
  }
  return used;
}

/// As soon as an octet tells: a record that is not wanted may never be whole.
void HelloReader::take_header() {
  const bool is_handshake = header_[0] == k_handshake;
  if (header_size_ == 2 && header_[1] != k_major_version) {
    return refuse(is_handshake ? Alert::protocol_version : Alert::none);
  }
  if (header_size_ == 2 && !is_handshake) {
    return refuse(Alert::unexpected_message);
  }
  if (header_size_ < header_.size()) return;
  const std::size_t size = std::size_t{header_[3]} << 8U | header_[4];
  if (size > k_max_fragment_octets) return refuse(Alert::record_overflow);
  // RFC 8446, 5.1 and 5.4.
  if (size == 0) return refuse(Alert::unexpected_message);
  if (message_.size() + size > k_max_client_hello_octets) {
    return refuse(Alert::illegal_parameter);
  }
  left_ = static_cast<std::uint16_t>(size);
}

void HelloReader::take_fragment(std::string_view fragment) {
  if (size_ == 0) {  // a few octets, which std::string has room for
    const std::size_t lacking = k_message_header_octets - message_.size();
    message_ += fragment.substr(0, lacking);
    fragment.remove_prefix(std::min(lacking, fragment.size()));
    if (message_[0] != k_client_hello) {
      return refuse(Alert::unexpected_message);
    }
    if (message_.size() < k_message_header_octets) return;
    size_ = k_message_header_octets + number(message_.substr(1));
    if (size_ > k_max_client_hello_octets) {
      return refuse(Alert::illegal_parameter);
    }
  }
  // RFC 8446, 5.1: nothing of another message may share its last record.
  if (message_.size() + fragment.size() + left_ > size_) {
    return refuse(Alert::unexpected_message);
  }
  append(fragment);
  if (message_.size() < size_) return;
  const std::string_view hello(message_);
  if (!is_well_formed(hello.substr(k_message_header_octets))) {
    return refuse(Alert::decode_error);
  }
  state_ = State::whole;
}

/// Makes room for what has come, and never for more than the hello has: what
/// it announces may never come, and std::string would take twice of it.
void HelloReader::append(std::string_view octets) {
  const std::size_t size = message_.size() + octets.size();
  if (size > message_.capacity()) {
    std::string larger;
    larger.reserve(std::min(size_, size + size / 4));
    larger = message_;
    message_ = std::move(larger);
  }
  message_ += octets;
}

void HelloReader::refuse(Alert alert) {
  state_ = State::refused;
  alert_ = alert;
}

bool HelloReader::offers_only(std::string_view protocol) const {
  constexpr std::size_t k_alpn = 16;  // RFC 7301, 6
  std::optional<std::string_view> body = find_extension(
      std::string_view(message_).substr(k_message_header_octets), k_alpn);
  // ProtocolName protocol_name_list<2..2^16-1>; opaque ProtocolName<1..2^8-1>
  std::optional<std::string_view> names;
  if (body) names = take_vector(*body, 2);
  return names && body->empty() && take_vector(*names, 1) == protocol &&
         names->empty();
}

std::string HelloReader::as_record() const {
  std::string record{
      static_cast<char>(k_handshake), static_cast<char>(header_[1]),
      static_cast<char>(header_[2]), static_cast<char>(message_.size() >> 8U),
      static_cast<char>(message_.size() & 0xFFU)};
  return record += message_;
}

std::string format_alert(Alert alert) {
  constexpr char k_alert = 21;
  constexpr char k_fatal = 2;
  return {k_alert, k_major_version, 3, 0, 2, k_fatal, static_cast<char>(alert)};
}

}  // namespace mtasts::tls
