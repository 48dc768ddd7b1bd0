// SPDX-License-Identifier: MIT
// As whom the program runs: started as root, it can become somebody else once
// its sockets are bound.
#pragma once

#include <sys/types.h>

#include <string>

#include "config/config.hpp"
#include "diagnostic.hpp"
#include "result.hpp"
#include "server/snapshot.hpp"

namespace mtasts::server {

struct Account {
  std::string name = {};  // empty: nobody was configured, it is who started us
  uid_t uid = 0;
  gid_t gid = 0;
  bool is_new = false;  // we were somebody else before
};

/// The account `name` of /etc/passwd. Other sources of accounts would need
/// libraries that the static program can't load.
Result<Account> find_account(const std::string& name);

/// Becomes the user of `startup`, if there is one, for good: with the groups of
/// /etc/group, and as the owner of the unix sockets that are bound. Fails when
/// that is somebody else and we are not root, or when it is root. Call it
/// before any thread starts.
Result<Account> take_user(const config::Startup& startup);

/// Loads `config` once more: what of it the user of now can't read, and of
/// which every reload would fail. `serving` is what could be read before.
Diagnostics find_shut_out(const Snapshot& serving, const std::string& config,
                          const Account& account, Severity severity);

/// For a whole check, as which root becomes that user: warnings.
Diagnostics check_user(const Snapshot& snapshot, const std::string& config);

/// Who it is now, or once that it is still root.
void log_user(const Account& account);

}  // namespace mtasts::server
