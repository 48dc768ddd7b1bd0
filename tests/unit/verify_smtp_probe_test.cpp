// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scripted_mail_server.hpp"
#include "temp_dir.hpp"
#include "test_certificates.hpp"
#include "tls/client.hpp"
#include "tls/openssl.hpp"
#include "tls/peer_check.hpp"
#include "verify/smtp_probe.hpp"

namespace mtasts::verify {
namespace {

using namespace std::string_literals;
using std::chrono::milliseconds;
using Context = tls::Owned<SSL_CTX, SSL_CTX_free>;
using Heard = std::vector<std::string>;

constexpr std::string_view k_greeting = "220 mx.test ESMTP\r\n";
constexpr std::string_view k_offer = "250-mx.test\r\n250 STARTTLS\r\n";

std::string show(const SmtpProbe& probe) {
  return fmt::format("reach {}, stage {}, reply [{}], reason [{}], TLS [{}]",
                     static_cast<int>(probe.reach),
                     static_cast<int>(probe.stage), probe.reply, probe.reason,
                     probe.tls.failure);
}

Context make_context(const TestPair& leaf) {
  Context context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_use_certificate(context.get(), leaf.certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), leaf.key.get());
  return context;
}

/// How a server begins that will come to STARTTLS.
void reach_starttls(MailSession& session) {
  session.say(k_greeting);
  session.answer(k_offer);
}

class VerifySmtpProbe : public testing::Test {
 protected:
  VerifySmtpProbe()
      : root_(make_pair("CA")),
        leaf_(make_pair("DNS:mx.test", KeyKind::ecdsa, {}, &root_)),
        store_(*tls::TrustStore::load(dir_.write("root.pem", root_.pem()))),
        context_(make_context(leaf_)) {}

  static SmtpQuestion ask(const net::Endpoint& endpoint) {
    return {.endpoint = endpoint,
            .host = "mx.test",
            .helo = "probe.test",
            .connect_time = milliseconds(20'000),
            .time = milliseconds(20'000)};
  }
  /// What is seen, but for the time that it took.
  SmtpProbe probe(const SmtpQuestion& question) {
    SmtpProbe seen = probe_smtp(question, store_);
    EXPECT_GT(seen.time.count(), 0);
    seen.time = milliseconds(0);
    return seen;
  }
  /// That `script` is seen as `expected`, and has heard just that.
  void check(const ScriptedMailServer::Script& script, SmtpProbe expected,
             const Heard& heard) {
    ScriptedMailServer server(script);
    const SmtpProbe seen = probe(ask(server.endpoint()));
    expected.address = "127.0.0.1";
    expected.reach = net::Reach::reached;
    EXPECT_EQ(seen, expected) << show(seen) << "\nand not\n" << show(expected);
    EXPECT_EQ(server.finish(), heard);
  }
  /// What the server says first, and how that is seen.
  void check_greeting(std::string greeting, SmtpProbe expected,
                      const Heard& heard = {}) {
    expected.stage = SmtpStage::greeting;
    check(
        [&greeting](MailSession& session) {
          session.say(greeting);
          session.answer("221 bye\r\n");
        },
        std::move(expected), heard);
  }
  /// That of a handshake that comes to its end.
  tls::PeerFacts good_facts() const {
    return {.is_established = true,
            .version = "TLSv1.3",
            .chain = {tls::describe_certificate(leaf_.certificate.get())},
            .trust = tls::Trust::trusted};
  }
  /// A whole conversation, without a fault.
  void serve(MailSession& session) const {
    reach_starttls(session);
    session.answer("220 go ahead\r\n");
    if (session.begin_tls(context_.get())) session.answer("221 bye\r\n");
  }

  TempDir dir_;
  TestPair root_;
  TestPair leaf_;
  tls::TrustStore store_;
  Context context_;
};

// --- Up to EHLO ---

TEST_F(VerifySmtpProbe, KeepsTheReplyOfWhoDoesNotGreet) {
  check_greeting("421 4.7.0 too many connections\r\n",
                 {.reply = "421 4.7.0 too many connections"}, {"QUIT"});
  check_greeting("554-no\r\n554 mail\r\n", {.reply = "554 no / mail"},
                 {"QUIT"});
  check_greeting("554\r\n", {.reply = "554"}, {"QUIT"});
  check_greeting("250 mx.test\x1b[2J\r\n", {.reply = "250 mx.test\x1b[2J"},
                 {"QUIT"});
}

TEST_F(VerifySmtpProbe, TellsWhatIsNoGreeting) {
  check_greeting("\x16\x03\x01\0\r\n"s,
                 {.reason = R"(it says "\x16\x03\x01\x00", which is no reply )"
                            "of SMTP"});
  check_greeting("220-a\r\n250 b\r\n",
                 {.reason = "its reply has two codes, 220 and 250"});
  check([](MailSession&) {},
        {.reason = "it closed the connection", .stage = SmtpStage::greeting},
        {});
}

TEST_F(VerifySmtpProbe, ReadsNoGreetingWithoutEnd) {
  std::size_t said = 0;
  check(
      [&said](MailSession& session) {
        const std::string line = "220-" + std::string(1018, 'x') + "\r\n";
        while (said < 20'000'000 && session.say(line)) said += line.size();
      },
      {.reason = "its reply has more than 8192 octets",
       .stage = SmtpStage::greeting},
      {});
  // What was sent beyond the limit is in the buffers of the system.
  EXPECT_LT(said, 20'000'000U);
}

TEST_F(VerifySmtpProbe, WaitsForATarpitUntilItsDeadline) {
  ScriptedMailServer server([](MailSession& session) {
    session.say("220-wait\r\n");
    session.hear_end();
  });
  SmtpQuestion question = ask(server.endpoint());
  question.time = milliseconds(50);
  const SmtpProbe seen = probe_smtp(question, store_);
  EXPECT_EQ(seen.stage, SmtpStage::greeting);
  EXPECT_EQ(seen.reply, "");
  EXPECT_EQ(seen.reason, "nothing came in time");
  EXPECT_GE(seen.time, question.time);
}

TEST_F(VerifySmtpProbe, TellsThatNobodyListens) {
  net::Endpoint closed;
  {
    const ScriptedMailServer server([](MailSession&) {});
    closed = server.endpoint();
  }
  const SmtpProbe seen = probe_smtp(ask(closed), store_);
  EXPECT_EQ(seen.reach, net::Reach::refused);
  EXPECT_EQ(seen.reason, "Connection refused");
  EXPECT_EQ(seen.stage, SmtpStage::connect);
}

TEST_F(VerifySmtpProbe, TellsThatEhloIsRefused) {
  check(
      [](MailSession& session) {
        session.say(k_greeting);
        session.answer("502 5.5.2 unknown\r\n");
        session.answer("221 bye\r\n");
      },
      {.stage = SmtpStage::ehlo, .reply = "502 5.5.2 unknown"},
      {"EHLO probe.test", "QUIT"});
}

TEST_F(VerifySmtpProbe, TellsThatTheConnectionIsReset) {
  check(
      [](MailSession& session) {
        session.say(k_greeting);
        session.hear();
        session.make_abrupt();
      },
      {.reason = "Connection reset by peer",
       .stage = SmtpStage::ehlo,
       .reply = "220 mx.test ESMTP"},
      {"EHLO probe.test"});
}

// --- STARTTLS ---

TEST_F(VerifySmtpProbe, TellsThatStarttlsIsNotOffered) {
  check(
      [](MailSession& session) {
        session.say(k_greeting);
        session.answer("250-mx.test\r\n250 SIZE 1\r\n");
        session.answer("221 bye\r\n");
      },
      {.stage = SmtpStage::no_starttls, .reply = "250 mx.test / SIZE 1"},
      {"EHLO probe.test", "QUIT"});
}

TEST_F(VerifySmtpProbe, TellsThatStarttlsIsRefused) {
  check(
      [](MailSession& session) {
        reach_starttls(session);
        session.answer("454 4.7.0 no key\r\n");
        session.answer("221 bye\r\n");
      },
      {.stage = SmtpStage::starttls_refused, .reply = "454 4.7.0 no key"},
      {"EHLO probe.test", "STARTTLS", "QUIT"});
}

// RFC 3207, 6.
TEST_F(VerifySmtpProbe, HearsWhatIsSaidBeforeTheHandshake) {
  const auto inject = [this](const std::string& ready, std::string reply) {
    check(
        [&ready](MailSession& session) {
          reach_starttls(session);
          session.answer(ready + "250 injected\r\n");
          session.hear_end();
        },
        {.reason = R"(it says "250 injected\x0d\x0a" before the handshake)",
         .stage = SmtpStage::injection,
         .reply = std::move(reply)},
        {"EHLO probe.test", "STARTTLS"});
  };
  inject("220 go ahead\r\n", "220 go ahead");
  // The reply is all of the first read, and the rest waits in the socket.
  const std::string text(4090, 'x');
  inject("220 " + text + "\r\n", "220 " + text);
}

// --- TLS ---

TEST_F(VerifySmtpProbe, SeesAGoodServer) {
  check(
      [this](MailSession& session) { serve(session); },
      {.stage = SmtpStage::done, .reply = "220 go ahead", .tls = good_facts()},
      {"EHLO probe.test", "STARTTLS", "QUIT"});
}

TEST_F(VerifySmtpProbe, TakesSeveralLinesAndLowerCase) {
  check(
      [this](MailSession& session) {
        session.say("220-mx.test\r\n220-no spam\r\n220 ESMTP\r\n");
        session.answer("250-mx.test\n250-starttls\n250 help\n");
        session.answer("220 \r\n");
        if (session.begin_tls(context_.get())) session.answer("221 bye\r\n");
      },
      {.stage = SmtpStage::done, .reply = "220", .tls = good_facts()},
      {"EHLO probe.test", "STARTTLS", "QUIT"});
}

TEST_F(VerifySmtpProbe, ComparesWithDane) {
  ScriptedMailServer server([this](MailSession& session) { serve(session); });
  SmtpQuestion question = ask(server.endpoint());
  question.tlsa = {{3, 0, 0, leaf_.der()}, {3, 0, 0, root_.der()}};
  EXPECT_EQ(probe(question).tls.tlsa,
            (std::vector{tls::TlsaMatch::matches, tls::TlsaMatch::differs}));
}

TEST_F(VerifySmtpProbe, TellsThatTheHandshakeFails) {
  const auto fail_with = [this](std::string says, std::string failure) {
    check(
        [&says](MailSession& session) {
          reach_starttls(session);
          session.answer("220 go ahead\r\n");
          session.hear_octets();
          if (says.empty()) return;
          session.say(says);
          session.hear_end();
        },
        {.stage = SmtpStage::tls,
         .reply = "220 go ahead",
         .tls = {.failure = std::move(failure)}},
        {"EHLO probe.test", "STARTTLS"});
  };
  fail_with("454 4.7.0 no key\r\n", "wrong version number");
  fail_with("", "the connection was closed in the handshake");
}

// --- Without a name ---

TEST_F(VerifySmtpProbe, SeesWhatIsShownWithoutAName) {
  const TestPair other =
      make_pair("DNS:other.test", KeyKind::ecdsa, {}, &root_);
  const Context nameless = make_context(other);
  SSL_CTX_set_tlsext_servername_arg(context_.get(), nameless.get());
  SSL_CTX_set_tlsext_servername_callback(
      context_.get(), +[](SSL* session, int*, void* shown) {
        if (!SSL_get_servername(session, TLSEXT_NAMETYPE_host_name)) {
          SSL_set_SSL_CTX(session, static_cast<SSL_CTX*>(shown));
        }
        return SSL_TLSEXT_ERR_OK;
      });
  ScriptedMailServer server([this](MailSession& session) { serve(session); });
  const SmtpQuestion question = ask(server.endpoint());
  SmtpProbe seen = probe(question);
  EXPECT_EQ(seen.tls, good_facts());
  SmtpProbe expected = seen;
  expected.without_name = tls::describe_certificate(other.certificate.get());
  probe_smtp_without_name(question, store_, seen);
  EXPECT_EQ(seen, expected) << show(seen);
  EXPECT_EQ(server.finish(), (Heard{"EHLO probe.test", "STARTTLS", "QUIT",
                                    "EHLO probe.test", "STARTTLS", "QUIT"}));
}

TEST_F(VerifySmtpProbe, TellsThatANameIsNeeded) {
  SSL_CTX_set_tlsext_servername_callback(
      context_.get(), +[](SSL* session, int* alert, void*) {
        *alert = SSL_AD_UNRECOGNIZED_NAME;
        return SSL_get_servername(session, TLSEXT_NAMETYPE_host_name) == nullptr
                   ? SSL_TLSEXT_ERR_ALERT_FATAL
                   : SSL_TLSEXT_ERR_OK;
      });
  ScriptedMailServer server([this](MailSession& session) { serve(session); });
  const SmtpQuestion question = ask(server.endpoint());
  SmtpProbe seen = probe(question);
  SmtpProbe expected = seen;
  expected.without_name_failure = "alert 112 (unrecognized name)";
  probe_smtp_without_name(question, store_, seen);
  EXPECT_EQ(seen, expected) << show(seen) << seen.without_name_failure;
}

TEST_F(VerifySmtpProbe, BlamesNoNameForALimit) {
  int connections = 0;
  ScriptedMailServer server([&](MailSession& session) {
    if (++connections == 1) return serve(session);
    session.say("421 4.7.0 too many connections\r\n");
    session.answer("221 bye\r\n");
  });
  const SmtpQuestion question = ask(server.endpoint());
  SmtpProbe seen = probe(question);
  const SmtpProbe expected = seen;
  probe_smtp_without_name(question, store_, seen);
  EXPECT_EQ(seen, expected) << show(seen);
}

}  // namespace
}  // namespace mtasts::verify
