// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/fetch.hpp"
#include "process/thread.hpp"

namespace mtasts::http {
namespace {

/// Has its say whatever it is asked.
class ScriptedStream final : public net::Stream {
 public:
  /// `failure` is what comes of reading on behind `says`; empty is the end.
  explicit ScriptedStream(std::string says, std::string failure = {})
      : says_(std::move(says)), failure_(std::move(failure)) {}

  Result<std::size_t> read(std::span<char> into) override {
    if (at_ == says_.size() && !failure_.empty()) return fail(failure_);
    // Two octets at a time: what comes together is nobody's promise.
    const std::size_t size =
        std::min({into.size(), says_.size() - at_, std::size_t{2}});
    std::copy_n(says_.begin() + static_cast<std::ptrdiff_t>(at_), size,
                into.begin());
    at_ += size;
    return size;
  }
  Result<void> write(std::string_view octets) override {
    heard += octets;
    return {};
  }

  std::string heard = {};

 private:
  std::string says_;
  std::string failure_;
  std::size_t at_ = 0;
};

Result<Response> ask(const std::string& says, const std::string& failure = {}) {
  ScriptedStream stream(says, failure);
  return exchange(stream, {.host = "a.test", .max_octets = 100});
}

TEST(HttpFetch, AsksForWhatItIsTold) {
  ScriptedStream stream("HTTP/1.1 204 No Content\r\n\r\n");
  const auto response = exchange(stream, {.method = "PATCH",
                                          .host = "a.test:8081",
                                          .path = "/x?y=a+b,c.",
                                          .fields = {{"X-API-Key", "k"}},
                                          .body = "{}"});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 204);
  std::vector<std::string> lines;
  for (std::string_view left = stream.heard; !left.empty();) {
    const std::size_t end = left.find("\r\n");
    lines.emplace_back(left.substr(0, end));
    left.remove_prefix(end == left.npos ? left.size() : end + 2);
  }
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.front(), "PATCH /x?y=a+b,c. HTTP/1.1");
  EXPECT_EQ(lines.back(), "{}");
  for (const std::string field : {"Host: a.test:8081", "X-API-Key: k",
                                  "Content-Length: 2", "Connection: close"}) {
    EXPECT_EQ(std::count(lines.begin(), lines.end(), field), 1) << field;
  }
}

TEST(HttpFetch, ReadsABody) {
  const auto response =
      ask("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
          "Content-Length: 4\r\n\r\nbodyand more");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "body");
  EXPECT_EQ(response->broken, "");
  EXPECT_FALSE(response->is_cut);
  ASSERT_NE(response->find("content-type"), nullptr);
  EXPECT_EQ(*response->find("content-type"), "text/plain");
  EXPECT_EQ(response->find("location"), nullptr);
}

TEST(HttpFetch, ReadsChunksAndBodiesThatEndWithTheConnection) {
  auto response =
      ask("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
          "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "abc");
  EXPECT_EQ(response->broken, "");
  response = ask("HTTP/1.1 200 OK\r\n\r\nabc");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "abc");
  EXPECT_EQ(response->broken, "");
}

TEST(HttpFetch, FollowsAndDecodesNothing) {
  auto response =
      ask("HTTP/1.1 301 Moved\r\nLocation: https://b.test/\r\n"
          "Content-Length: 0\r\n\r\n");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 301);
  EXPECT_EQ(*response->find("Location"), "https://b.test/");
  response =
      ask("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
          "Content-Length: 4\r\n\r\n\x1f\x8b\x08\x01");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "\x1f\x8b\x08\x01");
}

TEST(HttpFetch, CutsWhatIsTooLong) {
  const auto response = ask("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n" +
                            std::string(101, 'x'));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, std::string(100, 'x'));
  EXPECT_TRUE(response->is_cut);
  EXPECT_EQ(response->broken, "");
  const auto endless =
      ask("HTTP/1.1 200 OK\r\n\r\n" + std::string(500'000, 'x'));
  ASSERT_TRUE(endless);
  EXPECT_TRUE(endless->is_cut);
}

TEST(HttpFetch, SaysHowABodyIsBroken) {
  auto response = ask("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\nbody");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "body");
  EXPECT_EQ(response->broken, "ended 12 octets early");
  response = ask("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\nbody",
                 "nothing came in time");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->broken, "nothing came in time");
  response =
      ask("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->broken,
            "can't be read: its chunks or its length are wrong");
}

// RFC 9110, 15.2: any number of them may come before the answer.
TEST(HttpFetch, PassesOverInterimAnswers) {
  const std::string hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  ScriptedStream stream(hints + hints +
                        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody");
  const auto response = exchange(stream, {.host = "a.test"});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "body");
  EXPECT_EQ(response->find("link"), nullptr);
  EXPECT_EQ(stream.heard.find("GET"), stream.heard.rfind("GET"));
  std::string endless;
  while (endless.size() < 20'000) endless += hints;
  const auto none = ask(endless);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "no answer that is HTTP");
}

// The library matches them by regular expressions, which recurse as deep as the
// line is long.
TEST(HttpFetch, BoundsStatusLines) {
  const std::string reason(60'000, 'x');
  auto response = ask("HTTP/1.1 200 " + reason + "\r\n\r\n");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().message, "its status line is too long");
  response = ask("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 " + reason);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().message, "its status line is too long");
  // Other lines of a head are nothing to them.
  response = ask("HTTP/1.1 200 OK\r\nA: " + std::string(8000, 'x') +
                 "\r\nContent-Length: 4\r\n\r\nbody");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "body");
}

TEST(HttpFetch, RefusesWhatIsNoHttp) {
  const auto message = [](const std::string& says,
                          const std::string& failure = {}) {
    const auto response = ask(says, failure);
    return response ? std::to_string(response->status)
                    : response.error().message;
  };
  const std::string none = "no answer that is HTTP";
  EXPECT_EQ(message(""), none);
  EXPECT_EQ(message("220 mx.test ESMTP\r\n"), none);
  EXPECT_EQ(message("\x16\x03\x01"), none);
  EXPECT_EQ(message("HTTP/1.1 2"), none);
  EXPECT_EQ(message("HTTP/1.1 200 OK\r\nA: b"), none);
  EXPECT_EQ(message("HTTP/1.1 200 OK\r\nA", "reset"), "reset");
  // A head without end.
  std::string endless = "HTTP/1.1 200 OK\r\n";
  while (endless.size() < 200'000) endless += "a: b\r\n";
  // Later versions of the library have a bound of their own, before ours.
  if (message(endless) != none) {
    EXPECT_EQ(message(endless), "the answer is too long");
  }
}

// The library matches the line by a recursive regular expression. A quarter of
// what the threads of verify have, as sanitizers need more.
TEST(HttpFetch, ReadsTheLongestStatusLineOnASmallStack) {
  const std::string line = "HTTP/1.1 200 " + std::string(240, 'x');
  Result<Response> response = fail("not asked");
  {
    const process::Thread thread(std::size_t{128} * 1024, [&] {
      response = ask(line + "\r\nContent-Length: 2\r\n\r\nok");
    });
  }
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "ok");
}

}  // namespace
}  // namespace mtasts::http
