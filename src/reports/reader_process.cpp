// SPDX-License-Identifier: MIT
#include "reports/reader_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "files/read.hpp"
#include "process/sandbox.hpp"
#include "reports/read_mail.hpp"

namespace mtasts::reports {
namespace {

using std::chrono::steady_clock;

/// In front of an item: the octets themselves are in the shared memory.
struct Request {
  std::uint32_t size = 0;
  Channel channel = Channel::file;
  std::int64_t received = 0;
  std::uint32_t name_size = 0;
  char name[256] = {};
};

/// A child is replaced after so many, so that nobody's mail has it for long.
constexpr std::size_t k_max_items_of_a_child = 1000;
/// Pages of the shared memory above these are given back after an item.
constexpr std::size_t k_kept_octets = std::size_t{1} << 20U;

bool write_all(int fd, const void* from, std::size_t size) {
  const char* left = static_cast<const char*>(from);
  while (size > 0) {
    const ssize_t written = ::write(fd, left, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    left += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

bool read_all(int fd, void* to, std::size_t size) {
  char* left = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t got = ::read(fd, left, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    left += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

/// Leaves a new child the one descriptor `channel`, as number 3.
void keep_only(int channel) {
  constexpr int k_channel = 3;
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const int kept = ::fcntl(channel, F_DUPFD, 10);  // out of the way
  for (int fd = 0; fd < k_channel; ++fd) ::dup2(null, fd);
  ::dup2(kept, k_channel);
  // Databases, the terminal: nothing of the parent's is for a reader. An older
  // kernel would leave them open, with no call to use them but by write().
  ::close_range(k_channel + 1, ~0U, 0);
}

/// Of address space, in octets. A child begins with all that its parent has:
/// the policies of 100,000 domains, too.
std::size_t measure_address_space() {
  constexpr std::size_t k_max_octets = 4096;
  const auto text = files::read_file("/proc/self/statm", k_max_octets);
  if (!text) return 0;
  const std::size_t pages = std::strtoull(text->c_str(), nullptr, 10);
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

void limit_resource(int resource, std::size_t value) {
  const rlimit limit{.rlim_cur = value, .rlim_max = value};
  ::setrlimit(static_cast<__rlimit_resource>(resource), &limit);
}

}  // namespace

ReaderProcess::ReaderProcess(ReaderLimits limits, Read how)
    : limits_(limits),
      read_(how),
      shared_(static_cast<char*>(
          ::mmap(nullptr, k_max_item_octets, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))) {}

ReaderProcess::~ReaderProcess() {
  stop();
  if (shared_ != MAP_FAILED) ::munmap(shared_, k_max_item_octets);
}

void ReaderProcess::stop() {
  if (child_ < 0) return;
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
  child_ = -1;
  channel_.reset();
}

Result<void> ReaderProcess::start() {
  if (shared_ == MAP_FAILED) return fail("no memory for what is to be read");
  prepare_to_read_mails();
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return fail("socketpair: " + format_errno(errno));
  }
  channel_.emplace(ends[0]);
  const files::Descriptor of_child(ends[1]);
  const pid_t parent = ::getpid();
  child_ = ::fork();
  if (child_ < 0) return fail("fork: " + format_errno(errno));
  if (child_ > 0) {
    items_ = 0;
    return {};
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  run(of_child.fd());
}

/// The child, until its parent has no more for it.
void ReaderProcess::run(int channel) {
  keep_only(channel);
  constexpr int k_channel = 3;
#ifndef MTASTSD_INSTRUMENTED  // sanitizers reserve terabytes
  const std::size_t own = limits_.memory_octets / 2;
  limit_resource(RLIMIT_AS, std::max(limits_.memory_octets,
                                     measure_address_space() + own));
#endif
  limit_resource(RLIMIT_FSIZE, 0);
  process::enter_sandbox([] { return process::Allowed{}; },
                         process::Profile::reader);
  Request request;
  while (read_all(k_channel, &request, sizeof request)) {
    std::string answer;
    try {
      const Item item{.octets = {shared_, request.size},
                      .name = {request.name, request.name_size},
                      .channel = request.channel,
                      .received = std::chrono::sys_seconds(
                          std::chrono::seconds(request.received))};
      answer = format_wire(read_(item));
    } catch (const std::bad_alloc&) {
      answer = format_wire(fail("it takes too much memory to read it"));
    }
    const auto size = static_cast<std::uint32_t>(answer.size());
    if (!write_all(k_channel, &size, sizeof size) ||
        !write_all(k_channel, answer.data(), answer.size())) {
      break;
    }
  }
  ::_exit(0);
}

bool ReaderProcess::hand_over(const Item& item) {
  Request request;
  request.size = static_cast<std::uint32_t>(item.octets.size());
  request.channel = item.channel;
  request.received = item.received.time_since_epoch().count();
  const std::size_t name_size = std::min(item.name.size(), sizeof request.name);
  request.name_size = static_cast<std::uint32_t>(name_size);
  std::ranges::copy(item.name.substr(0, name_size), request.name);
  std::ranges::copy(item.octets, shared_);
  return ::send(channel_->fd(), &request, sizeof request, MSG_NOSIGNAL) ==
         static_cast<ssize_t>(sizeof request);
}

/// False when the child has ended, or the time has.
bool ReaderProcess::receive(char* to, std::size_t size) {
  while (size > 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        deadline_ - steady_clock::now());
    pollfd ready{channel_->fd(), POLLIN, 0};
    const int count = ::poll(
        &ready, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    const ssize_t got = ::recv(channel_->fd(), to, size, MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return false;
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

ReadReports ReaderProcess::take_answer() {
  std::uint32_t size = 0;
  if (!receive(reinterpret_cast<char*>(&size), sizeof size)) {
    return fail(explain_end());
  }
  if (size > k_max_wire_octets) {
    stop();
    return fail("what the reader says of it is too much");
  }
  std::string answer(size, '\0');
  if (!receive(answer.data(), answer.size())) return fail(explain_end());
  return parse_wire(answer);
}

/// The child is gone, or has to go.
Error ReaderProcess::explain_end() {
  if (steady_clock::now() >= deadline_) {
    stop();
    return {fmt::format("it takes longer than {} ms to read it",
                        limits_.time.count()),
            {}};
  }
  int status = 0;
  ::waitpid(child_, &status, 0);
  child_ = -1;
  channel_.reset();
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  // GLib ends a program that is out of memory by one of these.
  if (signal == SIGTRAP || signal == SIGABRT) {
    return {"it takes too much memory to read it", {}};
  }
  return {signal == 0 ? "the reader has ended over it"
                      : fmt::format("the reader has ended over it: {}",
                                    ::strsignal(signal)),
          {}};
}

Result<ReadReports> ReaderProcess::read(const Item& item) {
  if (item.octets.size() > k_max_item_octets) {
    return ReadReports(fail(
        fmt::format("it is larger than {} MiB", k_max_item_octets >> 20U)));
  }
  if (items_ == k_max_items_of_a_child) stop();
  // One that was idle may have been killed meanwhile: once more, then.
  for (bool is_first = true;; is_first = false) {
    if (child_ < 0) {
      if (const auto started = start(); !started) return fail(started.error());
    }
    deadline_ = steady_clock::now() + limits_.time;
    if (hand_over(item)) break;
    stop();
    if (!is_first) return fail("the reader process can't be reached");
  }
  ++items_;
  ReadReports read = take_answer();
  if (item.octets.size() > k_kept_octets) {
    ::madvise(shared_, k_max_item_octets, MADV_REMOVE);
  }
  return read;
}

}  // namespace mtasts::reports
