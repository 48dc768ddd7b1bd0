// SPDX-License-Identifier: MIT
// The client side of the benchmark. "fetch" does what a sending MTA does, again
// and again: a new TCP connection, a full TLS handshake, one GET of the policy,
// close. "hold" opens connections and keeps them, idle or dripping, until its
// standard input ends. Both print one JSON object.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslPtr = std::unique_ptr<SSL, FreeSsl>;
using ContextPtr = std::unique_ptr<SSL_CTX, FreeSsl>;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "client: error: %s\n", what.c_str());
  std::exit(1);
}

/// "--key value" pairs after the mode, with their defaults.
class Options {
 public:
  Options(int argc, char** argv) {
    for (int i = 2; i < argc; i += 2) {
      const std::string key = argv[i];
      if (i + 1 == argc || values_.count(key) == 0) fail("bad option " + key);
      values_[key] = argv[i + 1];
    }
  }
  const std::string& text(const std::string& key) const {
    return values_.at(key);
  }
  long number(const std::string& key) const {
    return std::strtol(text(key).c_str(), nullptr, 10);
  }

 private:
  std::map<std::string, std::string> values_ = {
      {"--port", "0"},           {"--name", "mta-sts.example.com"},
      {"--first", ""},  // fetch: the names of `domains` from here on
      {"--count", "100"},        {"--tls", "1.3"},
      {"--sigalgs", ""},         {"--groups", "X25519:P-256"},
      {"--connection", ""},       // "close": ask for it
      {"--parallel", "1"},        // fetch: so many at a time, or
      {"--rate", "0"},            // fetch: so many a second (open loop)
      {"--timeout-ms", "10000"},  // fetch: of each
      {"--kind", "idle"},         // hold: idle, silent, hello or head
      {"--drip-ms", "3000"},      // hold: one octet of hello or head
  };
};

ContextPtr make_context(const Options& options) {
  ContextPtr context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* ctx = context.get();
  const int version =
      options.text("--tls") == "1.2" ? TLS1_2_VERSION : TLS1_3_VERSION;
  const std::string& sigalgs = options.text("--sigalgs");
  const bool good =
      ctx != nullptr && SSL_CTX_set_min_proto_version(ctx, version) == 1 &&
      SSL_CTX_set_max_proto_version(ctx, version) == 1 &&
      SSL_CTX_set1_groups_list(ctx, options.text("--groups").c_str()) == 1 &&
      (sigalgs.empty() || SSL_CTX_set1_sigalgs_list(ctx, sigalgs.c_str()) == 1);
  if (!good) fail("a TLS option is not known to OpenSSL");
  // The client's own work is not measured: the chain is not verified.
  SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  return context;
}

SslPtr make_ssl(SSL_CTX* context, const std::string& name) {
  SslPtr ssl(SSL_new(context));
  if (!ssl) fail("out of memory");
  SSL_set_tlsext_host_name(ssl.get(), name.c_str());
  SSL_set_connect_state(ssl.get());
  return ssl;
}

sockaddr_in loopback(std::uint32_t host, long port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

/// Sources rotate: one address has too few ports for the closed connections
/// that the kernel remembers for a minute.
int start_connecting(long port, int flags) {
  static std::uint32_t turn = 0;
  constexpr std::uint32_t k_sources = 16;
  constexpr int k_on = 1;
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (fd < 0) fail(std::string("socket: ") + std::strerror(errno));
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &k_on, sizeof k_on);
  ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &k_on, sizeof k_on);
  const sockaddr_in from = loopback(++turn % k_sources, 0);
  const sockaddr_in to = loopback(0, port);
  ::bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 &&
      errno != EINPROGRESS) {
    fail(std::string("connect: ") + std::strerror(errno));
  }
  return fd;
}

/// The name for the fetch of this number.
std::string make_name(const Options& options, long number) {
  if (options.text("--first").empty()) return options.text("--name");
  std::array<char, 64> name;
  std::snprintf(name.data(), name.size(), "mta-sts.d%06ld.example",
                options.number("--first") + number);
  return name.data();
}

std::string make_request(const Options& options, const std::string& name) {
  std::string request =
      "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: " + name +
      "\r\nUser-Agent: mta-stsd-bench/1\r\n";
  if (!options.text("--connection").empty()) {
    request += "Connection: " + options.text("--connection") + "\r\n";
  }
  return request + "\r\n";
}

// --- fetch ---

enum class Progress { waiting, done, failed };

/// One fetch, from connect to close.
class Fetch {
 public:
  Fetch(SSL_CTX* context, const Options& options, const std::string& name,
        Clock::time_point due)
      : started(due),
        request_(make_request(options, name)),
        ssl_(make_ssl(context, name)),
        fd_(start_connecting(options.number("--port"), SOCK_NONBLOCK)) {
    SSL_set_fd(ssl_.get(), fd_);
  }
  ~Fetch() { ::close(fd_); }
  Fetch(const Fetch&) = delete;
  Fetch& operator=(const Fetch&) = delete;

  int fd() const { return fd_; }

  Progress advance(std::uint32_t events) {
    if (!connected_) {
      if ((events & (EPOLLERR | EPOLLHUP)) != 0) return Progress::failed;
      if ((events & EPOLLOUT) == 0) return Progress::waiting;
      connected_ = true;
    }
    if (!asked_) {
      int done = SSL_do_handshake(ssl_.get());
      if (done == 1) {
        done = SSL_write(ssl_.get(), request_.data(),
                         static_cast<int>(request_.size()));
      }
      if (done <= 0) return wait_or_fail(done);
      asked_ = true;
    }
    std::array<char, 4096> chunk;
    for (;;) {
      const int got = SSL_read(ssl_.get(), chunk.data(), chunk.size());
      if (got <= 0) return wait_or_fail(got);
      answer_.append(chunk.data(), static_cast<std::size_t>(got));
      if (!is_whole()) continue;
      SSL_shutdown(ssl_.get());
      const bool good = answer_.rfind("HTTP/1.1 200 ", 0) == 0 &&
                        answer_.find("version: STSv1") != std::string::npos;
      return good ? Progress::done : Progress::failed;
    }
  }

  const Clock::time_point started;  // open loop: when it was due
  std::list<Fetch>::iterator self;

 private:
  Progress wait_or_fail(int result) const {
    const int error = SSL_get_error(ssl_.get(), result);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE
               ? Progress::waiting
               : Progress::failed;
  }

  bool is_whole() const {
    constexpr std::string_view k_field = "Content-Length: ";
    const std::size_t end = answer_.find("\r\n\r\n");
    const std::size_t at = answer_.find(k_field);
    if (end == std::string::npos || at > end) return false;
    const char* number = answer_.c_str() + at + k_field.size();
    return answer_.size() >= end + 4 + std::strtoul(number, nullptr, 10);
  }

  std::string request_;
  SslPtr ssl_;
  int fd_;
  bool connected_ = false;
  bool asked_ = false;
  std::string answer_;
};

double microseconds(Clock::duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

double percentile(const std::vector<double>& sorted, double part) {
  if (sorted.empty()) return 0;
  const double last = static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<std::size_t>(last * part + 0.5)];
}

int run_fetches(const Options& options) {
  const ContextPtr context = make_context(options);
  const long count = options.number("--count");
  const long rate = options.number("--rate");
  const auto parallel = static_cast<std::size_t>(options.number("--parallel"));
  const milliseconds limit(options.number("--timeout-ms"));
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  std::list<Fetch> active;  // the oldest first
  std::vector<double> latencies;
  long started = 0;
  const Clock::time_point begin = Clock::now();
  const auto due = [&](long number) {
    return begin + std::chrono::nanoseconds(1'000'000'000 / rate) * number;
  };
  while (started < count || !active.empty()) {
    Clock::time_point now = Clock::now();
    while (started < count &&
           (rate > 0 ? now >= due(started) : active.size() < parallel)) {
      active.emplace_back(context.get(), options, make_name(options, started),
                          rate > 0 ? due(started) : now);
      Fetch& fetch = active.back();
      fetch.self = std::prev(active.end());
      epoll_event event{};
      event.events = EPOLLIN | EPOLLOUT | EPOLLET;
      event.data.ptr = &fetch;
      ::epoll_ctl(epoll, EPOLL_CTL_ADD, fetch.fd(), &event);
      ++started;
    }
    Clock::time_point next = now + limit;
    if (!active.empty()) next = active.front().started + limit;
    if (rate > 0 && started < count) next = std::min(next, due(started));
    const auto wait = std::max<Clock::duration>(next - now, {}).count();
    const timespec left{wait / 1'000'000'000, wait % 1'000'000'000};
    std::array<epoll_event, 256> events;
    const int ready = ::epoll_pwait2(
        epoll, events.data(), static_cast<int>(events.size()), &left, nullptr);
    now = Clock::now();
    for (int i = 0; i < ready; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      auto* fetch = static_cast<Fetch*>(event.data.ptr);
      const Progress progress = fetch->advance(event.events);
      if (progress == Progress::waiting) continue;
      if (progress == Progress::done) {
        latencies.push_back(microseconds(Clock::now() - fetch->started));
      }
      active.erase(fetch->self);
    }
    while (!active.empty() && active.front().started + limit <= now) {
      active.pop_front();
    }
  }
  ::close(epoll);
  const double seconds = microseconds(Clock::now() - begin) / 1e6;
  std::sort(latencies.begin(), latencies.end());
  std::printf(
      "{\"fetches\": %zu, \"failures\": %zu, \"p50_us\": %.0f, "
      "\"p99_us\": %.0f, \"max_us\": %.0f, \"seconds\": %.3f}\n",
      latencies.size(), static_cast<std::size_t>(count) - latencies.size(),
      percentile(latencies, 0.5), percentile(latencies, 0.99),
      percentile(latencies, 1.0), seconds);
  return 0;
}

// --- hold ---

struct Held {
  int fd;
  SslPtr ssl;
  std::size_t sent = 0;
  bool alive = true;
};

std::string make_hello(SSL_CTX* context, const std::string& name) {
  const SslPtr ssl = make_ssl(context, name);
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_do_handshake(ssl.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(SSL_get_wbio(ssl.get()), &data);
  return {data, static_cast<std::size_t>(size)};
}

/// A client that is to be held; null when it was not let in.
std::unique_ptr<Held> open_held(SSL_CTX* context, const Options& options) {
  auto held = std::make_unique<Held>();
  held->fd = start_connecting(options.number("--port"), 0);
  const std::string& kind = options.text("--kind");
  if (kind == "idle" || kind == "head") {
    held->ssl = make_ssl(context, options.text("--name"));
    SSL_set_fd(held->ssl.get(), held->fd);
    if (SSL_do_handshake(held->ssl.get()) != 1) {
      ::close(held->fd);
      return nullptr;
    }
  }
  ::fcntl(held->fd, F_SETFL, O_NONBLOCK);
  return held;
}

void drip(Held& held, const std::string& octets) {
  if (!held.alive || held.sent == octets.size()) return;
  const char* next = octets.data() + held.sent;
  const bool sent = held.ssl ? SSL_write(held.ssl.get(), next, 1) == 1
                             : ::send(held.fd, next, 1, MSG_NOSIGNAL) == 1;
  if (sent) ++held.sent;
}

int run_hold(const Options& options) {
  const ContextPtr context = make_context(options);
  const std::string& kind = options.text("--kind");
  const auto count = static_cast<std::size_t>(options.number("--count"));
  std::string octets;  // to drip
  if (kind == "hello") {
    octets = make_hello(context.get(), options.text("--name"));
  } else if (kind == "head") {
    octets = make_request(options, options.text("--name"));
  }
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{};
  event.events = EPOLLIN;
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
  event.events = EPOLLRDHUP | EPOLLET;
  std::vector<std::unique_ptr<Held>> all;
  std::size_t refused = 0;
  while (all.size() + refused < count) {
    std::unique_ptr<Held> held = open_held(context.get(), options);
    if (!held) {
      ++refused;
      continue;
    }
    drip(*held, octets);
    event.data.ptr = held.get();
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, held->fd, &event);
    all.push_back(std::move(held));
  }
  std::printf("{\"held\": %zu}\n", all.size());
  std::fflush(stdout);

  const Clock::duration period = milliseconds(options.number("--drip-ms"));
  const auto step = period / std::max<long>(static_cast<long>(all.size()), 1);
  Clock::time_point due = Clock::now();
  std::size_t next = 0;
  for (bool more = true; more;) {
    int wait = -1;
    if (!octets.empty() && !all.empty()) {
      for (; Clock::now() >= due; due += step) {
        drip(*all[next], octets);
        next = (next + 1) % all.size();
      }
      wait = 1;
    }
    std::array<epoll_event, 256> events;
    const int ready = ::epoll_wait(epoll, events.data(),
                                   static_cast<int>(events.size()), wait);
    for (int i = 0; i < ready; ++i) {
      auto* held =
          static_cast<Held*>(events[static_cast<std::size_t>(i)].data.ptr);
      if (held == nullptr) {
        more = false;
      } else {
        held->alive = false;  // the server has closed it
      }
    }
  }
  const auto alive = std::count_if(all.begin(), all.end(),
                                   [](const auto& one) { return one->alive; });
  std::printf("{\"held\": %zu, \"alive\": %td}\n", all.size(), alive);
  ::close(epoll);
  return 0;  // the kernel closes the sockets
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  const Options options(argc, argv);
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (mode == "fetch") return run_fetches(options);
  if (mode == "hold") return run_hold(options);
  fail("usage: client fetch|hold [--option value]...");
}
