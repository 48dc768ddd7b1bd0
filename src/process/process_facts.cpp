// SPDX-License-Identifier: MIT
#include "process/process_facts.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <string>
#include <system_error>

#include "files/read.hpp"

namespace mtasts::process {
namespace {

constexpr std::size_t k_max_octets = 4096;

double seconds(const timeval& time) {
  constexpr double k_us_per_s = 1e6;
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_usec) / k_us_per_s;
}

/// Entries of a folder; a descriptor for each, and one to look.
std::uint64_t count_entries(const char* folder) {
  std::error_code error;
  std::uint64_t count = 0;
  for (std::filesystem::directory_iterator it(folder, error), end;
       !error && it != end; it.increment(error)) {
    ++count;
  }
  return count == 0 ? 0 : count - 1;
}

}  // namespace

ProcessFacts read_process_facts() {
  ProcessFacts facts;
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    facts.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    facts.max_descriptors = limit.rlim_cur;
  }
  facts.descriptors = count_entries("/proc/self/fd");
  // proc(5): pages of the whole program, then those in memory.
  const Result<std::string> pages =
      files::read_file("/proc/self/statm", k_max_octets);
  if (!pages) return facts;
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const char* end = pages->data() + pages->size();
  const auto total = std::from_chars(pages->data(), end, facts.virtual_octets);
  if (total.ptr != end) {
    std::from_chars(total.ptr + 1, end, facts.resident_octets);
  }
  facts.virtual_octets *= page;
  facts.resident_octets *= page;
  return facts;
}

}  // namespace mtasts::process
