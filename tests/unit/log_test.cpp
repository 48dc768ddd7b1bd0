// SPDX-License-Identifier: MIT
#include "log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>

namespace mtasts::log {
namespace {

/// Standard error is a pipe, from which nobody reads but take().
class Log : public testing::Test {
 protected:
  Log() : saved_(::dup(STDERR_FILENO)) {
    EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
    EXPECT_EQ(::fcntl(ends_[0], F_SETFL, O_NONBLOCK), 0);
    ::dup2(ends_[1], STDERR_FILENO);
  }
  ~Log() override {
    ::dup2(saved_, STDERR_FILENO);
    for (const int fd : {saved_, ends_[0], ends_[1]}) ::close(fd);
    set_format(Format::text);
    set_level(Level::info);
  }

  /// All that was written since.
  std::string take() const {
    std::string text(1 << 20, '\0');
    const ssize_t got = ::read(ends_[0], text.data(), text.size());
    text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return text;
  }

  /// A line without its time.
  std::string take_line() const {
    const std::string line = take();
    const std::string_view head = "time=2026-07-01T00:00:00Z ";
    return line.size() < head.size() ? line : line.substr(head.size());
  }

  int out() const { return ends_[1]; }

 private:
  int saved_;
  std::array<int, 2> ends_{};
};

TEST_F(Log, IsOneLineOfKeysAndValues) {
  write(Level::warning, "start", {{"a", "b"}, {"n", 5}, {"on", true}});
  EXPECT_EQ(take_line(), "level=warning event=start a=b n=5 on=true\n");
}

TEST_F(Log, IsOneObjectInJson) {
  set_format(Format::json);
  write(Level::error, "start", {{"a", "5"}, {"n", 5}, {"on", true}});
  const std::string line = take();
  const std::string head = R"({"time":"2026-07-01T00:00:00Z")";
  ASSERT_GT(line.size(), head.size());
  EXPECT_EQ(line.substr(head.size()),
            R"(,"level":"error","event":"start","a":"5","n":5,"on":true})"
            "\n");
}

TEST_F(Log, QuotesWhatCouldBeTakenForSomethingElse) {
  write(Level::info, "x",
        {{"a", ""},
         {"b", " "},
         {"c", "\""},
         {"d", "="},
         {"e", "\\"},
         {"f", "\n"},
         {"g", "\x7f"},
         {"h", "ü"}});
  EXPECT_EQ(take_line(),
            R"(level=info event=x a="" b=" " c="\"" d="=" e="\\" f="\n" )"
            R"(g="\u007f" h="ü")"
            "\n");
  write(Level::info, "x", {{"a", "!~[::]:8443"}});
  EXPECT_EQ(take_line(), "level=info event=x a=!~[::]:8443\n");
}

TEST_F(Log, LeavesOutWhatLiesBelowItsLevel) {
  for (const Level least :
       {Level::debug, Level::info, Level::warning, Level::error}) {
    set_level(least);
    for (const Level level :
         {Level::debug, Level::info, Level::warning, Level::error}) {
      write(level, "x", {});
      EXPECT_EQ(take().empty(), level < least);
      EXPECT_EQ(is_on(level), level >= least);
    }
  }
}

TEST_F(Log, NeverWaitsForAReaderAndTellsHowManyLinesWereLost) {
  EXPECT_FALSE(write_at_once(out(), std::string(1 << 20, 'a')));
  write(Level::info, "first", {});
  write(Level::info, "second", {});
  EXPECT_EQ(take().find_first_not_of('a'), std::string::npos);
  write(Level::info, "third", {});
  EXPECT_EQ(take_line(), "level=info event=third lost=2\n");
  write(Level::info, "fourth", {});
  EXPECT_EQ(take_line(), "level=info event=fourth\n");
}

TEST(LogWriteAtOnce, SaysWhetherItWroteAll) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  EXPECT_TRUE(write_at_once(ends[1], std::string(4097, 'a')));
  EXPECT_FALSE(write_at_once(-1, "a"));
  for (const int fd : ends) ::close(fd);
}

}  // namespace
}  // namespace mtasts::log
