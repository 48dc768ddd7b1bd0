// SPDX-License-Identifier: MIT
// From files to a Config, or to the list of everything that is wrong with
// them. Loading again reads only the files that have changed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/config_file.hpp"
#include "diagnostic.hpp"
#include "files/file_group.hpp"

namespace mtasts::config {

struct Loaded {
  std::optional<Config> config;  // nothing when a file has an error
  /// All there is to say of the files, whether they were read now or before. In
  /// the order of files, lines, columns.
  Diagnostics diagnostics;
  std::vector<std::string> certificates;  // also when a policy is bad
  bool has_new_inputs = false;            // other files may be included now
  bool is_main_good = false;              // whatever the included ones are
  std::vector<std::string> touched;  // domains whose policy may have changed
};

/// The tokens of [collect], without those behind a fault.
struct TokenFile {
  std::shared_ptr<const ReportTokens> tokens;
  Diagnostics diagnostics;
};

class Loader {
 public:
  /// Of the file at `path` and what it includes; "-" is standard input, which
  /// can be read once and not be watched.
  explicit Loader(std::string path, Service service = Service::serve);

  Loaded load(const files::Scope& scope = {});

  /// Has the next load read what has a fault again, changed or not.
  void reread_faulty() {
    main_.reread_faulty();
    included_.reread_faulty();
    tokens_.reread_faulty();
  }

  /// Shows which files there are now.
  void list(files::FileVisitor& visitor) const;
  /// What differs on the disk from what was loaded.
  files::FileChanges look(const files::Scope& scope) const;

 private:
  using IncludedChanges = std::vector<files::FileGroup<PolicyFile>::Change>;
  /// Of any file; null: there was none, or is none now.
  struct Change {
    const PolicyFile* before;
    const PolicyFile* after;
  };
  using Changes = std::vector<Change>;

  bool update_main(const files::Scope& scope);
  IncludedChanges update_included(const files::Scope& scope);
  void update_tokens(const files::Scope& scope, Loaded& loaded);
  void check_includes();
  void report_files(Diagnostics& out) const;
  void index(const Changes& changes, Loaded& loaded);
  void index_all(Loaded& loaded);
  Config make_config() const;

  std::string path_;
  Service service_;
  files::FileGroup<MainFile> main_;
  MainFilePtr settings_;  // what main_ has
  files::FileGroup<PolicyFile> included_{"policies"};
  files::FileGroup<TokenFile> tokens_;
  Diagnostics include_faults_;
  dns::NameMap<publish::PublicationPtr> by_domain_;
  bool has_clash_ = false;  // two policies for one domain
};

/// All at once. `also`: as in files::Everywhere.
Loaded load_config(const std::string& path, files::FileVisitor* also = nullptr);

}  // namespace mtasts::config
