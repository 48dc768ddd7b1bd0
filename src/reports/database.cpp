// SPDX-License-Identifier: MIT
#include "reports/database.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <utility>

#include "reports/applied_policy.hpp"
#include "reports/schema.hpp"
#include "reports/statements.hpp"
#include "reports/trust.hpp"
#include "text/join.hpp"
#include "tlsrpt/anomaly.hpp"
#include "tlsrpt/result_type.hpp"

namespace mtasts::reports {
namespace {

// Another importer holds the database for about a second at a time.
constexpr std::chrono::milliseconds k_patience{30'000};
// Texts repeat: of 300,000 reports of a day there are some 100,000 domains and
// few other texts. What does not fit is looked up again.
constexpr std::size_t k_max_known = 200'000;
// Documents that go in one transaction, and have others wait.
constexpr std::int64_t k_piece = 5'000;

std::int64_t to_epoch(std::chrono::sys_seconds time) {
  return time.time_since_epoch().count();
}

/// A line each, as lists are kept. No text of a report has a line end.
std::string join_lines(const std::vector<std::string>& lines) {
  return text::join(lines, "\n", [](const std::string& one) { return one; });
}

/// "KIND PLACE COUNT VALUE", a line each.
std::string format_anomalies(const std::vector<tlsrpt::Anomaly>& anomalies) {
  return text::join(anomalies, "\n", [](const tlsrpt::Anomaly& one) {
    return fmt::format("{} {} {} {}", tlsrpt::format_anomaly_kind(one.kind),
                       one.place, one.count, one.value);
  });
}

bool is_sts(const tlsrpt::PolicyReport& policy) {
  return tlsrpt::read_policy_type(policy.policy_type) ==
         tlsrpt::PolicyType::sts;
}

}  // namespace

Insertion& Insertion::operator+=(const Insertion& other) {
  stored += other.stored;
  duplicates += other.duplicates;
  foreign += other.foreign;
  return *this;
}

/// The statements, and what of the database is known without them.
class Database::Writer {
 public:
  explicit Writer(Connection connection) : connection_(std::move(connection)) {}

  Result<Insertion> insert(const ReceivedReport& received, const Intake& intake,
                           std::chrono::sys_seconds now);
  Result<void> commit();
  Result<std::size_t> remove_before(std::chrono::sys_seconds time);
  /// After a fault: of what was not committed nothing is there.
  void roll_back();

 private:
  /// A report that gets its row with the first of its policies that is new.
  struct Document {
    const ReceivedReport& received;
    Trust trust;
    std::chrono::sys_seconds now;
    std::int64_t id = 0;        // 0: it has none yet
    std::int64_t position = 0;  // of the next policy
    /// How many it had so far of one domain and type.
    std::map<std::pair<std::string, tlsrpt::PolicyType>, std::int64_t> counts =
        {};
  };

  Result<void> begin();
  Result<std::int64_t> intern(const std::string& text);
  Result<std::int64_t> intern_policy(const tlsrpt::PolicyReport& policy);
  Result<void> find_document(Document& document);
  Result<void> add_document(Document& document);
  Result<bool> add_report(Document& document,
                          const tlsrpt::PolicyReport& policy);
  Result<void> add_failures(const Document& document,
                            const tlsrpt::PolicyReport& policy);
  Result<std::size_t> remove_piece(std::chrono::sys_seconds time);

  Connection connection_;
  Statements statements_{connection_};
  std::unordered_map<std::string, std::int64_t> texts_ = {};
  std::unordered_map<std::string, std::int64_t> policies_ = {};
};

Result<void> Database::Writer::begin() {
  return connection_.is_in_transaction()
             ? Result<void>()
             : connection_.execute("BEGIN IMMEDIATE");
}

void Database::Writer::roll_back() {
  // Ids that were given out may be others' from now on.
  texts_.clear();
  policies_.clear();
  // Whatever it answers, the fault to tell of is the first one.
  if (connection_.is_in_transaction()) (void)connection_.execute("ROLLBACK");
}

Result<std::int64_t> Database::Writer::intern(const std::string& text) {
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

/// What a sender says of the policy that it applied, which all of its reports
/// on a domain repeat.
Result<std::int64_t> Database::Writer::intern_policy(
    const tlsrpt::PolicyReport& policy) {
  const Result<std::int64_t> type = intern(policy.policy_type);
  if (!type) return type;
  const Result<std::int64_t> lines = intern(join_lines(policy.policy_string));
  if (!lines) return lines;
  const Result<std::int64_t> hosts = intern(join_lines(policy.mx_host));
  if (!hosts) return hosts;
  const std::string key = fmt::format("{} {} {}", *type, *lines, *hosts);
  if (const auto known = policies_.find(key); known != policies_.end()) {
    return known->second;
  }
  Result<std::int64_t> id = statements_.look_up(
      "SELECT id FROM applied WHERE policy_string = ?1 AND policy_type = ?2 "
      "AND mx_host = ?3",
      {*lines, *type, *hosts});
  if (id && *id == 0) {
    SqlValue policy_id;
    if (is_sts(policy)) {
      if (const auto applied = find_applied_policy(policy.policy_string)) {
        const Result<std::int64_t> text = intern(applied->id);
        if (!text) return text;
        policy_id = *text;
      }
    }
    const Result<void> added = statements_.run(
        "INSERT INTO applied (policy_type, policy_string, mx_host, policy_id) "
        "VALUES (?1, ?2, ?3, ?4)",
        {*type, *lines, *hosts, policy_id});
    if (!added) return fail(added.error());
    id = connection_.last_id();
  }
  if (policies_.size() >= k_max_known) policies_.clear();
  if (id) policies_.emplace(key, *id);
  return id;
}

/// The very same JSON may have come before, when other domains were ours.
Result<void> Database::Writer::find_document(Document& document) {
  const Result<std::int64_t> id = statements_.look_up(
      "SELECT id FROM document WHERE digest = ?1",
      {std::span<const unsigned char>(document.received.digest)});
  if (!id) return fail(id.error());
  document.id = *id;
  if (document.id == 0) return {};
  const Result<std::int64_t> next = statements_.look_up(
      "SELECT coalesce(max(position) + 1, 0) FROM report WHERE document = ?1",
      {document.id});
  if (!next) return fail(next.error());
  document.position = *next;
  return {};
}

Result<void> Database::Writer::add_document(Document& document) {
  const ReceivedReport& received = document.received;
  SqlValue signer;
  if (!document.trust.signer.empty()) {
    const Result<std::int64_t> id = intern(document.trust.signer);
    if (!id) return fail(id.error());
    signer = *id;
  }
  const Result<std::int64_t> contact = intern(received.report.contact_info);
  if (!contact) return fail(contact.error());
  const Result<std::int64_t> anomalies =
      intern(format_anomalies(received.report.anomalies));
  if (!anomalies) return fail(anomalies.error());
  const Result<void> added = statements_.run(
      "INSERT INTO document (digest, received, channel, signer, contact, "
      "anomalies) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      {std::span<const unsigned char>(received.digest), to_epoch(document.now),
       static_cast<std::int64_t>(received.delivery.channel), signer, *contact,
       *anomalies});
  document.id = connection_.last_id();
  return added;
}

/// False when it is known already.
Result<bool> Database::Writer::add_report(Document& document,
                                          const tlsrpt::PolicyReport& policy) {
  const tlsrpt::Report& report = document.received.report;
  const auto type = tlsrpt::read_policy_type(policy.policy_type);
  const std::int64_t nth = document.counts[{policy.policy_domain, type}]++;
  const std::int64_t start = to_epoch(report.start_datetime);
  const auto type_number = static_cast<std::int64_t>(type);
  const Result<std::int64_t> domain = intern(policy.policy_domain);
  if (!domain) return fail(domain.error());
  const Result<std::int64_t> organization = intern(report.organization_name);
  if (!organization) return fail(organization.error());
  const Result<std::int64_t> known = statements_.look_up(
      "SELECT 1 FROM report WHERE start = ?1 AND domain = ?2 AND organization "
      "= ?3 AND policy_type = ?4 AND report_id = ?5 AND nth = ?6",
      {start, *domain, *organization, type_number, report.report_id, nth});
  if (!known) return fail(known.error());
  if (*known != 0) return false;
  const Result<std::int64_t> applied = intern_policy(policy);
  if (!applied) return fail(applied.error());
  if (document.id == 0) {
    const Result<void> added = add_document(document);
    if (!added) return fail(added.error());
  }
  const Result<void> added = statements_.run(
      "INSERT INTO report VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
      "?11, ?12, ?13)",
      {document.id, document.position, start, to_epoch(report.end_datetime),
       *domain, *organization, report.report_id, type_number, nth,
       std::int64_t{document.trust.is_verified}, *applied,
       static_cast<std::int64_t>(policy.total_successful_session_count),
       static_cast<std::int64_t>(policy.total_failure_session_count)});
  if (!added) return fail(added.error());
  const Result<void> failures = add_failures(document, policy);
  if (!failures) return fail(failures.error());
  ++document.position;
  return true;
}

Result<void> Database::Writer::add_failures(
    const Document& document, const tlsrpt::PolicyReport& policy) {
  std::int64_t nth = 0;
  for (const tlsrpt::FailureDetails& one : policy.failure_details) {
    std::array<std::int64_t, 7> ids{};
    std::size_t at = 0;
    for (const std::string* text :
         {&one.result_type, &one.sending_mta_ip, &one.receiving_mx_hostname,
          &one.receiving_mx_helo, &one.receiving_ip,
          &one.additional_information, &one.failure_reason_code}) {
      const Result<std::int64_t> id = intern(*text);
      if (!id) return fail(id.error());
      ids[at++] = *id;
    }
    const Result<void> added = statements_.run(
        "INSERT INTO failure VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
        "?11)",
        {document.id, document.position, nth++, ids[0], ids[1], ids[2], ids[3],
         ids[4], static_cast<std::int64_t>(one.failed_session_count), ids[5],
         ids[6]});
    if (!added) return added;
  }
  return {};
}

Result<Insertion> Database::Writer::insert(const ReceivedReport& received,
                                           const Intake& intake,
                                           std::chrono::sys_seconds now) {
  const Result<void> begun = begin();
  if (!begun) return fail(begun.error());
  Document document{.received = received,
                    .trust = judge_trust(received, intake.trusted_authserv_ids),
                    .now = now};
  const Result<void> found = find_document(document);
  if (!found) return fail(found.error());
  Insertion insertion;
  for (const tlsrpt::PolicyReport& policy : received.report.policies) {
    if (policy.policy_domain.empty() ||
        (intake.is_ours && !intake.is_ours(policy.policy_domain))) {
      ++insertion.foreign;
      continue;
    }
    const Result<bool> is_new = add_report(document, policy);
    if (!is_new) return fail(is_new.error());
    ++(*is_new ? insertion.stored : insertion.duplicates);
  }
  return insertion;
}

Result<void> Database::Writer::commit() {
  return connection_.is_in_transaction() ? connection_.execute("COMMIT")
                                         : Result<void>();
}

/// In a transaction of its own.
Result<std::size_t> Database::Writer::remove_piece(
    std::chrono::sys_seconds time) {
  const Result<Statement*> statement = statements_.use(
      "DELETE FROM report WHERE (document, position) IN (SELECT document, "
      "position FROM report WHERE start < ?1 AND finish < ?1 LIMIT ?2) "
      "RETURNING document");
  if (!statement) return fail(statement.error());
  const Result<void> started = (*statement)->start({to_epoch(time), k_piece});
  if (!started) return fail(started.error());
  std::vector<std::int64_t> documents;
  for (;;) {
    const Result<bool> row = (*statement)->step();
    if (!row) return fail(row.error());
    if (!*row) break;
    documents.push_back((*statement)->integer(0));
  }
  for (const std::int64_t document : documents) {
    const Result<void> removed = statements_.run(
        "DELETE FROM document WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM "
        "report WHERE document = ?1)",
        {document});
    if (!removed) return fail(removed.error());
  }
  return documents.size();
}

Result<std::size_t> Database::Writer::remove_before(
    std::chrono::sys_seconds time) {
  std::size_t all = 0;
  for (;;) {
    const Result<void> begun = begin();
    if (!begun) return fail(begun.error());
    const Result<std::size_t> removed = remove_piece(time);
    if (!removed) return removed;
    const Result<void> committed = commit();
    if (!committed) return fail(committed.error());
    // A part of what is free goes back to the file system at a time.
    const Result<void> freed =
        connection_.execute("PRAGMA incremental_vacuum(1000)");
    if (!freed) return fail(freed.error());
    all += *removed;
    if (*removed == 0) return all;
  }
}

// --- Database ---

Result<Database> Database::open(const std::string& path) {
  Result<Connection> connection =
      Connection::open(path, Access::write, k_patience);
  if (!connection) return fail(connection.error());
  // FULL: what is committed survives a power cut.
  Result<void> set = connection->execute(
      "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; "
      "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  if (set) set = migrate(*connection);
  if (!set) return fail(set.error());
  return Database(std::make_unique<Writer>(*std::move(connection)));
}

Database::Database(std::unique_ptr<Writer> writer)
    : writer_(std::move(writer)) {}
Database::~Database() = default;
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;

Result<Insertion> Database::insert(const ReceivedReport& received,
                                   const Intake& intake,
                                   std::chrono::sys_seconds now) {
  Result<Insertion> insertion = writer_->insert(received, intake, now);
  if (!insertion) writer_->roll_back();
  return insertion;
}

Result<void> Database::commit() {
  Result<void> committed = writer_->commit();
  if (!committed) writer_->roll_back();
  return committed;
}

Result<std::size_t> Database::remove_before(std::chrono::sys_seconds time) {
  Result<std::size_t> removed = writer_->remove_before(time);
  if (!removed) writer_->roll_back();
  return removed;
}

}  // namespace mtasts::reports
