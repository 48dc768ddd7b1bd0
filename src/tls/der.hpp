// SPDX-License-Identifier: MIT
// DER (X.690), as far as certificates and keys have it:
//
//   element = tag length content                                (8.1.1)
//   tag     = one octet: class, constructed or not, number      (8.1.2)
//   length  = 00 to 7F, or 80 + n and n octets; the shortest    (8.1.3, 10.1)
//
// so that 30 03 02 01 05 is a SEQUENCE of one INTEGER, which is 5. OpenSSL 3.0
// needs 200 us to parse a certificate and 125 us for a key; of many thousand
// only a few are in use at a time, and only those are parsed by it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mtasts::tls {

// X.690, 8.1.2 and 8.14: [n] is constructed where it is explicit.
constexpr std::uint8_t k_boolean = 0x01;
constexpr std::uint8_t k_integer = 0x02;
constexpr std::uint8_t k_bit_string = 0x03;
constexpr std::uint8_t k_octet_string = 0x04;
constexpr std::uint8_t k_oid = 0x06;
constexpr std::uint8_t k_utf8_string = 0x0C;
constexpr std::uint8_t k_printable_string = 0x13;
constexpr std::uint8_t k_ia5_string = 0x16;
constexpr std::uint8_t k_utc_time = 0x17;
constexpr std::uint8_t k_sequence = 0x30;
constexpr std::uint8_t k_set = 0x31;
constexpr std::uint8_t context_tag(unsigned number) {
  return static_cast<std::uint8_t>(0x80U | number);
}
constexpr std::uint8_t explicit_tag(unsigned number) {
  return static_cast<std::uint8_t>(0xA0U | number);
}

struct DerElement {
  std::uint8_t tag;
  std::string_view content;
  std::string_view whole;  // with its tag and length
};

/// Takes elements from the front of octets that have to outlive it.
class DerReader {
 public:
  explicit DerReader(std::string_view octets) : rest_(octets) {}

  bool is_at_end() const { return rest_.empty(); }

  /// Nothing when no whole element is left. A tag has one octet here, and a
  /// length its shortest form.
  std::optional<DerElement> next();

  /// Nothing, and nothing taken, when the next element has another tag.
  std::optional<DerElement> next(std::uint8_t tag);

  /// The content of the next element; empty when it has another tag.
  std::string_view take(std::uint8_t tag);

 private:
  std::string_view rest_;
};

/// The content of the SEQUENCE that all of `der` is; empty when it is none.
std::string_view only_sequence(std::string_view der);

/// The bits of a BIT STRING of whole octets, of which `content` has the count
/// of unused bits first (X.690, 8.6.2); empty when it is none.
std::string_view bits_of(std::string_view content);

}  // namespace mtasts::tls
