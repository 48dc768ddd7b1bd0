// SPDX-License-Identifier: MIT
#include "process/memory.hpp"

#include <malloc.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>

#include "files/read.hpp"
#include "text/ascii.hpp"

namespace mtasts::process {
namespace {

constexpr std::uint64_t k_unknown = std::numeric_limits<std::uint64_t>::max();
// The text of a /proc file; /proc/self/cgroup has a line for each hierarchy.
constexpr std::size_t k_max_octets = 64 * 1024;

std::string read(const std::string& path) {
  const Result<std::string> text = files::read_file(path, k_max_octets);
  return text ? *text : std::string();
}

/// The number that `text` begins with, behind blanks: "max" is none.
std::optional<std::uint64_t> parse_number(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

/// Of a line "KEY:  NUMBER kB".
std::optional<std::uint64_t> find_kilobytes(std::string_view text,
                                            std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = text::take_until(text, "\n");
    if (!line.starts_with(key)) continue;
    const auto value = parse_number(line.substr(key.size()));
    if (value) return *value * 1024;
  }
  return std::nullopt;
}

/// The least limit in a hierarchy, from the group at `path` up to its root. In
/// a container only a part of the path may be there, or the root alone.
std::uint64_t read_group_limit(const std::string& hierarchy, std::string path,
                               const char* file) {
  std::uint64_t least = k_unknown;
  for (;;) {
    const std::string text = read(hierarchy + path + '/' + file);
    least = std::min(least, parse_number(text).value_or(k_unknown));
    if (path.empty()) return least;
    path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  }
}

/// True if "memory" is one of `controllers`, which commas separate.
bool has_memory(std::string_view controllers) {
  while (!controllers.empty()) {
    if (text::take_until(controllers, ",") == "memory") return true;
  }
  return false;
}

std::uint64_t read_groups_limit(const std::string& root) {
  const std::string groups = root + "/sys/fs/cgroup";
  const std::string text = read(root + "/proc/self/cgroup");
  std::uint64_t least = k_unknown;
  std::string_view rest(text);
  while (!rest.empty()) {  // cgroups(7): hierarchy-ID:controllers:path
    const std::string_view line = text::take_until(rest, "\n");
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const std::string path(line.substr(second + 1));
    if (has_memory(controllers)) {
      least = std::min(least, read_group_limit(groups + "/memory", path,
                                               "memory.limit_in_bytes"));
    } else if (controllers.empty()) {
      for (const char* file : {"memory.max", "memory.high"}) {
        least = std::min(least, read_group_limit(groups, path, file));
      }
    }
  }
  return least;
}

}  // namespace

std::uint64_t measure_memory_use(const std::string& root) {
  return find_kilobytes(read(root + "/proc/self/status"), "VmRSS:").value_or(0);
}

std::uint64_t measure_memory_limit(const std::string& root) {
  std::uint64_t limit = read_groups_limit(root);
  const std::string machine = read(root + "/proc/meminfo");
  const auto available = find_kilobytes(machine, "MemAvailable:");
  if (available) limit = std::min(limit, *available + measure_memory_use(root));
  return limit;
}

void trim_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

}  // namespace mtasts::process
