// SPDX-License-Identifier: MIT
#include "verify/smtp_probe.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "result.hpp"
#include "text/join.hpp"
#include "verify/smtp_reply.hpp"

namespace mtasts::verify {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int k_ready = 220;
constexpr int k_done = 250;

std::string format_reply(const SmtpReply& reply) {
  return fmt::format("{} {}", reply.code,
                     text::join(reply.lines, " / ", printable));
}

/// A conversation in the clear, up to where TLS begins.
class Conversation {
 public:
  Conversation(net::TcpStream& stream, SmtpProbe& probe)
      : stream_(stream), probe_(probe) {}

  /// Up to where the server waits for a ClientHello; false if it does not come
  /// to that: `probe` says how far it came and why.
  bool reach_tls(const std::string& helo) {
    probe_.stage = SmtpStage::greeting;
    if (!expect(k_ready)) return false;
    probe_.stage = SmtpStage::ehlo;
    if (!say(fmt::format("EHLO {}\r\n", helo)) || !expect(k_done)) return false;
    probe_.stage = SmtpStage::no_starttls;
    if (!offers(reply_, "STARTTLS")) {
      static_cast<void>(stream_.write("QUIT\r\n"));
      return false;
    }
    probe_.stage = SmtpStage::starttls_refused;
    if (!say("STARTTLS\r\n") || !expect(k_ready)) return false;
    // RFC 3207, 6: what comes now in the clear could be anybody's.
    probe_.stage = SmtpStage::injection;
    if (!reader_.rest().empty()) {
      probe_.reason = fmt::format("it says {} before the handshake",
                                  in_quotes(reader_.rest()));
      return false;
    }
    probe_.stage = SmtpStage::tls;
    return true;
  }

 private:
  bool say(std::string_view command) {
    const Result<void> said = stream_.write(command);
    if (!said) probe_.reason = said.error().message;
    return said.has_value();
  }

  bool expect(int code) {
    if (!read_reply()) return false;
    probe_.reply = format_reply(reply_);
    return reply_.code == code;
  }

  bool read_reply() {
    Result<bool> is_whole = reader_.add({});
    while (is_whole && !*is_whole) {
      std::array<char, 4096> chunk;
      const Result<std::size_t> got = stream_.read(chunk);
      if (!got || *got == 0) {
        probe_.reason = got ? "it closed the connection" : got.error().message;
        return false;
      }
      is_whole = reader_.add({chunk.data(), *got});
    }
    if (!is_whole) {
      probe_.reason = is_whole.error().message;
      return false;
    }
    reply_ = reader_.take();
    return true;
  }

  net::TcpStream& stream_;
  SmtpProbe& probe_;
  SmtpReplyReader reader_;
  SmtpReply reply_;
};

net::Connected connect(const SmtpQuestion& question) {
  const Clock::time_point now = Clock::now();
  return net::connect(question.endpoint, now + question.connect_time,
                      now + question.time);
}

/// Talks to the server until TLS has begun, and then takes leave.
void talk(const SmtpQuestion& question, const tls::TrustStore& store,
          const tls::Hello& hello, SmtpProbe& probe) {
  const net::Connected connected = connect(question);
  probe.reach = connected.reach;
  probe.reason = connected.reason;
  if (!connected.stream) return;
  if (!Conversation(*connected.stream, probe).reach_tls(question.helo)) return;
  tls::Handshake made = tls::shake_hands(*connected.stream, store, hello);
  probe.tls = std::move(made.facts);
  if (!made.stream) return;
  probe.stage = SmtpStage::done;
  static_cast<void>(made.stream->write("QUIT\r\n"));
}

}  // namespace

SmtpProbe probe_smtp(const SmtpQuestion& question,
                     const tls::TrustStore& store) {
  SmtpProbe probe{.address = question.endpoint.address};
  const Clock::time_point start = Clock::now();
  talk(question, store, {.server_name = question.host, .tlsa = question.tlsa},
       probe);
  probe.time =
      std::chrono::ceil<std::chrono::milliseconds>(Clock::now() - start);
  return probe;
}

void probe_smtp_without_name(const SmtpQuestion& question,
                             const tls::TrustStore& store, SmtpProbe& probe) {
  SmtpProbe again{.address = question.endpoint.address};
  talk(question, store, {}, again);
  // It came further before: what ends it now in the clear, such as a limit on
  // connections, has nothing to do with names.
  if (again.stage != SmtpStage::done && again.stage != SmtpStage::tls) return;
  probe.without_name_failure = again.tls.failure;
  if (!again.tls.chain.empty()) {
    probe.without_name = std::move(again.tls.chain.front());
  }
}

}  // namespace mtasts::verify
