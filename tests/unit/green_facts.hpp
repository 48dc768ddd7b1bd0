// SPDX-License-Identifier: MIT
// The facts of a domain of which nothing is to be said: two MX hosts of two
// addresses, a policy host of two, two name servers, a place for reports. A
// test changes what it is about.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dns/name.hpp"
#include "nameserver/answer.hpp"
#include "publish/publication.hpp"
#include "sts/history_line.hpp"
#include "sts/mx_pattern.hpp"
#include "sts/policy.hpp"
#include "tls/peer_facts.hpp"
#include "tlsrpt/report_uri.hpp"
#include "verify/facts.hpp"
#include "verify/judge.hpp"

namespace mtasts::verify {

inline constexpr std::chrono::sys_seconds k_now{
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 28)};

inline publish::PublicationPtr make_ours(
    sts::Mode mode = sts::Mode::enforce,
    std::chrono::seconds max_age = std::chrono::weeks(4),
    const std::vector<std::string>& mx = {"*.mx.alpha.test"}) {
  std::vector<sts::MxPattern> patterns;
  for (const std::string& one : mx) {
    patterns.push_back(*sts::MxPattern::parse(one));
  }
  return make_counted<const publish::Publication>(
      std::vector{*dns::Name::parse("alpha.test")},
      *sts::Policy::make(mode, std::move(patterns), max_age),
      std::vector{*tlsrpt::ReportUri::parse("mailto:tls@reports.test")},
      publish::TablePlace{});
}

inline std::string id_of(const publish::PublicationPtr& publication) {
  return std::string(publication->id());
}
inline std::string body_of(const publish::PublicationPtr& publication) {
  return std::string(publication->body());
}

inline nameserver::Answer answer(std::string name, nameserver::Type type,
                                 const std::vector<std::string>& data) {
  using nameserver::Outcome;
  nameserver::Answer made{
      .name = name,
      .type = type,
      .outcome = data.empty() ? Outcome::no_data : Outcome::found};
  for (const std::string& one : data) {
    made.records.push_back({name, type, 3600, one});
    if (type != nameserver::Type::txt) continue;
    made.records.back().strings = {static_cast<std::uint16_t>(one.size())};
  }
  made.is_authentic = true;
  return made;
}

/// An answer by way of aliases, the last of which has `data`.
inline nameserver::Answer by_alias(const std::string& name,
                                   nameserver::Type type,
                                   const std::vector<std::string>& aliases,
                                   const std::vector<std::string>& data) {
  nameserver::Answer made = answer(aliases.back(), type, data);
  made.name = name;
  std::string owner = name;
  for (std::size_t i = 0; i < aliases.size(); ++i) {
    made.records.insert(made.records.begin() + static_cast<std::ptrdiff_t>(i),
                        {owner, nameserver::Type::cname, 3600, aliases[i]});
    owner = aliases[i];
  }
  return made;
}

inline nameserver::Answer no_answer(std::string name, nameserver::Type type,
                                    nameserver::Outcome outcome,
                                    std::string reason = {}) {
  return {.name = std::move(name),
          .type = type,
          .outcome = outcome,
          .reason = std::move(reason)};
}

inline tls::PeerFacts shown(const std::string& name) {
  tls::PeerCertificate leaf{.subject = "CN=" + name,
                            .issuer = "CN=R11,O=Let's Encrypt,C=US",
                            .dns_names = {name},
                            .not_before = k_now - std::chrono::days(10),
                            .not_after = k_now + std::chrono::days(80),
                            .key = "ECDSA P-256",
                            .issuer_url = "http://r11.i.lencr.test/",
                            .sha256 = std::string(64, 'a'),
                            .key_sha256 = std::string(64, 'b')};
  return {.is_established = true,
          .version = "TLSv1.3",
          .chain = {std::move(leaf)},
          .trust = tls::Trust::trusted};
}

inline Fetch fetched(std::string address, std::string body) {
  return {.address = std::move(address),
          .reach = net::Reach::reached,
          .tls = shown("mta-sts.alpha.test"),
          .without_name = shown("mta-sts.alpha.test").chain.front(),
          .status = 200,
          .content_type = "text/plain",
          .body = std::move(body),
          .time = std::chrono::milliseconds(40)};
}

inline SmtpProbe probed(std::string address, const std::string& host) {
  return {.address = std::move(address),
          .reach = net::Reach::reached,
          .stage = SmtpStage::done,
          .reply = "220 ready",
          .tls = shown(host),
          .without_name = shown(host).chain.front()};
}

/// TLSA records that fit, where addresses are probed.
inline MxHost mx_host(const std::string& name, const std::string& ipv4,
                      const std::string& ipv6) {
  using nameserver::Type;
  MxHost host{.name = name,
              .a = answer(name, Type::a, {ipv4}),
              .aaaa = answer(name, Type::aaaa, {ipv6}),
              .tlsa = answer("_25._tcp." + name, Type::tlsa,
                             {"3 1 1 " + std::string(64, 'b')})};
  for (const std::string& address : {ipv4, ipv6}) {
    host.probes.push_back(probed(address, name));
    host.probes.back().tls.tlsa = {tls::TlsaMatch::matches};
  }
  return host;
}

struct Scene {
  Facts facts;
  Expected expected;

  Diagnostics judged() const { return judge(facts, expected, k_now); }
  /// Of the MX hosts, which are shared, `at` for this scene alone.
  MxHost& own_host(std::size_t at = 0) {
    auto own = std::make_shared<MxHost>(*facts.hosts.at(at).host);
    facts.hosts.at(at).host = own;
    return *own;
  }
  /// The history has it; without `last`, it is served still.
  void served(const publish::Publication& what, std::chrono::sys_seconds first,
              std::optional<std::chrono::sys_seconds> last) {
    sts::HistoryLine line{.time = first,
                          .event = sts::HistoryLine::Event::serve,
                          .domain = "alpha.test",
                          .id = std::string(what.id()),
                          .policy = what.policy()};
    expected.past.add(line);
    if (!last) return;
    line.time = *last;
    line.event = sts::HistoryLine::Event::end;
    expected.past.add(line);
  }
};

inline Scene make_green(publish::PublicationPtr ours = make_ours()) {
  using nameserver::Type;
  const std::string record = "v=STSv1; id=" + id_of(ours);
  Facts facts{.domain = "alpha.test", .at = k_now};
  facts.view = {.resolver = "127.0.0.1:53",
                .trusts_resolver = true,
                .roots = "/etc/ssl/certs/ca-certificates.crt"};
  facts.sts = answer("_mta-sts.alpha.test", Type::txt, {record});
  facts.rpt = answer("_smtp._tls.alpha.test", Type::txt,
                     {"v=TLSRPTv1; rua=mailto:tls@reports.test"});
  facts.host_a = answer("mta-sts.alpha.test", Type::a, {"192.0.2.10"});
  facts.host_aaaa = answer("mta-sts.alpha.test", Type::aaaa, {"2001:db8::10"});
  facts.caa = answer("alpha.test", Type::caa, {"0 issue letsencrypt.org"});
  facts.fetches = {fetched("192.0.2.10", body_of(ours)),
                   fetched("2001:db8::10", body_of(ours))};
  facts.mx = answer("alpha.test", Type::mx,
                    {"10 a.mx.alpha.test", "20 b.mx.alpha.test"});
  facts.hosts = {{10, std::make_shared<MxHost>(mx_host(
                          "a.mx.alpha.test", "192.0.2.1", "2001:db8::1"))},
                 {20, std::make_shared<MxHost>(mx_host(
                          "b.mx.alpha.test", "192.0.2.2", "2001:db8::2"))}};
  facts.zone = "alpha.test";
  facts.soa = answer("alpha.test", Type::soa,
                     {"ns1.alpha.test root.alpha.test 7 3600 900 604800 300"});
  facts.ns = answer("alpha.test", Type::ns, {"ns1.alpha.test"});
  for (const auto& [name, address] :
       {std::pair("ns1.alpha.test", "192.0.2.53"),
        std::pair("ns2.alpha.test", "192.0.2.54")}) {
    facts.servers.push_back({name, address, facts.sts, facts.soa});
    facts.servers.back().sts.is_authoritative = true;
  }
  facts.reports = {
      {.uri = "mailto:tls@reports.test",
       .host = "reports.test",
       .mx = answer("reports.test", Type::mx, {"10 mx.reports.test"})}};
  return {std::move(facts), {.publication = std::move(ours)}};
}

}  // namespace mtasts::verify
