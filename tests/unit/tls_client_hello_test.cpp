// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tls/client_hello.hpp"

namespace mtasts::tls {
namespace {

using State = HelloReader::State;

std::string vector(std::string_view octets, std::size_t length_octets) {
  std::string out;
  for (std::size_t i = length_octets; i-- > 0;) {
    out += static_cast<char>(octets.size() >> (8 * i));
  }
  return out += octets;
}

std::string message(std::string_view body, char type = 1) {
  return type + vector(body, 3);
}

std::string record(std::string_view fragment, char type = 22) {
  return std::string{type, 3, 1} + vector(fragment, 2);
}

std::string extension(std::string_view body) {
  return std::string(2, '\x7f') + vector(body, 2);
}

constexpr std::string_view k_suites = "\x13\x01\x13\x02";

std::string body(const std::string& extensions, std::string_view session = {},
                 std::string_view suites = k_suites) {
  return std::string("\3\3") + std::string(32, 'r') + vector(session, 1) +
         vector(suites, 2) + vector(std::string(1, '\0'), 1) + extensions;
}

std::string hello_of(std::size_t size) {
  const std::string small = message(body(vector(extension(""), 2)));
  return message(
      body(vector(extension(std::string(size - small.size(), 'x')), 2)));
}

HelloReader read(std::string_view octets) {
  HelloReader reader;
  reader.take(octets);
  return reader;
}

Alert alert_of(std::string_view octets) {
  const HelloReader reader = read(octets);
  EXPECT_EQ(reader.state(), State::refused);
  return reader.alert();
}

TEST(TlsClientHello, TakesOneRecord) {
  const std::string octets = record(hello_of(517));
  const HelloReader reader = read(octets);
  EXPECT_EQ(reader.state(), State::whole);
  EXPECT_EQ(reader.as_record(), octets);
}

TEST(TlsClientHello, IsTheSameHoweverItIsCut) {
  const std::string hello = hello_of(1700);
  for (const std::size_t fragment : {1U, 2U, 3U, 4U, 5U, 100U, 1699U}) {
    std::string octets;
    for (std::size_t at = 0; at < hello.size(); at += fragment) {
      octets += record(hello.substr(at, fragment));
    }
    for (const std::size_t piece : {1U, 4U, 6U, 1000U}) {
      HelloReader reader;
      for (std::size_t at = 0; at < octets.size(); at += piece) {
        ASSERT_EQ(reader.state(), State::incomplete);
        reader.take(std::string_view(octets).substr(at, piece));
      }
      EXPECT_EQ(reader.state(), State::whole);
      EXPECT_EQ(reader.as_record(), record(hello));
    }
  }
}

TEST(TlsClientHello, NeedsItsLastOctet) {
  const std::string octets = record(hello_of(300));
  EXPECT_EQ(read(octets.substr(0, octets.size() - 1)).state(),
            State::incomplete);
}

TEST(TlsClientHello, LeavesWhatFollows) {
  const std::string octets = record(hello_of(300));
  HelloReader reader;
  EXPECT_EQ(reader.take(octets + "more"), octets.size());
  EXPECT_EQ(reader.state(), State::whole);
}

TEST(TlsClientHello, HasALimit) {
  EXPECT_EQ(read(record(hello_of(k_max_client_hello_octets))).state(),
            State::whole);
  EXPECT_EQ(alert_of(record(hello_of(k_max_client_hello_octets + 1))),
            Alert::illegal_parameter);
  EXPECT_EQ(
      alert_of(record(hello_of(k_max_client_hello_octets + 1).substr(0, 10))),
      Alert::illegal_parameter);
  EXPECT_EQ(alert_of({"\x16\3\1\x40\0", 5}), Alert::illegal_parameter);
}

TEST(TlsClientHello, RefusesOtherRecords) {
  EXPECT_EQ(alert_of(record("\2\x28", 21)), Alert::unexpected_message);
  EXPECT_EQ(alert_of("\x17\3"), Alert::unexpected_message);
  const std::string half = record(hello_of(300).substr(0, 50));
  EXPECT_EQ(alert_of(half + record("\1", 20)), Alert::unexpected_message);
  EXPECT_EQ(alert_of({"\x16\3\1\0\0", 5}), Alert::unexpected_message);
  EXPECT_EQ(alert_of(half + record("")), Alert::unexpected_message);
  EXPECT_EQ(alert_of("\x16\3\1\x40\1"), Alert::record_overflow);
  EXPECT_EQ(alert_of("\x16\2"), Alert::protocol_version);
}

TEST(TlsClientHello, RefusesOtherMessages) {
  EXPECT_EQ(alert_of(record(message(body(""), 2))), Alert::unexpected_message);
  EXPECT_EQ(alert_of(record(hello_of(300) + hello_of(300))),
            Alert::unexpected_message);
  EXPECT_EQ(alert_of(record(hello_of(300) + "x").substr(0, 20)),
            Alert::unexpected_message);
}

TEST(TlsClientHello, IsSilentToOtherProtocols) {
  EXPECT_EQ(alert_of("GET / HTTP/1.1\r\n\r\n"), Alert::none);
  EXPECT_EQ(alert_of("EHLO x\r\n"), Alert::none);
  EXPECT_EQ(alert_of({"\0\0", 2}), Alert::none);
}

TEST(TlsClientHello, HasLengthsThatAddUp) {
  const auto is_good = [](const std::string& octets) {
    return read(record(message(octets))).state() == State::whole;
  };
  EXPECT_TRUE(is_good(body("")));
  EXPECT_TRUE(is_good(body(vector("", 2))));
  EXPECT_TRUE(is_good(
      body(vector(extension("") + extension("x"), 2), std::string(32, 's'))));
  const std::string good = body(vector(extension("xyz"), 2));
  EXPECT_TRUE(is_good(good));
  const std::size_t without = body("").size();
  for (std::size_t size = 0; size < good.size(); ++size) {
    if (size == without) continue;
    EXPECT_EQ(alert_of(record(message(good.substr(0, size)))),
              Alert::decode_error);
  }
  for (const std::string& bad :
       {good + "x", body("", std::string(33, 's')), body("", "", "\1\2\3"),
        body(vector("\x7f\x7f", 2)),
        body(vector(extension("") + "\x7f\x7f\xff\xff", 2))}) {
    EXPECT_EQ(alert_of(record(message(bad))), Alert::decode_error);
  }
}

TEST(TlsClientHello, FormatsAlerts) {
  EXPECT_EQ(format_alert(Alert::decode_error),
            std::string("\x15\3\3\0\2\2\x32", 7));
}

std::string alpn(const std::vector<std::string>& protocols) {
  std::string names;
  for (const std::string& one : protocols) names += vector(one, 1);
  return std::string("\0\x10", 2) + vector(vector(names, 2), 2);
}

bool offers_acme(const std::string& extensions) {
  const HelloReader reader = read(record(message(body(vector(extensions, 2)))));
  EXPECT_EQ(reader.state(), State::whole);
  return reader.offers_only("acme-tls/1");
}

// RFC 8737, 3: "the sole protocol".
TEST(TlsClientHello, KnowsWhenOneProtocolIsOfferedAlone) {
  EXPECT_TRUE(offers_acme(alpn({"acme-tls/1"})));
  EXPECT_TRUE(
      offers_acme(extension("x") + alpn({"acme-tls/1"}) + extension("")));
  EXPECT_FALSE(offers_acme(""));
  EXPECT_FALSE(offers_acme(extension("acme-tls/1")));
  EXPECT_FALSE(offers_acme(alpn({})));
  EXPECT_FALSE(offers_acme(alpn({"http/1.1"})));
  EXPECT_FALSE(offers_acme(alpn({"acme-tls/1", "http/1.1"})));
  EXPECT_FALSE(offers_acme(alpn({"http/1.1", "acme-tls/1"})));
  EXPECT_FALSE(offers_acme(alpn({"acme-tls/1", "acme-tls/1"})));
  EXPECT_FALSE(offers_acme(alpn({"acme-tls/10"})));
  EXPECT_FALSE(offers_acme(alpn({"acme-tls/"})));
  EXPECT_FALSE(offers_acme(std::string("\0\x10", 2) + vector("", 2)));
  const HelloReader old = read(record(message(body(""))));
  EXPECT_EQ(old.state(), State::whole);
  EXPECT_FALSE(old.offers_only("acme-tls/1"));
}

}  // namespace
}  // namespace mtasts::tls
