// SPDX-License-Identifier: MIT
#include "operations/page_server.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <system_error>
#include <utility>

#include "server/memory_server.hpp"
#include "server/request_head.hpp"

namespace mtasts::operations {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t k_threads = 4;
constexpr std::size_t k_max_head_octets = 8 * 1024;
// A client that says nothing, or reads nothing, costs a thread for so long.
constexpr milliseconds k_patience{500};
// The longest that one answer may take to send, all told.
constexpr milliseconds k_send_time{10'000};
// Without descriptors or memory, it would fail again at once.
constexpr milliseconds k_accept_pause{100};

/// Waits until `fd` is ready for `events`; false when the time is over.
bool wait_for(int fd, short events, Clock::time_point deadline) {
  const auto left =
      std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
  pollfd waiting{.fd = fd, .events = events, .revents = 0};
  return left > 0 && ::poll(&waiting, 1, static_cast<int>(left)) > 0;
}

/// The whole head, or as much of it as tells that it is bad; empty when the
/// client does not send one in time.
std::string receive_head(int fd, int& status) {
  const Clock::time_point deadline = Clock::now() + k_patience;
  std::string head;
  std::array<char, 4096> buffer;
  server::HeadScan scan;
  while (scan.status == 0 && scan.size == 0) {
    if (!wait_for(fd, POLLIN, deadline)) return {};
    const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return {};
    if (got < 0) continue;
    head.append(buffer.data(), static_cast<std::size_t>(got));
    scan = server::scan_head(head, scan.scanned, k_max_head_octets);
  }
  status = scan.status;
  if (status == 0) {
    head.resize(scan.size);
    status = server::parse_head(head).status;
  }
  return head;
}

void send_all(int fd, std::string_view octets) {
  const Clock::time_point end = Clock::now() + k_send_time;
  while (!octets.empty()) {
    const ssize_t sent = ::send(fd, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      octets.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN && errno != EINTR) {
      return;
    } else if (!wait_for(fd, POLLOUT,
                         std::min(end, Clock::now() + k_patience))) {
      return;
    }
  }
}

}  // namespace

class PageServer::Http final : public server::MemoryServer {
 public:
  explicit Http(Pages pages) : pages_(std::move(pages)) {
    // Before all routing: the library's routes are regular expressions.
    set_pre_routing_handler(
        [this](const httplib::Request& request, httplib::Response& response) {
          answer(request, response);
          return HandlerResponse::Handled;
        });
    set_post_routing_handler(
        [](const httplib::Request&, httplib::Response& response) {
          response.headers.erase("Keep-Alive");
          response.headers.erase("Accept-Ranges");
        });
  }

  /// The answer to `head`, which was found good unless `status` says more.
  std::string write(std::string_view head, int status) {
    if (status != 0) {
      return fmt::format(
          "HTTP/1.1 {} Bad Request\r\nContent-Length: 0\r\n"
          "Connection: close\r\n\r\n",
          status);
    }
    std::string out;
    run(
        head, true,
        [](httplib::Request& request) {
          // The whole page, uncompressed, whatever was asked for.
          request.headers.erase("Accept-Encoding");
          request.headers.erase("Range");
          request.ranges.clear();
        },
        out);
    return out;
  }

 private:
  void answer(const httplib::Request& request,
              httplib::Response& response) const {
    Page page;
    if (request.method != "GET" && request.method != "HEAD") {
      page.status = 405;
      page.body = "only GET and HEAD are allowed here\n";
      page.fields.emplace("Allow", "GET, HEAD");
    } else {
      PageRequest asked{.path = request.path,
                        .query = {},
                        .accept = request.get_header_value("Accept")};
      for (const auto& [key, value] : request.params) {
        asked.query.insert_or_assign(key, value);
      }
      page = pages_(asked);
    }
    response.status = page.status;
    response.headers.emplace("Cache-Control", "no-store");
    response.headers.emplace("Date",
                             fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT",
                                         fmt::gmtime(std::time(nullptr))));
    response.headers.emplace("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : page.fields) {
      response.headers.emplace(name, value);
    }
    response.headers.emplace("Content-Type", page.type);
    response.body = std::move(page.body);
  }

  Pages pages_;
};

Result<std::unique_ptr<PageServer>> PageServer::open(
    const config::ListenAddress& address) {
  Result<server::Listeners> listeners = server::Listeners::open({address});
  if (!listeners) {
    return fail("operations: " + listeners.error().message,
                listeners.error().hint);
  }
  const int stop_fd = ::eventfd(0, EFD_CLOEXEC);
  if (stop_fd < 0) {
    return fail(
        fmt::format("operations: {}", std::generic_category().message(errno)));
  }
  return std::unique_ptr<PageServer>(
      new PageServer(*std::move(listeners), stop_fd));
}

PageServer::PageServer(server::Listeners listeners, int stop_fd)
    : listeners_(std::move(listeners)), stop_fd_(stop_fd) {}

PageServer::~PageServer() {
  const std::uint64_t all = k_threads;  // never read back: it stays readable
  if (::write(stop_fd_, &all, sizeof all) > 0) {
    for (std::thread& thread : threads_) thread.join();
  }
  ::close(stop_fd_);
}

void PageServer::start(Pages pages) {
  http_ = std::make_unique<Http>(std::move(pages));
  for (std::size_t i = 0; i < k_threads; ++i) {
    threads_.emplace_back([this] { run(); });
  }
}

void PageServer::run() {
  const int listener = listeners_.all().front().fd;
  for (;;) {
    std::array<pollfd, 2> waiting = {
        {{stop_fd_, POLLIN, 0}, {listener, POLLIN, 0}}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0) {
      // Interrupted, or without memory for the moment.
      std::this_thread::sleep_for(k_accept_pause);
      continue;
    }
    if (waiting[0].revents != 0) return;
    const int fd =
        ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      converse(fd);
      ::close(fd);
    } else if (!server::is_of_one_client(errno)) {
      std::this_thread::sleep_for(k_accept_pause);
    }
  }
}

void PageServer::converse(int fd) {
  int status = 0;
  const std::string head = receive_head(fd, status);
  if (head.empty()) return;
  send_all(fd, http_->write(head, status));
  // The client's end comes first, so that no reset takes the answer back.
  ::shutdown(fd, SHUT_WR);
  char rest = 0;
  if (wait_for(fd, POLLIN, Clock::now() + k_patience) &&
      ::recv(fd, &rest, 1, 0) < 0) {
    return;
  }
}

}  // namespace mtasts::operations
