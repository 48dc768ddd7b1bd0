// SPDX-License-Identifier: MIT
#include "reports/database.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <utility>

#include "reports/schema.hpp"
#include "reports/shared_texts.hpp"
#include "reports/statements.hpp"
#include "reports/trust.hpp"
#include "text/join.hpp"
#include "text/sha256.hpp"
#include "tlsrpt/anomaly.hpp"
#include "tlsrpt/result_type.hpp"

namespace mtasts::reports {
namespace {

// Another importer holds the database for about a second at a time.
constexpr std::chrono::milliseconds k_patience{30'000};
// In place of a count: what came first was known, and so is what follows.
constexpr std::int64_t k_all_known = -1;
// Documents that go in one transaction, and have others wait.
constexpr std::int64_t k_piece = 5'000;

std::int64_t to_epoch(std::chrono::sys_seconds time) {
  return time.time_since_epoch().count();
}

/// "KIND PLACE COUNT VALUE", a line each.
std::string format_anomalies(const std::vector<tlsrpt::Anomaly>& anomalies) {
  return text::join(anomalies, "\n", [](const tlsrpt::Anomaly& one) {
    return fmt::format("{} {} {} {}", tlsrpt::format_anomaly_kind(one.kind),
                       one.place, one.count, one.value);
  });
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
  Result<void> find_document(Document& document);
  Result<void> add_document(Document& document);
  Result<bool> add_report(Document& document,
                          const tlsrpt::PolicyReport& policy);
  Result<void> add_failures(const Document& document,
                            const tlsrpt::PolicyReport& policy);
  Result<std::size_t> remove_piece(std::chrono::sys_seconds time);

  Connection connection_;
  Statements statements_{connection_};
  SharedTexts texts_{connection_, statements_};
};

Result<void> Database::Writer::begin() {
  if (connection_.is_in_transaction()) return {};
  const Result<void> begun = connection_.execute("BEGIN IMMEDIATE");
  return begun ? texts_.forget_if_changed() : begun;
}

void Database::Writer::roll_back() {
  texts_.forget();
  // Whatever it answers, the fault to tell of is the first one.
  if (connection_.is_in_transaction()) (void)connection_.execute("ROLLBACK");
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
    const Result<std::int64_t> id = texts_.keep(document.trust.signer);
    if (!id) return fail(id.error());
    signer = *id;
  }
  const Result<std::int64_t> contact =
      texts_.keep(received.report.contact_info);
  if (!contact) return fail(contact.error());
  const Result<std::int64_t> anomalies =
      texts_.keep(format_anomalies(received.report.anomalies));
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
  std::int64_t& nth = document.counts[{policy.policy_domain, type}];
  if (nth == k_all_known) return false;
  const std::int64_t start = to_epoch(report.start_datetime);
  const auto type_number = static_cast<std::int64_t>(type);
  // Without an id two reports are the same only when all of them is.
  const std::string name = report.report_id.empty()
                               ? text::hex(document.received.digest)
                               : report.report_id;
  const Result<std::int64_t> domain = texts_.keep(policy.policy_domain);
  if (!domain) return fail(domain.error());
  const Result<std::int64_t> organization =
      texts_.keep(report.organization_name);
  if (!organization) return fail(organization.error());
  const Result<std::int64_t> known = statements_.look_up(
      "SELECT 1 FROM report WHERE start = ?1 AND domain = ?2 AND organization "
      "= ?3 AND policy_type = ?4 AND report_id = ?5 AND nth = ?6",
      {start, *domain, *organization, type_number, name, nth});
  if (!known) return fail(known.error());
  if (*known != 0) {
    nth = k_all_known;
    return false;
  }
  const Result<std::int64_t> applied = texts_.keep_policy(policy);
  if (!applied) return fail(applied.error());
  if (document.id == 0) {
    const Result<void> added = add_document(document);
    if (!added) return fail(added.error());
  }
  const Result<void> added = statements_.run(
      "INSERT INTO report VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
      "?11, ?12, ?13)",
      {document.id, document.position, start, to_epoch(report.end_datetime),
       *domain, *organization, name, type_number, nth++,
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
      const Result<std::int64_t> id = texts_.keep(*text);
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
    if (*removed == 0) break;
  }
  const Result<void> unused = texts_.remove_unused();
  if (!unused) return fail(unused.error());
  return all;
}

// --- Database ---

Result<Database> Database::open(const std::string& path) {
  Result<Connection> connection =
      Connection::open(path, Access::write, k_patience);
  if (!connection) return fail(connection.error());
  // FULL: what is committed survives a power cut.
  Result<void> set = connection->execute(
      "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
      "PRAGMA temp_store = MEMORY");
  if (!set) return fail(set.error());
  const Result<std::int64_t> tables =
      connection->read_number("SELECT count(*) FROM sqlite_schema");
  if (!tables) return fail(tables.error());
  // Of a file that may be somebody else's nothing is changed yet.
  if (*tables == 0) set = connection->execute("PRAGMA auto_vacuum = 2");
  if (set) set = migrate(*connection);
  // Readers don't wait for writers, nor these for them.
  if (set) set = connection->execute("PRAGMA journal_mode = WAL");
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
