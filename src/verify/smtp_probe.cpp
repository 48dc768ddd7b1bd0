// SPDX-License-Identifier: MIT
#include "verify/smtp_probe.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
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
// For the answer to QUIT, which tells nothing.
constexpr std::chrono::milliseconds k_farewell_time{1'000};

std::string format_reply(const SmtpReply& reply) {
  const std::string texts = text::join(
      reply.lines, " / ", [](const std::string& line) { return line; });
  return texts.empty() ? fmt::format("{}", reply.code)
                       : fmt::format("{} {}", reply.code, texts);
}

/// RFC 5321, 4.1.1.10: QUIT is said, and its answer waited for. Whoever closes
/// with octets unread resets the connection, and the server logs a failure.
void take_leave(net::TcpStream& connection, net::Stream& stream) {
  connection.end_by(Clock::now() + k_farewell_time);
  if (!stream.write("QUIT\r\n")) return;
  std::array<char, 512> ignored;
  static_cast<void>(stream.read(ignored));
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
      take_leave(stream_, stream_);
      return false;
    }
    probe_.stage = SmtpStage::starttls_refused;
    if (!say("STARTTLS\r\n") || !expect(k_ready)) return false;
    probe_.stage = SmtpStage::injection;
    if (hears_more()) return false;
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
    if (reply_.code == code) return true;
    take_leave(stream_, stream_);
    return false;
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

  /// RFC 3207, 6: nothing is due before our ClientHello, and what comes in the
  /// clear could be anybody's.
  bool hears_more() {
    std::string more(reader_.rest());
    std::array<char, 512> chunk;
    if (more.empty() && stream_.is_readable()) {
      // The end, or a failure: the handshake will meet it, too.
      const Result<std::size_t> got = stream_.read(chunk);
      if (got) more.assign(chunk.data(), *got);
    }
    if (more.empty()) return false;
    probe_.reason =
        fmt::format("it says {} before the handshake", in_quotes(more));
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
  take_leave(*connected.stream, *made.stream);
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
