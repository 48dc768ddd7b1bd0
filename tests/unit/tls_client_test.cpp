// SPDX-License-Identifier: MIT
// Against a server of OpenSSL in the same thread: its octets and ours meet in
// memory.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "temp_dir.hpp"
#include "test_certificates.hpp"
#include "text/sha256.hpp"
#include "tls/client.hpp"

namespace mtasts::tls {
namespace {

constexpr std::string_view k_host = "mx.example.com";

/// A server that echoes, as a stream to its client.
class EchoServer final : public net::Stream {
 public:
  EchoServer(const TestPair& leaf, const std::vector<const TestPair*>& more)
      : context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_use_certificate(context_.get(), leaf.certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), leaf.key.get());
    for (const TestPair* one : more) {
      SSL_CTX_add1_chain_cert(context_.get(), one->certificate.get());
    }
  }

  SSL_CTX* context() { return context_.get(); }

  Result<void> write(std::string_view octets) override {
    start();
    BIO_write(SSL_get_rbio(session_.get()), octets.data(),
              static_cast<int>(octets.size()));
    std::array<char, 256> chunk;
    int got = 0;
    while ((got = SSL_read(session_.get(), chunk.data(), chunk.size())) > 0) {
      SSL_write(session_.get(), chunk.data(), got);
    }
    ERR_clear_error();
    return {};
  }
  Result<std::size_t> read(std::span<char> into) override {
    start();
    const int got = BIO_read(SSL_get_wbio(session_.get()), into.data(),
                             static_cast<int>(into.size()));
    if (got <= 0) return fail("no answer in time");
    return static_cast<std::size_t>(got);
  }

 private:
  void start() {
    if (session_) return;
    session_.reset(SSL_new(context_.get()));
    SSL_set_bio(session_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(session_.get());
  }

  Owned<SSL_CTX, SSL_CTX_free> context_;
  Owned<SSL, SSL_free> session_;
};

/// Says one thing, whatever it is told, and ends.
class Babbler final : public net::Stream {
 public:
  explicit Babbler(std::string text) : text_(std::move(text)) {}
  Result<void> write(std::string_view) override { return {}; }
  Result<std::size_t> read(std::span<char> into) override {
    const std::size_t size = text_.copy(into.data(), into.size());
    text_.erase(0, size);
    return size;
  }

 private:
  std::string text_;
};

class TlsClient : public testing::Test {
 protected:
  TlsClient()
      : root_(make_pair("CA")),
        leaf_(make_pair("DNS:MX.example.com,DNS:b.example.com", KeyKind::ecdsa,
                        {}, &root_)),
        store_(*TrustStore::load(dir_.write("root.pem", root_.pem()))) {}

  PeerFacts look(EchoServer& server,
                 const Hello& hello = {.server_name = std::string(k_host)}) {
    return shake_hands(server, store_, hello).facts;
  }
  PeerFacts look_at(const TestPair& leaf,
                    const std::vector<const TestPair*>& more = {}) {
    EchoServer server(leaf, more);
    return look(server);
  }
  TlsaMatch match(const Tlsa& tlsa, std::string name = std::string(k_host)) {
    EchoServer server(leaf_, {&root_});
    const PeerFacts facts = look(server, {.server_name = "other.example",
                                          .tlsa = {tlsa},
                                          .tlsa_name = std::move(name)});
    return facts.tlsa.empty() ? TlsaMatch::unusable : facts.tlsa.front();
  }
  static std::string digest(const std::string& octets) {
    const text::Sha256 sum = text::sha256(octets);
    return {reinterpret_cast<const char*>(sum.data()), sum.size()};
  }

  TempDir dir_;
  TestPair root_;
  TestPair leaf_;
  TrustStore store_;
};

TEST_F(TlsClient, TellsWhatTheServerHasShown) {
  EchoServer server(leaf_, {&root_});
  const PeerFacts facts = look(server);
  EXPECT_TRUE(facts.is_established);
  EXPECT_EQ(facts.failure, "");
  EXPECT_EQ(facts.version, "TLSv1.3");
  EXPECT_EQ(facts.protocol, "");
  EXPECT_EQ(facts.trust, Trust::trusted);
  EXPECT_EQ(facts.trust_reason, "");
  ASSERT_EQ(facts.chain.size(), 2U);
  const PeerCertificate& leaf = facts.chain.front();
  EXPECT_TRUE(leaf.subject.starts_with("CN=leaf ")) << leaf.subject;
  EXPECT_EQ(leaf.issuer, facts.chain.back().subject);
  EXPECT_EQ(leaf.dns_names,
            (std::vector<std::string>{"mx.example.com", "b.example.com"}));
  EXPECT_EQ(leaf.key, "ECDSA P-256");
  EXPECT_EQ(leaf.weakness, "");
  EXPECT_EQ(leaf.issuer_url, "");
  EXPECT_EQ(leaf.sha256, text::hex(text::sha256(leaf_.der())));
  EXPECT_EQ(leaf.not_after - leaf.not_before, std::chrono::days(90));
}

TEST_F(TlsClient, TellsWhyAChainIsNotTrusted) {
  EXPECT_EQ(look_at(make_pair("DNS:mx.example.com")).trust, Trust::self_signed);
  const TestPair other = make_pair("CA");
  const TestPair stranger =
      make_pair("DNS:mx.example.com", KeyKind::ecdsa, {}, &other);
  const PeerFacts alone = look_at(stranger);
  EXPECT_EQ(alone.trust, Trust::untrusted);
  EXPECT_EQ(alone.trust_reason, "unable to get local issuer certificate");
  EXPECT_EQ(look_at(stranger, {&other}).trust, Trust::untrusted);
}

/// `pair`, signed anew with one more extension.
void add_extension(const TestPair& pair, const TestPair& issuer, int nid,
                   const char* value) {
  X509_EXTENSION* one = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  ASSERT_NE(one, nullptr);
  X509_add_ext(pair.certificate.get(), one, -1);
  X509_EXTENSION_free(one);
  ASSERT_GT(X509_sign(pair.certificate.get(), issuer.key.get(), EVP_sha256()),
            0);
}

// Browsers fetch it, and most senders don't.
TEST_F(TlsClient, TellsWhereAMissingIntermediateIs) {
  const TestPair middle = make_pair("CA", KeyKind::ecdsa, {}, &root_);
  const TestPair leaf =
      make_pair("DNS:mx.example.com", KeyKind::ecdsa, {}, &middle);
  EXPECT_EQ(look_at(leaf).trust, Trust::untrusted);
  add_extension(leaf, middle, NID_info_access,
                "caIssuers;URI:http://ca.example/middle.crt");
  const PeerFacts facts = look_at(leaf);
  EXPECT_EQ(facts.trust, Trust::incomplete);
  EXPECT_EQ(facts.trust_reason, "unable to get local issuer certificate");
  EXPECT_EQ(facts.chain.front().issuer_url, "http://ca.example/middle.crt");
  EXPECT_EQ(look_at(leaf, {&middle}).trust, Trust::trusted);
}

TEST_F(TlsClient, TellsThatASignatureIsWrong) {
  // The name of the root, and another's signature.
  const TestPair other = make_pair("CA");
  const TestPair leaf =
      make_pair("DNS:mx.example.com", KeyKind::ecdsa, {}, &root_);
  ASSERT_GT(X509_sign(leaf.certificate.get(), other.key.get(), EVP_sha256()),
            0);
  EXPECT_EQ(look_at(leaf).trust, Trust::invalid);
}

TEST_F(TlsClient, NamesWhatIsWeak) {
  const TestPair leaf = make_pair("DNS:mx.example.com", KeyKind::rsa);
  EXPECT_EQ(look_at(leaf).chain.front().weakness, "");
  ASSERT_GT(X509_sign(leaf.certificate.get(), leaf.key.get(), EVP_sha1()), 0);
  EXPECT_EQ(look_at(leaf).chain.front().weakness,
            "a signature by MD5 or SHA-1");
  const TestPair small{
      make_pair("DNS:mx.example.com").certificate,
      KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}))};
  X509_set_pubkey(small.certificate.get(), small.key.get());
  ASSERT_GT(X509_sign(small.certificate.get(), small.key.get(), EVP_sha256()),
            0);
  const PeerFacts facts = look_at(small);
  EXPECT_EQ(facts.failure, "");
  EXPECT_EQ(facts.chain.front().key, "RSA 1024");
  EXPECT_EQ(facts.chain.front().weakness, "RSA 1024");
}

TEST_F(TlsClient, LeavesTimeToTheJudge) {
  EXPECT_EQ(look_at(make_pair("DNS:mx.example.com", KeyKind::ecdsa,
                              {.from = -20, .to = -10}, &root_))
                .trust,
            Trust::trusted);
}

TEST_F(TlsClient, JudgesNothingWithoutRoots) {
  ::setenv("SSL_CERT_FILE", dir_.path("none").c_str(), 1);
  ::setenv("SSL_CERT_DIR", dir_.path("none").c_str(), 1);
  Result<TrustStore> empty = TrustStore::load("");
  ::unsetenv("SSL_CERT_FILE");
  ::unsetenv("SSL_CERT_DIR");
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->path(), "");
  EchoServer server(leaf_, {});
  EXPECT_EQ(shake_hands(server, *empty, {}).facts.trust, Trust::unknown);
}

TEST_F(TlsClient, RefusesAFileWithoutRoots) {
  const std::string file = dir_.write("empty.pem", "nothing\n");
  const Result<TrustStore> store = TrustStore::load(file);
  ASSERT_FALSE(store);
  EXPECT_TRUE(store.error().message.starts_with(
      file + " has no certificates that can be read: "))
      << store.error().message;
}

TEST_F(TlsClient, SpeaksWhatIsTooOld) {
  EchoServer server(leaf_, {});
  SSL_CTX_set_max_proto_version(server.context(), TLS1_1_VERSION);
  SSL_CTX_set_min_proto_version(server.context(), TLS1_VERSION);
  const PeerFacts facts = look(server);
  EXPECT_EQ(facts.failure, "");
  EXPECT_EQ(facts.version, "TLSv1.1");
}

// As postfix and exim have it by default: whoever offers to see none is shown
// none.
TEST_F(TlsClient, AsksForACertificate) {
  EchoServer server(leaf_, {});
  SSL_CTX_set_max_proto_version(server.context(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(server.context(), "aNULL:ALL:@SECLEVEL=0");
  SSL_CTX_set_options(server.context(), SSL_OP_CIPHER_SERVER_PREFERENCE);
  const PeerFacts facts = look(server);
  EXPECT_EQ(facts.failure, "");
  EXPECT_EQ(facts.chain.size(), 1U);
}

TEST_F(TlsClient, NamesTheAlert) {
  EchoServer server(leaf_, {});
  SSL_CTX_set_tlsext_servername_callback(
      server.context(), +[](SSL*, int* alert, void*) {
        *alert = SSL_AD_UNRECOGNIZED_NAME;
        return SSL_TLSEXT_ERR_ALERT_FATAL;
      });
  const PeerFacts facts = look(server);
  EXPECT_FALSE(facts.is_established);
  EXPECT_EQ(facts.failure, "alert 112 (unrecognized name)");
}

TEST_F(TlsClient, TellsWhatIsNoTls) {
  Babbler greeting("220 mx.example.com ESMTP\r\n");
  EXPECT_EQ(shake_hands(greeting, store_, {}).facts.failure,
            "wrong version number");
  Babbler silent("");
  EXPECT_EQ(shake_hands(silent, store_, {}).facts.failure,
            "the connection was closed in the handshake");
}

TEST_F(TlsClient, ReadsAndWrites) {
  EchoServer server(leaf_, {});
  Handshake made = shake_hands(server, store_, {});
  ASSERT_TRUE(made.stream);
  ASSERT_TRUE(made.stream->write("hello"));
  std::array<char, 16> octets;
  const Result<std::size_t> got = made.stream->read(octets);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(std::string_view(octets.data(), *got), "hello");
  const Result<std::size_t> none = made.stream->read(octets);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "no answer in time");
}

TEST_F(TlsClient, ComparesTheKeyWithDane) {
  EchoServer server(leaf_, {});
  const std::string key = look(server).chain.front().key_sha256;
  std::string sum;
  for (std::size_t i = 0; i < key.size(); i += 2) {
    sum += static_cast<char>(std::stoi(key.substr(i, 2), nullptr, 16));
  }
  EXPECT_EQ(match({3, 1, 1, sum}), TlsaMatch::matches);
  EXPECT_EQ(match({3, 0, 1, digest(leaf_.der())}), TlsaMatch::matches);
  EXPECT_EQ(match({3, 0, 0, leaf_.der()}), TlsaMatch::matches);
  EXPECT_EQ(match({3, 1, 1, digest("another key")}), TlsaMatch::differs);
  EXPECT_EQ(match({3, 0, 1, digest(root_.der())}), TlsaMatch::differs);
}

TEST_F(TlsClient, ComparesTheAnchorWithDane) {
  const std::string root = digest(root_.der());
  EXPECT_EQ(match({2, 0, 1, root}), TlsaMatch::matches);
  EXPECT_EQ(match({2, 0, 1, root}, "c.example.com"), TlsaMatch::differs);
  EXPECT_EQ(match({2, 0, 0, root_.der()}), TlsaMatch::matches);
  EXPECT_EQ(match({2, 0, 1, digest("x")}), TlsaMatch::differs);
}

// RFC 7672, 3.1.3; RFC 6698, 7.
TEST_F(TlsClient, LeavesOutWhatMailDoesNotUse) {
  EXPECT_EQ(match({1, 1, 1, "x"}), TlsaMatch::unusable);
  EXPECT_EQ(match({0, 1, 1, "x"}), TlsaMatch::unusable);
  EXPECT_EQ(match({3, 2, 1, "x"}), TlsaMatch::unusable);
  EXPECT_EQ(match({3, 1, 3, "x"}), TlsaMatch::unusable);
  // RFC 6698, 2.1.3: SHA-256 has 32 octets, and SHA-512 has 64.
  EXPECT_EQ(match({3, 1, 1, "x"}), TlsaMatch::unusable);
  EXPECT_EQ(match({3, 1, 2, std::string(32, 'x')}), TlsaMatch::unusable);
  EXPECT_EQ(match({2, 0, 1, ""}), TlsaMatch::unusable);
}

}  // namespace
}  // namespace mtasts::tls
