// SPDX-License-Identifier: MIT
// What all parts of a judgement go by: the facts in an order of their own, the
// policy that counts, and how strict it is. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostic.hpp"
#include "nameserver/answer.hpp"
#include "publish/publication.hpp"
#include "sts/policy.hpp"
#include "verify/facts.hpp"
#include "verify/judge.hpp"

namespace mtasts::verify {

struct Case {
  /// Sorted: the order in which servers and addresses were found says nothing.
  Facts facts;
  const Expected& expected;
  std::chrono::sys_seconds now;
  std::string host;                     // "mta-sts.example.com"
  const publish::Publication* ours;     // null: no configuration has the domain
  std::optional<sts::Policy> policy;    // find_policy()
  std::optional<sts::Mode> mode;        // of that, else of the configuration's
  nameserver::Answer sts;               // TXT, without what a cache adds
  std::vector<std::string> texts = {};  // those in `sts` that mean to be of
                                        // MTA-STS
  bool is_cached = false;               // the resolver's differs from `sts`
  /// No configuration, no record, no policy: it does not try to have MTA-STS.
  bool is_absent = false;
};

/// `expected` has to outlive the case.
Case make_case(const Facts& facts, const Expected& expected,
               std::chrono::sys_seconds now);

/// Of what keeps mail away in mode enforce, and is only reported in testing.
Severity by_mode(const Case& on);

/// "_mta-sts.example.com".
std::string sts_owner(const Case& on);

/// The record to write: `_mta-sts.example.com. IN TXT "v=STSv1; id=..."`.
std::string format_record(std::string_view owner, const std::string& text);

// --- Answers ---

/// The data of the records of the type that was asked for.
std::vector<std::string> find_data(const nameserver::Answer& answer);

/// Where the aliases of `answer` lead, one after the other: without the name
/// that was asked for, and with the one that closes a loop.
std::vector<std::string> find_aliases(const nameserver::Answer& answer);

/// The domain to register so that `name`, which is not there, would be one's
/// own: "gone.example" for "mx.gone.example". Nothing where that is taken, or
/// where nobody looked.
std::optional<std::string> find_registrable(const Facts& facts,
                                            const std::string& name);

/// The text fetched that a sender would read on: status 200, whole, and as it
/// is on disk. Null: there is none.
const std::string* find_body(const Fetch& fetch);

// --- Words ---

/// The first few of `list`, and how many more there are.
std::string format_some(const std::vector<std::string>& list,
                        std::string_view between = ", ");

/// "3 days", "1 day"; below two days in hours.
std::string format_days(std::chrono::seconds time);

}  // namespace mtasts::verify
