// SPDX-License-Identifier: MIT
#include "server/misfit_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "log.hpp"
#include "snapshot/snapshot.hpp"
#include "sts/policy_host.hpp"

namespace mtasts::server {
namespace {

constexpr std::chrono::hours k_budget_time{1};
constexpr std::uint32_t k_max_names = 10;
constexpr std::chrono::hours k_repeat_time{24};
constexpr std::size_t k_max_remembered = 64;
constexpr std::size_t k_max_name_octets = 255;

struct Words {
  std::string_view event;
  std::string_view hint;
};

/// In the order of Misfit.
constexpr auto k_words = std::to_array<Words>({
    {"unknown-host",
     "no policy here is for this Host: a proxy has to pass on the one that it "
     "was asked for (nginx: proxy_set_header Host $host)"},
    {"misdirected",
     "Host and SNI differ: a proxy has to send the name that it was asked for "
     "as both (nginx: proxy_set_header Host $host, proxy_ssl_name $host)"},
    {"unknown-name",
     "no certificate here is for this SNI: a proxy has to send the name that "
     "it was asked for (nginx: proxy_ssl_name $host)"},
    {"no-name",
     "a client sent no SNI: a proxy has to (nginx: proxy_ssl_server_name on, "
     "proxy_ssl_name $host)"},
    {"proxy-protocol",
     "no address is used here: switch the PROXY protocol off in the proxy "
     "(HAProxy: send-proxy, nginx: proxy_protocol)"},
    {"tls-refused",
     "this listener is http://: a proxy has to connect to it without TLS"},
    {"http-refused",
     "this listener is of TLS: a proxy has to connect to it by https, or to "
     "a listener of its own, http://"},
    {"http2-refused", "a proxy has to speak HTTP/1.1 here, not HTTP/2 or gRPC"},
    {"challenge-refused",
     "the ACME client writes it, readable for this program, before it asks "
     "the CA; a folder that took the place of the first needs a restart"},
});
static_assert(k_words.size() == k_misfit_count);
constexpr std::string_view k_unknown_domain_hint =
    "no policy here is for this host: give its domain a [[policy]], or take "
    "its address out of DNS";
constexpr std::string_view k_no_certificate_hint =
    "no certificate here is for this host: get one for it (mta-stsd check says "
    "more), or take its address out of DNS";

/// What looks like a policy host was led here by its domain, and by no proxy.
std::string_view hint_for(Misfit kind, std::string_view host) {
  const bool is_policy_host = host.starts_with(sts::k_policy_host_prefix);
  if (is_policy_host && kind == Misfit::unknown_host) {
    return k_unknown_domain_hint;
  }
  if (is_policy_host && kind == Misfit::unknown_name) {
    return k_no_certificate_hint;
  }
  return k_words[static_cast<std::size_t>(kind)].hint;
}

}  // namespace

std::optional<Misfit> find_protocol(std::string_view octets) {
  using namespace std::string_view_literals;
  using Opening = std::pair<std::string_view, Misfit>;
  // The first three are all that version 1 of the PROXY protocol begins with,
  // the fourth is the signature of version 2.
  constexpr std::array<Opening, 9> k_openings = {{
      {"PROXY TCP4 "sv, Misfit::proxy_protocol},
      {"PROXY TCP6 "sv, Misfit::proxy_protocol},
      {"PROXY UNKNOWN"sv, Misfit::proxy_protocol},
      {"\r\n\r\n\0\r\nQUIT\n"sv, Misfit::proxy_protocol},
      {"\x16\x03"sv, Misfit::tls},
      {"GET /"sv, Misfit::http},
      {"HEAD /"sv, Misfit::http},
      {"OPTIONS "sv, Misfit::http},
      {"PRI * HTTP/2.0\r\n"sv, Misfit::http2},
  }};
  for (const auto& [opening, protocol] : k_openings) {
    if (octets.starts_with(opening)) return protocol;
  }
  return {};
}

MisfitBudget::Say MisfitBudget::take(Misfit kind, std::string_view name,
                                     Time now) {
  Kind& own = kinds_[static_cast<std::size_t>(kind)];
  if (!own.hour || now - *own.hour >= k_budget_time) {
    own.hour = now;
    own.names = 0;
  }
  if (own.names > k_max_names) return Say::nothing;
  const auto known = std::ranges::find(own.said, name, &Said::name);
  const bool is_known = known != own.said.end();
  if (is_known && now - known->at < k_repeat_time) return Say::nothing;
  if (++own.names > k_max_names) return Say::that_more_are_left_out;
  if (is_known) {
    known->at = now;
  } else if (own.said.size() < k_max_remembered) {
    own.said.push_back({std::string(name), now});
  } else {
    own.said[own.next] = {std::string(name), now};
    own.next = (own.next + 1) % k_max_remembered;
  }
  return Say::name;
}

void MisfitLog::note_misdirected(const http::RequestHead& head,
                                 std::optional<std::string_view> sni) {
  const std::string host = snapshot::normalise_host(head.authority);
  if (!sni || host != snapshot::normalise_host(*sni)) {
    return note(sni ? Misfit::misdirected : Misfit::unknown_host,
                head.authority, host);
  }
  // With a target such as http://..., Host may be right.
  if (head.scheme.empty()) note(Misfit::unknown_host, head.authority, host);
}

void MisfitLog::note_handshake(Handshake result, std::string_view sni) {
  if (result == Handshake::no_name) return note(Misfit::no_name, {}, {});
  if (result != Handshake::unknown_name) return;
  note(Misfit::unknown_name, sni, snapshot::normalise_host(sni));
}

void MisfitLog::note_challenge(std::string_view host, std::string_view why) {
  // Another reason is told of on the same day.
  note(Misfit::challenge, host, fmt::format("{}: {}", host, why), why);
}

void MisfitLog::note_opening(std::string_view octets, net::Scheme scheme) {
  const std::optional<Misfit> protocol = find_protocol(octets);
  const Misfit own = scheme == net::Scheme::https ? Misfit::tls : Misfit::http;
  if (protocol && *protocol != own) note(*protocol, {}, {});
}

void MisfitLog::note(Misfit kind, std::string_view shown,
                     const std::string& name, std::string_view reason) {
  using Say = MisfitBudget::Say;
  const std::string_view key =
      std::string_view(name).substr(0, k_max_name_octets);
  std::unique_lock lock(mutex_);
  const Say say = budget_.take(kind, key, std::chrono::steady_clock::now());
  lock.unlock();
  if (say == Say::nothing) return;
  const Words& words = k_words[static_cast<std::size_t>(kind)];
  if (say == Say::that_more_are_left_out) {
    log::info("names-left-out",
              {{"of", words.event},
               {"hint", "no more of these are named for an hour"}});
  } else if (shown.empty()) {
    log::info(words.event, {{"hint", words.hint}});
  } else if (!reason.empty()) {
    log::info(words.event, {{"host", shown.substr(0, k_max_name_octets)},
                            {"reason", reason},
                            {"hint", words.hint}});
  } else {
    log::info(words.event, {{"host", shown.substr(0, k_max_name_octets)},
                            {"hint", hint_for(kind, key)}});
  }
}

}  // namespace mtasts::server
