// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "test_status.hpp"

namespace mtasts::operations {
namespace {

TEST(OperationsStatus, IsOneJsonObject) {
  const std::string json = join(format_json(make_status()), {make_domain()});
  EXPECT_TRUE(json.starts_with(R"({"version":")")) << json;
  EXPECT_EQ(
      json.substr(json.find(R"(,"time")")),
      R"(,"time":"2026-01-02T00:00:00Z","started":"2026-01-01T00:00:00Z",)"
      R"("ready":false,"reasons":[{"id":"certificate.expired",)"
      R"("text":"it \"ended\""}],"total":9,"matching":8,"offset":3,)"
      R"("reloads":{"applied":21,"failed":22,"last":"2026-01-01T23:59:37Z",)"
      R"("last_result":"failed","last_good":"2026-01-01T23:59:36Z",)"
      R"("pending_count":7,"pending":[{"file":"a\"b",)"
      R"("since":"2026-01-01T23:59:34Z"}],)"
      R"("history":[{"time":"2026-01-01T23:59:35Z","result":"failed",)"
      R"("changed":0,"removed":0,"fault":"x.toml: bad"},)"
      R"({"time":"2026-01-01T23:59:34Z","result":"applied","changed":27,)"
      R"("removed":28,"fault":null}]},"reports":null,)"
      R"("domains":[{"domain":"example.com","mode":"enforce",)"
      R"("max_age":604800,"mx":["a.example.com","*.example.com"],)"
      R"("id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",)"
      R"("held_until":"2026-02-11T00:00:00Z",)"
      R"("enforced_until":"2026-02-12T00:00:00Z","retire":"2026-02-13",)"
      R"("certificate":{"expires":"2026-02-01T00:00:01Z","days_left":30},)"
      R"("records":[{"name":"_mta-sts.example.com","ttl":300,)"
      R"("value":"v=STSv1; id=a"}],)"
      R"("fetches":{"answered":11,"refused":12,)"
      R"("hours":[15,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,16],)"
      R"("served_id":{"id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","count":14,)"
      R"("first":"2026-01-01T23:46:00Z","last":"2026-01-01T23:59:46Z",)"
      R"("families":{"google":{"count":14,"first":"2026-01-01T23:46:00Z",)"
      R"("last":"2026-01-01T23:59:46Z"}}},)"
      R"("other_id":{"id":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","count":13,)"
      R"("first":"2026-01-01T23:47:00Z","last":"2026-01-01T23:59:47Z",)"
      R"("families":{"google":{"count":13,"first":"2026-01-01T23:47:00Z",)"
      R"("last":"2026-01-01T23:59:47Z"}}}},"reports":null}]})"
      "\n");
}

TEST(OperationsStatus, TellsWhatWasReported) {
  Status status = make_status();
  const auto reports = [&status] {
    const std::string start = format_json(status).start;
    return start.substr(start.find(R"("reports")"));
  };
  status.reports = make_reports();
  EXPECT_EQ(
      reports(),
      R"("reports":{"time":"2026-01-01T23:59:23Z","fault":null},"domains":[)");
  status.reports = {.is_wanted = true, .days = nullptr, .fault = "it \"is\""};
  EXPECT_EQ(reports(),
            R"("reports":{"time":null,"fault":"it \"is\""},"domains":[)");

  DomainStatus domain = make_domain();
  domain.reported = make_reported();
  const std::string json = format_json(status).format(domain, k_now);
  EXPECT_EQ(json.substr(json.find(R"("reports")")),
            R"("reports":{"day":"2026-01-01","reports":33,"unverified":31,)"
            R"("organizations":32,"policies":[)"
            R"({"policy-type":"tlsa","total-successful-session-count":34,)"
            R"("total-failure-session-count":0},)"
            R"({"policy-type":"sts","total-successful-session-count":35,)"
            R"("total-failure-session-count":36}]}})");
}

TEST(OperationsStatus, HasCommasBetweenDomains) {
  const StatusText text = format_json(make_status());
  const std::string one = text.format(make_domain(), k_now);
  EXPECT_EQ(join(text, {make_domain(), make_domain()}),
            text.start + one + "," + one + "]}\n");
  EXPECT_EQ(join(text, {}), text.start + "]}\n");
}

TEST(OperationsStatus, IsATableThatSaysWhatItLeavesOut) {
  Status status = make_status();
  const std::string table =
      "certificate.expired: it \"ended\"\n"
      "pending: \"a\\\"b\" does not come to rest, since "
      "2026-01-01T23:59:34Z\n"
      "DOMAIN       MODE     ID                                HELD UNTIL  "
      "CERT DAYS  "
      "FETCHES  LAST FETCH OF ID      BY\n"
      "example.com  enforce  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  2026-02-11  30  "
      "       "
      "11       2026-01-01T23:59:46Z  google 14\n";
  EXPECT_EQ(format_table(status, {make_domain()}), table + "and 4 more\n");
  status.matching = 4;
  EXPECT_EQ(format_table(status, {make_domain()}), table);
}

TEST(OperationsStatus, IsATableOfReportsWhereThereAreAny) {
  Status status = make_status();
  status.reasons = {};
  status.reloads = {};
  status.matching = 2;
  status.query.offset = 0;
  status.reports = {.is_wanted = true, .days = nullptr, .fault = "it is gone"};
  DomainStatus domain = make_domain();
  const DomainStatus other = make_domain();
  domain.reported = make_reported();
  EXPECT_EQ(
      format_table(status, {domain, other}),
      "ready\n"
      "reports: it is gone\n"
      "DOMAIN       MODE     ID                                HELD UNTIL  "
      "CERT DAYS  "
      "FETCHES  LAST FETCH OF ID      REPORTED FAILURES                       "
      "BY\n"
      "example.com  enforce  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  2026-02-11  30  "
      "       "
      "11       2026-01-01T23:59:46Z  2026-01-01: tlsa 0 of 34, sts 36 of 71  "
      "google 14\n"
      "example.com  enforce  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  2026-02-11  30  "
      "       "
      "11       2026-01-01T23:59:46Z  -                                       "
      "google 14\n");
}

}  // namespace
}  // namespace mtasts::operations
