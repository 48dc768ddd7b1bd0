// SPDX-License-Identifier: MIT
// The least CPU time that a fetch can cost a server with this OpenSSL: the
// same full handshake and exchange over memory, without socket or HTTP. Only
// the server's calls are timed. Prints one JSON object.
#include <openssl/ssl.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>

namespace {

constexpr std::size_t k_request_octets = 110;
constexpr std::size_t k_answer_octets = 400;

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslPtr = std::unique_ptr<SSL, FreeSsl>;
using ContextPtr = std::unique_ptr<SSL_CTX, FreeSsl>;

void check(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "limit: error: %s\n", what);
  std::exit(1);
}

long long cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

/// What a server for one-time fetches sets: no tickets, no cache.
ContextPtr make_server(const char* chain, const char* key) {
  ContextPtr context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* ctx = context.get();
  SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(ctx, 0);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256");
  SSL_CTX_set_cipher_list(ctx,
                          "ECDHE-ECDSA-AES128-GCM-SHA256:"
                          "ECDHE-RSA-AES128-GCM-SHA256");
  SSL_CTX_set1_groups_list(ctx, "X25519:P-256");
  check(SSL_CTX_use_certificate_chain_file(ctx, chain) == 1, "chain");
  check(SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) == 1, "key");
  return context;
}

ContextPtr make_client(std::string_view tls) {
  ContextPtr context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* ctx = context.get();
  const int version = tls == "1.2" ? TLS1_2_VERSION : TLS1_3_VERSION;
  SSL_CTX_set_min_proto_version(ctx, version);
  SSL_CTX_set_max_proto_version(ctx, version);
  SSL_CTX_set1_groups_list(ctx, "X25519:P-256");
  return context;
}

/// One fetch; the nanoseconds of the server's part.
long long fetch(SSL_CTX* server_context, SSL_CTX* client_context) {
  const SslPtr client(SSL_new(client_context));
  SSL_set_connect_state(client.get());
  BIO* to_server = BIO_new(BIO_s_mem());
  BIO* to_client = BIO_new(BIO_s_mem());
  BIO_up_ref(to_server);
  BIO_up_ref(to_client);
  SSL_set_bio(client.get(), to_client, to_server);
  SSL_do_handshake(client.get());

  long long begin = cpu_ns();
  SslPtr server(SSL_new(server_context));
  SSL_set_accept_state(server.get());
  SSL_set_bio(server.get(), to_server, to_client);
  bool done = SSL_do_handshake(server.get()) == 1;
  long long spent = cpu_ns() - begin;
  // The client's last flight, with the request when it may send that now.
  const std::string request(k_request_octets, 'q');
  bool asked = false;
  while (!done || !asked) {
    if (!asked && SSL_do_handshake(client.get()) == 1) {
      check(SSL_write(client.get(), request.data(), k_request_octets) > 0,
            "client");
      asked = true;
    }
    if (done) break;
    begin = cpu_ns();
    done = SSL_do_handshake(server.get()) == 1;
    spent += cpu_ns() - begin;
  }
  const std::string answer(k_answer_octets, 'a');
  std::array<char, 16 * 1024> chunk;
  begin = cpu_ns();
  const int got = SSL_read(server.get(), chunk.data(), chunk.size());
  const int put = SSL_write(server.get(), answer.data(), k_answer_octets);
  SSL_shutdown(server.get());
  server.reset();
  spent += cpu_ns() - begin;
  check(got == k_request_octets && put == k_answer_octets, "exchange");
  check(SSL_read(client.get(), chunk.data(), chunk.size()) == k_answer_octets,
        "answer");
  return spent;
}

}  // namespace

int main(int argc, char** argv) {
  check(argc == 5, "usage: limit CHAIN KEY 1.2|1.3 COUNT");
  const ContextPtr server = make_server(argv[1], argv[2]);
  const ContextPtr client = make_client(argv[3]);
  const long count = std::strtol(argv[4], nullptr, 10);
  constexpr int k_warm_up = 20;
  for (int i = 0; i < k_warm_up; ++i) fetch(server.get(), client.get());
  long long spent = 0;
  for (long i = 0; i < count; ++i) spent += fetch(server.get(), client.get());
  std::printf("{\"fetches\": %ld, \"cpu_us\": %.2f}\n", count,
              static_cast<double>(spent) / 1000.0 / static_cast<double>(count));
  return 0;
}
