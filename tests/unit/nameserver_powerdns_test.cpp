// SPDX-License-Identifier: MIT
// What PowerDNS itself says is in tests/dns/update_test.py.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "nameserver/powerdns.hpp"

namespace mtasts::nameserver {
namespace {

/// Answers each connection with the next of what it shall say.
class ScriptedApi {
 public:
  explicit ScriptedApi(std::vector<std::string> says)
      : says_(std::move(says)),
        listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, generic, size), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    EXPECT_EQ(::getsockname(listener_, generic, &size), 0);
    url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { run(); });
  }
  ~ScriptedApi() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  ScriptedApi(const ScriptedApi&) = delete;
  ScriptedApi& operator=(const ScriptedApi&) = delete;

  std::string url;

 private:
  void run() {
    for (const std::string& one : says_) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      // To the end of the head: a body may follow, and is left.
      std::string heard;
      std::array<char, 4096> part{};
      while (heard.find("\r\n\r\n") == std::string::npos) {
        const ssize_t got = ::recv(fd, part.data(), part.size(), 0);
        if (got <= 0) break;
        heard.append(part.data(), static_cast<std::size_t>(got));
      }
      ::send(fd, one.data(), one.size(), MSG_NOSIGNAL);
      ::shutdown(fd, SHUT_WR);
      while (::recv(fd, part.data(), part.size(), 0) > 0) {
      }
      ::close(fd);
    }
  }

  std::vector<std::string> says_;
  int listener_;
  std::thread thread_;
};

std::string answer(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " x\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

constexpr std::chrono::seconds k_time{20};

Answer ask(const std::string& body, int status = 200) {
  const ScriptedApi api({answer(status, body)});
  Answer found = ask_powerdns(api.url, "key", "a.test", "_mta-sts.A.test",
                              Type::txt, k_time);
  const std::size_t at = found.reason.find(api.url);
  if (at == 0) found.reason = found.reason.substr(api.url.size());
  return found;
}

TEST(NameserverPowerdns, PicksWhatWasAskedForFromAWholeZone) {
  EXPECT_EQ(
      ask(R"({"rrsets": [
        {"name": "a.test.", "type": "SOA", "ttl": 60, "records": [
          {"content": "ns.a.test. root.a.test. 1 2 3 4 5"}]},
        {"name": "_MTA-STS.a.test.", "type": "TXT", "ttl": 60, "records": [
          {"content": "\"v=STSv1; \" \"id=1;\"", "disabled": false},
          {"content": "\"gone\"", "disabled": true},
          {"content": "\"\\195\\164 \\\" \\\\\"", "disabled": false}]}]})"),
      (Answer{.name = "_mta-sts.a.test",
              .type = Type::txt,
              .outcome = Outcome::found,
              .records =
                  {{"_mta-sts.a.test", Type::txt, 60, "v=STSv1; id=1;", {9, 5}},
                   {"_mta-sts.a.test", Type::txt, 60, "\xc3\xa4 \" \\", {6}}},
              .is_authoritative = true}));
}

TEST(NameserverPowerdns, ShowsAnAlias) {
  EXPECT_EQ(ask(R"({"rrsets": [{"name": "_mta-sts.a.test.", "type": "CNAME",
              "ttl": 60, "records": [{"content": "B.test."}]}]})"),
            (Answer{.name = "_mta-sts.a.test",
                    .type = Type::txt,
                    .outcome = Outcome::no_data,
                    .records = {{"_mta-sts.a.test", Type::cname, 60, "b.test"}},
                    .is_authoritative = true}));
}

TEST(NameserverPowerdns, TellsFailuresApart) {
  const auto outcome = [](const std::string& body, int status) {
    const Answer found = ask(body, status);
    return std::pair(found.outcome, found.reason);
  };
  using Pair = std::pair<Outcome, std::string>;
  EXPECT_EQ(outcome(R"({"error": "Not Found"})", 404),
            Pair(Outcome::refused, ": zone a.test: it has no such zone (404)"));
  EXPECT_EQ(outcome("Unauthorized", 401),
            Pair(Outcome::failed,
                 ": zone a.test: it does not take the API key (401)"));
  EXPECT_EQ(
      outcome(R"({"error": "a \u001b[1m fault"})", 500),
      Pair(Outcome::failed, ": zone a.test: it answers 500: a \\x1b[1m fault"));
  for (const std::string body :
       {"", "[", "[]", "{}", R"({"rrsets": 1})", R"({"rrsets": [1]})",
        R"({"rrsets": [{"name": 1}]})",
        R"({"rrsets": [{"name": "_mta-sts.a.test.", "type": "TXT", "ttl": -1,
            "records": [1]}]})"}) {
    const auto [kind, reason] = outcome(body, 200);
    EXPECT_EQ(kind, Outcome::failed) << body;
    EXPECT_TRUE(reason.starts_with(": its answer can't be read: ")) << reason;
  }
}

TEST(NameserverPowerdns, RepeatsWhatItSaysOfAChange) {
  const ScriptedApi api(
      {answer(200, R"({"rrsets": []})"),
       answer(422,
              R"({"error": "RRset _mta-sts.a.test. IN TXT: Conflicts"})")});
  const auto done =
      patch_powerdns(api.url, "key", "a.test",
                     {{.owner = "_mta-sts.a.test", .wanted = {"x"}}}, k_time);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message,
            api.url +
                ": zone a.test: it answers 422: RRset _mta-sts.a.test. IN TXT: "
                "Conflicts");
  EXPECT_EQ(done.error().hint, "the zone has a record there that excludes it");
}

TEST(NameserverPowerdns, SendsItsKeyToNoStranger) {
  const auto error = [](const std::string& url) {
    const auto done = patch_powerdns(url, "key", "a.test", {}, k_time);
    return done ? "done" : done.error().message;
  };
  EXPECT_EQ(error("http://1.1.1.1:8081"),
            "\"http://1.1.1.1:8081\" is not asked: its key would cross the "
            "internet in clear text");
  EXPECT_EQ(error("https://127.0.0.1:8081"),
            "\"https://127.0.0.1:8081\" is not asked: only http is");
  EXPECT_NE(error("http://pdns.test"), "done");
}

}  // namespace
}  // namespace mtasts::nameserver
