// SPDX-License-Identifier: MIT
// Against servers on this machine, each of which has one thread and one script.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "temp_dir.hpp"
#include "test_certificates.hpp"
#include "tls/peer_check.hpp"
#include "verify/policy_probe.hpp"

namespace mtasts::verify {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view k_host = "mta-sts.alpha.test";

/// One TLS connection after the other, until it is destroyed.
class TlsServer {
 public:
  /// What is said to each request; the connection ends behind it. With nothing
  /// to say it is only read from, to its end.
  TlsServer(const TestPair& pair, std::string says)
      : says_(std::move(says)),
        context_(SSL_CTX_new(TLS_server_method())),
        listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    SSL_CTX_use_certificate(context_.get(), pair.certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), pair.key.get());
    SSL_CTX_set_alpn_select_cb(context_.get(), choose_protocol, nullptr);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, generic, size), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    EXPECT_EQ(::getsockname(listener_, generic, &size), 0);
    endpoint = {"127.0.0.1", ntohs(address.sin_port)};
  }
  ~TlsServer() { stop(); }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  SSL_CTX* context() { return context_.get(); }
  void start() {
    thread_ = std::thread([this] { run(); });
  }
  /// Whoever wants to read what it has heard stops it first.
  void stop() {
    if (thread_.joinable()) {
      ::shutdown(listener_, SHUT_RDWR);  // which ends its accept(2)
      thread_.join();
    }
    if (listener_ >= 0) ::close(std::exchange(listener_, -1));
  }

  net::Endpoint endpoint;
  std::string heard = {};  // all requests

 private:
  static int choose_protocol(SSL*, const unsigned char** out,
                             unsigned char* size, const unsigned char* in,
                             unsigned, void*) {
    *out = in + 1;
    *size = in[0];
    return SSL_TLSEXT_ERR_OK;
  }

  void run() {
    for (;;) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      const tls::Owned<SSL, SSL_free> session(SSL_new(context_.get()));
      SSL_set_fd(session.get(), fd);
      if (SSL_accept(session.get()) == 1) answer(session.get());
      ERR_clear_error();
      ::close(fd);
    }
  }

  void answer(SSL* session) {
    std::array<char, 4096> chunk;
    int got = 0;
    while ((got = SSL_read(session, chunk.data(), chunk.size())) > 0) {
      heard.append(chunk.data(), static_cast<std::size_t>(got));
      const bool has_body = heard.starts_with("POST");
      const bool is_whole = heard.ends_with(has_body ? "{}" : "\r\n\r\n");
      if (!is_whole || says_.empty()) continue;
      SSL_write(session, says_.data(), static_cast<int>(says_.size()));
      SSL_shutdown(session);
      return;
    }
  }

  const std::string says_;
  const tls::Owned<SSL_CTX, SSL_CTX_free> context_;
  int listener_;
  std::thread thread_;
};

class PolicyProbe : public testing::Test {
 protected:
  PolicyProbe()
      // The server writes tickets to who has left already.
      : before_(std::signal(SIGPIPE, SIG_IGN)),
        root_(make_pair("CA")),
        leaf_(make_pair("DNS:" + std::string(k_host), KeyKind::ecdsa, {},
                        &root_)),
        store_(*tls::TrustStore::load(dir_.write("root.pem", root_.pem()))) {}

  ~PolicyProbe() override { std::signal(SIGPIPE, before_); }

  tls::PeerFacts shown() const {
    return {.is_established = true,
            .version = "TLSv1.3",
            .protocol = "http/1.1",
            .chain = {tls::describe_certificate(leaf_.certificate.get())},
            .trust = tls::Trust::trusted};
  }
  /// What is seen, but for how long it took.
  Fetch probe(const TlsServer& server, milliseconds time = milliseconds(20'000),
              bool challenge = false) {
    Fetch fetch = probe_policy({.endpoint = server.endpoint,
                                .host = std::string(k_host),
                                .challenge = challenge,
                                .time = time},
                               store_);
    EXPECT_GE(fetch.time, milliseconds(0));
    fetch.time = {};
    return fetch;
  }
  Fetch reached(const TlsServer& server) const {
    return {.address = "127.0.0.1",
            .port = server.endpoint.port,
            .reach = net::Reach::reached,
            .tls = shown(),
            .without_name = shown().chain.front()};
  }

  void (*before_)(int);
  TempDir dir_;
  TestPair root_;
  TestPair leaf_;
  tls::TrustStore store_;
};

TEST_F(PolicyProbe, FetchesAsASenderDoes) {
  TlsServer server(leaf_,
                   "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                   "Content-Length: 4\r\n\r\nbody");
  server.start();
  Fetch expected = reached(server);
  expected.status = 200;
  expected.content_type = "text/plain";
  expected.body = "body";
  EXPECT_EQ(probe(server), expected);
  server.stop();
  EXPECT_TRUE(
      server.heard.starts_with("GET /.well-known/mta-sts.txt HTTP/1.1\r\n"))
      << server.heard;
  for (const std::string_view field :
       {"Host: mta-sts.alpha.test\r\n", "Accept: text/plain\r\n",
        "Connection: close\r\n", "User-Agent: mta-sts/"}) {
    EXPECT_NE(server.heard.find(field), std::string::npos) << field;
  }
  EXPECT_EQ(server.heard.find("Accept-Encoding"), std::string::npos);
}

TEST_F(PolicyProbe, FollowsNothing) {
  TlsServer server(leaf_,
                   "HTTP/1.1 301 Moved\r\nLocation: https://www.alpha.test/\r\n"
                   "Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\nbody");
  server.start();
  Fetch expected = reached(server);
  expected.status = 301;
  expected.location = "https://www.alpha.test/";
  expected.content_encoding = "gzip";
  expected.body = "body";
  expected.broken = "ended 6 octets early";
  EXPECT_EQ(probe(server), expected);
}

TEST_F(PolicyProbe, TellsWhatIsNoHttp) {
  TlsServer server(leaf_, "220 alpha.test ESMTP\r\n");
  server.start();
  Fetch expected = reached(server);
  expected.http_failure = "no answer that is HTTP";
  EXPECT_EQ(probe(server), expected);
}

TEST_F(PolicyProbe, EndsAtItsDeadline) {
  TlsServer server(leaf_, "");
  server.start();
  Fetch expected = reached(server);
  expected.http_failure = "nothing came in time";
  EXPECT_EQ(probe(server, milliseconds(1'000)), expected);
}

TEST_F(PolicyProbe, NamesTheAlertAndTriesWithoutName) {
  TlsServer server(leaf_, "");
  SSL_CTX_set_tlsext_servername_callback(
      server.context(), +[](SSL* session, int* alert, void*) {
        *alert = SSL_AD_UNRECOGNIZED_NAME;
        return SSL_get_servername(session, TLSEXT_NAMETYPE_host_name) == nullptr
                   ? SSL_TLSEXT_ERR_OK
                   : SSL_TLSEXT_ERR_ALERT_FATAL;
      });
  server.start();
  Fetch expected = reached(server);
  expected.tls = {.failure = "alert 112 (unrecognized name)"};
  EXPECT_EQ(probe(server), expected);
}

TEST_F(PolicyProbe, ShakesHandsWithWhatIsTooOld) {
  TlsServer server(leaf_,
                   "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  SSL_CTX_set_security_level(server.context(), 0);
  SSL_CTX_set_min_proto_version(server.context(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(server.context(), TLS1_1_VERSION);
  server.start();
  Fetch expected = reached(server);
  expected.tls.version = "TLSv1.1";
  expected.status = 404;
  EXPECT_EQ(probe(server), expected);
}

TEST_F(PolicyProbe, AsksAsACaDoes) {
  TlsServer server(leaf_,
                   "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  server.start();
  Fetch expected = reached(server);
  expected.status = 404;
  expected.challenge = shown();
  expected.challenge->protocol = "acme-tls/1";
  EXPECT_EQ(probe(server, milliseconds(20'000), true), expected);
}

TEST_F(PolicyProbe, TellsThatNobodyListens) {
  TlsServer server(leaf_, "");
  server.stop();
  EXPECT_EQ(probe(server), (Fetch{.address = "127.0.0.1",
                                  .port = server.endpoint.port,
                                  .reach = net::Reach::refused,
                                  .reason = "Connection refused"}));
}

TEST_F(PolicyProbe, PostsAnEmptyReport) {
  TlsServer server(leaf_,
                   "HTTP/1.1 405 Method Not Allowed\r\n"
                   "Content-Length: 0\r\n\r\n");
  server.start();
  ReportTarget target{.uri = "https://mta-sts.alpha.test/r",
                      .host = std::string(k_host)};
  ReportTarget expected = target;
  probe_report_uri(server.endpoint, "/r", store_, milliseconds(20'000), target);
  expected.reach = net::Reach::reached;
  expected.tls = shown();
  expected.status = 405;
  EXPECT_EQ(target, expected);
  server.stop();
  EXPECT_TRUE(server.heard.starts_with("POST /r HTTP/1.1\r\n")) << server.heard;
  EXPECT_TRUE(server.heard.ends_with("\r\n\r\n{}")) << server.heard;
  EXPECT_NE(server.heard.find("Content-Type: application/tlsrpt+json\r\n"),
            std::string::npos);
}

}  // namespace
}  // namespace mtasts::verify
