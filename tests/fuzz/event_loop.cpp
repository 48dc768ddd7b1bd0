// SPDX-License-Identifier: MIT
// A whole event loop with up to eight clients, on scripted_kernel: the input
// says who connects, what comes in which pieces, who goes away, and how time
// passes. Answers go to those who asked, in order and whole; every connection
// ends by its deadline, is counted once, and leaves nothing behind.
#include "server/event_loop.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <numeric>

#include "../unit/test_certificates.hpp"
#include "answer_check.hpp"
#include "log.hpp"
#include "scripted_kernel.hpp"

namespace mtasts::server {
namespace {

using fuzz::kernel;
using fuzz::require;
using std::chrono::milliseconds;

constexpr std::size_t k_most_clients = 8;
constexpr std::size_t k_most_per_address = 3;
constexpr std::array<const char*, 4> k_names = {
    "mta-sts.example.com", "mta-sts.example.org", "mta-sts.example.net",
    "mta-sts.other.example"};

/// What an honest client sends; an input need not find it.
constexpr std::array<std::string_view, 8> k_requests = {
    "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: "
    "mta-sts.example.com\r\n\r\n",
    "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: "
    "mta-sts.example.org\r\n\r\n",
    "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.net\r\n"
    "Connection: close\r\n\r\n",
    "HEAD /.well-known/mta-sts.txt HTTP/1.1\r\nHost: "
    "mta-sts.example.com:443\r\n"
    "User-Agent: postfix-mta-sts-resolver\r\n\r\n",
    "GET https://mta-sts.example.org/.well-known/mta-sts.txt HTTP/1.1\r\n"
    "Host: mta-sts.example.com\r\n\r\n",
    "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: "
    "mta-sts.other.example\r\n\r\n",
    "POST /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.com\r\n"
    "Content-Length: 5\r\n\r\nhello",
    "GET /.well-known/mta-sts.txt HTTP/1.0\r\nHost: "
    "MTA-STS.example.com.\r\n\r\n",
};

// --- The world, made once ---

std::shared_ptr<const Snapshot> make_snapshot(config::Live live) {
  const auto certificates = std::make_shared<const tls::CertificateStore>(
      std::vector<tls::CertificatePtr>{
          make_certificate(
              make_pair("DNS:mta-sts.example.com,DNS:mta-sts.example.net")),
          make_certificate(make_pair("DNS:mta-sts.example.org"))});
  Site site(live);
  return std::make_shared<const Snapshot>(
      Snapshot{{}, std::move(live), std::move(site), certificates});
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
  tls::ContextPtr client{SSL_CTX_new(TLS_client_method())};
  std::array<std::shared_ptr<const Snapshot>, 2> snapshots;
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

// --- Clients ---

class Client {
 public:
  Client(std::size_t socket, const char* name, bool is_tls) : socket_(socket) {
    if (!is_tls) return;
    name_ = name;
    ssl_.reset(SSL_new(world().client.get()));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_tlsext_host_name(ssl_.get(), name);
    SSL_set_connect_state(ssl_.get());
  }

  fuzz::Socket& socket() { return kernel().sockets[socket_]; }
  bool is_tls() const { return ssl_ != nullptr; }

  void ask(std::string_view octets) {
    if (socket().has_ended) return;
    asked_ += octets;
    to_send_ += octets;
    turn();
  }

  /// Octets that are no TLS, in the middle of it.
  void send_raw(std::string_view octets) {
    if (!socket().has_ended) socket().inbound += octets;
  }

  void say_goodbye() {
    if (ssl_) SSL_shutdown(ssl_.get());
    turn();
  }

  /// Reads what has come, and sends what it can.
  void turn() {
    if (!ssl_) {
      answers_ += std::exchange(socket().outbound, {});
      if (!socket().has_ended) socket().inbound += to_send_;
      to_send_.clear();
      return;
    }
    ERR_clear_error();
    const std::string come = std::exchange(socket().outbound, {});
    BIO_write(SSL_get_rbio(ssl_.get()), come.data(),
              static_cast<int>(come.size()));
    if (SSL_do_handshake(ssl_.get()) == 1) converse();
    std::array<char, 4096> octets;
    for (int got = 1; got > 0;) {
      got = BIO_read(SSL_get_wbio(ssl_.get()), octets.data(),
                     static_cast<int>(octets.size()));
      if (got > 0 && !socket().has_ended) {
        socket().inbound.append(octets.data(), static_cast<std::size_t>(got));
      }
    }
    ERR_clear_error();
  }

  void check();

 private:
  void converse() {
    if (!to_send_.empty() && SSL_write(ssl_.get(), to_send_.data(),
                                       static_cast<int>(to_send_.size())) > 0) {
      to_send_.clear();
    }
    std::array<char, 4096> octets;
    for (int got = 1; got > 0;) {
      got =
          SSL_read(ssl_.get(), octets.data(), static_cast<int>(octets.size()));
      if (got > 0) {
        answers_.append(octets.data(), static_cast<std::size_t>(got));
      }
    }
  }

  std::size_t socket_;
  std::string name_;
  tls::SslPtr ssl_;
  std::string to_send_;
  std::string asked_;
  std::string answers_;
};

/// Of an answer to HEAD there is the length alone.
std::string_view policy_of_size(std::size_t size) {
  static_assert(k_example_com.size() != k_example_org.size());
  return size == k_example_com.size() ? k_example_com : k_example_org;
}

/// An answer for each head, in order, and nothing else; the last may be cut.
void Client::check() {
  std::string_view asked = asked_;
  std::string_view answers = answers_;
  std::optional<std::string_view> sni;
  if (is_tls()) sni = name_;
  bool is_last = false;
  while (!answers.empty()) {
    require(!is_last, "nothing behind an answer that says close");
    require(!asked.empty(), "no answer that nobody asked for");
    const std::size_t end = answers.find("\r\n\r\n");
    if (end == std::string_view::npos) {
      require(answers.size() < fuzz::k_max_answer_head, "a small head");
      return;
    }
    const std::string_view head = answers.substr(0, end + 4);
    require(head.size() < fuzz::k_max_answer_head, "a small head");
    require(head.starts_with("HTTP/1.1 "), "a status line");
    const std::size_t start = asked.starts_with("\r\n") ? 2 : 0;
    const std::size_t length =
        std::stoul(fuzz::find_field(head, "content-length"));
    std::string_view body = policy_of_size(length);
    answers.remove_prefix(head.size());
    if (!asked.substr(start).starts_with("HEAD ")) {
      if (answers.size() < length) return;
      body = answers.substr(0, length);
      answers.remove_prefix(length);
    }
    is_last = fuzz::find_field(head, "connection") == "close";
    const std::size_t size = asked.find("\r\n\r\n");
    require(is_last || size != std::string_view::npos, "asked for as a whole");
    if (size == std::string_view::npos) continue;
    if (head.substr(9, 3) == "200") {
      fuzz::check_200(asked.substr(0, size + 4), sni, body);
    }
    asked.remove_prefix(size + 4);
  }
}

// --- The script ---

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
  void act(std::uint8_t what, std::uint8_t how);
  void connect(std::uint8_t how);
  void act_as(Client& client, std::uint8_t what);
  void check_deadlines() const;

  std::string_view input_;
  config::Limits limits_;
  std::deque<Client> clients_;
  SnapshotHolder snapshots_{world().snapshots[0]};
  EventLoop* loop_ = nullptr;
  std::size_t swaps_ = 0;
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
    act(what % 16, next());
    for (Client& one : clients_) one.turn();
    if (what < 128) return true;
  }
}

void Script::act(std::uint8_t what, std::uint8_t how) {
  constexpr std::array<int, 4> k_accept_errors = {EMFILE, ENOBUFS, ECONNABORTED,
                                                  EINTR};
  switch (what) {
    case 0:
    case 1:
      return connect(how);
    case 2:
      kernel().now += milliseconds(how * 20);
      return;
    case 3:
      kernel().accept_error = k_accept_errors[how % 4];
      return;
    case 4:
      kernel().watch_error = how % 4 == 0 ? ENOSPC : 0;
      kernel().is_interrupted = how % 4 == 1;
      return;
    case 5:
      snapshots_.replace(world().snapshots[++swaps_ % 2]);
      if (how % 2 == 0) loop_->wake();
      return;
    case 6:
      if (how % 8 != 0 || is_draining_) return;
      is_draining_ = true;
      return loop_->drain();
    default:
      if (!clients_.empty()) act_as(clients_[how % clients_.size()], what);
  }
}

void Script::connect(std::uint8_t how) {
  if (clients_.size() == k_most_clients) return;
  fuzz::Socket socket;
  socket.address = how % 2;
  socket.room = how / 2 % 4 == 0 ? 40 : 1U << 20U;
  // A handshake costs as much as a hundred requests without one.
  const bool is_tls = how / 8 % 8 == 0 && !has_tls_;
  has_tls_ = has_tls_ || is_tls;
  const bool is_open = how / 8 % 8 > 1;
  const std::size_t at = kernel().connect(is_open ? 1 : 0, std::move(socket));
  clients_.emplace_back(at, k_names[how / 64], is_tls);
  clients_.back().turn();
}

void Script::act_as(Client& client, std::uint8_t what) {
  switch (what) {
    case 7:
    case 8:
      return client.ask(k_requests[next() % k_requests.size()]);
    case 9:
    case 10:
      return client.ask(next_text());
    case 11:
      if (client.is_tls()) client.send_raw(next_text());
      return;
    case 12:
      if (client.is_tls()) client.say_goodbye();
      client.socket().has_ended = true;
      return;
    case 13:
      client.socket().is_reset = true;
      client.socket().has_ended = true;
      return;
    case 14:
      client.socket().room += next() * std::size_t{8};
      return;
    default: {
      // A piece of a request; the rest of it may never come.
      const std::string_view whole = k_requests[next() % k_requests.size()];
      return client.ask(whole.substr(0, next()));
    }
  }
}

void Script::check_deadlines() const {
  for (const fuzz::Socket& one : kernel().sockets) {
    require(!one.is_accepted || one.is_closed ||
                kernel().now < one.accepted + limits_.deadline,
            "no connection outlives its deadline");
  }
}

void Script::run() {
  fuzz::Kernel& k = fuzz::restart_kernel();
  k.step = [this] { return step(); };
  k.rest = [this] { check_deadlines(); };
  AddressLimit addresses(k_most_per_address);
  static FetchLog fetches;
  EventLoop loop({.context = world().server.get(),
                  .snapshots = &snapshots_,
                  .addresses = &addresses,
                  .fetches = &fetches,
                  .listeners = {{fuzz::k_listener, config::Scheme::https},
                                {fuzz::k_listener + 1, config::Scheme::http}},
                  .limits = limits_});
  loop_ = &loop;
  require(loop.open().has_value(), "an event loop");
  loop.run();

  for (const fuzz::Socket& one : k.sockets) {
    require(!one.is_accepted || one.is_closed, "no descriptor is left");
  }
  const auto& ended = loop.counters().ended;
  require(std::accumulate(ended.begin(), ended.end(), std::uint64_t{0}) ==
              loop.counters().accepted,
          "every connection has ended, and for one reason");
  for (std::uint32_t i = 0; i < 2 * k_most_per_address; ++i) {
    require(addresses.take(key_of(i % 2)), "no share of an address is lost");
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
