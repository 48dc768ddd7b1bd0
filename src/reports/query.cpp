// SPDX-License-Identifier: MIT
#include "reports/query.hpp"

#include <utility>

#include "reports/rows.hpp"
#include "reports/schema.hpp"

namespace mtasts::reports {
namespace {

// An importer holds the database for a second at a time.
constexpr std::chrono::milliseconds k_patience{10'000};

// A report has one row of each domain and type whose nth is 0.
constexpr std::string_view k_totals = R"(
SELECT t.value, sums.* FROM (
  SELECT domain, policy_type, sum(successful), sum(failed),
    sum(is_verified * (successful + failed)), sum(nth = 0),
    count(DISTINCT organization), max(finish)
  FROM report WHERE start >= ?1 AND start < ?2 GROUP BY domain, policy_type
) sums JOIN text t ON t.id = sums.domain ORDER BY t.value, sums.policy_type)";

constexpr std::string_view k_senders = R"(
SELECT o.value, s.value, r.is_verified, r.policy_type, i.value,
  r.start / 86400, sum(r.successful), sum(r.failed),
  count(DISTINCT r.document), max(r.finish)
FROM report r
  JOIN document d ON d.id = r.document
  JOIN text o ON o.id = r.organization
  JOIN applied a ON a.id = r.applied
  LEFT JOIN text s ON s.id = d.signer
  LEFT JOIN text i ON i.id = a.policy_id
WHERE r.domain = (SELECT id FROM text WHERE value = ?1)
  AND r.start >= ?2 AND r.start < ?3
GROUP BY r.start / 86400, o.value, s.value, r.is_verified, r.policy_type,
  i.value)";

constexpr std::string_view k_failures = R"(
SELECT o.value, i.value, r.policy_type, k.value, h.value, sum(f.failed) AS sum,
  max(p.value), max(c.value), max(r.finish)
FROM report r
  JOIN failure f ON f.document = r.document AND f.position = r.position
  JOIN text o ON o.id = r.organization
  JOIN applied a ON a.id = r.applied
  LEFT JOIN text i ON i.id = a.policy_id
  JOIN text k ON k.id = f.result_type
  JOIN text h ON h.id = f.receiving_mx_hostname
  JOIN text p ON p.id = f.receiving_ip
  JOIN text c ON c.id = f.failure_reason_code
WHERE r.domain = (SELECT id FROM text WHERE value = ?1)
  AND r.start >= ?2 AND r.start < ?3
GROUP BY o.value, i.value, r.policy_type, k.value, h.value
ORDER BY sum DESC, k.value, h.value, o.value)";

}  // namespace

Result<Connection> open_to_read(const std::string& path) {
  Result<Connection> connection =
      Connection::open(path, Access::read, k_patience);
  if (!connection) return connection;
  // What is sorted would else go to files, which a sandbox has none of.
  Result<void> checked = connection->execute("PRAGMA temp_store = MEMORY");
  if (checked) checked = check_schema(*connection);
  if (!checked) return fail(checked.error());
  return connection;
}

Result<std::vector<DomainTotals>> read_totals(Connection& connection,
                                              const Period& period) {
  // The domain's number, between its name and the rest, is nobody's.
  return read_rows<DomainTotals>(
      connection, k_totals, {to_epoch(period.since), to_epoch(period.until)},
      [](Row row) {
        return DomainTotals{
            .domain = row.text(),
            .type = (row.count(), row.type()),
            .sessions = {.successful = row.count(), .failed = row.count()},
            .verified = row.count(),
            .reports = row.count(),
            .organizations = row.count(),
            .last = row.time()};
      });
}

Result<DomainDetails> read_details(Connection& connection,
                                   std::string_view domain,
                                   const Period& period) {
  const std::int64_t since = to_epoch(period.since);
  const std::int64_t until = to_epoch(period.until);
  Result<std::vector<SenderTotals>> senders = read_rows<SenderTotals>(
      connection, k_senders, {domain, since, until}, [](Row row) {
        return SenderTotals{
            .organization = row.text(),
            .signer = row.text(),
            .is_verified = row.flag(),
            .type = row.type(),
            .policy_id = row.text(),
            .day = row.day(),
            .sessions = {.successful = row.count(), .failed = row.count()},
            .reports = row.count(),
            .last = row.time()};
      });
  if (!senders) return fail(senders.error());
  Result<std::vector<FailureTotals>> failures = read_rows<FailureTotals>(
      connection, k_failures, {domain, since, until}, [](Row row) {
        return FailureTotals{.organization = row.text(),
                             .policy_id = row.text(),
                             .type = row.type(),
                             .result_type = row.text(),
                             .receiving_mx_hostname = row.text(),
                             .failed = row.count(),
                             .receiving_ip = row.text(),
                             .failure_reason_code = row.text(),
                             .last = row.time()};
      });
  if (!failures) return fail(failures.error());
  return DomainDetails{std::string(domain), *std::move(senders),
                       *std::move(failures)};
}

}  // namespace mtasts::reports
