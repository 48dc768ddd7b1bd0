// SPDX-License-Identifier: MIT
#include "tls/client.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "tls/openssl.hpp"

namespace mtasts::tls {
namespace {

using Context = Owned<SSL_CTX, SSL_CTX_free>;
using Session = Owned<SSL, SSL_free>;

constexpr const char* k_debian_bundle = "/etc/ssl/certs/ca-certificates.crt";
constexpr std::size_t k_chunk = 16 * 1024;

/// A client that refuses nothing by itself.
Context make_context() {
  Context context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_3_VERSION);
  // Without those that show no certificate: mail servers offer them to whoever
  // does, as senders that want one don't.
  SSL_CTX_set_cipher_list(context.get(), "ALL:!aNULL:@SECLEVEL=0");
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  // Even so a handshake would build the chain, which judge_trust() does.
  SSL_CTX_set_cert_verify_callback(
      context.get(), [](X509_STORE_CTX*, void*) { return 1; }, nullptr);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  // An end without close_notify is one: the length of a body shows what is cut.
  SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF |
                                         SSL_OP_LEGACY_SERVER_CONNECT);
  return context;
}

bool is_there(const std::string& path) {
  std::error_code ignored;
  return !path.empty() && std::filesystem::exists(path, ignored);
}

/// What `variable` says, else `otherwise`.
std::string read_setting(const char* variable, const char* otherwise) {
  const char* value = std::getenv(variable);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

/// Why there was no handshake, by OpenSSL's queue of errors.
std::string explain_failure(const std::string& said_by_stream) {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const int reason = ERR_GET_REASON(code);
  if (code != 0 && ERR_GET_LIB(code) == ERR_LIB_SSL &&
      reason >= SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256) {
    const int alert = reason - SSL_AD_REASON_OFFSET;
    return fmt::format("alert {} ({})", alert,
                       SSL_alert_desc_string_long(alert));
  }
  if (!said_by_stream.empty()) return said_by_stream;
  const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
  return text == nullptr ? "the connection was closed in the handshake" : text;
}

/// The octets of TLS go through memory, so that it works over any stream and
/// never waits longer than that.
class Connection final : public net::Stream {
 public:
  Connection(SSL_CTX* context, net::Stream& peer)
      : session_(SSL_new(context)),
        peer_(peer),
        from_peer_(BIO_new(BIO_s_mem())),
        to_peer_(BIO_new(BIO_s_mem())) {
    // Empty means "later", not "at its end".
    BIO_set_mem_eof_return(from_peer_, -1);
    SSL_set_bio(session_.get(), from_peer_, to_peer_);
  }
  ~Connection() override {
    if (!SSL_is_init_finished(session_.get())) return;
    SSL_shutdown(session_.get());
    static_cast<void>(send_pending());
    ERR_clear_error();
  }

  SSL* session() { return session_.get(); }

  bool connect() {
    return run([this] { return SSL_connect(session_.get()); }) == 1;
  }
  const std::string& failure() const { return failure_; }

  Result<std::size_t> read(std::span<char> into) override {
    std::size_t size = 0;
    const int end = run([&] {
      return SSL_read_ex(session_.get(), into.data(), into.size(), &size);
    });
    if (end == 1) return size;
    const bool is_closed =
        SSL_get_error(session_.get(), end) == SSL_ERROR_ZERO_RETURN;
    ERR_clear_error();
    if (is_closed || has_ended_) return std::size_t{0};
    return fail(failure_.empty() ? "the TLS connection broke" : failure_);
  }

  Result<void> write(std::string_view octets) override {
    std::size_t written = 0;
    const int end = run([&] {
      return SSL_write_ex(session_.get(), octets.data(), octets.size(),
                          &written);
    });
    if (end == 1) return {};
    ERR_clear_error();
    return fail(failure_.empty() ? "the TLS connection broke" : failure_);
  }

 private:
  /// Does `step` again for as long as all that it lacks are octets.
  template <class Step>
  int run(Step step) {
    for (;;) {
      ERR_clear_error();
      const int end = step();
      const int why = SSL_get_error(session_.get(), end);
      if (!send_pending()) return -1;
      if (end == 1 || why != SSL_ERROR_WANT_READ) return end;
      if (!receive()) return end;
    }
  }

  bool send_pending() {
    char* octets = nullptr;
    const long size = BIO_get_mem_data(to_peer_, &octets);
    if (size <= 0) return true;
    const Result<void> sent =
        peer_.write({octets, static_cast<std::size_t>(size)});
    BIO_reset(to_peer_);
    if (!sent) failure_ = sent.error().message;
    return sent.has_value();
  }

  bool receive() {
    std::array<char, k_chunk> chunk;
    const Result<std::size_t> got = peer_.read(chunk);
    if (!got) {
      failure_ = got.error().message;
      return false;
    }
    has_ended_ = *got == 0;
    if (has_ended_) return false;
    BIO_write(from_peer_, chunk.data(), static_cast<int>(*got));
    return true;
  }

  const Session session_;
  net::Stream& peer_;
  BIO* const from_peer_;  // session_ owns both
  BIO* const to_peer_;
  bool has_ended_ = false;
  std::string failure_;  // what peer_ has said
};

void set_hello(SSL* session, const Hello& hello) {
  if (!hello.server_name.empty()) {
    SSL_set_tlsext_host_name(session, hello.server_name.c_str());
  }
  std::string protocols;
  for (const std::string& one : hello.protocols) {
    protocols += static_cast<char>(one.size());
    protocols += one;
  }
  if (protocols.empty()) return;
  SSL_set_alpn_protos(session,
                      reinterpret_cast<const unsigned char*>(protocols.data()),
                      static_cast<unsigned>(protocols.size()));
}

std::string chosen_protocol(const SSL* session) {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(session, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

}  // namespace

struct TrustStore::Parts {
  Context context = make_context();
  std::string path;
  std::vector<std::string> readable;
};

TrustStore::TrustStore(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)) {}
TrustStore::~TrustStore() = default;
TrustStore::TrustStore(TrustStore&&) noexcept = default;
TrustStore& TrustStore::operator=(TrustStore&&) noexcept = default;

Result<TrustStore> TrustStore::load(const std::string& file) {
  auto parts = std::make_unique<Parts>();
  SSL_CTX* context = parts->context.get();
  std::string bundle = file;
  if (bundle.empty()) {
    bundle =
        read_setting(X509_get_default_cert_file_env(),
                     is_there(k_debian_bundle) ? k_debian_bundle
                                               : X509_get_default_cert_file());
  }
  if (is_there(bundle) || !file.empty()) {
    if (SSL_CTX_load_verify_file(context, bundle.c_str()) != 1) {
      const unsigned long code = ERR_peek_error();
      const std::string why = ERR_SYSTEM_ERROR(code)
                                  ? format_errno(ERR_GET_REASON(code))
                                  : take_openssl_error();
      ERR_clear_error();
      return fail(fmt::format("{} has no certificates that can be read: {}",
                              bundle, why),
                  "a file of PEM certificates, those of the roots");
    }
    parts->path = bundle;
  }
  const std::string folder = read_setting(X509_get_default_cert_dir_env(),
                                          X509_get_default_cert_dir());
  if (file.empty() && parts->path.empty() && is_there(folder)) {
    SSL_CTX_load_verify_dir(context, folder.c_str());
    parts->path = folder;
    parts->readable.push_back(folder);
  }
  ERR_clear_error();
  return TrustStore(std::move(parts));
}

const std::string& TrustStore::path() const { return parts_->path; }

std::vector<std::string> TrustStore::readable() const {
  return parts_->readable;
}

/// What may look into a TrustStore.
class Client {
 public:
  static Handshake shake_hands(net::Stream& peer, const TrustStore& store,
                               const Hello& hello) {
    Handshake made;
    auto connection =
        std::make_unique<Connection>(store.parts_->context.get(), peer);
    SSL* session = connection->session();
    set_hello(session, hello);
    made.facts.is_established = connection->connect();
    if (made.facts.is_established) {
      made.facts.version = SSL_get_version(session);
      made.facts.protocol = chosen_protocol(session);
    } else {
      made.facts.failure = explain_failure(connection->failure());
    }
    if (STACK_OF(X509)* chain = SSL_get_peer_cert_chain(session);
        chain != nullptr && sk_X509_num(chain) > 0) {
      describe(chain, store, hello, made.facts);
    }
    ERR_clear_error();
    if (made.facts.is_established) made.stream = std::move(connection);
    return made;
  }

 private:
  static void describe(STACK_OF(X509) * chain, const TrustStore& store,
                       const Hello& hello, PeerFacts& facts) {
    for (int i = 0; i < sk_X509_num(chain); ++i) {
      facts.chain.push_back(describe_certificate(sk_X509_value(chain, i)));
    }
    if (!store.path().empty()) {
      judge_trust(chain, SSL_CTX_get_cert_store(store.parts_->context.get()),
                  facts);
    }
    const std::string& name =
        hello.tlsa_name.empty() ? hello.server_name : hello.tlsa_name;
    for (const Tlsa& one : hello.tlsa) {
      facts.tlsa.push_back(match_tlsa(chain, one, name));
    }
  }
};

Handshake shake_hands(net::Stream& peer, const TrustStore& store,
                      const Hello& hello) {
  return Client::shake_hands(peer, store, hello);
}

}  // namespace mtasts::tls
