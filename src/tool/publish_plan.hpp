// SPDX-License-Identifier: MIT
// From what a domain has to publish, and what its primary name server has, to
// what to change there. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "diagnostic.hpp"
#include "nameserver/answer.hpp"
#include "nameserver/update.hpp"
#include "publish/publication.hpp"
#include "publish/record_set.hpp"
#include "result.hpp"
#include "verify/facts.hpp"

namespace mtasts::tool {

/// What to do at one owner: nothing, unless there is a change. Texts that are
/// for somebody else stay in `change.wanted`, as one owner's are sent together.
struct OwnerPlan {
  std::optional<nameserver::RecordChange> change = {};
  std::string orders = {};    // of the change: lines of add, change, to, delete
  std::string alias_of = {};  // where a CNAME leads: it is left alone
};

/// Why `answer` is none: what the server said, or what became of the question.
std::string format_failure(const nameserver::Answer& answer);

/// `found` is what the server itself says of TXT there; fails when that is no
/// answer. `compares_ttl`: another time to live is a reason, too.
Result<OwnerPlan> plan_owner(const publish::RecordSet& wanted,
                             const nameserver::Answer& found,
                             bool compares_ttl);

/// The same, to delete the texts of this purpose.
Result<OwnerPlan> plan_removal(publish::Purpose purpose,
                               const nameserver::Answer& found);

/// Why the records have to wait (RFC 8461, 8.1): the body was not seen at each
/// address of the policy host. An address to which this machine has no way says
/// nothing. Nothing when the body is live. `findings` are those of the facts.
std::optional<Error> find_reason_to_wait(const verify::Facts& facts,
                                         const Diagnostics& findings,
                                         const publish::Publication& wanted);

}  // namespace mtasts::tool
