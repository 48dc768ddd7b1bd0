// SPDX-License-Identifier: MIT
#include "reports/inflate.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <utility>

namespace mtasts::reports {
namespace {

/// One that flushes a member for each line has a few. Each costs its set-up,
/// however little is in it.
constexpr std::size_t k_max_members = 64;
/// Either form, told by its head, with the largest window.
constexpr int k_window_bits = 15 + 32;
constexpr std::string_view k_gzip_magic = "\x1F\x8B";

bool is_zlib(std::string_view octets) {
  if (octets.size() < 2 || octets[0] != '\x78') return false;
  // RFC 1950, 2.2: the two octets are a multiple of 31.
  return (0x7800U + static_cast<unsigned char>(octets[1])) % 31 == 0;
}

}  // namespace

struct InflateSource::Stream {
  z_stream z{};
  std::array<char, k_piece_octets> slice;
  bool is_open = false;
};

bool is_deflated(std::string_view octets) {
  return octets.starts_with(k_gzip_magic) || is_zlib(octets);
}

InflateSource::InflateSource(OctetSource& source,
                             std::vector<tlsrpt::Anomaly>& anomalies)
    : source_(source),
      anomalies_(anomalies),
      stream_(std::make_unique<Stream>()) {
  stream_->is_open = ::inflateInit2(&stream_->z, k_window_bits) == Z_OK;
  if (!stream_->is_open) end(Error{"zlib has no memory", {}});
}

InflateSource::~InflateSource() {
  if (stream_->is_open) ::inflateEnd(&stream_->z);
}

void InflateSource::end(std::optional<Error> fault) {
  is_at_end_ = true;
  if (!fault_) fault_ = std::move(fault);
}

/// False when there is no more.
bool InflateSource::take_input() {
  z_stream& z = stream_->z;
  if (z.avail_in > 0) return true;
  const std::string_view piece = source_.read();
  // zlib has no const; it does not write there.
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
  z.avail_in = static_cast<uInt>(piece.size());
  return !piece.empty();
}

/// At the octets behind a member: another one, padding or garbage.
void InflateSource::begin_member() {
  if (!take_input()) return end(source_.find_fault());
  z_stream& z = stream_->z;
  // The second octet of the magic may be in the next piece; 1F is no padding.
  if (*z.next_in != static_cast<Bytef>(k_gzip_magic[0])) {
    tlsrpt::note_anomaly(anomalies_, tlsrpt::AnomalyKind::trailing, "gzip");
    return end(std::nullopt);
  }
  if (members_ == k_max_members) {
    return end(Error{
        fmt::format("the gzip has more than {} members", k_max_members), {}});
  }
  ::inflateReset(&z);
  is_between_members_ = false;
}

void InflateSource::finish_member() {
  ++members_;
  is_between_members_ = true;
}

std::string_view InflateSource::read() {
  z_stream& z = stream_->z;
  std::array<char, k_piece_octets>& slice = stream_->slice;
  z.next_out = reinterpret_cast<Bytef*>(slice.data());
  z.avail_out = static_cast<uInt>(slice.size());
  while (!is_at_end_ && z.avail_out > 0) {
    if (is_between_members_) {
      begin_member();
      continue;
    }
    if (!take_input()) {
      end(source_.find_fault().value_or(
          Error{"the gzip ends in the middle", {}}));
      break;
    }
    const int result = ::inflate(&z, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      finish_member();
    } else if (result != Z_OK) {
      end(Error{fmt::format("the gzip is broken: {}",
                            z.msg == nullptr ? "no reason given" : z.msg),
                {}});
    }
  }
  const std::size_t size = slice.size() - z.avail_out;
  inflated_ += size;
  if (inflated_ > k_max_inflated_octets) {
    end(Error{fmt::format("the gzip has more than {} MiB in it",
                          k_max_inflated_octets >> 20U),
              {}});
    return {};
  }
  return {slice.data(), size};
}

}  // namespace mtasts::reports
