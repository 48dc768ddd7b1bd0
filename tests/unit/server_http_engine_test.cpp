// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "server/http_engine.hpp"
#include "sts/policy_host.hpp"
#include "test_site.hpp"

namespace mtasts::server {
namespace {

constexpr std::string_view k_host = "mta-sts.example.com";
// The example of RFC 9110, 5.6.7.
constexpr std::time_t k_time = 784111777;
constexpr std::string_view k_date = "Date: Sun, 06 Nov 1994 08:49:37 GMT";

/// The status line, then the fields in the order of the alphabet: the library
/// does not promise one.
std::vector<std::string> head_of(const std::string& answer) {
  std::vector<std::string> lines;
  std::istringstream head(answer.substr(0, answer.find("\r\n\r\n") + 2));
  for (std::string line; std::getline(head, line);) {
    EXPECT_TRUE(line.ends_with('\r')) << line;
    lines.push_back(line.substr(0, line.size() - 1));
  }
  std::sort(lines.begin() + 1, lines.end());
  return lines;
}

std::string body_of(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

class ServerHttpEngine : public testing::Test {
 protected:
  ServerHttpEngine() { engine_.set_time(k_time); }

  std::string ask(std::string_view method, std::string_view path,
                  AfterAnswer after = AfterAnswer::keep_open) {
    std::string out;
    const http::RequestHead head{.method = method,
                                 .scheme = {},
                                 .authority = k_host,
                                 .path = path,
                                 .keep_alive = true};
    status_ = engine_.answer(serving_, head, k_host, after, out).status;
    return out;
  }

  snapshot::Snapshot serving_ = make_snapshot();
  HttpEngine engine_;
  int status_ = 0;
};

TEST_F(ServerHttpEngine, WritesAPolicyAndNothingElse) {
  const std::string answer = ask("GET", sts::k_policy_path);
  EXPECT_EQ(status_, 200);
  EXPECT_EQ(head_of(answer),
            (std::vector<std::string>{"HTTP/1.1 200 OK", "Content-Length: 70",
                                      "Content-Type: text/plain",
                                      std::string(k_date)}));
  EXPECT_EQ(body_of(answer), k_example_com);
}

TEST_F(ServerHttpEngine, LeavesTheBodyOfHeadOut) {
  const std::string answer = ask("HEAD", sts::k_policy_path);
  EXPECT_EQ(head_of(answer), head_of(ask("GET", sts::k_policy_path)));
  EXPECT_EQ(body_of(answer), "");
  EXPECT_EQ(body_of(ask("HEAD", "/")), "");
  EXPECT_EQ(status_, 404);
}

TEST_F(ServerHttpEngine, SaysCloseWhenItIsTheLast) {
  EXPECT_EQ(head_of(ask("GET", sts::k_policy_path, AfterAnswer::close)),
            (std::vector<std::string>{
                "HTTP/1.1 200 OK", "Connection: close", "Content-Length: 70",
                "Content-Type: text/plain", std::string(k_date)}));
}

TEST_F(ServerHttpEngine, NamesTheAllowedMethods) {
  const std::string answer = ask("POST", sts::k_policy_path);
  EXPECT_EQ(status_, 405);
  EXPECT_EQ(head_of(answer),
            (std::vector<std::string>{"HTTP/1.1 405 Method Not Allowed",
                                      "Allow: GET, HEAD", "Content-Length: 35",
                                      "Content-Type: text/plain",
                                      std::string(k_date)}));
}

TEST_F(ServerHttpEngine, Refuses) {
  const std::vector<std::pair<int, std::string>> rows = {
      {400, "HTTP/1.1 400 Bad Request"},
      {414, "HTTP/1.1 414 URI Too Long"},
      {431, "HTTP/1.1 431 Request Header Fields Too Large"},
      {505, "HTTP/1.1 505 HTTP Version Not Supported"}};
  for (const auto& [status, line] : rows) {
    std::string out;
    engine_.refuse(status, "GET", out);
    const std::vector<std::string> head = head_of(out);
    ASSERT_EQ(head.size(), 5U) << out;
    EXPECT_EQ(head[0], line);
    EXPECT_EQ(head[1], "Connection: close");
    EXPECT_EQ(head[2],
              "Content-Length: " + std::to_string(body_of(out).size()));
  }
}

TEST_F(ServerHttpEngine, KeepsNothingOfTheRequestBefore) {
  const std::string good = ask("GET", sts::k_policy_path);
  std::string out;
  engine_.refuse(400, "GET", out);
  EXPECT_EQ(ask("GET", sts::k_policy_path), good);
  static_cast<void>(ask("POST", sts::k_policy_path, AfterAnswer::close));
  EXPECT_EQ(ask("GET", sts::k_policy_path), good);
}

TEST_F(ServerHttpEngine, Appends) {
  std::string out = "before";
  engine_.refuse(400, "GET", out);
  EXPECT_TRUE(out.starts_with("beforeHTTP/1.1 400 ")) << out;
}

TEST_F(ServerHttpEngine, TellsTheTime) {
  const auto date = [&](std::time_t now) {
    engine_.set_time(now);
    return head_of(ask("GET", sts::k_policy_path)).back();
  };
  EXPECT_EQ(date(0), "Date: Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(date(951782400), "Date: Tue, 29 Feb 2000 00:00:00 GMT");
  EXPECT_EQ(date(4102444799), "Date: Thu, 31 Dec 2099 23:59:59 GMT");
}

}  // namespace
}  // namespace mtasts::server
