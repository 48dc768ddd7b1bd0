// SPDX-License-Identifier: MIT
#include "sender.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace mtasts::scenario {
namespace {

constexpr int k_rounds = 10;  // messages in turn; TLS 1.3 needs three

/// Common name, which is the name in the scenario.
std::string name_of(const X509* certificate) {
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName,
                            name.data(), static_cast<int>(name.size()));
  return name.data();
}

/// The reason that the alert gives, such as "tlsv1 unrecognized name".
std::string last_alert() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason == nullptr ? "no reason" : reason;
}

struct Handshake {
  bool is_done = false;
  std::string text;
};

Handshake shake_hands(const Sender& sender, const std::string& host,
                      tls::Selector* selector, SSL_CTX* server_context) {
  const tls::ContextPtr context(SSL_CTX_new(TLS_client_method()));
  sender.trusted.trust(context.get());
  const tls::SslPtr server(SSL_new(server_context));
  const tls::SslPtr client(SSL_new(context.get()));
  BIO* to_client = nullptr;
  BIO* to_server = nullptr;
  BIO_new_bio_pair(&to_client, 0, &to_server, 0);
  SSL_set_bio(server.get(), to_client, to_client);
  SSL_set_bio(client.get(), to_server, to_server);
  SSL_set_app_data(server.get(), selector);
  SSL_set_accept_state(server.get());
  SSL_set_connect_state(client.get());
  SSL_set_tlsext_host_name(client.get(), host.c_str());
  SSL_set1_host(client.get(), host.c_str());
  X509_VERIFY_PARAM_set_time(SSL_get0_param(client.get()),
                             sender.now.time_since_epoch().count());
  // What is wrong is told, and the policy fetched all the same.
  SSL_set_verify(client.get(), SSL_VERIFY_NONE, nullptr);
  ERR_clear_error();
  std::string alert;
  for (int round = 0; round < k_rounds; ++round) {
    const int got = SSL_do_handshake(client.get());
    const int error = SSL_get_error(client.get(), got);
    if (got <= 0 && error != SSL_ERROR_WANT_READ) alert = last_alert();
    if (got <= 0 && error != SSL_ERROR_WANT_READ) break;
    SSL_do_handshake(server.get());
    ERR_clear_error();
  }
  const X509* leaf = SSL_get0_peer_certificate(client.get());
  if (SSL_is_init_finished(client.get()) != 1 || leaf == nullptr) {
    return {.text = fmt::format("no handshake: {}\n", alert)};
  }
  const long verdict = SSL_get_verify_result(client.get());
  return {.is_done = true,
          .text = fmt::format("certificate {}: {}\n", name_of(leaf),
                              verdict == X509_V_OK
                                  ? "good"
                                  : X509_verify_cert_error_string(verdict))};
}

}  // namespace

std::string Sender::fetch(const std::string& host,
                          server::PolicyResponder& responder,
                          SSL_CTX* context) const {
  responder.begin_turn();
  Handshake handshake{.is_done = true, .text = {}};
  std::optional<std::string_view> sni;
  if (context != nullptr) {
    handshake = shake_hands(*this, host, responder.selector(), context);
    sni = host;
  }
  if (!handshake.is_done) return handshake.text;
  const std::string octets = fmt::format(
      "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: {}\r\n"
      "User-Agent: {}\r\n\r\n",
      host, agent);
  const http::ParsedHead parsed = http::parse_head(octets);
  if (parsed.status != 0)
    return fmt::format("{} for its head\n", parsed.status);
  std::string out;
  const server::Answer answer =
      responder.answer({.head = parsed.head, .octets = octets, .sni = sni},
                       server::AfterAnswer::close, out);
  const std::size_t end = out.find("\r\n\r\n");
  std::string body = out.substr(std::min(end + 4, out.size()));
  std::erase(body, '\r');
  return fmt::format("{}{}\n{}", handshake.text, answer.status, body);
}

}  // namespace mtasts::scenario
