// SPDX-License-Identifier: MIT
#include "nameserver/resolver.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

#include "nameserver/exchange.hpp"
#include "nameserver/packet.hpp"
#include "nameserver/read_answer.hpp"
#include "text/ascii.hpp"

namespace mtasts::nameserver {
namespace {

struct Question {
  std::string name;
  Type type;
  std::uint16_t flags;  // those of ldns
};

enum class Edns { with, without };

/// In wire form; empty when the name is none.
std::string write_question(const Question& question, Edns edns) {
  Owned<ldns_rdf> name = make_wire_name(question.name);
  if (!name) return {};
  const Owned<ldns_pkt> packet(
      ldns_pkt_query_new(name.release(), code_of(question.type),
                         LDNS_RR_CLASS_IN, question.flags));
  if (!packet) return {};
  set_random_id(packet.get());
  if (edns == Edns::with) {
    // What goes through any network in one piece.
    ldns_pkt_set_edns_udp_size(packet.get(), 1232);
    ldns_pkt_set_edns_do(packet.get(), true);
  }
  return write_packet(packet.get());
}

Result<std::string> exchange(const net::Endpoint& server,
                             std::string_view message,
                             std::chrono::milliseconds wait) {
  const auto deadline = [&] { return std::chrono::steady_clock::now() + wait; };
  auto reply = exchange_by_udp(server, message, deadline());
  if (!reply || !is_truncated(*reply)) return reply;
  return exchange_by_tcp(server, message, deadline());
}

/// One try.
Answer ask_server(const net::Endpoint& server, const Question& question,
                  std::chrono::milliseconds wait) {
  Answer answer{.name = question.name, .type = question.type};
  const std::string message = write_question(question, Edns::with);
  if (message.empty()) {
    answer.outcome = Outcome::failed;
    answer.reason = "no domain name";
    return answer;
  }
  auto reply = exchange(server, message, wait);
  // RFC 6891, 7: what such a server answers that is older than EDNS.
  if (reply && header_rcode(*reply) == LDNS_RCODE_FORMERR) {
    reply = exchange(server, write_question(question, Edns::without), wait);
  }
  if (reply) return read_answer(*reply, question.name, question.type);
  answer.outcome = Outcome::silent;
  answer.reason = reply.error().message;
  return answer;
}

/// The first that says something of the name; else the first failure, and
/// silence only where all are silent.
Answer ask_servers(const std::vector<net::Endpoint>& servers,
                   const Question& question, const ResolverSettings& settings) {
  Answer failure;
  for (int i = 0; i < settings.tries; ++i) {
    for (const net::Endpoint& server : servers) {
      Answer answer = ask_server(server, question, settings.wait);
      if (answer.is_answered() || answer.outcome == Outcome::servfail) {
        return answer;
      }
      if (failure.outcome == Outcome::not_asked ||
          (failure.outcome == Outcome::silent &&
           answer.outcome != Outcome::silent)) {
        failure = std::move(answer);
      }
    }
    // What has answered once does not say anything else.
    if (failure.outcome != Outcome::silent) break;
  }
  return failure;
}

}  // namespace

Resolver::Resolver(ResolverSettings settings)
    : settings_(std::move(settings)) {}

Answer Resolver::ask(const std::string& name, Type type) const {
  return ask_servers(settings_.servers,
                     {text::to_lower(name), type, LDNS_RD | LDNS_AD},
                     settings_);
}

Answer Resolver::ask_unchecked(const std::string& name, Type type) const {
  return ask_servers(settings_.servers,
                     {text::to_lower(name), type, LDNS_RD | LDNS_CD},
                     settings_);
}

Answer Resolver::ask_directly(const net::Endpoint& server,
                              const std::string& name, Type type) const {
  return ask_servers({server}, {text::to_lower(name), type, 0}, settings_);
}

}  // namespace mtasts::nameserver
