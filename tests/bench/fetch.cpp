// SPDX-License-Identifier: MIT
// One fetch after the other, or many at a time, and what came of them.
#include <openssl/x509v3.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <list>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "client.hpp"

namespace bench {
namespace {

using std::chrono::milliseconds;

/// What is fetched, one after the other.
class Names {
 public:
  explicit Names(const Options& options)
      : name_(options.text("--name")),
        numbered_(!options.text("--first").empty()),
        first_(options.number("--first")) {
    order_.resize(static_cast<std::size_t>(options.number("--domains")));
    std::iota(order_.begin(), order_.end(), 0L);
    std::mt19937_64 chance(
        static_cast<std::uint64_t>(options.number("--seed")));
    std::shuffle(order_.begin(), order_.end(), chance);
  }

  /// The domain of the fetch of this number; empty when hosts have no numbers.
  std::string domain(long fetch) const {
    if (!numbered_) return {};
    const long place = first_ + fetch;
    const long number =
        order_.empty()
            ? place
            : order_[static_cast<std::size_t>(place) % order_.size()];
    std::array<char, 64> name;
    std::snprintf(name.data(), name.size(), "d%06ld.example", number);
    return name.data();
  }

  std::string host(const std::string& domain) const {
    return domain.empty() ? name_ : "mta-sts." + domain;
  }

 private:
  std::string name_;
  bool numbered_;
  long first_;
  std::vector<long> order_;
};

enum class Progress { waiting, done, failed };

/// One fetch, from connect to close.
class Fetch {
 public:
  Fetch(SSL_CTX* context, const Options& options, const std::string& domain,
        const std::string& host, Clock::time_point due)
      : started(due),
        options_(options),
        domain_(domain),
        request_(make_request(options, host)),
        ssl_(make_ssl(context, host)),
        fd_(start_connecting(options.number("--port"), SOCK_NONBLOCK)) {
    SSL_set_fd(ssl_.get(), fd_);
  }
  ~Fetch() { ::close(fd_); }
  Fetch(const Fetch&) = delete;
  Fetch& operator=(const Fetch&) = delete;

  int fd() const { return fd_; }

  /// How far it came.
  std::string where() const {
    const std::string at = " (" + (domain_.empty() ? "-" : domain_) + ")";
    if (!wrong_.empty()) return wrong_ + at;
    if (asked_) return "in the answer" + at;
    return (connected_ ? "in the handshake" : "in connect") + at;
  }

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
      wrong_ = find_wrong();
      return wrong_.empty() ? Progress::done : Progress::failed;
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

  bool has(const std::string& text) const {
    return answer_.find(text) != std::string::npos;
  }

  /// What is not as it has to be in a whole answer; empty: nothing. The hosts
  /// that `domains` makes have their name in certificate and policy.
  std::string find_wrong() const {
    if (answer_.rfind("HTTP/1.1 200 ", 0) != 0) return "another status";
    if (!has("version: STSv1")) return "no policy";
    if (!has(options_.text("--expect"))) return "another policy";
    if (domain_.empty()) return {};
    if (!has("." + domain_ + "\r\n")) return "the policy of another";
    const std::unique_ptr<X509, decltype(&X509_free)> leaf(
        SSL_get1_peer_certificate(ssl_.get()), X509_free);
    const std::string host = "mta-sts." + domain_;
    if (X509_check_host(leaf.get(), host.data(), host.size(), 0, nullptr) !=
        1) {
      return "the certificate of another";
    }
    std::array<char, 64> issuer{};
    X509_NAME_get_text_by_NID(X509_get_issuer_name(leaf.get()), NID_commonName,
                              issuer.data(), static_cast<int>(issuer.size()));
    const std::string& wanted = options_.text("--issuer");
    return wanted.empty() || wanted == issuer.data() ? "" : "another issuer";
  }

  const Options& options_;
  std::string domain_;
  std::string request_;
  SslPtr ssl_;
  int fd_;
  bool connected_ = false;
  bool asked_ = false;
  std::string wrong_;
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

class Run {
 public:
  explicit Run(const Options& options)
      : options_(options),
        names_(options),
        count_(options.number("--count")),
        rate_(options.number("--rate")),
        parallel_(static_cast<std::size_t>(options.number("--parallel"))),
        limit_(options.number("--timeout-ms")) {
    if (options.text("--until-eof").empty()) return;
    count_ = std::numeric_limits<long>::max();
    epoll_event event{};
    event.events = EPOLLIN;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, STDIN_FILENO, &event);
  }
  ~Run() { ::close(epoll_); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  void run() {
    while (started_ < count_ || !active_.empty()) {
      start_due();
      wait();
      const Clock::time_point now = Clock::now();
      while (!active_.empty() && active_.front().started + limit_ <= now) {
        note_failure(active_.front(), "no end ");
        active_.pop_front();
      }
    }
  }

  void print() {
    const double seconds = microseconds(Clock::now() - begin_) / 1e6;
    std::sort(latencies_.begin(), latencies_.end());
    std::printf(
        "{\"fetches\": %zu, \"failures\": %zu, \"p50_us\": %.0f, "
        "\"p99_us\": %.0f, \"max_us\": %.0f, \"max_at_s\": %.2f, "
        "\"seconds\": %.3f, \"first_failure\": \"%s\"}\n",
        latencies_.size(), failures_, percentile(latencies_, 0.5),
        percentile(latencies_, 0.99), percentile(latencies_, 1.0),
        slowest_at_s_, seconds, first_failure_.c_str());
  }

 private:
  Clock::time_point due(long number) const {
    return begin_ + std::chrono::nanoseconds(1'000'000'000 / rate_) * number;
  }

  void start_due() {
    const Clock::time_point now = Clock::now();
    while (started_ < count_ &&
           (rate_ > 0 ? now >= due(started_) : active_.size() < parallel_)) {
      const std::string domain = names_.domain(started_);
      active_.emplace_back(context_.get(), options_, domain,
                           names_.host(domain),
                           rate_ > 0 ? due(started_) : now);
      Fetch& fetch = active_.back();
      fetch.self = std::prev(active_.end());
      epoll_event event{};
      event.events = EPOLLIN | EPOLLOUT | EPOLLET;
      event.data.ptr = &fetch;
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fetch.fd(), &event);
      ++started_;
    }
  }

  void wait() {
    const Clock::time_point now = Clock::now();
    Clock::time_point next = now + limit_;
    if (!active_.empty()) next = active_.front().started + limit_;
    if (rate_ > 0 && started_ < count_) next = std::min(next, due(started_));
    const auto wait = std::max<Clock::duration>(next - now, {}).count();
    const timespec left{wait / 1'000'000'000, wait % 1'000'000'000};
    std::array<epoll_event, 256> events;
    const int ready = ::epoll_pwait2(
        epoll_, events.data(), static_cast<int>(events.size()), &left, nullptr);
    for (int i = 0; i < ready; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      auto* fetch = static_cast<Fetch*>(event.data.ptr);
      if (fetch == nullptr) {  // standard input has ended
        ::epoll_ctl(epoll_, EPOLL_CTL_DEL, STDIN_FILENO, nullptr);
        count_ = started_;
      } else {
        advance(*fetch, event.events);
      }
    }
  }

  void advance(Fetch& fetch, std::uint32_t events) {
    const Progress progress = fetch.advance(events);
    if (progress == Progress::waiting) return;
    if (progress == Progress::done) {
      const double took = microseconds(Clock::now() - fetch.started);
      if (took > slowest_us_) {
        slowest_us_ = took;
        slowest_at_s_ = microseconds(fetch.started - begin_) / 1e6;
      }
      latencies_.push_back(took);
    } else {
      note_failure(fetch, "");
    }
    active_.erase(fetch.self);
  }

  void note_failure(const Fetch& fetch, const char* kind) {
    if (failures_++ > 0) return;
    std::array<char, 160> text;
    std::snprintf(text.data(), text.size(), "%s%s at %.2f s", kind,
                  fetch.where().c_str(),
                  microseconds(fetch.started - begin_) / 1e6);
    first_failure_ = text.data();
  }

  const Options& options_;
  const ContextPtr context_ = make_context(options_);
  const Names names_;
  long count_;
  const long rate_;
  const std::size_t parallel_;
  const milliseconds limit_;
  const int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  const Clock::time_point begin_ = Clock::now();
  std::list<Fetch> active_;  // the oldest first
  long started_ = 0;
  std::vector<double> latencies_;
  std::size_t failures_ = 0;
  double slowest_us_ = 0;
  double slowest_at_s_ = 0;
  std::string first_failure_;
};

}  // namespace

int run_fetches(const Options& options) {
  Run run(options);
  run.run();
  run.print();
  return 0;
}

}  // namespace bench
