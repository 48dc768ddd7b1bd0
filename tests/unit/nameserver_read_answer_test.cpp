// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "nameserver/read_answer.hpp"
#include "scripted_name_server.hpp"

namespace mtasts::nameserver {
namespace {

std::string question(const std::string& name, unsigned type) {
  return two(7) + two(0x0100) + two(1) + four(0) + two(0) + wire(name) +
         two(type) + two(1);
}

Answer read(const std::string& name, Type type, unsigned code, unsigned flags,
            const Sections& sections) {
  return read_answer(reply_to(question(name, code), flags, sections), name,
                     type);
}

TEST(NameserverReadAnswer, FollowsAliasesInTheirOrder) {
  EXPECT_EQ(read("a.test", Type::a, k_a, 0,
                 {.answer = {record(wire("c.test"), k_a, four(0xc0000201)),
                             record(wire("b.test"), k_cname, wire("C.test")),
                             record(wire("other.test"), k_a, four(0xc0000202)),
                             record(wire("a.test"), k_cname, wire("b.test"))}})
                .records,
            (std::vector<Record>{{"a.test", Type::cname, 60, "b.test"},
                                 {"b.test", Type::cname, 60, "c.test"},
                                 {"c.test", Type::a, 60, "192.0.2.1"}}));
}

TEST(NameserverReadAnswer, BelievesNothingThatWasNotAskedFor) {
  EXPECT_EQ(read("a.test", Type::txt, k_txt, 0,
                 {.answer = {record(wire("b.test"), k_txt, counted("no"))}}),
            (Answer{.name = "a.test", .outcome = Outcome::no_data}));
}

TEST(NameserverReadAnswer, KeepsAnAliasBesideOthers) {
  const Answer answer =
      read("a.test", Type::txt, k_txt, k_aa,
           {.answer = {record(wire("a.test"), k_cname, wire("b.test")),
                       record(wire("a.test"), k_txt, counted("x"))}});
  EXPECT_EQ(answer.outcome, Outcome::found);
  EXPECT_EQ(answer.records.size(), 2U);
}

TEST(NameserverReadAnswer, TellsThatAliasesLeadNowhere) {
  EXPECT_EQ(read("a.test", Type::txt, k_txt, 3,
                 {.answer = {record(wire("a.test"), k_cname, wire("b.test"))},
                  .authority = {soa("test", 900, 300)}}),
            (Answer{.name = "a.test",
                    .outcome = Outcome::no_name,
                    .records = {{"a.test", Type::cname, 60, "b.test"}},
                    .negative_ttl = 300}));
}

TEST(NameserverReadAnswer, TakesNoReferralForAnAnswer) {
  EXPECT_EQ(
      read("a.b.test", Type::txt, k_txt, 0,
           {.authority = {record(wire("b.test"), k_ns, wire("ns.b.test"))}}),
      (Answer{.name = "a.b.test",
              .outcome = Outcome::failed,
              .reason = "refers to the servers of b.test instead"}));
}

TEST(NameserverReadAnswer, TellsFailuresApart) {
  const auto outcome = [](unsigned rcode) {
    const Answer answer = read("a.test", Type::txt, k_txt, rcode, {});
    return std::pair(answer.outcome, answer.reason);
  };
  EXPECT_EQ(outcome(2), std::pair(Outcome::servfail, std::string("SERVFAIL")));
  EXPECT_EQ(outcome(5), std::pair(Outcome::refused, std::string("REFUSED")));
  EXPECT_EQ(outcome(4), std::pair(Outcome::failed, std::string("NOTIMPL")));
  EXPECT_EQ(outcome(14), std::pair(Outcome::failed, std::string("RCODE 14")));
}

TEST(NameserverReadAnswer, ReadsExtendedErrors) {
  const auto reason = [](const std::string& edns) {
    return read("a.test", Type::txt, k_txt, 2, {.additional = {edns}}).reason;
  };
  EXPECT_EQ(reason(extended_error(6, "no DS of a.test")),
            "SERVFAIL, extended error 6 (DNSSEC bogus): no DS of a.test");
  EXPECT_EQ(reason(extended_error(22, "")),
            "SERVFAIL, extended error 22 (no reachable authority)");
  EXPECT_EQ(reason(extended_error(0, "a\x1b[1m\n")),
            "SERVFAIL, extended error 0 (other): a\\x1b[1m\\x0a");
  EXPECT_EQ(reason(extended_error(65000, "")),
            "SERVFAIL, extended error 65000");
}

TEST(NameserverReadAnswer, PrintsEachTypeInItsForm) {
  const auto data = [](Type type, unsigned code, const std::string& octets) {
    const Answer answer =
        read("a.test", type, code, 0,
             {.answer = {record(wire("a.test"), code, octets)}});
    return answer.records.empty() ? "" : answer.records.front().data;
  };
  EXPECT_EQ(data(Type::mx, k_mx, two(10) + wire("MX.a.test")), "10 mx.a.test");
  EXPECT_EQ(data(Type::mx, k_mx, two(0) + wire("")), "0 .");
  EXPECT_EQ(data(Type::caa, k_caa,
                 std::string(1, '\0') + counted("ISSUE") + "ca.test; a=b"),
            "0 issue ca.test; a=b");
  EXPECT_EQ(data(Type::tlsa, k_tlsa, "\x03\x01\x01\xab\xcd"), "3 1 1 abcd");
  EXPECT_EQ(
      data(Type::aaaa, 28, "\x20\x01\x0d\xb8" + std::string(11, '\0') + "\x01"),
      "2001:db8::1");
  EXPECT_EQ(data(Type::ns, k_ns, wire("ns.test")), "ns.test");
  EXPECT_EQ(data(Type::soa, k_soa,
                 wire("ns.test") + wire("root.test") + four(1) + four(2) +
                     four(3) + four(4) + four(5)),
            "ns.test root.test 1 2 3 4 5");
  EXPECT_EQ(data(Type::txt, k_txt, counted("a\"\n") + counted("\xff")),
            "a\"\n\xff");
}

TEST(NameserverReadAnswer, EscapesOddOctetsOfNames) {
  const std::string odd = std::string(
                              "\x04"
                              "a.\n\xff",
                              5) +
                          wire("test");
  std::string message =
      two(7) + two(0) + two(1) + four(0) + two(0) + odd + two(k_txt) + two(1);
  const Answer answer = read_answer(
      reply_to(message, 0, {.answer = {record(odd, k_txt, counted("x"))}}),
      "a\\.\\010\\255.test", Type::txt);
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_EQ(answer.records.front().owner, "a\\.\\010\\255.test");
}

TEST(NameserverReadAnswer, SurvivesAnyOctets) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const std::string good = reply_to(
      question("a.test", k_caa), 0,
      {.answer = {record(wire("a.test"), k_cname, wire("b.test")),
                  record(wire("b.test"), k_caa,
                         std::string(1, '\0') + counted("issue") + "ca.test"),
                  record(wire("b.test"), k_txt, counted("x") + counted("y"))},
       .authority = {soa("test", 5, 5)},
       .additional = {extended_error(6, "why")}});
  for (int i = 0; i < 20'000; ++i) {
    std::string octets = good;
    for (unsigned n = random() % 4 + 1; n > 0; --n) {
      octets[12 + random() % (octets.size() - 12)] =
          static_cast<char>(random());
    }
    octets.resize(12 + random() % (octets.size() - 11));
    const Answer answer = read_answer(octets, "a.test", Type::caa);
    EXPECT_NE(answer.outcome, Outcome::not_asked);
    EXPECT_NE(answer.outcome, Outcome::silent);
  }
}

}  // namespace
}  // namespace mtasts::nameserver
