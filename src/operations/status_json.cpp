// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "operations/status.hpp"
#include "text/join.hpp"
#include "text/json.hpp"
#include "text/time.hpp"
#include "tlsrpt/policy_type.hpp"
#include "tlsrpt/report_days.hpp"

namespace mtasts::operations {
namespace {

using std::chrono::sys_seconds;

template <class List, class Format>
std::string join(const List& list, Format format) {
  return text::join(list, ",", format);
}

std::string time_or_null(sys_seconds time) {
  return time == sys_seconds{} ? "null"
                               : text::json_quote(text::format_time(time));
}

std::string format_fetches(const server::FamilyFetches& fetches) {
  return fmt::format(R"("count":{},"first":{},"last":{})", fetches.count,
                     time_or_null(fetches.first), time_or_null(fetches.last));
}

/// The fetches of one id.
std::string format_id(const server::IdFetches& fetches) {
  return fmt::format(R"({{"id":{},{},"families":{{{}}}}})",
                     text::json_quote(fetches.id),
                     format_fetches(fetches.total()),
                     join(fetches.families(), [](const auto& one) {
                       return fmt::format("\"{}\":{{{}}}", one.first,
                                          format_fetches(one.second));
                     }));
}

std::string format_certificate(const DomainStatus& one, sys_seconds now) {
  if (one.certificate.expiry == sys_seconds{}) return "null";
  const auto left =
      std::chrono::floor<std::chrono::days>(one.certificate.expiry - now);
  return fmt::format(R"({{"expires":"{}","days_left":{}}})",
                     text::format_time(one.certificate.expiry), left.count());
}

/// With the names that RFC 8460, 4.4, has for what it counts.
std::string format_reported(const DomainStatus& one) {
  if (!one.reported) return "null";
  const tlsrpt::DomainDay& of = *one.reported;
  return fmt::format(
      R"({{"day":"{}","reports":{},"unverified":{},"organizations":{},)"
      R"("policies":[{}]}})",
      text::format_date(of.day), of.reports, of.unverified, of.organizations,
      join(of.by_type(), [](const auto& type) {
        return fmt::format(R"({{"policy-type":"{}",)"
                           R"("total-successful-session-count":{},)"
                           R"("total-failure-session-count":{}}})",
                           tlsrpt::format_policy_type(type.first),
                           type.second.successful, type.second.failed);
      }));
}

std::string format_report_file(const ReportedDays& reports) {
  if (!reports.is_wanted) return "null";
  return fmt::format(
      R"({{"time":{},"fault":{}}})",
      time_or_null(reports.days ? reports.days->made() : sys_seconds{}),
      reports.days ? "null" : text::json_quote(reports.fault));
}

std::string format_domain(const DomainStatus& one, sys_seconds now) {
  const server::IdFetches& other = one.fetches.current.id == one.id
                                       ? one.fetches.previous
                                       : one.fetches.current;
  server::IdFetches served = one.of_id;
  served.id = one.id;
  return fmt::format(
      R"({{"domain":{},"mode":"{}","max_age":{},"mx":[{}],"id":"{}",)"
      R"("held_until":{},"enforced_until":{},"retire":{},)"
      R"("certificate":{},"records":[{}],)"
      R"("fetches":{{"answered":{},"refused":{},"hours":[{}],)"
      R"("served_id":{},"other_id":{}}},"reports":{}}})",
      text::json_quote(one.domain), sts::format_mode(one.mode),
      one.max_age.count(), join(one.mx, text::json_quote), one.id,
      time_or_null(one.held.cached.value_or(sys_seconds{})),
      time_or_null(one.held.enforced.value_or(sys_seconds{})),
      one.retire ? text::json_quote(text::format_date(*one.retire)) : "null",
      format_certificate(one, now),
      join(one.records,
           [](const publish::RecordSet& record) {
             return fmt::format(R"({{"name":{},"ttl":{},"value":{}}})",
                                text::json_quote(record.owner),
                                record.ttl.count(),
                                text::json_quote(record.values.front()));
           }),
      one.fetches.answered, one.fetches.refused,
      fmt::join(one.fetches.hours, ","), format_id(served),
      other.id.empty() ? "null" : format_id(other), format_reported(one));
}

std::string format_reloads(const snapshot::ReloadView& reloads) {
  return fmt::format(
      R"({{"applied":{},"failed":{},"last":"{}","last_result":"{}",)"
      R"("last_good":"{}","pending_count":{},"pending":[{}],"history":[{}]}})",
      reloads.applied, reloads.failed, text::format_time(reloads.last),
      reloads.faults.empty() ? "applied" : "failed",
      text::format_time(reloads.last_good), reloads.pending_count,
      join(reloads.pending,
           [](const files::PendingChange& one) {
             return fmt::format(R"({{"file":{},"since":"{}"}})",
                                text::json_quote(one.file),
                                text::format_time(one.since));
           }),
      join(reloads.history, [](const snapshot::ReloadEvent& one) {
        return fmt::format(
            R"({{"time":"{}","result":"{}","changed":{},"removed":{},)"
            R"("fault":{}}})",
            text::format_time(one.time), one.applied ? "applied" : "failed",
            one.changed, one.removed,
            one.applied ? "null" : text::json_quote(one.fault));
      }));
}

}  // namespace

StatusText format_json(const Status& status) {
  return {
      .start = fmt::format(
          R"({{"version":"{}","time":"{}","started":"{}","ready":{},)"
          R"("reasons":[{}],"total":{},"matching":{},"offset":{},)"
          R"("reloads":{},"reports":{},"domains":[)",
          MTASTSD_VERSION, text::format_time(status.now),
          text::format_time(status.started), status.reasons.empty(),
          join(status.reasons.shown,
               [](const Reason& one) {
                 return fmt::format(R"({{"id":"{}","text":{}}})", one.id,
                                    text::json_quote(one.text));
               }),
          status.total, status.matching, status.query.offset,
          format_reloads(status.reloads), format_report_file(status.reports)),
      .format = format_domain,
      .separator = ",",
      .end = "]}\n"};
}

}  // namespace mtasts::operations
