// SPDX-License-Identifier: MIT
#include "nameserver/exchange.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "files/descriptor.hpp"
#include "net/socket_address.hpp"
#include "text/ascii.hpp"

namespace mtasts::nameserver {
namespace {

constexpr std::size_t k_header = 12;  // RFC 1035, 4.1.1
constexpr std::size_t k_max_octets = 65535;
// More than any question allows: what is longer can't be read.
constexpr std::size_t k_max_datagram = 4096;

int octet(std::string_view message, std::size_t at) {
  return static_cast<unsigned char>(message[at]);
}

int question_count(std::string_view message) {
  return octet(message, 4) << 8 | octet(message, 5);
}

/// The first question, a name that is not compressed, type and class; empty if
/// it does not end.
std::string_view first_question(std::string_view message) {
  std::size_t at = k_header;
  while (at < message.size() && octet(message, at) != 0) {
    if (octet(message, at) > 63) return {};  // a pointer, which nothing is
    at += 1 + static_cast<std::size_t>(octet(message, at));
  }
  constexpr std::size_t k_end_type_class = 5;
  if (at + k_end_type_class > message.size()) return {};
  return message.substr(k_header, at + k_end_type_class - k_header);
}

bool is_update(std::string_view message) {
  constexpr int k_update = 5;  // RFC 2136, 1.3
  return (octet(message, 2) >> 3 & 15) == k_update;
}

Failure fail_at(const net::Endpoint& server, std::string_view what) {
  return fail(fmt::format("{}: {}", net::format_endpoint(server), what));
}

/// Reads until `size` octets are there.
Result<std::string> read_exactly(net::Stream& stream, std::size_t size) {
  std::string octets(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const auto got = stream.read(std::span(octets).subspan(have));
    if (!got) return fail(got.error());
    if (*got == 0) return fail("ended before its answer did");
    have += *got;
  }
  return octets;
}

Result<std::string> exchange_over(net::Stream& stream,
                                  std::string_view message) {
  // RFC 1035, 4.2.2: a message has its length in front. Both in one segment.
  std::string sent;
  sent += static_cast<char>(message.size() >> 8);
  sent += static_cast<char>(message.size());
  sent += message;
  if (auto written = stream.write(sent); !written) {
    return fail(written.error());
  }
  const auto length = read_exactly(stream, 2);
  if (!length) return length;
  return read_exactly(stream, static_cast<std::size_t>(octet(*length, 0) << 8 |
                                                       octet(*length, 1)));
}

}  // namespace

bool is_reply(std::string_view reply, std::string_view message) {
  constexpr int k_response = 0x80;
  constexpr int k_opcode = 0x78;
  if (reply.size() < k_header || message.size() < k_header ||
      reply.substr(0, 2) != message.substr(0, 2) ||
      (octet(reply, 2) & k_response) == 0 ||
      ((octet(reply, 2) ^ octet(message, 2)) & k_opcode) != 0) {
    return false;
  }
  if (question_count(reply) == 0) {
    return header_rcode(reply) != 0 || is_update(message);
  }
  const std::string_view asked = first_question(message);
  // Upper case is no difference (RFC 4343), and a label's length no letter.
  return question_count(reply) == 1 && !asked.empty() &&
         text::to_lower(first_question(reply)) == text::to_lower(asked);
}

int header_rcode(std::string_view reply) { return octet(reply, 3) & 15; }

bool is_truncated(std::string_view reply) { return (octet(reply, 2) & 2) != 0; }

Result<std::string> exchange_by_udp(const net::Endpoint& server,
                                    std::string_view message,
                                    net::Deadline deadline) {
  const net::SocketAddress address = net::make_socket_address(server);
  if (address.size == 0)
    return fail_at(server, "no numeric address, or no such interface");
  // Connected, it takes nothing from other addresses, and learns that the port
  // is closed. A socket for each message is a port that nobody can guess.
  const files::Descriptor socket(
      ::socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.fd() < 0 ||
      ::connect(socket.fd(), address.data(), address.size) < 0 ||
      ::send(socket.fd(), message.data(), message.size(), MSG_NOSIGNAL) < 0) {
    return fail_at(server, format_errno(errno));
  }
  std::array<char, k_max_datagram> reply;
  bool has_others = false;
  while (net::wait_for(socket.fd(), POLLIN, deadline)) {
    const ssize_t got = ::recv(socket.fd(), reply.data(), reply.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got < 0) return fail_at(server, format_errno(errno));
    const std::string_view octets(reply.data(), static_cast<std::size_t>(got));
    if (is_reply(octets, message)) return std::string(octets);
    has_others = true;
  }
  return fail_at(server, has_others ? "no answer in time but to other questions"
                                    : "no answer in time");
}

Result<std::string> exchange_by_tcp(const net::Endpoint& server,
                                    std::string_view message,
                                    net::Deadline deadline) {
  if (message.size() > k_max_octets) {
    return fail_at(server, "the message has more than 65535 octets");
  }
  const net::Connected connected = net::connect(server, deadline, deadline);
  if (!connected.stream) {
    return fail_at(server, "by TCP: " + connected.reason);
  }
  auto reply = exchange_over(*connected.stream, message);
  if (!reply) return fail_at(server, "by TCP: " + reply.error().message);
  if (!is_reply(*reply, message)) {
    return fail_at(server, "by TCP: what came answers another question");
  }
  return reply;
}

}  // namespace mtasts::nameserver
