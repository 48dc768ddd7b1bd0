// SPDX-License-Identifier: MIT
#include "process/seccomp.hpp"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <type_traits>

namespace mtasts::process {
namespace {

// By name: one that this libseccomp or this machine does not know is left out.
constexpr const char* k_allowed[] = {
    // Connections
    "accept4", "close", "epoll_ctl", "epoll_pwait", "epoll_pwait2",
    "epoll_wait", "getpeername", "getsockname", "getsockopt", "poll", "ppoll",
    "recvfrom", "setsockopt", "shutdown",
    // Files, to be read
    "access", "eventfd2", "faccessat", "faccessat2", "fcntl", "fstat",
    "fstatfs", "getcwd", "getdents64", "inotify_add_watch", "inotify_rm_watch",
    "lseek", "newfstatat", "pread64", "read", "readlink", "readlinkat", "readv",
    "stat", "statfs", "statx", "lstat", "unlink", "write", "writev",
    // Memory, threads, time, signals
    "brk", "clock_getres", "clock_gettime", "clock_nanosleep", "exit",
    "exit_group", "futex", "futex_waitv", "get_mempolicy", "get_robust_list",
    "getcpu", "getegid", "geteuid", "getgid", "getpid", "getppid", "getrandom",
    "getrusage", "gettid", "gettimeofday", "getuid", "madvise", "membarrier",
    "mremap", "munmap", "nanosleep", "restart_syscall", "rseq", "rt_sigaction",
    "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait",
    "sched_getaffinity", "sched_yield", "set_robust_list", "set_tid_address",
    "sigaltstack", "sysinfo", "time", "uname"};

// What computing takes, for a reader.
constexpr const char* k_allowed_to_reader[] = {
    "brk",         "clock_gettime", "close",          "exit",
    "exit_group",  "futex",         "getcpu",         "getpid",
    "getrandom",   "gettid",        "gettimeofday",   "madvise",
    "mremap",      "munmap",        "read",           "restart_syscall",
    "rseq",        "rt_sigaction",  "rt_sigprocmask", "rt_sigreturn",
    "sched_yield", "time",          "write"};

// Files to be written, moved and removed.
constexpr const char* k_allowed_to_collector[] = {
    "fsync", "open", "openat", "rename", "renameat", "renameat2", "unlinkat"};

// Files to be written, SQLite's among them; and children, with what those need
// to become readers.
constexpr const char* k_allowed_to_keeper[] = {"chmod",
                                               "clone",
                                               "close_range",
                                               "dup",
                                               "dup2",
                                               "dup3",
                                               "fallocate",
                                               "fchmod",
                                               "fchmodat",
                                               "fchown",
                                               "fdatasync",
                                               "flock",
                                               "fork",
                                               "fsync",
                                               "ftruncate",
                                               "kill",
                                               "landlock_add_rule",
                                               "landlock_create_ruleset",
                                               "landlock_restrict_self",
                                               "mkdir",
                                               "mkdirat",
                                               "open",
                                               "openat",
                                               "prctl",
                                               "prlimit64",
                                               "pwrite64",
                                               "pwritev",
                                               "rename",
                                               "renameat",
                                               "renameat2",
                                               "rmdir",
                                               "seccomp",
                                               "setrlimit",
                                               "umask",
                                               "unlinkat",
                                               "utimensat",
                                               "vfork",
                                               "wait4",
                                               "waitid"};

// Nothing here ever calls them: whoever does has taken the program over.
constexpr const char* k_deadly[] = {"execve", "execveat", "process_vm_readv",
                                    "process_vm_writev", "ptrace"};

struct FreeFilter {
  void operator()(scmp_filter_ctx filter) const { ::seccomp_release(filter); }
};
using FilterPtr =
    std::unique_ptr<std::remove_pointer_t<scmp_filter_ctx>, FreeFilter>;

/// Adds up what went wrong: 0, or the last negative errno.
class Rules {
 public:
  explicit Rules(scmp_filter_ctx filter) : filter_(filter) {}

  /// `when` are conditions on arguments, all of which have to hold.
  template <class... When>
  void add(std::uint32_t action, const char* name, When... when) {
    const int number = ::seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR) return;
    note(::seccomp_rule_add(filter_, action, number, sizeof...(when), when...));
  }
  void set(scmp_filter_attr attribute, std::uint32_t value) {
    note(::seccomp_attr_set(filter_, attribute, value));
  }
  void note(int result) {
    if (result < 0) error_ = result;
  }
  int error() const { return error_; }

 private:
  scmp_filter_ctx filter_;
  int error_ = 0;
};

/// Holds when the argument has none of `bits`.
auto lacks(unsigned argument, std::uint64_t bits) {
  return SCMP_CMP64(argument, SCMP_CMP_MASKED_EQ, bits, 0);
}

/// Memory, and abort().
void add_conditions_of_all(Rules& rules) {
  // No new code.
  rules.add(SCMP_ACT_ALLOW, "mmap", lacks(2, PROT_EXEC));
  rules.add(SCMP_ACT_ALLOW, "mprotect", lacks(2, PROT_EXEC));
  rules.add(SCMP_ACT_ALLOW, "tgkill",
            SCMP_CMP64(0, SCMP_CMP_EQ, static_cast<unsigned>(::getpid())));
}

/// Opens nothing to be written.
void add_reading(Rules& rules) {
  rules.add(SCMP_ACT_ALLOW, "openat", lacks(2, O_ACCMODE | O_CREAT | O_TRUNC));
  rules.add(SCMP_ACT_ALLOW, "open", lacks(1, O_ACCMODE | O_CREAT | O_TRUNC));
#ifndef __NR_unlink
  // arm64 has nothing else to remove a socket file with.
  rules.add(SCMP_ACT_ALLOW, "unlinkat", SCMP_CMP64(2, SCMP_CMP_EQ, 0));
#endif
}

/// Only as much of some calls as is needed.
void add_conditions(Rules& rules, Profile profile) {
  // To nobody by address: answers and what the service manager is told; a
  // client connects first, also where it asks by UDP.
  rules.add(SCMP_ACT_ALLOW, "sendto", lacks(4, ~0ULL));
  if (profile == Profile::client) {
    rules.add(SCMP_ACT_ALLOW, "connect");
    for (const std::uint64_t family : {AF_INET, AF_INET6}) {
      rules.add(SCMP_ACT_ALLOW, "socket", SCMP_CMP64(0, SCMP_CMP_EQ, family));
    }
  }
  if (profile == Profile::collector) {
    for (const char* name : k_allowed_to_collector) {
      rules.add(SCMP_ACT_ALLOW, name);
    }
  } else {
    add_reading(rules);
  }
  // Threads and no processes; of clone3 nothing can be seen, and without it
  // glibc calls clone.
  rules.add(SCMP_ACT_ALLOW, "clone",
            SCMP_CMP64(0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
  // Reading a limit, not setting one.
  rules.add(SCMP_ACT_ALLOW, "prlimit64", lacks(2, ~0ULL));
  rules.add(SCMP_ACT_ALLOW, "getrlimit");
}

/// What it says to a child goes by a pair of sockets without addresses.
void add_keeper(Rules& rules) {
  for (const char* name : k_allowed_to_keeper) rules.add(SCMP_ACT_ALLOW, name);
  rules.add(SCMP_ACT_ALLOW, "sendto", lacks(4, ~0ULL));
  rules.add(SCMP_ACT_ALLOW, "socketpair",
            SCMP_CMP64(0, SCMP_CMP_EQ, std::uint64_t{AF_UNIX}));
}

}  // namespace

Result<void> enter_seccomp(Profile profile) {
  const FilterPtr filter(::seccomp_init(SCMP_ACT_ERRNO(ENOSYS)));
  if (!filter) return fail("libseccomp has no filter");
  Rules rules(filter.get());
  // A binary tree: a look-up takes a few steps, not one for each call.
  rules.set(SCMP_FLTATR_CTL_OPTIMIZE, 2);
  // Its guard against code of strangers in this process, of which there is
  // none, slows kernels before 5.16 down.
  rules.set(SCMP_FLTATR_CTL_SSB, 1);
  for (const char* name : k_deadly) rules.add(SCMP_ACT_KILL_PROCESS, name);
  add_conditions_of_all(rules);
  if (profile == Profile::reader) {
    for (const char* name : k_allowed_to_reader) {
      rules.add(SCMP_ACT_ALLOW, name);
    }
  } else {
    for (const char* name : k_allowed) rules.add(SCMP_ACT_ALLOW, name);
    if (profile == Profile::keeper) {
      add_keeper(rules);
    } else {
      add_conditions(rules, profile);
    }
  }
  if (rules.error() == 0) rules.note(::seccomp_load(filter.get()));
  if (rules.error() != 0) {
    return fail(format_errno(-rules.error()));
  }
  return {};
}

}  // namespace mtasts::process
