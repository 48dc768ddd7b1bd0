// SPDX-License-Identifier: MIT
#include "reports/sqlite.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstddef>
#include <utility>

namespace mtasts::reports {
namespace {

constexpr const char* k_nothing_lost =
    "what was stored before stays, and the rest can be imported again";

Error about_database(const std::string& path, std::string_view what,
                     std::string hint = {}) {
  return {fmt::format("database {}: {}", in_quotes(path), what),
          std::move(hint)};
}

/// What an operator can do about it; `said` is what SQLite calls it.
Error make_error(const std::string& path, int code, const std::string& said) {
  const auto about = [&path](std::string_view what, std::string hint = {}) {
    return about_database(path, what, std::move(hint));
  };
  switch (code & 0xff) {
    case SQLITE_FULL:
      return about("the disk is full",
                   fmt::format("make room; {}", k_nothing_lost));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return about("somebody else keeps it locked",
                   fmt::format("see who, by: fuser {}", in_quotes(path)));
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return about("it can't be written",
                   "its owner imports; it, its folder and the files beside it "
                   "that end in -wal and -shm have to be writable");
    case SQLITE_CANTOPEN:
      return about("it can't be opened",
                   "it, its folder and the files beside it that end in -wal "
                   "and -shm have to be accessible");
    case SQLITE_NOTADB:
      return about("it is no database of SQLite",
                   "name another file, or move this one away");
    case SQLITE_CORRUPT:
      return about("it is damaged",
                   fmt::format("move it away and import again, or see what "
                               "is left: sqlite3 {} .recover",
                               in_quotes(path)));
    case SQLITE_IOERR:
      return about(said, k_nothing_lost);
    default:
      return about(said);
  }
}

Error latest_error(sqlite3* database, const std::string& path) {
  return make_error(path, ::sqlite3_extended_errcode(database),
                    ::sqlite3_errmsg(database));
}

int bind(sqlite3_stmt* statement, int at, const SqlValue& value) {
  struct Binder {
    sqlite3_stmt* statement;
    int at;
    int operator()(std::monostate) const {
      return ::sqlite3_bind_null(statement, at);
    }
    int operator()(std::int64_t number) const {
      return ::sqlite3_bind_int64(statement, at, number);
    }
    int operator()(std::string_view text) const {
      // A null pointer would be NULL, which an empty text is not.
      return ::sqlite3_bind_text64(statement, at,
                                   text.empty() ? "" : text.data(), text.size(),
                                   SQLITE_STATIC, SQLITE_UTF8);
    }
    int operator()(std::span<const unsigned char> octets) const {
      return ::sqlite3_bind_blob64(statement, at, octets.data(), octets.size(),
                                   SQLITE_STATIC);
    }
  };
  return std::visit(Binder{statement, at}, value);
}

}  // namespace

// --- Statement ---

void Statement::Free::operator()(sqlite3_stmt* statement) const {
  ::sqlite3_finalize(statement);
}

Result<void> Statement::start(std::initializer_list<SqlValue> values) {
  ::sqlite3_reset(statement_.get());
  int at = 0;
  for (const SqlValue& value : values) {
    if (bind(statement_.get(), ++at, value) != SQLITE_OK) {
      return fail(latest_error(::sqlite3_db_handle(statement_.get()), path_));
    }
  }
  return {};
}

Result<bool> Statement::step() {
  const int code = ::sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  sqlite3* database = ::sqlite3_db_handle(statement_.get());
  // At its end it holds no lock any more.
  if (code == SQLITE_DONE) {
    ::sqlite3_reset(statement_.get());
    return false;
  }
  Error error = latest_error(database, path_);
  ::sqlite3_reset(statement_.get());
  return fail(std::move(error));
}

Result<void> Statement::run(std::initializer_list<SqlValue> values) {
  if (const Result<void> started = start(values); !started) return started;
  while (true) {
    const Result<bool> more = step();
    if (!more) return fail(more.error());
    if (!*more) return {};
  }
}

std::int64_t Statement::integer(int column) const {
  return ::sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
  const unsigned char* text = ::sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(
              ::sqlite3_column_bytes(statement_.get(), column))};
}

bool Statement::is_null(int column) const {
  return ::sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

// --- Connection ---

void Connection::Close::operator()(sqlite3* database) const {
  ::sqlite3_close_v2(database);
}

Result<Connection> Connection::open(const std::string& path, Access access,
                                    std::chrono::milliseconds patience) {
  if (access == Access::write) {
    // SQLite would let everybody read it. What it lays beside it is like it.
    const int made = ::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0640);
    if (made >= 0) ::close(made);
  }
  sqlite3* opened = nullptr;
  const int flags = access == Access::write
                        ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                        : SQLITE_OPEN_READONLY;
  const int code = ::sqlite3_open_v2(
      path.c_str(), &opened,
      flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  // It is there to be closed after a failure, too, unless memory has run out.
  Connection connection(std::unique_ptr<sqlite3, Close>(opened), path);
  if (code != SQLITE_OK) {
    return fail(make_error(path, code, ::sqlite3_errstr(code)));
  }
  ::sqlite3_busy_timeout(opened, static_cast<int>(patience.count()));
  // What an attacker could have put into the file runs nothing.
  ::sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  ::sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  if (access == Access::read) {
    ::sqlite3_db_config(opened, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
  return connection;
}

Result<void> Connection::execute(const std::string& sql) {
  if (::sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) !=
      SQLITE_OK) {
    return fail(latest_error(database_.get(), path_));
  }
  return {};
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (::sqlite3_prepare_v3(
          database_.get(), sql.data(), static_cast<int>(sql.size()),
          SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    return fail(latest_error(database_.get(), path_));
  }
  return Statement(std::unique_ptr<sqlite3_stmt, Statement::Free>(statement),
                   path_);
}

Result<std::int64_t> Connection::read_number(std::string_view sql) {
  Result<Statement> statement = prepare(sql);
  if (!statement) return fail(statement.error());
  const Result<bool> row = statement->step();
  if (!row) return fail(row.error());
  return *row ? statement->integer(0) : 0;
}

std::int64_t Connection::changes() const {
  return ::sqlite3_changes64(database_.get());
}

std::int64_t Connection::last_id() const {
  return ::sqlite3_last_insert_rowid(database_.get());
}

Error Connection::describe(std::string_view what, std::string hint) const {
  return about_database(path_, what, std::move(hint));
}

bool Connection::is_in_transaction() const {
  return ::sqlite3_get_autocommit(database_.get()) == 0;
}

}  // namespace mtasts::reports
