// SPDX-License-Identifier: MIT
// What facts consist of, once for all that goes through them: `fields(io, x)`
// calls io(name, member) for each member of x. Writing, reading and the tests
// that make facts up are such an io each. A new member is a line here, and one
// in docs/facts.schema.json. Pure.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

#include "nameserver/answer.hpp"
#include "net/reach.hpp"
#include "tls/peer_facts.hpp"
#include "verify/facts.hpp"

namespace mtasts::verify {

// --- Enumerations, as words in their order ---

constexpr auto k_reach_names = std::to_array<std::string_view>(
    {"not-tried", "reached", "refused", "timed-out", "no-route", "failed"});
static_assert(k_reach_names.size() ==
              static_cast<std::size_t>(net::Reach::failed) + 1);
constexpr auto k_stage_names = std::to_array<std::string_view>(
    {"connect", "greeting", "ehlo", "no-starttls", "starttls-refused",
     "injection", "tls", "done"});
static_assert(k_stage_names.size() ==
              static_cast<std::size_t>(SmtpStage::done) + 1);
constexpr auto k_trust_names =
    std::to_array<std::string_view>({"unknown", "trusted", "incomplete",
                                     "self-signed", "untrusted", "invalid"});
static_assert(k_trust_names.size() ==
              static_cast<std::size_t>(tls::Trust::invalid) + 1);
constexpr auto k_tlsa_match_names =
    std::to_array<std::string_view>({"unusable", "matches", "differs"});
static_assert(k_tlsa_match_names.size() ==
              static_cast<std::size_t>(tls::TlsaMatch::differs) + 1);

using Words = std::span<const std::string_view>;
constexpr Words words(nameserver::Type) { return nameserver::k_type_names; }
constexpr Words words(nameserver::Outcome) {
  return nameserver::k_outcome_names;
}
constexpr Words words(net::Reach) { return k_reach_names; }
constexpr Words words(SmtpStage) { return k_stage_names; }
constexpr Words words(tls::Trust) { return k_trust_names; }
constexpr Words words(tls::TlsaMatch) { return k_tlsa_match_names; }

// --- Structures, in the order of their declarations ---

/// T is U, to be read into, or const, to be written.
template <class T, class U>
concept Either = std::same_as<std::remove_const_t<T>, U>;

template <class Io, Either<nameserver::Record> T>
void fields(Io& io, T& x) {
  io("owner", x.owner);
  io("type", x.type);
  io("ttl", x.ttl);
  io("data", x.data);
  io("strings", x.strings);
}

template <class Io, Either<nameserver::Answer> T>
void fields(Io& io, T& x) {
  io("name", x.name);
  io("type", x.type);
  io("outcome", x.outcome);
  io("records", x.records);
  io("is_authentic", x.is_authentic);
  io("is_authoritative", x.is_authoritative);
  io("negative_ttl", x.negative_ttl);
  io("reason", x.reason);
}

template <class Io, Either<tls::PeerCertificate> T>
void fields(Io& io, T& x) {
  io("subject", x.subject);
  io("issuer", x.issuer);
  io("dns_names", x.dns_names);
  io("not_before", x.not_before);
  io("not_after", x.not_after);
  io("key", x.key);
  io("weakness", x.weakness);
  io("issuer_url", x.issuer_url);
  io("sha256", x.sha256);
  io("key_sha256", x.key_sha256);
}

template <class Io, Either<tls::PeerFacts> T>
void fields(Io& io, T& x) {
  io("is_established", x.is_established);
  io("failure", x.failure);
  io("version", x.version);
  io("protocol", x.protocol);
  io("chain", x.chain);
  io("trust", x.trust);
  io("trust_reason", x.trust_reason);
  io("tlsa", x.tlsa);
}

template <class Io, Either<View> T>
void fields(Io& io, T& x) {
  io("resolver", x.resolver);
  io("trusts_resolver", x.trusts_resolver);
  io("has_ipv4", x.has_ipv4);
  io("has_ipv6", x.has_ipv6);
  io("roots", x.roots);
  io("has_smtp", x.has_smtp);
  io("is_smtp_blocked", x.is_smtp_blocked);
  io("is_planned", x.is_planned);
  io("connect_to", x.connect_to);
}

template <class Io, Either<Fetch> T>
void fields(Io& io, T& x) {
  io("address", x.address);
  io("port", x.port);
  io("is_private", x.is_private);
  io("reach", x.reach);
  io("reason", x.reason);
  io("tls", x.tls);
  io("without_name", x.without_name);
  io("challenge", x.challenge);
  io("http_failure", x.http_failure);
  io("status", x.status);
  io("content_type", x.content_type);
  io("content_encoding", x.content_encoding);
  io("location", x.location);
  io("body", x.body);
  io("is_cut", x.is_cut);
  io("broken", x.broken);
  io("time", x.time);
}

template <class Io, Either<SmtpProbe> T>
void fields(Io& io, T& x) {
  io("address", x.address);
  io("is_private", x.is_private);
  io("reach", x.reach);
  io("reason", x.reason);
  io("stage", x.stage);
  io("reply", x.reply);
  io("tls", x.tls);
  io("without_name", x.without_name);
  io("without_name_failure", x.without_name_failure);
  io("time", x.time);
}

template <class Io, Either<MxHost> T>
void fields(Io& io, T& x) {
  io("name", x.name);
  io("a", x.a);
  io("aaaa", x.aaaa);
  io("tlsa", x.tlsa);
  io("probes", x.probes);
}

template <class Io, Either<Mx> T>
void fields(Io& io, T& x) {
  io("preference", x.preference);
  io("host", x.host);
}

template <class Io, Either<NameServer> T>
void fields(Io& io, T& x) {
  io("name", x.name);
  io("address", x.address);
  io("sts", x.sts);
  io("soa", x.soa);
}

template <class Io, Either<ReportTarget> T>
void fields(Io& io, T& x) {
  io("uri", x.uri);
  io("host", x.host);
  io("mx", x.mx);
  io("a", x.a);
  io("aaaa", x.aaaa);
  io("reach", x.reach);
  io("is_private", x.is_private);
  io("reason", x.reason);
  io("tls", x.tls);
  io("status", x.status);
}

template <class Io, Either<Facts> T>
void fields(Io& io, T& x) {
  io("domain", x.domain);
  io("at", x.at);
  io("view", x.view);
  io("sts", x.sts);
  io("rpt", x.rpt);
  io("sts_unchecked", x.sts_unchecked);
  io("elsewhere", x.elsewhere);
  io("host_a", x.host_a);
  io("host_aaaa", x.host_aaaa);
  io("caa", x.caa);
  io("fetches", x.fetches);
  io("mx", x.mx);
  io("hosts", x.hosts);
  io("zone", x.zone);
  io("soa", x.soa);
  io("ns", x.ns);
  io("servers", x.servers);
  io("reports", x.reports);
  io("registered", x.registered);
}

}  // namespace mtasts::verify
