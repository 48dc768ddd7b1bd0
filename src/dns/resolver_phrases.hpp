// SPDX-License-Identifier: MIT
// How programs that look names up say what happened: a row for each phrase.
#pragma once

#include <string_view>

namespace mtasts::dns {

/// What a line tells by its start.
enum class Says {
  failed,    // this look-up, for good
  retried,   // this attempt: another may have done it
  answered,  // there was an answer, without records
  banner,    // of dig and its like, which tell an outcome as well
  answer,    // what follows is an answer
  dig,       // both
  server,    // who was asked: what follows is of host or nslookup
  nothing,
};

struct Phrase {
  std::string_view start;  // lower case
  Says says;
};

/// What `line` starts with; `line` is in lower case, with a blank at its end.
const Phrase* find_phrase(std::string_view line);

/// What stands behind a name that has such a record, "is an alias for " of a
/// CNAME; without a type: none that is read.
struct Wording {
  std::string_view start;  // lower case
  std::string_view type;
};

/// What `rest`, in lower case, starts with.
const Wording* find_wording(std::string_view rest);

}  // namespace mtasts::dns
