// SPDX-License-Identifier: MIT
#include "snapshot/readable.hpp"

#include <filesystem>
#include <iterator>
#include <set>
#include <string_view>
#include <system_error>

#include "config/listeners.hpp"

namespace mtasts::snapshot {
namespace {

namespace fs = std::filesystem;

/// Nothing else has its files there, as far as a path can tell.
bool is_private(const fs::path& folder) {
  const auto depth = std::distance(folder.begin(), folder.end()) - 1;
  if (depth < 2) return false;
  const std::string top = std::next(folder.begin())->string();
  return depth > 2 || (top != "home" && top != "usr" && top != "var");
}

class Finder final : public files::FileVisitor {
 public:
  bool needs_stamps() const override { return false; }
  void file(const text::Path& path, const files::FileStamp&) override {
    // Its folder would be everything.
    if (is_top_) add_file(path.text());
  }
  void directory(const text::Path& path) override {
    const fs::path folder =
        path == text::Path() ? "." : fs::path(path.text()).parent_path();
    std::error_code error;
    // One of very many that were found in another; / is none of them.
    const bool is_entry =
        path.name().find_first_not_of("./") != std::string_view::npos &&
        seen_.contains(path.folder());
    is_top_ = !is_entry &&
              fs::absolute(path.text() + "-", error).parent_path() == "/";
    if (is_top_ || !seen_.insert(path).second) return;
    if (is_entry && !fs::is_symlink(folder, error)) return;
    fs::path part;
    for (const fs::path& name : folder) follow(part /= name, 0);
    add_folder(folder);
  }
  void link(const text::Path& path) override { follow(path.text(), 0); }

  std::vector<std::string> take() const;

 private:
  void add(const fs::path& folder);
  void add_folder(const fs::path& path);
  void add_file(const fs::path& path);
  void follow(const fs::path& path, int hops);

  bool is_top_ = false;             // what comes lies in /
  std::set<text::Path> seen_;       // folders, as they were named
  std::set<std::string> known_;     // and as links name them
  std::set<std::string> readable_;  // folders end with a slash
};

void Finder::add(const fs::path& folder) {
  const std::string whole = folder.string() + "/";
  for (std::size_t at = 1; at != std::string::npos; at = whole.find('/', at)) {
    if (readable_.contains(whole.substr(0, ++at))) return;
  }
  readable_.insert(whole);
}

/// What is not there yet counts as well.
void Finder::add_folder(const fs::path& path) {
  std::error_code error;
  fs::path folder = fs::canonical(path, error);
  if (error) folder = fs::weakly_canonical(fs::absolute(path), error);
  if (error || folder == "/") return;
  if (is_private(folder.parent_path())) add(folder.parent_path());
  add(folder);
}

void Finder::add_file(const fs::path& path) {
  std::error_code error;
  const fs::path file = fs::canonical(path, error);
  if (!error && file.parent_path() == "/") readable_.insert(file.string());
  const std::string folder = fs::absolute(path).parent_path().string();
  // The four links of a certificate lead into one.
  if (known_.insert(folder).second) add_folder(folder);
}

/// Nothing to do where `path` is no symbolic link.
void Finder::follow(const fs::path& path, int hops) {
  constexpr int k_max_symlinks = 40;
  std::error_code error;
  const fs::path target = fs::read_symlink(path, error);
  if (error || hops > k_max_symlinks) return;
  const fs::path next = path.parent_path() / target;
  if (fs::is_directory(next, error)) {
    add_folder(next);
  } else {
    add_file(next);
  }
  follow(next, hops + 1);
}

std::vector<std::string> Finder::take() const {
  std::vector<std::string> paths;
  for (const std::string& one : readable_) {
    // What is below a folder follows it.
    const bool is_below = !paths.empty() && paths.back().ends_with('/') &&
                          one.starts_with(paths.back());
    if (!is_below) paths.push_back(one);
  }
  return paths;
}

}  // namespace

std::vector<std::string> find_readable(const SnapshotLoader& loader) {
  Finder finder;
  loader.list(finder);
  return finder.take();
}

process::Allowed find_allowed(const config::Startup& startup,
                              const SnapshotLoader& loader) {
  process::Allowed allowed{.readable = find_readable(loader),
                           .removable_in = {}};
  std::error_code error;
  const fs::path challenges = fs::canonical(startup.challenges, error);
  if (!error) allowed.readable.push_back(challenges.string());
  // Where another one takes its place, by renaming.
  const fs::path reports =
      startup.report_summary.empty()
          ? fs::path()
          : fs::canonical(fs::path(startup.report_summary).parent_path(),
                          error);
  if (!reports.empty() && reports != "/")
    allowed.readable.push_back(reports.string());
  if (startup.collect) allowed.writable_in.push_back(startup.collect->spool);
  for (const std::string& socket : config::socket_files(startup)) {
    allowed.removable_in.push_back(fs::path(socket).parent_path().string());
  }
  return allowed;
}

}  // namespace mtasts::snapshot
