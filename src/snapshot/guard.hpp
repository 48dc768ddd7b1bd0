// SPDX-License-Identifier: MIT
// Holds back what would strand the policies that senders hold: judges how what
// is to be served differs from what was (sts/transition.hpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "diagnostic.hpp"
#include "publish/publication.hpp"
#include "sts/policy.hpp"
#include "sts/transition.hpp"

namespace mtasts::snapshot {

/// What becomes of one domain. Its pointer outlives the judgement.
struct DomainChange {
  std::string domain;
  std::optional<sts::Policy> before = {};       // nothing: was not served
  const publish::Publication* after = nullptr;  // null: is gone
  /// Until then senders may refuse mail for a policy in mode enforce.
  std::optional<std::chrono::sys_seconds> enforced_until = {};
  /// The day that `before` names: what there was before it is held until then,
  /// where nothing else tells. A replica without a history knows no more.
  std::optional<std::chrono::sys_days> retired_from = {};
  bool is_new = false;  // was never served, and there is a history
  Place place = {};     // to be blamed
};

/// Is shown one change after the other and may add to it what it knows: 100,000
/// at once would take more room than their policies do.
using VisitChange = std::function<void(DomainChange&)>;

/// Shows of `domains` those that `older` and `newer` serve differently; what
/// was served before `older` is not known here, see History.
void visit_changes(const config::Live& older, const config::Live& newer,
                   const std::vector<std::string>& domains,
                   const VisitChange& visit);

/// Of all changes that are made together.
class Judgement {
 public:
  Judgement(config::Guard guard, std::chrono::sys_seconds now)
      : guard_(guard), now_(now) {}

  void add(const DomainChange& one);

  /// Errors are refusals, of which there are none unless the guard refuses. Of
  /// the domains of one table the first is told, and how many there are more.
  /// `served` is how many domains there were.
  Diagnostics take(std::size_t served);

 private:
  struct Told {
    Diagnostic finding;
    std::size_t more = 0;  // of its table, and of other ones behind the last

    bool is_at(const Place& place) const {
      return finding.place.line == place.line &&
             finding.place.column == place.column &&
             finding.place.file == place.file;
    }
  };

  void count(const DomainChange& one, const sts::Policy* after);
  void tell(const sts::Transition& one, const Place& place);

  config::Guard guard_;
  std::chrono::sys_seconds now_;
  std::map<std::string_view, std::vector<Told>> told_;  // by id
  std::optional<std::string> first_file_;               // of the first change
  sts::MassChange mass_;
  std::size_t weakened_ = 0;
  std::set<const publish::Publication*> weakened_tables_;
};

}  // namespace mtasts::snapshot
