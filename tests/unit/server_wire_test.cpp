// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "process/clock.hpp"
#include "server/wire.hpp"
#include "test_certificates.hpp"

namespace mtasts::server {
namespace {

/// A wire at one end of a pair of sockets.
class ServerWire : public testing::Test {
 protected:
  ServerWire() {
    EXPECT_EQ(
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_.data()), 0);
  }
  ~ServerWire() override {
    for (const int end : ends_) ::close(end);
  }

  void send(std::string_view octets) const {
    EXPECT_EQ(::send(ends_[0], octets.data(), octets.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(octets.size()));
  }
  void close_client() { ::close(std::exchange(ends_[0], -1)); }

  /// What a whole turn reads.
  std::size_t read_all() {
    std::size_t sum = 0;
    while (read() == Input::octets) sum += octets_.size();
    return sum;
  }
  Input read() { return wire_->read(room_, octets_); }

  std::array<int, 2> ends_{};
  const std::unique_ptr<Wire> wire_ = std::make_unique<Wire>();
  std::array<char, 1000> room_;
  std::string_view octets_;
};

TEST_F(ServerWire, ReadsTheSocketOnceInATurn) {
  const std::string octets(12 * 1024, 'x');
  send(octets);
  std::size_t sum = 0;
  for (const std::size_t want : {8 * 1024, 4 * 1024, 0}) {
    wire_->begin(ends_[1], nullptr);
    const std::size_t got = read_all();
    EXPECT_EQ(got, want);
    EXPECT_TRUE(wire_->wants_more());
    EXPECT_EQ(wire_->has_moved(), want > 0);
    sum += got;
  }
  EXPECT_EQ(sum, octets.size());
  close_client();
  wire_->begin(ends_[1], nullptr);
  wire_->put_back("over");
  wire_->put_back("left ");
  EXPECT_EQ(wire_->unread(), "left over");
  EXPECT_EQ(read_all(), 9U);
  EXPECT_TRUE(wire_->has_ended());
  EXPECT_EQ(read(), Input::end);
}

/// With a client of OpenSSL's own at the other end.
class ServerWireTls : public ServerWire {
 protected:
  void TearDown() override { ERR_clear_error(); }

  /// `name` may be null.
  void connect(const char* name) {
    close_client();
    ::close(ends_[1]);
    ASSERT_EQ(
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_.data()), 0);
    client_.reset(SSL_new(client_context_.get()));
    SSL_set_fd(client_.get(), ends_[0]);
    SSL_set_connect_state(client_.get());
    SSL_set_security_level(client_.get(), 0);
    if (name != nullptr) SSL_set_tlsext_host_name(client_.get(), name);
    wire_->begin(ends_[1], nullptr);
    server_ = wire_->start_tls(context_.get(), &selector_);
    ASSERT_NE(server_, nullptr);
  }

  std::optional<Handshake> shake_hands() {
    std::optional<Handshake> result;
    for (int round = 0; round < 10 && !result; ++round) {
      SSL_do_handshake(client_.get());
      wire_->begin(ends_[1], server_.get());
      result = wire_->handshake();
      wire_->flush();
    }
    return result;
  }

  const tls::ContextPtr context_ = *tls::make_context();
  const tls::ContextPtr client_context_{SSL_CTX_new(TLS_client_method())};
  tls::Selector selector_{.store = std::make_shared<tls::CertificateStore>(
                              std::vector<tls::CertificatePtr>{make_certificate(
                                  make_pair("DNS:a.example"))}),
                          .cache = {},
                          .clock = process::this_second};
  tls::SslPtr server_;
  tls::SslPtr client_;
};

TEST_F(ServerWireTls, SaysHowAHandshakeWent) {
  connect("a.example");
  EXPECT_EQ(shake_hands(), Handshake::done);
  connect("b.example");
  EXPECT_EQ(shake_hands(), Handshake::unknown_name);
  connect(nullptr);
  EXPECT_EQ(shake_hands(), Handshake::no_name);
  connect("a.example");
  SSL_set_max_proto_version(client_.get(), TLS1_1_VERSION);
  EXPECT_EQ(shake_hands(), Handshake::protocol_too_old);
  connect("a.example");
  constexpr std::array<unsigned char, 3> k_http2 = {2, 'h', '2'};
  SSL_set_alpn_protos(client_.get(), k_http2.data(), k_http2.size());
  EXPECT_EQ(shake_hands(), Handshake::other_protocol);
  connect("a.example");
  SSL_set_max_proto_version(client_.get(), TLS1_2_VERSION);
  SSL_set_cipher_list(client_.get(), "ECDHE-ECDSA-AES128-SHA");
  EXPECT_EQ(shake_hands(), Handshake::no_common_cipher);
  connect("a.example");
  SSL_set_verify(client_.get(), SSL_VERIFY_PEER, nullptr);  // it knows no root
  EXPECT_EQ(shake_hands(), Handshake::broken_off);
  connect("a.example");
  send("no record of TLS at all");
  EXPECT_EQ(wire_->handshake(), Handshake::failed);
  connect("a.example");
  EXPECT_EQ(wire_->handshake(), std::nullopt);
  close_client();
  wire_->begin(ends_[1], server_.get());
  EXPECT_EQ(wire_->handshake(), Handshake::broken_off);
}

TEST_F(ServerWireTls, CarriesOctetsAndTheEndOfEitherSide) {
  connect("a.example");
  ASSERT_EQ(shake_hands(), Handshake::done);
  EXPECT_EQ(SSL_write(client_.get(), "question", 8), 8);
  wire_->begin(ends_[1], server_.get());
  EXPECT_EQ(read(), Input::octets);
  EXPECT_EQ(octets_, "question");
  EXPECT_EQ(read(), Input::nothing_yet);
  EXPECT_TRUE(wire_->write("answer"));
  wire_->send_close_notify();
  EXPECT_TRUE(wire_->flush());
  std::array<char, 10> got{};
  EXPECT_EQ(SSL_read(client_.get(), got.data(), got.size()), 6);
  EXPECT_EQ(std::string_view(got.data()), "answer");
  const int end = SSL_read(client_.get(), got.data(), got.size());
  EXPECT_EQ(SSL_get_error(client_.get(), end), SSL_ERROR_ZERO_RETURN);
  SSL_shutdown(client_.get());
  wire_->begin(ends_[1], server_.get());
  EXPECT_EQ(read(), Input::end);
}

TEST_F(ServerWireTls, FailsAtWhatIsNoRecordOfItsSession) {
  connect("a.example");
  ASSERT_EQ(shake_hands(), Handshake::done);
  send("no record of TLS at all");
  wire_->begin(ends_[1], server_.get());
  EXPECT_EQ(read(), Input::failure);
}

TEST_F(ServerWireTls, TakesNoErrorOfAnotherSessionForItsOwn) {
  connect("a.example");
  ASSERT_EQ(shake_hands(), Handshake::done);
  ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
  wire_->begin(ends_[1], server_.get());
  EXPECT_EQ(read(), Input::nothing_yet);
}

}  // namespace
}  // namespace mtasts::server
