// SPDX-License-Identifier: MIT
// What people have instead of a master file: what programs print that look
// names up, and what other tools call a zone.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "dns/sought.hpp"
#include "result.hpp"

namespace mtasts::dns {

struct ZoneText {
  std::string text;  // of a master file, with as many lines
  // It shows what was asked for, not all that a zone has.
  bool is_answer = false;
  std::set<std::string> questions = {};  // whose TXT was asked for, if it says
};

/// Turns what dig (also +yaml), host, nslookup, drill, delv, kdig and
/// resolvectl print into lines of a master file, and leaves other lines as they
/// are. Fails with the cause when a look-up failed, which is no sign that a
/// record is absent, and with its name for a form that is not read. A line that
/// could hold what is `sought` is never passed over.
Result<ZoneText> read_resolver_output(std::string_view text,
                                      const Sought& sought);

}  // namespace mtasts::dns
