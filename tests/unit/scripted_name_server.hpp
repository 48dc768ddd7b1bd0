// SPDX-License-Identifier: MIT
// A name server on 127.0.0.1 that says what a test has written, and messages
// octet by octet.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "net/endpoint.hpp"

namespace mtasts::nameserver {

enum class By { udp, tcp };

class ScriptedNameServer {
 public:
  /// What to send for a message, one after the other; nothing is silence.
  using Script = std::function<std::vector<std::string>(std::string, By)>;

  explicit ScriptedNameServer(Script script) : script_(std::move(script)) {
    // The port of one may be taken for the other.
    for (int i = 0; i < 50 && !open(); ++i) {
    }
    stop_ = ::eventfd(0, EFD_CLOEXEC);
    thread_ = std::thread([this] { run(); });
  }
  ~ScriptedNameServer() {
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(stop_, &one, sizeof one), 8);
    thread_.join();
    for (const int fd : {udp_, tcp_, stop_}) ::close(fd);
  }
  ScriptedNameServer(const ScriptedNameServer&) = delete;
  ScriptedNameServer& operator=(const ScriptedNameServer&) = delete;

  net::Endpoint endpoint() const { return {"127.0.0.1", port_}; }
  int asked() const { return asked_; }

 private:
  bool open() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    udp_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    tcp_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool is_open = ::bind(udp_, generic, size) == 0 &&
                         ::getsockname(udp_, generic, &size) == 0 &&
                         ::bind(tcp_, generic, size) == 0 &&
                         ::listen(tcp_, 8) == 0;
    port_ = ntohs(address.sin_port);
    if (!is_open) {
      ::close(udp_);
      ::close(tcp_);
    }
    return is_open;
  }

  void run() {
    std::array<pollfd, 3> fds = {
        {{udp_, POLLIN, 0}, {tcp_, POLLIN, 0}, {stop_, POLLIN, 0}}};
    while (::poll(fds.data(), fds.size(), -1) >= 0) {
      if (fds[2].revents != 0) return;
      if (fds[0].revents != 0) answer_udp();
      if (fds[1].revents != 0) answer_tcp();
    }
  }

  void answer_udp() {
    std::string message(65535, '\0');
    sockaddr_in from{};
    socklen_t size = sizeof from;
    auto* generic = reinterpret_cast<sockaddr*>(&from);
    const ssize_t got =
        ::recvfrom(udp_, message.data(), message.size(), 0, generic, &size);
    if (got < 0) return;
    message.resize(static_cast<std::size_t>(got));
    ++asked_;
    for (const std::string& reply : script_(message, By::udp)) {
      ::sendto(udp_, reply.data(), reply.size(), 0, generic, size);
    }
  }

  void answer_tcp() {
    const int fd = ::accept4(tcp_, nullptr, nullptr, SOCK_CLOEXEC);
    std::array<unsigned char, 2> length{};
    if (::recv(fd, length.data(), 2, MSG_WAITALL) == 2) {
      std::string message(static_cast<std::size_t>(length[0] << 8 | length[1]),
                          '\0');
      ::recv(fd, message.data(), message.size(), MSG_WAITALL);
      ++asked_;
      for (const std::string& reply : script_(message, By::tcp)) {
        std::string sent = {static_cast<char>(reply.size() >> 8),
                            static_cast<char>(reply.size())};
        sent += reply;
        ::send(fd, sent.data(), sent.size(), MSG_NOSIGNAL);
      }
    }
    ::close(fd);
  }

  Script script_;
  int udp_ = -1;
  int tcp_ = -1;
  int stop_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> asked_ = 0;
  std::thread thread_;
};

// --- Messages ---

inline std::string two(unsigned value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value)};
}

inline std::string four(std::uint32_t value) {
  return two(value >> 16) + two(value & 0xffff);
}

/// "a.test" as it is sent; "" is the root.
inline std::string wire(std::string_view name) {
  std::string octets;
  while (!name.empty()) {
    const std::size_t size = std::min(name.find('.'), name.size());
    octets += static_cast<char>(size);
    octets += name.substr(0, size);
    name.remove_prefix(std::min(size + 1, name.size()));
  }
  return octets + '\0';
}

/// A character string.
inline std::string counted(std::string_view text) {
  return static_cast<char>(text.size()) + std::string(text);
}

constexpr unsigned k_a = 1, k_ns = 2, k_cname = 5, k_soa = 6, k_mx = 15,
                   k_txt = 16, k_opt = 41, k_tlsa = 52, k_caa = 257;

/// `owner` is in wire form.
inline std::string record(std::string_view owner, unsigned type,
                          std::string_view data, std::uint32_t ttl = 60) {
  return std::string(owner) + two(type) + two(1) + four(ttl) +
         two(static_cast<unsigned>(data.size())) + std::string(data);
}

inline std::string soa(std::string_view zone, std::uint32_t minimum,
                       std::uint32_t ttl) {
  return record(wire(zone), k_soa,
                wire("ns." + std::string(zone)) + wire("root.test") + four(1) +
                    four(2) + four(3) + four(4) + four(minimum),
                ttl);
}

/// EDNS with an extended error (RFC 8914, 2).
inline std::string extended_error(unsigned code, std::string_view text) {
  const std::string value = two(code) + std::string(text);
  const std::string option =
      two(15) + two(static_cast<unsigned>(value.size())) + value;
  return std::string(1, '\0') + two(k_opt) + two(1232) + four(0) +
         two(static_cast<unsigned>(option.size())) + option;
}

struct Sections {
  std::vector<std::string> answer = {};
  std::vector<std::string> authority = {};
  std::vector<std::string> additional = {};
};

// Bits of the header.
constexpr unsigned k_qr = 0x8000, k_aa = 0x0400, k_tc = 0x0200, k_ad = 0x0020;

/// With the id and the question of `message`; `flags` have the RCODE too.
inline std::string reply_to(std::string_view message, unsigned flags,
                            const Sections& sections = {}) {
  std::size_t end = 12;
  while (message[end] != 0) {
    end += 1 + static_cast<unsigned char>(message[end]);
  }
  std::string reply(message.substr(0, 2));
  reply += two(k_qr | flags) + two(1);
  std::string records;
  for (const auto* section :
       {&sections.answer, &sections.authority, &sections.additional}) {
    reply += two(static_cast<unsigned>(section->size()));
    for (const std::string& one : *section) records += one;
  }
  return reply + std::string(message.substr(12, end + 5 - 12)) + records;
}

}  // namespace mtasts::nameserver
