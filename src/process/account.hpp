// SPDX-License-Identifier: MIT
// As whom the program runs: started as root, it can become somebody else once
// its sockets are bound.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "result.hpp"

namespace mtasts::process {

struct Account {
  std::string name = {};  // empty: nobody was configured, it is who started us
  uid_t uid = 0;
  gid_t gid = 0;
  bool is_new = false;  // we were somebody else before
};

/// The account `name` of /etc/passwd. Other sources of accounts would need
/// libraries that the static program can't load.
Result<Account> find_account(const std::string& name);

/// For good, there is no way back: with the groups of /etc/group.
Result<void> become(const Account& account);

/// Becomes the user `name`, if it is not empty, and hands it the files of the
/// unix `sockets` that are bound. Fails when that is somebody else and we are
/// not root, or when it is root. Call it before any thread starts.
Result<Account> take_user(const std::string& name,
                          const std::vector<std::string>& sockets);

/// Who it is now, or once that it is still root.
void log_user(const Account& account);

}  // namespace mtasts::process
