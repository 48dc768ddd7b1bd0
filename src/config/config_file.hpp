// SPDX-License-Identifier: MIT
// What one configuration file says: the main file, or one that it includes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/read_server.hpp"
#include "config/table_reader.hpp"
#include "diagnostic.hpp"
#include "files/file_to_read.hpp"
#include "shared.hpp"

namespace mtasts::config {

/// [[policy]] tables, without those that have an error.
struct PolicyFile : Counted {
  bool is_any_retiring = false;  // of the policies
  SharedList<publish::PublicationPtr> policies;
  SharedList<Diagnostic> diagnostics;
};
using PolicyFilePtr = Shared<const PolicyFile>;

/// Never held as a mere PolicyFile, which could not delete it.
struct MainFile : PolicyFile {
  ServerTable settings;
  Tool tool;
  std::optional<Reports> reports;
  std::optional<Collect> collect;
  std::vector<Located<std::string>> includes;
};

using MainFilePtr = Shared<const MainFile>;

/// Who wants the file is up to the caller to say, if it can't be read.
PolicyFilePtr read_included(const files::FileToRead& file);

/// "-" is standard input.
MainFilePtr read_main(const std::string& path);

/// The path as people get to see it.
std::string shown_path(const std::string& path);

}  // namespace mtasts::config
