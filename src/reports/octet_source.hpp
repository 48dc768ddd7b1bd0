// SPDX-License-Identifier: MIT
// Octets that come a piece at a time, so that what is unpacked never has to be
// in memory as a whole.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "result.hpp"

namespace mtasts::reports {

class OctetSource {
 public:
  virtual ~OctetSource() = default;
  /// The next piece, which is good until the next call; empty at the end.
  virtual std::string_view read() = 0;
  /// Why the end came too early, once read() has returned nothing.
  virtual std::optional<Error> find_fault() const { return std::nullopt; }
};

constexpr std::size_t k_piece_octets = 16 * 1024;

/// What is in memory already.
class OctetsInMemory final : public OctetSource {
 public:
  explicit OctetsInMemory(std::string_view octets) : octets_(octets) {}
  std::string_view read() override {
    const std::string_view piece = octets_.substr(0, k_piece_octets);
    octets_.remove_prefix(piece.size());
    return piece;
  }

 private:
  std::string_view octets_;
};

/// Another source, whose first piece has been looked at.
class SeenSource final : public OctetSource {
 public:
  explicit SeenSource(OctetSource& source)
      : source_(source), first_(source.read()) {}

  std::string_view first() const { return first_; }
  std::string_view read() override {
    if (has_given_first_) return source_.read();
    has_given_first_ = true;
    return first_;
  }
  std::optional<Error> find_fault() const override {
    return source_.find_fault();
  }

 private:
  OctetSource& source_;
  std::string_view first_;
  bool has_given_first_ = false;
};

}  // namespace mtasts::reports
