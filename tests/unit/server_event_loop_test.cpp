// SPDX-License-Identifier: MIT
// A loop with pages of the test's own, without TLS, on a real socket.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "server/event_loop.hpp"
#include "temp_dir.hpp"

namespace mtasts::server {
namespace {

constexpr std::size_t k_chunk = 300'000;  // more than any socket's buffer
constexpr std::size_t k_chunks = 5;

class Chunks final : public Body {
 public:
  bool write_some(std::string& out) override {
    out.append(k_chunk, static_cast<char>('a' + made_ % 26));
    return ++made_ < k_chunks;
  }

 private:
  std::size_t made_ = 0;
};

class Pages final : public Responder {
 public:
  bool begin_turn() override { return false; }
  Answer answer(const Request& request, AfterAnswer,
                std::string& out) override {
    out += request.head.path;
    out += '\n';
    if (request.head.path != "/long") return {.status = 200};
    return {.status = 200, .rest = std::make_unique<Chunks>()};
  }
  void refuse(int status, std::string_view, std::string& out) override {
    out += std::to_string(status);
  }
};

int listen_at(const std::string& path, sockaddr_un& address) {
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address),
            0);
  EXPECT_EQ(::listen(fd, 16), 0);
  return fd;
}

int connect_to(const sockaddr_un& address) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address),
                      sizeof address),
            0);
  return fd;
}

void send_to(int fd, std::string_view octets) {
  EXPECT_EQ(::send(fd, octets.data(), octets.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(octets.size()));
}

std::string read_all(int fd) {
  std::string got;
  std::array<char, 4096> buffer;
  for (ssize_t size = 1; size > 0;) {
    size = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (size > 0) got.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return got;
}

/// All that a client gets who sends `octets`, reads nothing for as long as the
/// loop may need to be stuck, and then everything.
std::string ask(std::string_view octets) {
  const TempDir dir;
  sockaddr_un address{};
  const int listener = listen_at(dir.path("socket"), address);
  Admission admission({.connections = 4});
  const config::Limits limits;
  EventLoop loop(
      {.context = nullptr,
       .admission = &admission,
       .listeners = {{listener, net::Scheme::http}},
       .limits = limits,
       .make_responder = [](Counters&) { return std::make_unique<Pages>(); }});
  EXPECT_TRUE(loop.open().has_value());
  std::thread thread([&] { loop.run(); });
  const int fd = connect_to(address);
  send_to(fd, octets);
  const std::string got = read_all(fd);
  ::close(fd);
  loop.drain();
  thread.join();
  ::close(listener);
  // And not because its time was over.
  EXPECT_EQ(loop.counters().ended[static_cast<std::size_t>(End::answered)], 1U);
  return got;
}

std::string long_page() {
  std::string page = "/long\n";
  Chunks chunks;
  while (chunks.write_some(page)) continue;
  return page;
}

TEST(EventLoop, WritesALongBodyAsItsReaderTakesIt) {
  EXPECT_TRUE(
      ask("GET /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") ==
      long_page());
}

TEST(EventLoop, AnswersNothingBeforeALongBodyIsWritten) {
  EXPECT_TRUE(ask("GET /long HTTP/1.1\r\nHost: x\r\n\r\n"
                  "GET /short HTTP/1.1\r\nHost: x\r\n\r\n"
                  "GET /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                  "GET /never HTTP/1.1\r\nHost: x\r\n\r\n") ==
              long_page() + "/short\n" + long_page());
}

/// Says that the loop is to end while it answers, as a signal may at any time.
class Ending final : public Responder {
 public:
  explicit Ending(EventLoop*& loop) : loop_(loop) {}

  bool begin_turn() override { return false; }
  Answer answer(const Request&, AfterAnswer, std::string& out) override {
    out += "good\n";
    loop_->drain();
    return {.status = 200};
  }
  void refuse(int, std::string_view, std::string&) override {}

 private:
  EventLoop*& loop_;
};

// A reload wakes the loop; in the same turn, it is told to end.
TEST(EventLoop, MissesNoEndThatComesWhileItIsAwake) {
  const TempDir dir;
  sockaddr_un address{};
  const int listener = listen_at(dir.path("socket"), address);
  Admission admission({.connections = 4});
  EventLoop* self = nullptr;
  EventLoop loop({.context = nullptr,
                  .admission = &admission,
                  .listeners = {{listener, net::Scheme::http}},
                  .limits = {.deadline = std::chrono::hours(1)},
                  .make_responder = [&self](Counters&) {
                    return std::make_unique<Ending>(self);
                  }});
  self = &loop;
  ASSERT_TRUE(loop.open().has_value());
  const int fd = connect_to(address);
  send_to(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  loop.wake();  // both are there when it looks for the first time
  std::future<void> ended = std::async(std::launch::async, [&] { loop.run(); });
  const bool in_time =
      ended.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
  EXPECT_TRUE(in_time);
  if (!in_time) loop.wake();
  ended.wait();
  ::close(fd);
  ::close(listener);
}

/// Has more to do than fits into one turn, and says in the last that the loop
/// is to end.
class Behind final : public Responder {
 public:
  Behind(EventLoop*& loop, int& turns) : loop_(loop), turns_(turns) {}

  bool begin_turn() override {
    if (++turns_ < k_turns) return true;
    loop_->drain();
    return false;
  }
  Answer answer(const Request&, AfterAnswer, std::string&) override {
    return {.status = 200};
  }
  void refuse(int, std::string_view, std::string&) override {}

  static constexpr int k_turns = 10;

 private:
  EventLoop*& loop_;
  int& turns_;
};

// Nobody connects, and it is woken once.
TEST(EventLoop, TakesTurnsWithoutWaitingWhileThereIsMoreToDo) {
  Admission admission({.connections = 4});
  EventLoop* self = nullptr;
  int turns = 0;
  EventLoop loop({.context = nullptr,
                  .admission = &admission,
                  .listeners = {},
                  .limits = {},
                  .make_responder = [&](Counters&) {
                    return std::make_unique<Behind>(self, turns);
                  }});
  self = &loop;
  ASSERT_TRUE(loop.open().has_value());
  loop.wake();
  std::future<void> ended = std::async(std::launch::async, [&] { loop.run(); });
  const bool in_time =
      ended.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
  EXPECT_TRUE(in_time);
  if (!in_time) loop.drain();
  ended.wait();
  EXPECT_EQ(turns, Behind::k_turns);
}

constexpr std::size_t k_piece = 9000;  // the next one waits for another turn

/// A body of which each piece fits into any socket's buffer.
class Pieces final : public Body {
 public:
  bool write_some(std::string& out) override {
    out.append(k_piece, 'x');
    return ++made_ < k_chunks;
  }

 private:
  std::size_t made_ = 0;
};

/// Begins such a body, and says that the loop is to end.
class EndingWithABody final : public Responder {
 public:
  explicit EndingWithABody(EventLoop*& loop) : loop_(loop) {}

  bool begin_turn() override { return false; }
  Answer answer(const Request&, AfterAnswer, std::string&) override {
    loop_->drain();
    return {.status = 200, .rest = std::make_unique<Pieces>()};
  }
  void refuse(int, std::string_view, std::string&) override {}

 private:
  EventLoop*& loop_;
};

// Each time its socket has taken all that was made, and the rest is not yet.
TEST(EventLoop, WritesALongBodyToItsEndWhenItDrains) {
  const TempDir dir;
  sockaddr_un address{};
  const int listener = listen_at(dir.path("socket"), address);
  Admission admission({.connections = 4});
  EventLoop* self = nullptr;
  EventLoop loop({.context = nullptr,
                  .admission = &admission,
                  .listeners = {{listener, net::Scheme::http}},
                  .limits = {},
                  .make_responder = [&self](Counters&) {
                    return std::make_unique<EndingWithABody>(self);
                  }});
  self = &loop;
  ASSERT_TRUE(loop.open().has_value());
  const int fd = connect_to(address);
  send_to(fd, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  std::thread thread([&] { loop.run(); });
  EXPECT_EQ(read_all(fd).size(), k_chunks * k_piece);
  thread.join();
  ::close(fd);
  ::close(listener);
}

/// Connects and sends the beginning of a request, again and again.
void crowd(const sockaddr_un& address) {
  constexpr int k_connections = 4000;
  for (int i = 0; i < k_connections; ++i) {
    const int fd = connect_to(address);
    ::send(fd, "G", 1, MSG_NOSIGNAL);
    ::close(fd);
  }
}

/// With as little room, a connection is often ended for one of another loop
/// before its own has looked at it for the first time.
TEST(EventLoop, EndsEachConnectionOnceHoweverManyLoopsAdmit) {
  constexpr std::size_t k_loops = 4;
  const TempDir dir;
  sockaddr_un address{};
  const int listener = listen_at(dir.path("socket"), address);
  Admission admission({.connections = 1});
  const config::Limits limits;
  std::vector<std::unique_ptr<EventLoop>> loops;
  std::vector<std::thread> threads;
  std::vector<std::thread> clients;
  for (std::size_t i = 0; i < k_loops; ++i) {
    loops.push_back(std::make_unique<EventLoop>(
        Setting{.context = nullptr,
                .admission = &admission,
                .listeners = {{listener, net::Scheme::http}},
                .limits = limits,
                .make_responder = [](Counters&) {
                  return std::make_unique<Pages>();
                }}));
    EXPECT_TRUE(loops.back()->open().has_value());
  }
  for (const auto& loop : loops) threads.emplace_back([&] { loop->run(); });
  for (std::size_t i = 0; i < k_loops; ++i) {
    clients.emplace_back([&] { crowd(address); });
  }
  for (std::thread& client : clients) client.join();
  for (const auto& loop : loops) loop->drain();
  for (std::thread& thread : threads) thread.join();
  ::close(listener);
  std::uint64_t accepted = 0;
  std::uint64_t ended = 0;
  for (const auto& loop : loops) {
    accepted += loop->counters().accepted;
    for (const auto& count : loop->counters().ended) ended += count;
  }
  EXPECT_EQ(ended, accepted);
}

}  // namespace
}  // namespace mtasts::server
