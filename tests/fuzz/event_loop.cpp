// SPDX-License-Identifier: MIT
// A whole event loop with up to eight clients, on scripted_kernel: the input
// says who connects, what comes in which pieces, who goes away, and how time
// passes. Answers go to those who asked, in order and whole; every connection
// ends by its deadline, is counted once, holds no more than it may, and leaves
// nothing behind.
#include "server/event_loop.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <numeric>

#include "../unit/test_certificates.hpp"
#include "../unit/test_site.hpp"
#include "counted_memory.hpp"
#include "log.hpp"
#include "scripted_client.hpp"
#include "server/misfit_log.hpp"
#include "server/policy_responder.hpp"
#include "target.hpp"

namespace mtasts::server {
namespace {

using fuzz::Client;
using fuzz::kernel;
using fuzz::require;
using fuzz::Speech;
using std::chrono::milliseconds;

constexpr std::size_t k_most_clients = 8;
constexpr std::size_t k_most_per_address = 3;
constexpr std::array<const char*, 4> k_names = {
    "mta-sts.example.com", "mta-sts.example.org", "mta-sts.example.net",
    "mta-sts.other.example"};

// What the program may hold, OpenSSL's part not counted; see
// server/memory_budget.hpp. Of a connection: answers that wait, one more, and
// what it is itself; of what has come a head and a record, each with room to
// grow; and before it has said anything a hello.
constexpr std::size_t k_most_of_answers = (8 + 1) * 1024;
constexpr std::size_t k_most_of_a_record = 16 * 1024;
constexpr std::size_t k_room_to_grow = 1024;
constexpr std::size_t k_most_of_a_hello = 5 * 1024;
// Buffers that all of them share, and tables.
constexpr std::size_t k_most_shared = 40 * 1024;

/// What clients send; an input need not find it.
constexpr std::array<std::string_view, 8> k_requests = {
    "GET /.well-known/mta-sts.txt HTTP/1.1\r\n"
    "Host: mta-sts.example.com\r\n\r\n",
    "GET /.well-known/mta-sts.txt HTTP/1.1\r\n"
    "Host: mta-sts.example.org\r\n\r\n",
    "GET /.well-known/mta-sts.txt HTTP/1.1\r\n"
    "Host: mta-sts.example.net\r\nConnection: close\r\n\r\n",
    "HEAD /.well-known/mta-sts.txt HTTP/1.1\r\n"
    "Host: mta-sts.example.com:443\r\nUser-Agent: x\r\n\r\n",
    "GET https://mta-sts.example.org/.well-known/mta-sts.txt HTTP/1.1\r\n"
    "Host: mta-sts.example.com\r\n\r\n",
    "GET /.well-known/mta-sts.txt HTTP/1.1\r\n"
    "Host: mta-sts.other.example\r\n\r\n",
    "POST /.well-known/mta-sts.txt HTTP/1.1\r\n"
    "Host: mta-sts.example.com\r\nContent-Length: 5\r\n\r\nhello",
    "GET /.well-known/mta-sts.txt HTTP/1.0\r\n"
    "Host: MTA-STS.example.com.\r\n\r\n",
};

// --- The world, made once ---

std::shared_ptr<const snapshot::Snapshot> make_snapshot(config::Live live) {
  const auto certificates = std::make_shared<const tls::CertificateStore>(
      std::vector<tls::CertificatePtr>{
          make_certificate(
              make_pair("DNS:mta-sts.example.com,DNS:mta-sts.example.net")),
          make_certificate(make_pair("DNS:mta-sts.example.org"))});
  return std::make_shared<const snapshot::Snapshot>(
      snapshot::Snapshot{{}, std::move(live), certificates});
}

struct World {
  World() {
    log::set_level(log::Level::error);
    config::Live smaller;
    add_entry(smaller,
              make_entry({"example.org"}, "*.example.org", sts::Mode::enforce));
    snapshots = {make_snapshot(make_live()), make_snapshot(std::move(smaller))};
  }

  tls::ContextPtr server = std::move(*tls::make_context());
  std::array<std::shared_ptr<const snapshot::Snapshot>, 2> snapshots;
};

World& world() {
  static World one;
  return one;
}

ClientKey key_of(std::uint32_t address) {
  sockaddr_storage storage{};
  const sockaddr_in ipv4 = fuzz::address_of(address);
  std::memcpy(&storage, &ipv4, sizeof ipv4);
  return *client_key(storage);
}

// --- The script ---

/// What an octet of the input stands for; what is twice here is likelier.
enum class Step : std::uint8_t {
  connect,
  connect_too,
  pass_time,
  fail_to_accept,
  fail_to_watch,
  swap_snapshots,
  drain,
  ask,
  ask_too,
  send,
  send_too,
  send_garbage,
  end,
  reset,
  make_room,
  ask_in_part
};
constexpr std::uint8_t k_steps = 16;
// From here on, what looks like an amount of room is a mood of the kernel.
constexpr std::uint8_t k_unkind = 240;
// In front of a step whose next one follows before the loop is told.
constexpr std::uint8_t k_at_once = 128;

class Script {
 public:
  explicit Script(std::string_view input) : input_(input) {
    const std::uint8_t limits = next();
    limits_.deadline = std::chrono::seconds(1 + limits % 4);
    limits_.connections = 1 + limits / 4 % 8;
    limits_.head_octets = limits >= 128 ? 256 : 16384;
    limits_.requests_per_connection = limits / 32 % 4 == 0 ? 2 : 100;
  }

  void run();

 private:
  std::uint8_t next() {
    if (input_.empty()) return 0;
    const auto octet = static_cast<std::uint8_t>(input_.front());
    input_.remove_prefix(1);
    return octet;
  }
  std::string_view next_text() {
    const std::string_view text = input_.substr(0, next());
    input_.remove_prefix(text.size());
    return text;
  }

  bool step();
  void rest() const;
  void check_memory() const;
  void act(Step step, std::uint8_t how);
  void connect(std::uint8_t how);
  void act_as(Client& client, Step step);
  void be_unkind(fuzz::Socket& socket, std::uint8_t how);
  void check_deadlines() const;

  std::string_view input_;
  config::Limits limits_;
  std::deque<Client> clients_;
  snapshot::SnapshotHolder snapshots_{world().snapshots[0]};
  EventLoop* loop_ = nullptr;
  std::size_t swaps_ = 0;
  std::size_t before_ = 0;  // octets that were counted
  bool has_tls_ = false;
  bool is_draining_ = false;
};

/// Several things may happen before the loop is told of the first.
bool Script::step() {
  for (;;) {
    if (input_.empty()) {
      if (is_draining_) return false;
      is_draining_ = true;
      loop_->drain();
      return true;
    }
    const std::uint8_t what = next();
    act(static_cast<Step>(what % k_steps), next());
    for (Client& one : clients_) one.turn();
    if (what < k_at_once) return true;
  }
}

void Script::act(Step step, std::uint8_t how) {
  constexpr std::array<int, 4> k_accept_errors = {EMFILE, ENOBUFS, ECONNABORTED,
                                                  EINTR};
  switch (step) {
    case Step::connect:
    case Step::connect_too:
      return connect(how);
    case Step::pass_time:
      kernel().now += milliseconds(how * 20);
      return;
    case Step::fail_to_accept:
      kernel().accept_error = k_accept_errors[how % 4];
      return;
    case Step::fail_to_watch:
      kernel().watch_error = how % 4 == 0 ? ENOSPC : 0;
      kernel().is_interrupted = how % 4 == 1;
      return;
    case Step::swap_snapshots:
      snapshots_.replace(world().snapshots[++swaps_ % 2]);
      if (how % 2 == 0) loop_->wake();
      return;
    case Step::drain:
      if (how % 8 != 0 || is_draining_) return;
      is_draining_ = true;
      return loop_->drain();
    default:
      if (!clients_.empty()) act_as(clients_[how % clients_.size()], step);
  }
}

void Script::connect(std::uint8_t how) {
  if (clients_.size() == k_most_clients) return;
  fuzz::Socket socket;
  socket.address = how % 2;
  socket.room = how / 2 % 4 == 0 ? 40 : 1U << 20U;
  auto speech = Speech::http;
  if (how / 8 % 8 == 0) speech = Speech::https;
  // A handshake costs as much as a hundred requests without one.
  if (how / 8 % 8 == 1 || (speech == Speech::https && has_tls_)) {
    speech = Speech::garbage;
  }
  has_tls_ = has_tls_ || speech == Speech::https;
  socket.is_tls = speech != Speech::http;
  const std::size_t listener = socket.is_tls ? 0 : 1;
  clients_.emplace_back(kernel().connect(listener, std::move(socket)), speech,
                        k_names[how / 64]);
  clients_.back().turn();
}

void Script::act_as(Client& client, Step step) {
  switch (step) {
    case Step::ask:
    case Step::ask_too:
      return client.ask(k_requests[next() % k_requests.size()]);
    case Step::send:
    case Step::send_too:
      return client.ask(next_text());
    case Step::send_garbage:
      if (client.is_tls()) client.send_garbage(next_text());
      return;
    case Step::end:
      return client.end();
    case Step::reset:
      client.socket().is_reset = true;
      client.socket().has_ended = true;
      return;
    case Step::make_room: {
      const std::uint8_t amount = next();
      if (client.socket().is_closed) return;
      if (amount >= k_unkind) return be_unkind(client.socket(), amount);
      client.socket().room += amount * std::size_t{8};
      return;
    }
    default: {
      // A piece of a request; the rest of it may never come.
      const std::string_view whole = k_requests[next() % k_requests.size()];
      return client.ask(whole.substr(0, next()));
    }
  }
}

/// What the man pages do not promise against.
void Script::be_unkind(fuzz::Socket& socket, std::uint8_t how) {
  constexpr std::array<std::uint32_t, 4> k_mistakes = {
      EPOLLIN, EPOLLIN | EPOLLRDHUP, EPOLLOUT, EPOLLIN | EPOLLERR | EPOLLHUP};
  switch (how % 16) {
    case 0:
    case 1:
    case 2:
    case 3:
      socket.mistaken_for = k_mistakes[how % 4];
      socket.mistakes = 3;
      return;
    case 4:
    case 5:
    case 6:
    case 7:
      socket.mistaken_for = k_mistakes[how % 4];
      socket.mistakes = 1'000'000;
      return;
    case 8:
      socket.send_error = ENOBUFS;
      return;
    case 9:
      socket.send_error = EINTR;
      return;
    default:
      socket.most_at_once = 1 + how % 16 - 10;
  }
}

void Script::check_deadlines() const {
  for (const fuzz::Socket& one : kernel().sockets) {
    require(!one.is_accepted || one.is_closed ||
                kernel().now < one.accepted + limits_.deadline,
            "no connection outlives its deadline");
  }
}

void Script::check_memory() const {
  std::size_t most = k_most_shared;
  for (const fuzz::Socket& one : kernel().sockets) {
    if (!one.is_accepted || one.is_closed) continue;
    const bool is_hello = one.is_tls && one.outbound.empty();
    most += is_hello ? k_most_of_a_hello
                     : k_most_of_answers + k_room_to_grow +
                           std::min(one.taken,
                                    limits_.head_octets + k_most_of_a_record);
  }
  require(fuzz::counted_octets() <= before_ + most,
          "connections hold no more memory than they may");
}

void Script::rest() const {
  check_deadlines();
  check_memory();
}

void Script::run() {
  fuzz::Kernel& k = fuzz::restart_kernel();
  k.step = [this] {
    fuzz::count_memory(false);
    const bool is_more = step();
    fuzz::count_memory(true);
    return is_more;
  };
  k.rest = [this] { rest(); };
  Admission admission({.connections = limits_.connections,
                       .per_address = k_most_per_address,
                       .handshakes = 2});
  static FetchLog fetches;
  MisfitLog misfits;
  EventLoop loop({.context = world().server.get(),
                  .admission = &admission,
                  .listeners = {{fuzz::k_listener, net::Scheme::https},
                                {fuzz::k_listener + 1, net::Scheme::http}},
                  .limits = limits_,
                  .make_responder =
                      [this](Counters& counters) {
                        return std::make_unique<PolicyResponder>(
                            snapshots_, &fetches, counters);
                      },
                  .misfits = &misfits});
  loop_ = &loop;
  require(loop.open().has_value(), "an event loop");
  before_ = fuzz::counted_octets();
  fuzz::count_memory(true);
  loop.run();
  fuzz::count_memory(false);

  for (const fuzz::Socket& one : k.sockets) {
    require(!one.is_accepted || one.is_closed, "no descriptor is left");
  }
  const auto& ended = loop.counters().ended;
  require(std::accumulate(ended.begin(), ended.end(), std::uint64_t{0}) ==
              loop.counters().accepted,
          "every connection has ended, and for one reason");
  for (std::uint32_t i = 0; i < 2 * k_most_per_address; ++i) {
    End refused = End::evicted;
    require(admission.admit(0, key_of(i % 2), k.now, refused) != nullptr ||
                refused == End::evicted,
            "no share of an address is lost");
  }
  for (Client& one : clients_) {
    one.turn();
    one.check();
  }
}

}  // namespace
}  // namespace mtasts::server

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size > 0) {
    mtasts::server::Script(mtasts::fuzz::as_text(data, size)).run();
  }
  return 0;
}
