// SPDX-License-Identifier: MIT
#include "reports/shared_texts.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <vector>

#include "reports/applied_policy.hpp"
#include "text/join.hpp"
#include "tlsrpt/result_type.hpp"

namespace mtasts::reports {
namespace {

// Texts repeat: of 300,000 reports of a day there are some 100,000 domains and
// few other texts. What does not fit is looked up again.
constexpr std::size_t k_max_known = 200'000;

// For each text that goes, SQLite would look for reports that need it, by
// columns that have no index: which ones do is looked up here once, for all.
constexpr const char* k_remove_unused = R"(
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DELETE FROM applied WHERE id NOT IN (SELECT applied FROM report);
CREATE TEMP TABLE used AS
  SELECT domain AS id FROM report
  UNION SELECT organization FROM report
  UNION SELECT policy_type FROM applied
  UNION SELECT policy_string FROM applied
  UNION SELECT mx_host FROM applied
  UNION SELECT policy_id FROM applied
  UNION SELECT signer FROM document
  UNION SELECT contact FROM document
  UNION SELECT anomalies FROM document
  UNION SELECT result_type FROM failure
  UNION SELECT sending_mta_ip FROM failure
  UNION SELECT receiving_mx_hostname FROM failure
  UNION SELECT receiving_mx_helo FROM failure
  UNION SELECT receiving_ip FROM failure
  UNION SELECT additional_information FROM failure
  UNION SELECT failure_reason_code FROM failure;
DELETE FROM text WHERE id NOT IN (SELECT id FROM used WHERE id IS NOT NULL);
DROP TABLE used;
COMMIT;
)";

/// A line each, as lists are kept. No text of a report has a line end.
std::string join_lines(const std::vector<std::string>& lines) {
  return text::join(lines, "\n", [](const std::string& one) { return one; });
}

}  // namespace

Result<std::int64_t> SharedTexts::keep(const std::string& text) {
  if (const auto known = texts_.find(text); known != texts_.end()) {
    return known->second;
  }
  Result<std::int64_t> id =
      statements_.look_up("SELECT id FROM text WHERE value = ?1", {text});
  if (id && *id == 0) {
    const Result<void> added =
        statements_.run("INSERT INTO text (value) VALUES (?1)", {text});
    if (!added) return fail(added.error());
    id = connection_.last_id();
  }
  if (texts_.size() >= k_max_known) texts_.clear();
  if (id) texts_.emplace(text, *id);
  return id;
}

Result<std::int64_t> SharedTexts::keep_policy(
    const tlsrpt::PolicyReport& policy) {
  const Result<std::int64_t> type = keep(policy.policy_type);
  if (!type) return type;
  const Result<std::int64_t> lines = keep(join_lines(policy.policy_string));
  if (!lines) return lines;
  const Result<std::int64_t> hosts = keep(join_lines(policy.mx_host));
  if (!hosts) return hosts;
  const std::string key = fmt::format("{} {} {}", *type, *lines, *hosts);
  if (const auto known = policies_.find(key); known != policies_.end()) {
    return known->second;
  }
  Result<std::int64_t> id = statements_.look_up(
      "SELECT id FROM applied WHERE policy_string = ?1 AND policy_type = ?2 "
      "AND mx_host = ?3",
      {*lines, *type, *hosts});
  if (id && *id == 0) id = add_policy(policy, *type, *lines, *hosts);
  if (policies_.size() >= k_max_known) policies_.clear();
  if (id) policies_.emplace(key, *id);
  return id;
}

/// With the id that our record would have for it, if it is one of MTA-STS.
Result<std::int64_t> SharedTexts::add_policy(const tlsrpt::PolicyReport& policy,
                                             std::int64_t type,
                                             std::int64_t lines,
                                             std::int64_t hosts) {
  SqlValue policy_id;
  if (tlsrpt::read_policy_type(policy.policy_type) == tlsrpt::PolicyType::sts) {
    if (const auto applied = find_applied_policy(policy.policy_string)) {
      const Result<std::int64_t> id = keep(applied->id);
      if (!id) return id;
      policy_id = *id;
    }
  }
  const Result<void> added = statements_.run(
      "INSERT INTO applied (policy_type, policy_string, mx_host, policy_id) "
      "VALUES (?1, ?2, ?3, ?4)",
      {type, lines, hosts, policy_id});
  if (!added) return fail(added.error());
  return connection_.last_id();
}

void SharedTexts::forget() {
  texts_.clear();
  policies_.clear();
}

Result<void> SharedTexts::forget_if_changed() {
  const Result<std::int64_t> version =
      statements_.look_up("PRAGMA data_version", {});
  if (!version) return fail(version.error());
  if (*version != version_) forget();
  version_ = *version;
  return {};
}

Result<void> SharedTexts::remove_unused() {
  forget();
  Result<void> removed = connection_.execute(k_remove_unused);
  if (!removed && connection_.is_in_transaction()) {
    // Whatever it answers, the fault to tell of is the first one.
    (void)connection_.execute("ROLLBACK");
  }
  const Result<void> restored = connection_.execute("PRAGMA foreign_keys = ON");
  return removed ? restored : removed;
}

}  // namespace mtasts::reports
