// SPDX-License-Identifier: MIT
#include "verify/policy_probe.hpp"

#include <optional>
#include <utility>

#include "http/fetch.hpp"
#include "sts/policy_host.hpp"
#include "sts/policy_reading.hpp"

namespace mtasts::verify {
namespace {

using Clock = std::chrono::steady_clock;

// So that whoever reads the log of a policy host knows who it was.
constexpr const char* k_user_agent = "mta-sts/" MTASTSD_VERSION;
// What a POST may be answered with; nobody reads it.
constexpr std::size_t k_max_ignored_octets = 1024;

std::optional<std::string> find_field(const http::Response& response,
                                      const std::string& name) {
  const std::string* value = response.find(name);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

net::Connected connect(const PolicyQuestion& question,
                       Clock::time_point start) {
  return net::connect(question.endpoint, start + question.connect_time,
                      start + question.time);
}

void read_policy(const PolicyQuestion& question, net::Stream& stream,
                 Fetch& fetch) {
  Result<http::Response> response = http::exchange(
      stream,
      {.host = question.host,
       .path = std::string(sts::k_policy_path),
       .fields = {{"User-Agent", k_user_agent}, {"Accept", "text/plain"}},
       .max_octets = sts::k_max_fetched_octets});
  if (!response) {
    fetch.http_failure = std::move(response.error().message);
    return;
  }
  fetch.status = response->status;
  fetch.content_type = find_field(*response, "Content-Type");
  fetch.content_encoding = find_field(*response, "Content-Encoding");
  fetch.location = find_field(*response, "Location");
  fetch.is_cut = response->is_cut;
  fetch.broken = std::move(response->broken);
  fetch.body = std::move(response->body);
}

void look_without_name(const PolicyQuestion& question,
                       const tls::TrustStore& store, Fetch& fetch) {
  const net::Connected connected = connect(question, Clock::now());
  if (!connected.stream) return;
  tls::Handshake made =
      tls::shake_hands(*connected.stream, store, {.protocols = {"http/1.1"}});
  if (!made.facts.chain.empty()) {
    fetch.without_name = std::move(made.facts.chain.front());
  }
}

/// RFC 8737, 3: acme-tls/1 alone. A server that knows the protocol and has no
/// challenge, as is likely now, refuses the name.
void look_as_ca(const PolicyQuestion& question, const tls::TrustStore& store,
                Fetch& fetch) {
  const net::Connected connected = connect(question, Clock::now());
  if (!connected.stream) return;
  fetch.challenge = tls::shake_hands(*connected.stream, store,
                                     {.server_name = question.host,
                                      .protocols = {"acme-tls/1"}})
                        .facts;
}

void look_as_sender(const PolicyQuestion& question,
                    const tls::TrustStore& store, Fetch& fetch) {
  const Clock::time_point start = Clock::now();
  net::Connected connected = connect(question, start);
  fetch.reach = connected.reach;
  fetch.reason = std::move(connected.reason);
  if (!connected.stream) return;
  tls::Handshake made = tls::shake_hands(
      *connected.stream, store,
      {.server_name = question.host, .protocols = {"http/1.1"}});
  fetch.tls = std::move(made.facts);
  if (made.stream) read_policy(question, *made.stream, fetch);
  fetch.time =
      std::chrono::ceil<std::chrono::milliseconds>(Clock::now() - start);
}

}  // namespace

// One connection after the other: a server may have room for one alone.
Fetch probe_policy(const PolicyQuestion& question,
                   const tls::TrustStore& store) {
  Fetch fetch{.address = question.endpoint.address,
              .port = question.endpoint.port};
  look_as_sender(question, store, fetch);
  if (fetch.reach != net::Reach::reached) return fetch;
  if (question.without_name) look_without_name(question, store, fetch);
  if (question.challenge) look_as_ca(question, store, fetch);
  return fetch;
}

void probe_report_uri(const net::Endpoint& endpoint, const std::string& path,
                      const tls::TrustStore& store,
                      std::chrono::milliseconds time, ReportTarget& target) {
  const Clock::time_point start = Clock::now();
  net::Connected connected = net::connect(endpoint, start + time, start + time);
  target.reach = connected.reach;
  target.reason = std::move(connected.reason);
  if (!connected.stream) return;
  tls::Handshake made =
      tls::shake_hands(*connected.stream, store,
                       {.server_name = target.host, .protocols = {"http/1.1"}});
  target.tls = std::move(made.facts);
  if (!made.stream) return;
  Result<http::Response> response = http::exchange(
      *made.stream, {.method = "POST",
                     .host = target.host,
                     .path = path,
                     .fields = {{"User-Agent", k_user_agent},
                                {"Content-Type", "application/tlsrpt+json"}},
                     .body = "{}",
                     .max_octets = k_max_ignored_octets});
  if (response) {
    target.status = response->status;
  } else {
    target.reason = std::move(response.error().message);
  }
}

}  // namespace mtasts::verify
