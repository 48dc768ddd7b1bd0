// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sts/history_line.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"

namespace mtasts::sts {
namespace {

using std::chrono::sys_days;

HistoryLine make_line() {
  Policy policy = *Policy::make(Mode::enforce,
                                {*MxPattern::parse("mail.example.com"),
                                 *MxPattern::parse("*.example.net")},
                                std::chrono::seconds(604800));
  std::string id = policy_id(format_policy(policy));
  return {.time = sys_days(std::chrono::year{2026} / 11 / 27) +
                  std::chrono::hours(16) + std::chrono::minutes(20),
          .event = HistoryLine::Event::serve,
          .domain = "example.com",
          .id = std::move(id),
          .policy = std::move(policy)};
}

constexpr const char* k_text =
    "2026-11-27T16:20:00Z serve example.com 2ab1cd5b1e8a2ac2de9b4ad4f4b8ee1c "
    "enforce 604800 *.example.net,mail.example.com 00000000";

/// The text in front of the checksum of a line.
std::string body_of(const std::string& line) {
  return line.substr(0, line.rfind(' '));
}

TEST(StsHistoryLine, IsOneLineOfEightWords) {
  const HistoryLine line = make_line();
  const std::string text = format_history_line(line);
  EXPECT_EQ(body_of(text),
            "2026-11-27T16:20:00Z serve example.com " + line.id +
                " enforce 604800 *.example.net,mail.example.com");
  EXPECT_EQ(text.size(), body_of(text).size() + 1 + 8 + 1);
  EXPECT_EQ(text.back(), '\n');
}

TEST(StsHistoryLine, IsReadBack) {
  HistoryLine line = make_line();
  const auto read_back = [](const HistoryLine& one) {
    std::string text = format_history_line(one);
    text.pop_back();
    return *parse_history_line(text);
  };
  EXPECT_EQ(read_back(line), line);
  line.event = HistoryLine::Event::end;
  line.policy = *Policy::make(Mode::none, {}, std::chrono::seconds(86400));
  line.id = policy_id(format_policy(line.policy));
  EXPECT_EQ(read_back(line), line);
}

// A disk that was full, a power cut, a hand.
TEST(StsHistoryLine, KnowsEachLineThatWasCutOrEdited) {
  std::string text = format_history_line(make_line());
  text.pop_back();
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(parse_history_line(text.substr(0, size))) << size;
    std::string edited = text;
    edited[size] = static_cast<char>(edited[size] ^ 1);
    EXPECT_FALSE(parse_history_line(edited)) << edited;
  }
  EXPECT_FALSE(parse_history_line(text + " "));
  EXPECT_FALSE(parse_history_line(text + text));
  EXPECT_EQ(parse_history_line(k_text).error().message,
            "its checksum is another: it was cut off or edited");
}

}  // namespace
}  // namespace mtasts::sts
