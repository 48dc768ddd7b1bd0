// SPDX-License-Identifier: MIT
// The listening sockets of the policy host.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "net/listen_address.hpp"
#include "result.hpp"

namespace mtasts::net {

struct Listener {
  int fd;  // does not block
  Scheme scheme;
};

/// True for a failure of accept() that took its one client along (accept(2)
/// names those of the network). Any other would come again at once.
bool is_of_one_client(int error);

class Listeners {
 public:
  /// Binds every address, or none. Sockets that the service manager handed
  /// over (LISTEN_FDS, see sd_listen_fds(3)) are taken as they are, if they are
  /// listening ones. A socket file that is left over from a crash is replaced;
  /// any other file stays, and is an error.
  static Result<Listeners> open(const std::vector<ListenAddress>& addresses);

  Listeners(Listeners&& other) noexcept;
  Listeners& operator=(Listeners&& other) = delete;
  ~Listeners();

  const std::vector<Listener>& all() const { return all_; }
  /// The addresses as they were bound, with the port that the kernel chose.
  const std::vector<std::string>& names() const { return names_; }

  void close();

 private:
  Listeners() = default;

  Result<void> add(const ListenAddress& address, bool v6_only);
  Result<void> add_tcp(const ListenAddress& address, bool v6_only);
  Result<void> add_unix(const ListenAddress& address);
  Result<void> add_inherited();

  std::vector<Listener> all_;
  std::vector<std::string> names_;
  /// Made by us; removed in the end, if it is still the same file.
  struct SocketFile {
    std::string path;
    dev_t device;
    ino_t inode;
  };

  std::vector<SocketFile> socket_files_;
};

}  // namespace mtasts::net
