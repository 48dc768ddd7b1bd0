// SPDX-License-Identifier: MIT
#include "reports/failed_folder.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "files/tree.hpp"
#include "text/ascii.hpp"
#include "text/sha256.hpp"
#include "text/time.hpp"

namespace mtasts::reports {
namespace {

namespace fs = std::filesystem;

/// Of the digest, as its name: enough for files that nobody gains by making
/// alike.
constexpr std::size_t k_name_octets = 8;
constexpr const char* k_reason = ".reason";

/// Given by keep(). What else lies in the folder is not ours to remove.
bool is_ours(std::string_view name) {
  return name.size() == 2 * k_name_octets &&
         std::ranges::all_of(name, text::is_hex_digit);
}

}  // namespace

Result<std::string> FailedFolder::keep(std::string_view octets,
                                       std::string_view from,
                                       const Error& reason,
                                       std::chrono::sys_seconds now) {
  // What strangers sent is for its owner alone.
  const mode_t mask = ::umask(077);
  std::error_code error;
  fs::create_directories(fs::path(path_).parent_path(), error);
  const auto tree = files::Tree::open(path_);
  Result<void> written;
  const text::Sha256 digest = text::sha256(octets);
  const std::string name = text::hex(std::span(digest).first(k_name_octets));
  if (tree) {
    written = tree->write(name, octets);
    if (written) {
      written =
          tree->write(name + k_reason,
                      fmt::format("{} {}: {}\n", text::format_time(now),
                                  printable(from), printable(reason.message)));
    }
  }
  ::umask(mask);
  if (!tree) return fail(tree.error());
  if (!written) return fail(written.error());
  prune();
  return (fs::path(path_) / name).string();
}

/// Removes the oldest until the limits hold. What goes wrong here does so again
/// the next time.
void FailedFolder::prune() const {
  struct Kept {
    fs::file_time_type time;
    std::uint64_t octets;
    fs::path path;
  };
  std::vector<Kept> kept;
  std::uint64_t octets = 0;
  std::error_code error;
  for (fs::directory_iterator at(path_, error), end; !error && at != end;
       at.increment(error)) {
    const fs::path& path = at->path();
    if (!is_ours(path.filename().string())) continue;
    std::error_code gone;
    const Kept one{at->last_write_time(gone), at->file_size(gone), path};
    if (gone) continue;
    octets += one.octets;
    kept.push_back(one);
  }
  if (kept.size() <= limits_.files && octets <= limits_.octets) return;
  std::ranges::sort(kept, {}, &Kept::time);
  std::size_t left = kept.size();
  for (const Kept& one : kept) {
    if (left <= limits_.files && octets <= limits_.octets) return;
    fs::remove(one.path, error);
    fs::remove(one.path.string() + k_reason, error);
    octets -= one.octets;
    --left;
  }
}

}  // namespace mtasts::reports
