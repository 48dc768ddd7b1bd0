// SPDX-License-Identifier: MIT
#include "reports/stored_report.hpp"

#include <string_view>
#include <utility>

#include "reports/rows.hpp"
#include "text/ascii.hpp"

namespace mtasts::reports {
namespace {

constexpr std::string_view k_lines = R"(
SELECT r.document, o.value, r.report_id, r.start, r.finish, t.value,
  r.policy_type, r.successful, r.failed, d.channel, r.is_verified
FROM report r
  JOIN document d ON d.id = r.document
  JOIN text o ON o.id = r.organization
  JOIN text t ON t.id = r.domain
WHERE r.start >= ?1 AND r.start < ?2)";

constexpr std::string_view k_document = R"(
SELECT d.id, d.received, d.channel, s.value, c.value, a.value, o.value,
  r.report_id, r.start, r.finish, r.is_verified
FROM document d
  JOIN report r ON r.document = d.id
  JOIN text o ON o.id = r.organization
  JOIN text c ON c.id = d.contact
  JOIN text a ON a.id = d.anomalies
  LEFT JOIN text s ON s.id = d.signer
WHERE d.id = ?1 LIMIT 1)";

constexpr std::string_view k_policies = R"(
SELECT r.position, k.value, p.value, t.value, h.value, r.successful, r.failed
FROM report r
  JOIN applied a ON a.id = r.applied
  JOIN text k ON k.id = a.policy_type
  JOIN text p ON p.id = a.policy_string
  JOIN text h ON h.id = a.mx_host
  JOIN text t ON t.id = r.domain
WHERE r.document = ?1 ORDER BY r.position)";

constexpr std::string_view k_failures = R"(
SELECT f.position, k.value, s.value, h.value, e.value, i.value, f.failed,
  n.value, c.value
FROM failure f
  JOIN text k ON k.id = f.result_type
  JOIN text s ON s.id = f.sending_mta_ip
  JOIN text h ON h.id = f.receiving_mx_hostname
  JOIN text e ON e.id = f.receiving_mx_helo
  JOIN text i ON i.id = f.receiving_ip
  JOIN text n ON n.id = f.additional_information
  JOIN text c ON c.id = f.failure_reason_code
WHERE f.document = ?1 ORDER BY f.position, f.nth)";

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) lines.emplace_back(text::take_until(text, "\n"));
  return lines;
}

/// With its place in the document.
using Policies = std::vector<std::pair<std::uint64_t, tlsrpt::PolicyReport>>;

Result<Policies> read_policies(Connection& connection, std::int64_t id) {
  using Failure = std::pair<std::uint64_t, tlsrpt::FailureDetails>;
  Result<Policies> policies = read_rows<Policies::value_type>(
      connection, k_policies, {id}, [](Row row) {
        return Policies::value_type{
            row.count(),
            tlsrpt::PolicyReport{.policy_type = row.text(),
                                 .policy_string = split_lines(row.text()),
                                 .policy_domain = row.text(),
                                 .mx_host = split_lines(row.text()),
                                 .total_successful_session_count = row.count(),
                                 .total_failure_session_count = row.count()}};
      });
  if (!policies) return policies;
  Result<std::vector<Failure>> failures =
      read_rows<Failure>(connection, k_failures, {id}, [](Row row) {
        return Failure{row.count(), tlsrpt::FailureDetails{
                                        .result_type = row.text(),
                                        .sending_mta_ip = row.text(),
                                        .receiving_mx_hostname = row.text(),
                                        .receiving_mx_helo = row.text(),
                                        .receiving_ip = row.text(),
                                        .failed_session_count = row.count(),
                                        .additional_information = row.text(),
                                        .failure_reason_code = row.text()}};
      });
  if (!failures) return fail(failures.error());
  // Both are in the order of the document.
  auto policy = policies->begin();
  for (Failure& one : *failures) {
    while (policy != policies->end() && policy->first != one.first) ++policy;
    if (policy == policies->end()) break;
    policy->second.failure_details.push_back(std::move(one.second));
  }
  return policies;
}

}  // namespace

Result<std::vector<ReportLine>> read_list(Connection& connection,
                                          const ListFilter& filter) {
  std::string sql(k_lines);
  SqlValue domain;
  if (filter.domain) {
    sql += " AND r.domain = (SELECT id FROM text WHERE value = ?3)";
    domain = std::string_view(*filter.domain);
  }
  if (filter.has_failed) sql += " AND r.failed > 0";
  sql +=
      " ORDER BY r.start / 86400 DESC, t.value, o.value, r.document, "
      "r.position LIMIT ?4";
  return read_rows<ReportLine>(
      connection, sql,
      {to_epoch(filter.period.since), to_epoch(filter.period.until), domain,
       static_cast<std::int64_t>(filter.most)},
      [](Row row) {
        return ReportLine{
            .id = static_cast<std::int64_t>(row.count()),
            .organization = row.text(),
            .report_id = row.text(),
            .start = row.time(),
            .end = row.time(),
            .domain = row.text(),
            .type = row.type(),
            .sessions = {.successful = row.count(), .failed = row.count()},
            .channel = static_cast<Channel>(row.count()),
            .is_verified = row.flag()};
      });
}

Result<std::optional<StoredReport>> find_report(Connection& connection,
                                                std::int64_t id) {
  Result<std::vector<StoredReport>> documents =
      read_rows<StoredReport>(connection, k_document, {id}, [](Row row) {
        StoredReport stored;
        stored.id = static_cast<std::int64_t>(row.count());
        stored.received = row.time();
        stored.channel = static_cast<Channel>(row.count());
        stored.signer = row.text();
        stored.report.contact_info = row.text();
        stored.anomalies = split_lines(row.text());
        stored.report.organization_name = row.text();
        stored.report.report_id = row.text();
        stored.report.start_datetime = row.time();
        stored.report.end_datetime = row.time();
        stored.is_verified = row.flag();
        return stored;
      });
  if (!documents) return fail(documents.error());
  if (documents->empty()) return std::nullopt;
  StoredReport& stored = documents->front();
  Result<Policies> policies = read_policies(connection, id);
  if (!policies) return fail(policies.error());
  for (auto& [_, policy] : *policies) {
    stored.report.policies.push_back(std::move(policy));
  }
  return std::move(stored);
}

}  // namespace mtasts::reports
