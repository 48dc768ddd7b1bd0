// SPDX-License-Identifier: MIT
// The files of a scenario, in a folder of their own that the process works in:
// so all that is said of them has relative paths.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>

namespace mtasts::scenario {

class Files {
 public:
  /// Goes into a new folder. Throws what std::filesystem does.
  Files();
  ~Files();
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  using Time = std::chrono::system_clock::time_point;

  /// In one step, as a good tool does it.
  void replace(const std::string& path, const std::string& content, Time now,
               bool is_secret);
  /// In place: `content` as far as `octets`, and the file stays open.
  void begin(const std::string& path, const std::string& content,
             std::size_t octets, Time now);
  enum class Rest { written, lost };
  /// Closes what was begun, with the rest or without. False: nothing was.
  bool end(const std::string& path, Rest rest, Time now);
  /// Files, links and whole folders. False: there is none.
  bool remove(const std::string& path);
  /// In one step; a folder is made for a link to lie in.
  void link(const std::string& path, const std::string& target);

 private:
  struct Open {
    int fd;
    std::string left;
  };

  /// Of the scenario and not of this machine, whose clock is too coarse to
  /// tell two edits in a row apart.
  void set_time(int fd, Time now);

  std::filesystem::path folder_;
  std::filesystem::path before_;
  std::map<std::string, Open> open_;
  long edits_ = 0;
};

}  // namespace mtasts::scenario
