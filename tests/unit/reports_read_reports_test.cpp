// SPDX-License-Identifier: MIT
// Each file of tests/reports/forms is read, and its reports are exactly what
// FILE.txt says. MTA_STSD_UPDATE=1 writes those anew.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "files/read.hpp"
#include "reports/read_mail.hpp"
#include "reports/read_reports.hpp"
#include "reports/report_wire.hpp"
#include "text/time.hpp"

namespace mtasts::reports {
namespace {

namespace fs = std::filesystem;

const fs::path k_forms = fs::path(MTASTSD_SOURCE) / "tests/reports/forms";

std::string describe(const tlsrpt::PolicyReport& policy) {
  std::string out = fmt::format("policy: {} for {}\n", policy.policy_type,
                                policy.policy_domain);
  for (const std::string& one : policy.policy_string) {
    out += fmt::format("  policy-string: {}\n", one);
  }
  for (const std::string& one : policy.mx_host) {
    out += fmt::format("  mx-host: {}\n", one);
  }
  out += fmt::format("  sessions: {} successful, {} failed\n",
                     policy.total_successful_session_count,
                     policy.total_failure_session_count);
  for (const tlsrpt::FailureDetails& one : policy.failure_details) {
    out += fmt::format("  failed: {} by {}, from {} to {} {} {}, {} {}\n",
                       one.failed_session_count, one.result_type,
                       one.sending_mta_ip, one.receiving_mx_hostname,
                       one.receiving_mx_helo, one.receiving_ip,
                       one.additional_information, one.failure_reason_code);
  }
  return out;
}

std::string describe(const ReceivedReport& received) {
  constexpr std::string_view k_channels[] = {"file", "mail", "https"};
  const tlsrpt::Report& report = received.report;
  const Delivery& delivery = received.delivery;
  std::string out =
      fmt::format("report: {} of {} <{}>\nfrom {} to {}\n", report.report_id,
                  report.organization_name, report.contact_info,
                  text::format_time(report.start_datetime),
                  text::format_time(report.end_datetime));
  for (const tlsrpt::PolicyReport& one : report.policies) out += describe(one);
  for (const tlsrpt::Anomaly& one : report.anomalies) {
    out += fmt::format("anomaly: {} {} ({}) {}\n",
                       tlsrpt::format_anomaly_kind(one.kind), one.place,
                       one.value, one.count);
  }
  out += fmt::format("by {} from {}, of {} about {}\n",
                     k_channels[static_cast<int>(delivery.channel)],
                     delivery.from, delivery.submitter, delivery.report_domain);
  for (const std::string& one : delivery.authentication_results) {
    out += fmt::format("  {}\n", one);
  }
  return out + fmt::format("digest: {}\n", text::hex(received.digest));
}

std::string describe(const ReadReports& read) {
  if (!read) {
    return fmt::format("error: {}\nhint: {}\n", read.error().message,
                       read.error().hint);
  }
  std::string out;
  for (const ReceivedReport& one : *read) out += describe(one);
  return out;
}

ReadReports read_form(const fs::path& path) {
  const auto octets = files::read_file(path, k_max_mail_octets);
  if (!octets) return fail(octets.error());
  return read_reports(
      {.octets = *octets,
       .name = path.filename(),
       .received = std::chrono::sys_days{std::chrono::year{2026} / 11 / 25}});
}

TEST(ReadReportsTest, TakesEveryFormThatSendersHave) {
  prepare_to_read_mails();
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(k_forms)) {
    const fs::path& path = entry.path();
    if (path.extension() == ".expected") continue;
    SCOPED_TRACE(path.filename());
    const std::string text = describe(read_form(path));
    const std::string expected = path.string() + ".expected";
    if (std::getenv("MTA_STSD_UPDATE") != nullptr) {
      std::ofstream(expected) << text;
    }
    EXPECT_EQ(text, files::read_file(expected, k_max_mail_octets)
                        .value_or("there is no such file"));
    ++count;
  }
  EXPECT_GT(count, 70U);
}

TEST(ReadReportsTest, HandsOverWhatItHasRead) {
  prepare_to_read_mails();
  for (const auto& entry : fs::directory_iterator(k_forms)) {
    if (entry.path().extension() == ".expected") continue;
    SCOPED_TRACE(entry.path().filename());
    const ReadReports read = read_form(entry.path());
    EXPECT_EQ(describe(parse_wire(format_wire(read))), describe(read));
  }
}

TEST(ReadReportsTest, KnowsOneReportInAllItsPackings) {
  std::set<std::string> digests;
  for (const char* name :
       {"packed.json.gz", "twice_packed.json.gz", "members.json.gz",
        "zlib.json.gz", "base64.txt", "report.eml", "bare_type.eml",
        "both_forms.eml", "forwarded.eml", "junk_in_base64.eml"}) {
    SCOPED_TRACE(name);
    const ReadReports read = read_form(k_forms / name);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 1U);
    digests.insert(text::hex(read->front().digest));
  }
  EXPECT_EQ(digests.size(), 1U);
}

TEST(ReadReportsTest, KnowsHowItCame) {
  const Item item{
      .octets = R"({"policies":[{}]})",
      .channel = Channel::https,
      .received = std::chrono::sys_days{std::chrono::year{2026} / 11 / 25}};
  const ReadReports read = read_reports(item);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->front().delivery, Delivery{.channel = Channel::https});
}

}  // namespace
}  // namespace mtasts::reports
