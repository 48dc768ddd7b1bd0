// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "http/answer_writer.hpp"

namespace mtasts::http {
namespace {

// The example of RFC 9110, 5.6.7.
constexpr std::chrono::sys_seconds k_time{std::chrono::seconds(784111777)};
constexpr std::string_view k_date = "Date: Sun, 06 Nov 1994 08:49:37 GMT";
constexpr TextAnswer k_policy{
    .status = 200, .reason = "OK", .body = "version: STSv1\r\n"};
constexpr TextAnswer k_refusal{
    .status = 400, .reason = "Bad Request", .body = "no\n"};

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

class HttpAnswerWriter : public testing::Test {
 protected:
  HttpAnswerWriter() { writer_.set_time(k_time); }

  std::string write(const TextAnswer& answer, Part part = Part::with_body,
                    AfterAnswer after = AfterAnswer::keep_open) {
    std::string out;
    writer_.write(answer, part, after, out);
    return out;
  }

  AnswerWriter writer_;
};

TEST_F(HttpAnswerWriter, WritesTheTextAndNothingElse) {
  const std::string answer = write(k_policy);
  EXPECT_EQ(head_of(answer),
            (std::vector<std::string>{"HTTP/1.1 200 OK", "Content-Length: 16",
                                      "Content-Type: text/plain",
                                      std::string(k_date)}));
  EXPECT_EQ(body_of(answer), k_policy.body);
}

TEST_F(HttpAnswerWriter, LeavesTheBodyOfHeadOut) {
  const std::string answer = write(k_policy, Part::without_body);
  EXPECT_EQ(head_of(answer), head_of(write(k_policy)));
  EXPECT_EQ(body_of(answer), "");
}

TEST_F(HttpAnswerWriter, SaysCloseWhenItIsTheLast) {
  EXPECT_EQ(head_of(write(k_policy, Part::with_body, AfterAnswer::close)),
            (std::vector<std::string>{
                "HTTP/1.1 200 OK", "Connection: close", "Content-Length: 16",
                "Content-Type: text/plain", std::string(k_date)}));
}

TEST_F(HttpAnswerWriter, NamesTheAllowedMethods) {
  EXPECT_EQ(
      head_of(write(
          {.status = 405, .reason = "Method Not Allowed", .body = "x\n"})),
      (std::vector<std::string>{"HTTP/1.1 405 Method Not Allowed",
                                "Allow: GET, HEAD", "Content-Length: 2",
                                "Content-Type: text/plain",
                                std::string(k_date)}));
}

TEST_F(HttpAnswerWriter, WritesAnEmptyText) {
  const std::string answer = write({.status = 503, .reason = "No", .body = {}});
  EXPECT_EQ(head_of(answer)[1], "Content-Length: 0");
  EXPECT_EQ(body_of(answer), "");
}

TEST_F(HttpAnswerWriter, KeepsHeadsAndNoBodies) {
  const std::string good = write(k_policy);
  const TextAnswer other{
      .status = 200, .reason = "OK", .body = "version: STSv2\r\n"};
  EXPECT_EQ(body_of(write(other)), other.body);
  EXPECT_EQ(body_of(write(k_refusal, Part::with_body, AfterAnswer::close)),
            "no\n");
  EXPECT_EQ(write(k_policy), good);
}

TEST_F(HttpAnswerWriter, WritesAnyLength) {
  for (std::size_t size = 0; size < 3000; ++size) {
    const std::string body(size, 'x');
    const std::string answer = write({200, "OK", body});
    ASSERT_EQ(head_of(answer)[1], "Content-Length: " + std::to_string(size));
    ASSERT_EQ(body_of(answer), body);
  }
}

TEST_F(HttpAnswerWriter, Appends) {
  std::string out = "before";
  writer_.write(k_refusal, Part::with_body, AfterAnswer::close, out);
  EXPECT_TRUE(out.starts_with("beforeHTTP/1.1 400 ")) << out;
}

TEST_F(HttpAnswerWriter, TellsTheTime) {
  const auto date = [&](std::chrono::seconds now) {
    writer_.set_time(std::chrono::sys_seconds(now));
    return head_of(write(k_policy)).back();
  };
  EXPECT_EQ(date(std::chrono::seconds(0)),
            "Date: Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(date(std::chrono::seconds(951782400)),
            "Date: Tue, 29 Feb 2000 00:00:00 GMT");
}

}  // namespace
}  // namespace mtasts::http
