// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <string>
#include <vector>

#include "process/landlock.hpp"
#include "process/sandbox.hpp"
#include "process/seccomp.hpp"
#include "temp_dir.hpp"

namespace mtasts::process {
namespace {

#ifndef MTASTSD_INSTRUMENTED

/// In a process of its own: the errno that `attempt` leaves in the sandbox, 0
/// when it succeeds, or the negative number of the signal that ends it.
int try_in(const std::function<bool()>& enter,
           const std::function<bool()>& attempt) {
  const pid_t child = ::fork();
  if (child == 0) {
    // As enter_sandbox() does before: without, only root may enter Landlock.
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (!enter()) ::_exit(255);
    ::_exit(attempt() ? 0 : errno);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

bool can_open(const std::string& path, int flags) {
  return ::open(path.c_str(), flags, 0600) >= 0;
}

int try_in_seccomp(const std::function<bool()>& attempt) {
  return try_in([] { return enter_seccomp().has_value(); }, attempt);
}

int try_in_seccomp_of_client(const std::function<bool()>& attempt) {
  return try_in([] { return enter_seccomp(Profile::client).has_value(); },
                attempt);
}

bool call(long number, long a = 0, long b = 0, long c = 0, long d = 0) {
  return ::syscall(number, a, b, c, d, 0L) >= 0;
}

TEST(SeccompTest, LetsAClientConnectAndDoNoMore) {
  const auto make = [](int family, int type) {
    return [=] { return ::socket(family, type, 0) >= 0; };
  };
  EXPECT_EQ(try_in_seccomp_of_client(make(AF_INET, SOCK_STREAM)), 0);
  EXPECT_EQ(try_in_seccomp_of_client(make(AF_INET6, SOCK_DGRAM)), 0);
  EXPECT_EQ(try_in_seccomp_of_client(make(AF_UNIX, SOCK_STREAM)), ENOSYS);
  EXPECT_EQ(try_in_seccomp(make(AF_INET, SOCK_STREAM)), ENOSYS);
  // Refused by nobody, as nothing listens there, but by the peer.
  sockaddr_in nowhere{};
  nowhere.sin_family = AF_INET;
  nowhere.sin_port = htons(1);
  nowhere.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* address = reinterpret_cast<const sockaddr*>(&nowhere);
  EXPECT_EQ(try_in_seccomp_of_client([&] {
              const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
              return ::connect(fd, address, sizeof nowhere) == 0;
            }),
            ECONNREFUSED);
  EXPECT_EQ(try_in_seccomp_of_client([&] {
              const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
              return ::bind(fd, address, sizeof nowhere) == 0;
            }),
            ENOSYS);
  EXPECT_EQ(
      try_in_seccomp_of_client([] { return can_open("/dev/null", O_WRONLY); }),
      ENOSYS);
}

TEST(SeccompTest, LetsAReaderOpenNothing) {
  const auto attempt = [](const std::function<bool()>& what) {
    return try_in([] { return enter_seccomp(Profile::reader).has_value(); },
                  what);
  };
  EXPECT_EQ(attempt([] { return ::getpid() > 0; }), 0);
  EXPECT_EQ(attempt([] { return can_open("/dev/null", O_RDONLY); }), ENOSYS);
  EXPECT_EQ(attempt([] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }),
            ENOSYS);
  EXPECT_EQ(attempt([] { return ::fork() >= 0; }), ENOSYS);
  EXPECT_EQ(attempt([] { return call(SYS_execve); }), -SIGSYS);
}

TEST(SeccompTest, LetsAKeeperWriteAndKnowNoNetwork) {
  const TempDir dir;
  const std::string path = dir.write("old", "x");
  const auto attempt = [](const std::function<bool()>& what) {
    return try_in([] { return enter_seccomp(Profile::keeper).has_value(); },
                  what);
  };
  EXPECT_EQ(attempt([&] { return can_open(path, O_RDWR | O_TRUNC); }), 0);
  EXPECT_EQ(attempt([] {
              const pid_t child = ::fork();
              if (child == 0) ::_exit(0);
              return ::waitpid(child, nullptr, 0) == child;
            }),
            0);
  int ends[2];
  EXPECT_EQ(attempt([&ends] {
              return ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0;
            }),
            0);
  for (const int family : {AF_UNIX, AF_INET, AF_INET6}) {
    EXPECT_EQ(
        attempt([family] { return ::socket(family, SOCK_STREAM, 0) >= 0; }),
        ENOSYS);
  }
  EXPECT_EQ(attempt([] { return call(SYS_execve); }), -SIGSYS);
}

TEST(SeccompTest, EndsWhoeverStartsOrReadsAProgram) {
  for (const long number : {SYS_execve, SYS_execveat, SYS_ptrace,
                            SYS_process_vm_readv, SYS_process_vm_writev}) {
    EXPECT_EQ(try_in_seccomp([number] { return call(number); }), -SIGSYS)
        << number;
  }
}

TEST(SeccompTest, RefusesWhatServingDoesNotNeed) {
  const TempDir dir;
  const std::string old = dir.write("old", "x");
  for (const int flags : {O_WRONLY, O_RDWR, O_RDONLY | O_TRUNC,
                          O_RDONLY | O_CREAT, O_WRONLY | O_CREAT}) {
    EXPECT_EQ(try_in_seccomp([&] { return can_open(old, flags); }), ENOSYS)
        << flags;
#ifdef SYS_open  // not on arm64
    EXPECT_EQ(try_in_seccomp([&] {
                return call(SYS_open, reinterpret_cast<long>(old.c_str()),
                            flags, 0600);
              }),
              ENOSYS)
        << flags;
#endif
  }
  EXPECT_EQ(try_in_seccomp([&] { return can_open(old, O_RDONLY); }), 0);
  EXPECT_EQ(try_in_seccomp([] { return ::fork() >= 0; }), ENOSYS);
  EXPECT_EQ(
      try_in_seccomp([] { return ::socket(AF_INET, SOCK_STREAM, 0) >= 0; }),
      ENOSYS);
}

TEST(SeccompTest, RefusesWhatTakesAMachineOver) {
  for (const long number : {SYS_bind,
                            SYS_bpf,
                            SYS_chroot,
                            SYS_clone3,
                            SYS_connect,
                            SYS_fchmodat,
                            SYS_fchownat,
                            SYS_finit_module,
                            SYS_ftruncate,
                            SYS_io_uring_setup,
                            SYS_keyctl,
                            SYS_linkat,
                            SYS_listen,
                            SYS_memfd_create,
                            SYS_mkdirat,
                            SYS_mknodat,
                            SYS_mount,
                            SYS_openat2,
                            SYS_perf_event_open,
                            SYS_pidfd_getfd,
                            SYS_pidfd_open,
                            SYS_prctl,
                            SYS_pwrite64,
                            SYS_renameat2,
                            SYS_seccomp,
                            SYS_sendmmsg,
                            SYS_sendmsg,
                            SYS_setns,
                            SYS_setresuid,
                            SYS_setuid,
                            SYS_socketpair,
                            SYS_symlinkat,
                            SYS_truncate,
#ifdef SYS_unlink
                            SYS_unlinkat,
#endif
                            SYS_unshare,
                            SYS_userfaultfd}) {
    EXPECT_EQ(try_in_seccomp([number] { return call(number); }), ENOSYS)
        << number;
  }
}

TEST(SeccompTest, AllowsNoNewCode) {
  const auto map = [](int protection) {
    return ::mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                  0);
  };
  constexpr int k_data = PROT_READ | PROT_WRITE;
  EXPECT_EQ(try_in_seccomp([&] { return map(k_data) != MAP_FAILED; }), 0);
  EXPECT_EQ(
      try_in_seccomp([&] { return map(k_data | PROT_EXEC) != MAP_FAILED; }),
      ENOSYS);
  EXPECT_EQ(try_in_seccomp([&] {
              return ::mprotect(map(k_data), 4096, PROT_READ | PROT_EXEC) == 0;
            }),
            ENOSYS);
}

TEST(SeccompTest, LeavesOtherProcessesAlone) {
  EXPECT_EQ(try_in_seccomp([] { return ::kill(::getppid(), 0) == 0; }), ENOSYS);
  EXPECT_EQ(try_in_seccomp(
                [] { return call(SYS_tgkill, ::getppid(), ::getppid(), 0); }),
            ENOSYS);
  EXPECT_EQ(try_in_seccomp(
                [] { return call(SYS_tgkill, ::getpid(), ::gettid(), 0); }),
            0);
}

TEST(SeccompTest, SendsNothingToAnAddress) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(9);
  const auto* where = reinterpret_cast<const sockaddr*>(&address);
  ASSERT_EQ(::connect(fd, where, sizeof address), 0);
  EXPECT_EQ(try_in_seccomp([&] { return ::send(fd, "x", 1, 0) == 1; }), 0);
  EXPECT_EQ(try_in_seccomp([&] {
              return ::sendto(fd, "x", 1, 0, where, sizeof address) == 1;
            }),
            ENOSYS);
  ::close(fd);
}

TEST(SeccompTest, ReadsLimitsAndSetsNone) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(
      try_in_seccomp([&] { return ::getrlimit(RLIMIT_NOFILE, &limit) == 0; }),
      0);
  EXPECT_EQ(
      try_in_seccomp([&] { return ::setrlimit(RLIMIT_NOFILE, &limit) == 0; }),
      ENOSYS);
}

class LandlockTest : public testing::Test {
 protected:
  void SetUp() override {
    const Result<int> version = find_landlock();
    if (!version || *version == 0) GTEST_SKIP() << "the kernel has none";
    version_ = *version;
    dir_.write("in/a", "a");
    dir_.write("out/a", "a");
  }
  int attempt(const std::function<bool()>& what) {
    return try_in(
        [this] {
          return enter_landlock(version_, {.readable = {dir_.path("in")},
                                           .removable_in = {}})
              .has_value();
        },
        what);
  }
  int open(const std::string& name, int flags) {
    return attempt([&] { return can_open(dir_.path(name), flags); });
  }

  TempDir dir_;
  int version_ = 0;
};

TEST_F(LandlockTest, LeavesTheNamedFoldersToBeRead) {
  EXPECT_EQ(open("in/a", O_RDONLY), 0);
  EXPECT_EQ(open("in", O_RDONLY | O_DIRECTORY), 0);
  EXPECT_EQ(open("out/a", O_RDONLY), EACCES);
  EXPECT_EQ(open("out", O_RDONLY | O_DIRECTORY), EACCES);
  EXPECT_EQ(open("in/a", O_WRONLY), EACCES);
  EXPECT_EQ(open("in/new", O_WRONLY | O_CREAT), EACCES);
  EXPECT_EQ(attempt([&] { return ::unlink(dir_.path("in/a").c_str()) == 0; }),
            EACCES);
}

TEST_F(LandlockTest, LeavesNamedFoldersToRemoveFrom) {
  const auto attempt = [this](const std::function<bool()>& what) {
    return try_in(
        [this] {
          return enter_landlock(version_, {.readable = {},
                                           .removable_in = {dir_.path("in")}})
              .has_value();
        },
        what);
  };
  EXPECT_EQ(attempt([&] { return can_open(dir_.path("in/a"), O_RDONLY); }),
            EACCES);
  EXPECT_EQ(attempt([&] { return ::unlink(dir_.path("in/a").c_str()) == 0; }),
            0);
  EXPECT_EQ(attempt([&] { return ::unlink(dir_.path("out/a").c_str()) == 0; }),
            EACCES);
}

TEST_F(LandlockTest, LeavesNamedFoldersToWriteIn) {
  const auto attempt = [this](const std::function<bool()>& what) {
    return try_in(
        [this] {
          return enter_landlock(version_,
                                {.readable = {"/"},
                                 .removable_in = {},
                                 .writable_in = {dir_.path("in")}},
                                Profile::keeper)
              .has_value();
        },
        what);
  };
  constexpr int k_new = O_WRONLY | O_CREAT | O_TRUNC;
  EXPECT_EQ(attempt([&] {
              const std::string made = dir_.path("in/new");
              return can_open(made, k_new) &&
                     ::rename(made.c_str(), dir_.path("in/b").c_str()) == 0 &&
                     ::unlink(dir_.path("in/b").c_str()) == 0;
            }),
            0);
  EXPECT_EQ(attempt([&] { return can_open(dir_.path("out/a"), O_WRONLY); }),
            EACCES);
  EXPECT_EQ(attempt([&] { return can_open(dir_.path("out/b"), k_new); }),
            EACCES);
  EXPECT_EQ(attempt([&] { return can_open(dir_.path("out/a"), O_RDONLY); }), 0);
}

TEST_F(LandlockTest, SendsNoSignalOutside) {
  if (version_ < 6) GTEST_SKIP() << "Landlock knows signals from version 6 on";
  EXPECT_EQ(attempt([] { return ::kill(::getppid(), 0) == 0; }), EPERM);
}

TEST_F(LandlockTest, RefusesNewConnectionsAndListeners) {
  if (version_ < 4) GTEST_SKIP() << "Landlock knows TCP from version 4 on";
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* where = reinterpret_cast<const sockaddr*>(&address);
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_EQ(attempt([&] { return ::bind(fd, where, sizeof address) == 0; }),
            EACCES);
  EXPECT_EQ(attempt([&] { return ::connect(fd, where, sizeof address) == 0; }),
            EACCES);
  ::close(fd);
}

#endif

}  // namespace
}  // namespace mtasts::process
