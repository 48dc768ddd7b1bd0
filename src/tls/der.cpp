// SPDX-License-Identifier: MIT
#include "tls/der.hpp"

#include <cstddef>

namespace mtasts::tls {

std::optional<DerElement> DerReader::next() {
  if (rest_.size() < 2) return std::nullopt;
  const auto octet = [this](std::size_t i) {
    return static_cast<std::uint8_t>(rest_[i]);
  };
  std::size_t size = octet(1);
  std::size_t start = 2;
  if (size >= 0x80) {
    const std::size_t count = size & 0x7FU;
    // Three octets are 16 MB: more than any file that is read.
    if (count == 0 || count > 3 || rest_.size() < 2 + count) return {};
    size = 0;
    for (; start < 2 + count; ++start) size = size << 8U | octet(start);
    if (size < 0x80 || octet(2) == 0) return std::nullopt;
  }
  if ((octet(0) & 0x1FU) == 0x1F || rest_.size() - start < size) return {};
  const DerElement element{octet(0), rest_.substr(start, size),
                           rest_.substr(0, start + size)};
  rest_.remove_prefix(start + size);
  return element;
}

std::optional<DerElement> DerReader::next(std::uint8_t tag) {
  if (rest_.empty() || static_cast<std::uint8_t>(rest_[0]) != tag) return {};
  return next();
}

std::string_view DerReader::take(std::uint8_t tag) {
  const std::optional<DerElement> element = next(tag);
  return element ? element->content : std::string_view{};
}

std::string_view only_sequence(std::string_view der) {
  DerReader reader(der);
  const std::string_view content = reader.take(k_sequence);
  return reader.is_at_end() ? content : std::string_view{};
}

std::string_view bits_of(std::string_view content) {
  return content.starts_with('\0') ? content.substr(1) : std::string_view{};
}

}  // namespace mtasts::tls
