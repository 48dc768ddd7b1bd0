// SPDX-License-Identifier: MIT
#include "reports/schema.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace mtasts::reports {
namespace {

/// "MTAr", by which file(1) and we know our databases.
constexpr std::int64_t k_application = 0x4d544172;

// One for each version: the first makes it from nothing, each of the others
// from the one before. What has been released is never changed.
//
// A text that repeats stands in `text` once; a report is then some 300 octets
// with its indexes. `document` is a report as it came, `report` what it says by
// one policy of one domain. Two that agree in the columns of the UNIQUE
// constraint are the same, whatever they say; `nth` tells apart what one
// document has several of, such as the policy before a change and the one
// behind it. Moments are seconds of Unix time.
constexpr std::array k_migrations = {R"(
CREATE TABLE text (
  id INTEGER PRIMARY KEY,
  value TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE applied (
  id INTEGER PRIMARY KEY,
  policy_type INTEGER NOT NULL REFERENCES text,
  policy_string INTEGER NOT NULL REFERENCES text,
  mx_host INTEGER NOT NULL REFERENCES text,
  policy_id INTEGER REFERENCES text,
  UNIQUE (policy_string, policy_type, mx_host)
) STRICT;

CREATE TABLE document (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  received INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  signer INTEGER REFERENCES text,
  contact INTEGER NOT NULL REFERENCES text,
  anomalies INTEGER NOT NULL REFERENCES text
) STRICT;

CREATE TABLE report (
  document INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
  position INTEGER NOT NULL,
  start INTEGER NOT NULL,
  finish INTEGER NOT NULL,
  domain INTEGER NOT NULL REFERENCES text,
  organization INTEGER NOT NULL REFERENCES text,
  report_id TEXT NOT NULL,
  policy_type INTEGER NOT NULL,
  nth INTEGER NOT NULL,
  is_verified INTEGER NOT NULL,
  applied INTEGER NOT NULL REFERENCES applied,
  successful INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  PRIMARY KEY (document, position),
  UNIQUE (start, domain, organization, policy_type, report_id, nth)
) STRICT, WITHOUT ROWID;

CREATE INDEX report_of_domain ON report (domain, start);

CREATE TABLE failure (
  document INTEGER NOT NULL,
  position INTEGER NOT NULL,
  nth INTEGER NOT NULL,
  result_type INTEGER NOT NULL REFERENCES text,
  sending_mta_ip INTEGER NOT NULL REFERENCES text,
  receiving_mx_hostname INTEGER NOT NULL REFERENCES text,
  receiving_mx_helo INTEGER NOT NULL REFERENCES text,
  receiving_ip INTEGER NOT NULL REFERENCES text,
  failed INTEGER NOT NULL,
  additional_information INTEGER NOT NULL REFERENCES text,
  failure_reason_code INTEGER NOT NULL REFERENCES text,
  PRIMARY KEY (document, position, nth),
  FOREIGN KEY (document, position) REFERENCES report ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
)"};

struct Versions {
  std::int64_t application = 0;
  std::int64_t schema = 0;
  std::int64_t tables = 0;
};

Result<Versions> read_versions(Connection& connection) {
  Versions versions;
  const auto read = [&connection](std::int64_t& value, std::string_view sql) {
    const Result<std::int64_t> number = connection.read_number(sql);
    if (number) value = *number;
    return number;
  };
  for (const auto& one :
       {read(versions.application, "PRAGMA application_id"),
        read(versions.schema, "PRAGMA user_version"),
        read(versions.tables, "SELECT count(*) FROM sqlite_schema")}) {
    if (!one) return fail(one.error());
  }
  return versions;
}

/// A database that nothing is in yet is nobody's.
Result<void> check_versions(const Connection& connection,
                            const Versions& versions) {
  if (versions.application != k_application && versions.tables != 0) {
    return fail(connection.describe("it is the database of another program",
                                    "name another file"));
  }
  if (versions.schema > schema_version()) {
    return fail(connection.describe(
        fmt::format("it is of version {}, and this program knows {}",
                    versions.schema, schema_version()),
        "use the mta-sts that has written it, or a later one"));
  }
  return {};
}

}  // namespace

std::int64_t schema_version() {
  return static_cast<std::int64_t>(k_migrations.size());
}

Result<void> migrate(Connection& connection) {
  // Most of the time nothing is to be done, and nobody is to be waited for.
  Result<Versions> versions = read_versions(connection);
  if (!versions) return fail(versions.error());
  Result<void> result = check_versions(connection, *versions);
  if (!result || versions->schema == schema_version()) return result;
  result = connection.execute("BEGIN IMMEDIATE");
  if (!result) return result;
  versions = read_versions(connection);  // somebody may have been faster
  result = versions ? check_versions(connection, *versions)
                    : Result<void>(fail(versions.error()));
  const auto done =
      result ? static_cast<std::size_t>(versions->schema) : k_migrations.size();
  for (const char* migration : std::span(k_migrations).subspan(done)) {
    if (result) result = connection.execute(migration);
  }
  if (result) {
    result = connection.execute(
        fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}; "
                    "COMMIT",
                    k_application, schema_version()));
  }
  if (!result && connection.is_in_transaction()) {
    // Whatever it answers, the fault to tell of is the first one.
    (void)connection.execute("ROLLBACK");
  }
  return result;
}

Result<void> check_schema(Connection& connection) {
  const Result<Versions> versions = read_versions(connection);
  if (!versions) return fail(versions.error());
  const Result<void> result = check_versions(connection, *versions);
  if (!result) return result;
  if (versions->schema < schema_version()) {
    return fail(connection.describe(
        versions->tables == 0
            ? "there are no reports in it yet"
            : fmt::format("it is of version {}, and this program reads {}",
                          versions->schema, schema_version()),
        "mta-sts reports import brings it up to date"));
  }
  return {};
}

}  // namespace mtasts::reports
