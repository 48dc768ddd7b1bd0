// SPDX-License-Identifier: MIT
#include "process/sandbox.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "files/descriptor.hpp"
#include "log.hpp"
#include "process/seccomp.hpp"

namespace mtasts::process {
namespace {

// Sanitizers start a symbolizer and trace the program at its end, coverage
// writes files there.
#ifdef MTASTSD_INSTRUMENTED
constexpr bool k_is_instrumented = true;
#else
constexpr bool k_is_instrumented = false;
#endif

// What metrics read of /proc. Kept open: the kernel makes the entries anew
// after it has forgotten them, and the rule would be for the old ones.
constexpr const char* k_process_facts[] = {"/proc/self/fd", "/proc/self/statm"};

/// Keys are in memory. The limit is for files of cores; a program that cores
/// are handed to gets one without any memory of ours.
void prevent_core_dumps() {
  const rlimit none{};
  ::setrlimit(RLIMIT_CORE, &none);
  const files::Descriptor filter(
      ::open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC));
  if (filter.fd() < 0 || ::write(filter.fd(), "0", 1) != 1) {
    // /proc/self is root's then, for other processes.
    ::prctl(PR_SET_DUMPABLE, 0);
  }
}

Result<int> enter_landlock_of_kernel(
    const std::function<Allowed()>& find_allowed, Profile profile) {
  const Result<int> version = find_landlock();
  if (!version || *version == 0) return version;
  // Version 1 lets no file be moved from a folder to another.
  if (profile == Profile::collector && *version == 1) return 0;
  Allowed allowed = find_allowed();
  for (const char* path : k_process_facts) {
    ::open(path, O_PATH | O_CLOEXEC);  // for as long as the process runs
    allowed.readable.emplace_back(path);
  }
  const Result<void> entered = enter_landlock(*version, allowed, profile);
  if (!entered) return fail(entered.error());
  return version;
}

}  // namespace

Sandbox enter_sandbox(const std::function<Allowed()>& find_allowed,
                      Profile profile) {
  if (k_is_instrumented) return {"off", "off", "instrumented build"};
  prevent_core_dumps();
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  // In this order: Landlock's calls are not among those that are left.
  const Result<int> files = enter_landlock_of_kernel(find_allowed, profile);
  const Result<void> calls = enter_seccomp(profile);
  Sandbox sandbox{.landlock = "none", .seccomp = "on", .reason = {}};
  if (!files) {
    sandbox.landlock = "failed: " + files.error().message;
  } else if (*files != 0) {
    sandbox.landlock = fmt::format("{}", *files);
  }
  if (!calls) sandbox.seccomp = "failed: " + calls.error().message;
  sandbox.has_failed = !files || !calls;
  return sandbox;
}

void log_sandbox(const Sandbox& sandbox) {
  if (!sandbox.reason.empty()) {
    log::info("sandbox", {{"landlock", sandbox.landlock},
                          {"seccomp", sandbox.seccomp},
                          {"reason", sandbox.reason}});
    return;
  }
  log::write(sandbox.has_failed ? log::Level::warning : log::Level::info,
             "sandbox",
             {{"landlock", sandbox.landlock}, {"seccomp", sandbox.seccomp}});
}

bool is_shut_out(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) return false;
  const files::Descriptor file(
      ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  return file.fd() < 0 && errno == EACCES;
}

}  // namespace mtasts::process
