// SPDX-License-Identifier: MIT
// A mail server on 127.0.0.1 that does what a test has written, one connection
// after the other.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "net/endpoint.hpp"
#include "tls/openssl.hpp"

namespace mtasts::verify {

/// One connection, as the server sees it.
class MailSession {
 public:
  MailSession(int fd, std::vector<std::string>& heard)
      : fd_(fd), heard_(heard) {}
  ~MailSession() {
    tls_.reset();
    ::close(fd_);
  }
  MailSession(const MailSession&) = delete;
  MailSession& operator=(const MailSession&) = delete;

  /// False when the client has gone.
  bool say(std::string_view octets) {
    const auto size = static_cast<int>(octets.size());
    if (tls_) return SSL_write(tls_.get(), octets.data(), size) == size;
    return ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL) == size;
  }
  /// The next line, without its end; empty at the end of all.
  std::string hear() {
    std::string line;
    for (char c = 0; read_one(c);) {
      if (c == '\n') break;
      if (c != '\r') line += c;
    }
    if (!line.empty()) heard_.push_back(line);
    return line;
  }
  /// Hears one line, and answers with `reply`.
  void answer(std::string_view reply) {
    hear();
    say(reply);
  }
  /// Whatever there is to hear: a ClientHello, say.
  void hear_octets() {
    std::array<char, 16 * 1024> octets;
    EXPECT_GT(::recv(fd_, octets.data(), octets.size(), 0), 0);
  }
  /// Until the client has gone.
  void hear_end() {
    for (char c = 0; read_one(c);) {
    }
  }
  bool begin_tls(SSL_CTX* context) {
    tls_.reset(SSL_new(context));
    SSL_set_fd(tls_.get(), fd_);
    return SSL_accept(tls_.get()) == 1;
  }
  /// What is closed now is reset.
  void make_abrupt() const {
    const linger none{.l_onoff = 1, .l_linger = 0};
    EXPECT_EQ(::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &none, sizeof none), 0);
  }

 private:
  bool read_one(char& c) {
    return tls_ ? SSL_read(tls_.get(), &c, 1) == 1 : ::recv(fd_, &c, 1, 0) == 1;
  }

  int fd_;
  std::vector<std::string>& heard_;
  tls::Owned<SSL, SSL_free> tls_ = {};
};

class ScriptedMailServer {
 public:
  using Script = std::function<void(MailSession&)>;

  explicit ScriptedMailServer(Script script)
      : script_(std::move(script)),
        listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to who has gone
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, generic, size), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    EXPECT_EQ(::getsockname(listener_, generic, &size), 0);
    endpoint_ = {"127.0.0.1", ntohs(address.sin_port)};
    thread_ = std::thread([this] { run(); });
  }
  ~ScriptedMailServer() {
    finish();
    ::close(listener_);
  }
  ScriptedMailServer(const ScriptedMailServer&) = delete;
  ScriptedMailServer& operator=(const ScriptedMailServer&) = delete;

  const net::Endpoint& endpoint() const { return endpoint_; }

  /// Takes no more connections; the lines that it has heard on all.
  const std::vector<std::string>& finish() {
    ::shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    return heard_;
  }

 private:
  void run() {
    for (;;) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      MailSession session(fd, heard_);
      script_(session);
      ERR_clear_error();
    }
  }

  Script script_;
  int listener_;
  net::Endpoint endpoint_ = {};
  std::vector<std::string> heard_ = {};
  std::thread thread_ = {};
};

}  // namespace mtasts::verify
