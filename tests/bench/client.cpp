// SPDX-License-Identifier: MIT
// The client side of the benchmark. "fetch" does what a sending MTA does, again
// and again: a new TCP connection, a full TLS handshake, one GET of the policy,
// close. "hold" opens connections and keeps them, idle or dripping, until its
// standard input ends. Both print one JSON object.
#include "client.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace bench {

void fail(const std::string& what) {
  std::fprintf(stderr, "client: error: %s\n", what.c_str());
  std::exit(1);
}

Options::Options(int argc, char** argv) {
  for (int i = 2; i < argc; i += 2) {
    const std::string key = argv[i];
    if (i + 1 == argc || values_.count(key) == 0) fail("bad option " + key);
    values_[key] = argv[i + 1];
  }
}

long Options::number(const std::string& key) const {
  return std::strtol(text(key).c_str(), nullptr, 10);
}

ContextPtr make_context(const Options& options) {
  ContextPtr context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* ctx = context.get();
  const int version =
      options.text("--tls") == "1.2" ? TLS1_2_VERSION : TLS1_3_VERSION;
  const std::string& sigalgs = options.text("--sigalgs");
  const bool good =
      ctx != nullptr && SSL_CTX_set_min_proto_version(ctx, version) == 1 &&
      SSL_CTX_set_max_proto_version(ctx, version) == 1 &&
      SSL_CTX_set1_groups_list(ctx, options.text("--groups").c_str()) == 1 &&
      (sigalgs.empty() || SSL_CTX_set1_sigalgs_list(ctx, sigalgs.c_str()) == 1);
  if (!good) fail("a TLS option is not known to OpenSSL");
  // The client's own work is not measured: the chain is not verified.
  SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  return context;
}

SslPtr make_ssl(SSL_CTX* context, const std::string& name) {
  SslPtr ssl(SSL_new(context));
  if (!ssl) fail("out of memory");
  SSL_set_tlsext_host_name(ssl.get(), name.c_str());
  SSL_set_connect_state(ssl.get());
  return ssl;
}

namespace {

sockaddr_in loopback(std::uint32_t host, long port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

}  // namespace

/// Sources rotate: one address has too few ports for the closed connections
/// that the kernel remembers for a minute.
int start_connecting(long port, int flags) {
  static std::uint32_t turn = 0;
  constexpr std::uint32_t k_sources = 16;
  constexpr int k_on = 1;
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (fd < 0) fail(std::string("socket: ") + std::strerror(errno));
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &k_on, sizeof k_on);
  ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &k_on, sizeof k_on);
  const sockaddr_in from = loopback(++turn % k_sources, 0);
  const sockaddr_in to = loopback(0, port);
  ::bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 &&
      errno != EINPROGRESS) {
    fail(std::string("connect: ") + std::strerror(errno));
  }
  return fd;
}

std::string make_request(const Options& options, const std::string& name) {
  std::string request =
      "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: " + name +
      "\r\nUser-Agent: mta-stsd-bench/1\r\n";
  if (!options.text("--connection").empty()) {
    request += "Connection: " + options.text("--connection") + "\r\n";
  }
  return request + "\r\n";
}

}  // namespace bench

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  const bench::Options options(argc, argv);
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (mode == "fetch") return bench::run_fetches(options);
  if (mode == "hold") return bench::run_hold(options);
  bench::fail("usage: client fetch|hold [--option value]...");
}
