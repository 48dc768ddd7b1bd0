// SPDX-License-Identifier: MIT
// What holds of judge() for facts that chance has made up: the facts of a green
// domain with any number of faults in any place.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../unit/green_facts.hpp"
#include "diagnostic.hpp"
#include "random.hpp"
#include "random_facts.hpp"
#include "text/ascii.hpp"
#include "verify/findings.hpp"
#include "verify/judge.hpp"

namespace mtasts::verify {
namespace {

using nameserver::Answer;
using nameserver::Outcome;
using nameserver::Type;

constexpr int k_rounds = 600;

std::string make_text(Random& random) {
  constexpr auto k_texts = std::to_array<std::string_view>(
      {"", "v=STSv1; id=1", "v=STSv1 ; id=2", "V=sts", "v=TLSRPTv1; rua=a@b",
       "v=TLSRPTv1; rua=mailto:a@b.test", "<html>", "\xFF\xFE\x01",
       "version: STSv1\nmode: testing\nmx: *\nmax_age: 1\n", "0 .", "10 ",
       "text/plain; charset=", "gzip", "0 issue ;", "*.mx.alpha.test"});
  return std::string(random.one_of(k_texts));
}

template <class T>
void shuffle(std::vector<T>& list, Random& random) {
  for (std::size_t left = list.size(); left > 1; --left) {
    std::swap(list[left - 1], list[random.below(left)]);
  }
}

void spoil(Answer& answer, Random& random) {
  answer.outcome = static_cast<Outcome>(random.below(8));
  if (answer.outcome != Outcome::found) answer.records.clear();
  for (auto& one : answer.records) {
    if (random.once_in(4)) one.data = make_text(random);
    if (random.once_in(4)) one.ttl = 1'000'000;
    if (random.once_in(4)) one.type = Type::cname;
  }
  answer.is_authentic = random.once_in(4);
  if (random.once_in(4)) answer.negative_ttl = 86'400;
}

void spoil(tls::PeerFacts& tls, Random& random) {
  tls.is_established = !random.once_in(4);
  if (!tls.is_established) tls.failure = "alert 112 (unrecognized name)";
  tls.version = random.once_in(4) ? "TLSv1.1" : "TLSv1.2";
  tls.trust = static_cast<tls::Trust>(random.below(6));
  if (random.once_in(4)) tls.chain.clear();
  for (tls::PeerCertificate& one : tls.chain) {
    if (random.once_in(4)) one.dns_names = {make_text(random)};
    if (random.once_in(4)) one.not_after = k_now + std::chrono::hours(7);
    if (random.once_in(4)) one.not_after = k_now - std::chrono::hours(7);
    if (random.once_in(4)) one.weakness = "RSA 512";
  }
  tls.tlsa = {static_cast<tls::TlsaMatch>(random.below(3))};
}

void spoil(Fetch& fetch, Random& random) {
  fetch.reach = static_cast<net::Reach>(random.below(6));
  fetch.is_private = random.once_in(4);
  spoil(fetch.tls, random);
  if (random.once_in(4)) fetch.status = static_cast<int>(random.below(600));
  if (random.once_in(4)) fetch.body = make_text(random);
  if (random.once_in(4)) fetch.content_type = make_text(random);
  if (random.once_in(4)) fetch.content_encoding = make_text(random);
  if (random.once_in(4)) fetch.broken = "ended early";
  if (random.once_in(4)) fetch.time = std::chrono::seconds(random.below(90));
}

void spoil(SmtpProbe& probe, Random& random) {
  probe.reach = static_cast<net::Reach>(random.below(6));
  probe.is_private = random.once_in(4);
  probe.stage = static_cast<SmtpStage>(random.below(8));
  spoil(probe.tls, random);
  if (random.once_in(4)) probe.without_name_failure = "alert 40";
}

void spoil(MxHost& host, Random& random) {
  for (SmtpProbe& one : host.probes) {
    if (random.once_in(4)) spoil(one, random);
  }
  for (Answer* one : {&host.a, &host.aaaa, &host.tlsa}) {
    if (random.once_in(4)) spoil(*one, random);
  }
}

/// One fault, or a few of one place.
void spoil(Scene& scene, Random& random) {
  Facts& facts = scene.facts;
  switch (random.below(9)) {
    case 0: {
      std::vector<Answer*> answers = {
          &facts.sts, &facts.rpt, &facts.host_a, &facts.host_aaaa,
          &facts.caa, &facts.mx,  &facts.soa,    &facts.ns};
      spoil(*answers[random.below(answers.size())], random);
      break;
    }
    case 1:
    case 2:
      spoil(facts.fetches[random.below(facts.fetches.size())], random);
      break;
    case 3:
    case 4:
      spoil(scene.own_host(random.below(facts.hosts.size())), random);
      break;
    case 5:
      spoil(facts.servers[random.below(facts.servers.size())].sts, random);
      break;
    case 6:
      spoil(facts.reports.front().mx, random);
      break;
    case 7:
      facts.view.trusts_resolver = random.once_in(4);
      facts.view.has_ipv6 = random.once_in(4);
      facts.view.is_planned = random.once_in(4);
      break;
    default:
      if (random.once_in(4)) scene.expected = {};
      scene.expected.challenges = make_text(random);
      scene.expected.issuers = {make_text(random)};
  }
}

std::vector<std::string> lines(const Diagnostics& found) {
  std::vector<std::string> all;
  for (const Diagnostic& one : found) all.push_back(format_diagnostic(one));
  return all;
}

std::string severity_of(const Diagnostic& one) {
  const std::string text = format_diagnostic(one);
  return text.substr(0, text.find(':'));
}

/// Before the address.
std::string host_of(const Diagnostic& one) {
  return one.place.file.substr(0, one.place.file.find(' '));
}

void expect_rows_of_table(const Diagnostics& found) {
  for (const Diagnostic& one : found) {
    const FindingKind* kind = find_kind(one.id);
    ASSERT_NE(kind, nullptr) << one.id;
    EXPECT_TRUE(text::has(kind->severities, severity_of(one)))
        << one.id << " is " << severity_of(one);
    EXPECT_NE(one.message, "");
    EXPECT_NE(one.hint, "") << one.id;
  }
}

TEST(VerifyJudgeProperty, EachFindingIsInTheTable) {
  Random random;
  for (int round = 0; round < k_rounds; ++round) {
    Scene scene = make_green();
    for (std::size_t faults = random.below(9); faults > 0; --faults) {
      spoil(scene, random);
    }
    expect_rows_of_table(scene.judged());
  }
}

/// Facts may come from anybody, as a file.
TEST(VerifyJudgeProperty, AnyFactsCanBeJudged) {
  Random random;
  for (int round = 0; round < k_rounds; ++round) {
    Scene scene = make_green();
    scene.facts = RandomFacts(random).make();
    if (random.once_in(2)) scene.expected = {};
    expect_rows_of_table(scene.judged());
  }
}

TEST(VerifyJudgeProperty, OrderSaysNothing) {
  Random random;
  for (int round = 0; round < k_rounds; ++round) {
    Scene scene = make_green();
    for (std::size_t faults = random.below(6); faults > 0; --faults) {
      spoil(scene, random);
    }
    const std::vector<std::string> before = lines(scene.judged());
    EXPECT_EQ(lines(scene.judged()), before);
    shuffle(scene.facts.fetches, random);
    shuffle(scene.facts.hosts, random);
    shuffle(scene.facts.servers, random);
    shuffle(scene.facts.mx.records, random);
    for (std::size_t at = 0; at < scene.facts.hosts.size(); ++at) {
      shuffle(scene.own_host(at).probes, random);
    }
    EXPECT_EQ(lines(scene.judged()), before);
  }
}

/// A fault of one MX host hides nothing of another, nor of the policy host.
TEST(VerifyJudgeProperty, AFaultHidesNoErrorOfAnotherSubject) {
  Random random;
  for (int round = 0; round < k_rounds; ++round) {
    Scene scene = make_green();
    spoil(scene.own_host(0), random);
    const std::string spoilt = scene.facts.hosts[1].host->name;
    const Diagnostics before = scene.judged();
    spoil(scene.own_host(1), random);
    const std::vector<std::string> after = lines(scene.judged());
    for (const Diagnostic& one : before) {
      if (one.severity != Severity::error || host_of(one) == spoilt) continue;
      const std::string line = format_diagnostic(one);
      EXPECT_NE(std::ranges::find(after, line), after.end()) << line;
    }
  }
}

void silence(Answer& answer, Outcome outcome) {
  answer.outcome = outcome;
  answer.records.clear();
}

/// Nothing reached from here: neither good nor bad.
TEST(VerifyJudgeProperty, WhatCanNotBeReachedIsNoError) {
  Random random;
  for (int round = 0; round < k_rounds; ++round) {
    Scene scene = make_green();
    const std::size_t dead = random.below(3);
    scene.facts.view.has_ipv4 = scene.facts.view.has_ipv6 = dead != 0;
    if (dead == 0) {  // no way to anybody
      for (Fetch& one : scene.facts.fetches) {
        one = {.address = one.address, .reach = net::Reach::no_route};
      }
    }
    if (dead == 1) {  // the resolver
      for (Answer* one :
           {&scene.facts.sts, &scene.facts.rpt, &scene.facts.host_a,
            &scene.facts.host_aaaa, &scene.facts.caa, &scene.facts.mx,
            &scene.facts.soa, &scene.facts.ns}) {
        silence(*one, random.once_in(4) ? Outcome::servfail : Outcome::silent);
      }
      scene.facts.fetches.clear();
      scene.facts.hosts.clear();
      scene.facts.servers.clear();
    } else {  // port 25
      scene.facts.view.is_smtp_blocked = random.once_in(4);
      for (std::size_t at = 0; at < scene.facts.hosts.size(); ++at) {
        for (SmtpProbe& one : scene.own_host(at).probes) {
          one = {.address = one.address,
                 .reach = random.once_in(4) ? net::Reach::no_route
                                            : net::Reach::timed_out,
                 .reason = "no answer"};
        }
      }
    }
    const Diagnostics found = scene.judged();
    EXPECT_FALSE(has_errors(found)) << lines(found).front();
    EXPECT_NE(
        std::ranges::find(found, Severity::untested, &Diagnostic::severity),
        found.end());
  }
}

}  // namespace
}  // namespace mtasts::verify
