// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "operations/status.hpp"

namespace mtasts::operations {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_seconds;

// 2026-01-02T00:00:00Z
constexpr sys_seconds k_now{seconds(1'767'312'000)};

server::IdFetches make_fetches(char digit, std::uint32_t count) {
  server::IdFetches fetches{.id = std::string(32, digit), .by_family = {}};
  fetches.by_family[0] = {.count = count,
                          .first = k_now - seconds(60 * count),
                          .last = k_now - seconds(count)};
  return fetches;
}

/// No two numbers and no two times in it are the same.
Status make_status() {
  Status status{.now = k_now,
                .started = k_now - days(1),
                .reasons = {},
                .total = 9,
                .matching = 8,
                .query = {.part = "exam", .offset = 3, .limit = 1},
                .domains = {},
                .reloads = {}};
  status.reasons.add({"certificate.expired", "it \"ended\""});
  status.reloads = {.applied = 21,
                    .failed = 22,
                    .last = k_now - seconds(23),
                    .last_good = k_now - seconds(24),
                    .faults = {{Severity::error, "a.b", {}, "bad", {}}},
                    .history = {{.time = k_now - seconds(25),
                                 .applied = false,
                                 .fault = "x.toml: bad"},
                                {.time = k_now - seconds(26),
                                 .applied = true,
                                 .changed = 27,
                                 .removed = 28,
                                 .fault = {}}}};
  DomainStatus domain{.domain = "example.com",
                      .mode = sts::Mode::enforce,
                      .max_age = seconds(604800),
                      .mx = {"a.example.com", "*.example.com"},
                      .id = std::string(32, 'a'),
                      .expiry = k_now + days(30) + seconds(1),
                      .records = {{dns::Purpose::mta_sts,
                                   dns::Type::txt,
                                   "_mta-sts.example.com",
                                   seconds(300),
                                   {"v=STSv1; id=a"}}},
                      .fetches = {.answered = 11,
                                  .refused = 12,
                                  .current = make_fetches('b', 13),
                                  .previous = make_fetches('a', 14),
                                  .hours = {}},
                      .of_id = make_fetches('a', 14)};
  domain.fetches.hours.front() = 15;
  domain.fetches.hours.back() = 16;
  status.domains.push_back(std::move(domain));
  return status;
}

TEST(OperationsStatus, IsOneJsonObject) {
  const std::string json = format_json(make_status());
  EXPECT_TRUE(json.starts_with(R"({"version":")")) << json;
  EXPECT_EQ(
      json.substr(json.find(R"(,"time")")),
      R"(,"time":"2026-01-02T00:00:00Z","started":"2026-01-01T00:00:00Z",)"
      R"("ready":false,"reasons":[{"id":"certificate.expired",)"
      R"("text":"it \"ended\""}],"total":9,"matching":8,"offset":3,)"
      R"("reloads":{"applied":21,"failed":22,"last":"2026-01-01T23:59:37Z",)"
      R"("last_result":"failed","last_good":"2026-01-01T23:59:36Z",)"
      R"("history":[{"time":"2026-01-01T23:59:35Z","result":"failed",)"
      R"("changed":0,"removed":0,"fault":"x.toml: bad"},)"
      R"({"time":"2026-01-01T23:59:34Z","result":"applied","changed":27,)"
      R"("removed":28,"fault":null}]},)"
      R"("domains":[{"domain":"example.com","mode":"enforce",)"
      R"("max_age":604800,"mx":["a.example.com","*.example.com"],)"
      R"("id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",)"
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
      R"("last":"2026-01-01T23:59:47Z"}}}}}]})"
      "\n");
}

TEST(OperationsStatus, IsATableThatSaysWhatItLeavesOut) {
  Status status = make_status();
  const std::string table =
      "certificate.expired: it \"ended\"\n"
      "DOMAIN       MODE     ID                                CERT DAYS  "
      "FETCHES  LAST FETCH OF ID      BY\n"
      "example.com  enforce  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  30         "
      "11       2026-01-01T23:59:46Z  google 14\n";
  EXPECT_EQ(format_table(status), table + "and 4 more\n");
  status.matching = 4;
  EXPECT_EQ(format_table(status), table);
}

}  // namespace
}  // namespace mtasts::operations
