// SPDX-License-Identifier: MIT
#include "reports/last_days.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "files/tree.hpp"
#include "tlsrpt/report_days_text.hpp"

namespace mtasts::reports {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

// Each step is a look into the index of domains, however many reports there
// are: grouping them would read all of it.
constexpr std::string_view k_next_domain =
    "SELECT r.domain, t.value FROM report r JOIN text t ON t.id = r.domain "
    "WHERE r.domain > ?1 ORDER BY r.domain LIMIT 1";
constexpr std::string_view k_last_start =
    "SELECT max(start) FROM report WHERE domain = ?1 AND start < ?2";
constexpr std::string_view k_reports =
    "SELECT document, organization, policy_type, is_verified, successful, "
    "failed FROM report WHERE domain = ?1 AND start >= ?2 AND start < ?3";

std::int64_t to_epoch(sys_seconds time) {
  return time.time_since_epoch().count();
}

/// The three statements at work.
class Reader {
 public:
  static Result<Reader> open(Connection& connection) {
    Result<Statement> next = connection.prepare(k_next_domain);
    if (!next) return fail(next.error());
    Result<Statement> last = connection.prepare(k_last_start);
    if (!last) return fail(last.error());
    Result<Statement> reports = connection.prepare(k_reports);
    if (!reports) return fail(reports.error());
    return Reader(*std::move(next), *std::move(last), *std::move(reports));
  }

  Result<std::vector<tlsrpt::DomainDay>> read(sys_seconds now) {
    std::vector<tlsrpt::DomainDay> all;
    for (std::int64_t domain = 0;;) {
      Result<void> started = next_.start({domain});
      if (!started) return fail(started.error());
      const Result<bool> found = next_.step();
      if (!found) return fail(found.error());
      if (!*found) return all;
      domain = next_.integer(0);
      tlsrpt::DomainDay one{.domain = std::string(next_.text(1))};
      const Result<bool> has_day = read_day(domain, now, one);
      if (!has_day) return fail(has_day.error());
      if (*has_day) all.push_back(std::move(one));
    }
  }

 private:
  Reader(Statement next, Statement last, Statement reports)
      : next_(std::move(next)),
        last_(std::move(last)),
        reports_(std::move(reports)) {}

  /// False when all that there is lies in the future, as its sender has it.
  Result<bool> read_day(std::int64_t domain, sys_seconds now,
                        tlsrpt::DomainDay& one) {
    Result<void> started = last_.start({domain, to_epoch(now)});
    if (!started) return fail(started.error());
    const Result<bool> found = last_.step();
    if (!found) return found;
    if (!*found || last_.is_null(0)) return false;
    one.day = std::chrono::floor<days>(sys_seconds(seconds(last_.integer(0))));
    started = reports_.start(
        {domain, to_epoch(one.day), to_epoch(one.day + days(1))});
    if (!started) return fail(started.error());
    std::set<std::int64_t> documents;
    std::set<std::int64_t> unverified;
    std::set<std::int64_t> organizations;
    for (;;) {
      const Result<bool> row = reports_.step();
      if (!row) return row;
      if (!*row) break;
      documents.insert(reports_.integer(0));
      organizations.insert(reports_.integer(1));
      if (reports_.integer(3) == 0) unverified.insert(reports_.integer(0));
      const auto type = static_cast<std::size_t>(reports_.integer(2));
      tlsrpt::Sessions& sessions =
          one.sessions[std::min(type, one.sessions.size() - 1)];
      sessions.successful += static_cast<std::uint64_t>(reports_.integer(4));
      sessions.failed += static_cast<std::uint64_t>(reports_.integer(5));
    }
    one.reports = documents.size();
    one.unverified = unverified.size();
    one.organizations = organizations.size();
    return true;
  }

  Statement next_;
  Statement last_;
  Statement reports_;
};

/// True if what lies at `path` is to be replaced: a summary, or nothing.
bool is_replaceable(const std::string& path) {
  std::ifstream file(path);
  if (!file) return true;
  std::string begin(tlsrpt::k_report_days_begin.size(), '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return file.gcount() == 0 || begin == tlsrpt::k_report_days_begin;
}

}  // namespace

Result<std::vector<tlsrpt::DomainDay>> read_last_days(Connection& connection,
                                                      sys_seconds now) {
  Result<void> result = connection.execute("BEGIN");
  if (!result) return fail(result.error());
  Result<std::vector<tlsrpt::DomainDay>> all = [&]() {
    Result<Reader> reader = Reader::open(connection);
    return reader
               ? reader->read(now)
               : Result<std::vector<tlsrpt::DomainDay>>(fail(reader.error()));
  }();
  result = connection.execute("COMMIT");
  if (all && !result) return fail(result.error());
  return all;
}

Result<void> write_last_days(Connection& connection, const std::string& path,
                             sys_seconds now) {
  Result<std::vector<tlsrpt::DomainDay>> all = read_last_days(connection, now);
  if (!all) return fail(all.error());
  if (!is_replaceable(path)) {
    // A configuration, a key.
    return fail(
        fmt::format("summary {} is another file, and is left alone", path),
        "name a file of its own in [reports]");
  }
  const std::filesystem::path place(path);
  const std::string folder = place.parent_path().string();
  const Result<files::Tree> tree =
      files::Tree::open(folder.empty() ? "." : folder);
  if (!tree) return fail(tree.error());
  return tree->write(place.filename().string(),
                     tlsrpt::format_report_days(*std::move(all), now));
}

}  // namespace mtasts::reports
