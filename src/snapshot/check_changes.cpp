// SPDX-License-Identifier: MIT
#include "snapshot/check_changes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "config/load.hpp"
#include "snapshot/guard.hpp"
#include "snapshot/record.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::snapshot {
namespace {

using std::chrono::sys_seconds;

/// Those of both configurations.
std::vector<std::string> join_domains(const config::Live& older,
                                      const config::Live& newer) {
  std::vector<std::string> domains = all_domains(older);
  for (std::string& domain : all_domains(newer)) {
    if (older.find_domain(domain) == nullptr) {
      domains.push_back(std::move(domain));
    }
  }
  return domains;
}

/// The first fault of `loaded`, as a sentence.
Error explain(const config::Loaded& loaded, const std::string& path) {
  const auto fault = std::ranges::find(loaded.diagnostics, Severity::error,
                                       &Diagnostic::severity);
  return {fmt::format("{} is no good configuration: {}: {}", in_quotes(path),
                      format_place(fault->place), fault->message),
          "name one that was served, as an older version of this one"};
}

void add_past(const Record& record, sys_seconds now, DomainChange& change) {
  if (change.before && change.before->mode() == sts::Mode::enforce) {
    change.enforced_until = now + change.before->max_age();
  }
  const auto past = record.domains.find(change.domain);
  if (past == record.domains.end()) {
    change.is_new = !change.before && !record.domains.empty();
    if (change.retired_from) {
      change.enforced_until =
          std::max(change.enforced_until, {*change.retired_from});
    }
  } else {
    change.enforced_until =
        std::max(change.enforced_until, past->second.enforced_until(now));
  }
}

}  // namespace

Result<Diagnostics> check_changes(const config::Live& next,
                                  const std::string& history,
                                  const std::string& path,
                                  const std::optional<std::string>& against,
                                  sys_seconds now) {
  Diagnostics found;
  Record record;
  if (!history.empty()) {
    Result<Record> read = read_record(history);
    if (read) {
      record = *std::move(read);
      append(found, check_record(record, history));
    } else {
      found.push_back({Severity::warning, "server.history-unusable",
                       Place{history}, read.error().message,
                       read.error().hint});
    }
  }
  if (!against) {
    Judgement judgement(next.guard, now);
    visit_changes(record, next, path, now,
                  [&](const DomainChange& one) { judgement.add(one); });
    append(found, judgement.take(count_last(record)));
    return found;
  }
  const config::Loaded older = config::load_config(*against);
  if (!older.config) return fail(explain(older, *against));
  const config::Live& before = older.config->live;
  Judgement judgement(next.guard, now);
  visit_changes(before, next, join_domains(before, next),
                [&](DomainChange& one) {
                  add_past(record, now, one);
                  judgement.add(one);
                });
  append(found, judgement.take(before.by_domain.size()));
  return found;
}

}  // namespace mtasts::snapshot
