// SPDX-License-Identifier: MIT
// SQLite, as much of it as the database of reports needs: a connection and its
// statements, closed and freed by themselves, with errors as Result. Of one
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace mtasts::reports {

enum class Access : std::uint8_t { read, write };

/// What a parameter can be: nothing stands for NULL.
using SqlValue = std::variant<std::monostate, std::int64_t, std::string_view,
                              std::span<const unsigned char>>;

/// A prepared statement. The connection that made it has to outlive it.
class Statement {
 public:
  /// Starts it with these for its parameters, of which texts and blobs have to
  /// last until it is started again.
  Result<void> start(std::initializer_list<SqlValue> values);
  /// True: there is a row, with the columns below. False: it is at its end.
  Result<bool> step();
  /// start() and step() to the end.
  Result<void> run(std::initializer_list<SqlValue> values);

  // Columns count from 0. What is NULL is 0 or empty.
  std::int64_t integer(int column) const;
  /// Lasts until the next step.
  std::string_view text(int column) const;
  bool is_null(int column) const;

 private:
  friend class Connection;
  struct Free {
    void operator()(sqlite3_stmt* statement) const;
  };

  Statement(std::unique_ptr<sqlite3_stmt, Free> statement, std::string path)
      : statement_(std::move(statement)), path_(std::move(path)) {}

  std::unique_ptr<sqlite3_stmt, Free> statement_;
  std::string path_;
};

class Connection {
 public:
  /// Opens the file; Access::write makes it where it is missing, readable by
  /// its owner's group at most. Whoever has it locked is waited for, up to
  /// `patience` each time.
  static Result<Connection> open(const std::string& path, Access access,
                                 std::chrono::milliseconds patience);

  /// Runs statements that have no parameters and whose rows don't matter.
  Result<void> execute(const std::string& sql);
  Result<Statement> prepare(std::string_view sql);
  /// The first column of the first row.
  Result<std::int64_t> read_number(std::string_view sql);

  /// Rows that the last statement has written.
  std::int64_t changes() const;
  std::int64_t last_id() const;
  /// An error about the database as a whole.
  Error describe(std::string_view what, std::string hint) const;
  /// Between BEGIN and COMMIT. SQLite ends a transaction by itself when the
  /// disk is full.
  bool is_in_transaction() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };

  Connection(std::unique_ptr<sqlite3, Close> database, std::string path)
      : database_(std::move(database)), path_(std::move(path)) {}

  std::unique_ptr<sqlite3, Close> database_;
  std::string path_;
};

}  // namespace mtasts::reports
