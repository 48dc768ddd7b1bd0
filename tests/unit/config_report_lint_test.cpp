// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/report_lint.hpp"
#include "dns/name.hpp"
#include "sts/mx_pattern.hpp"
#include "sts/policy.hpp"
#include "tlsrpt/report_uri.hpp"

namespace mtasts::config {
namespace {

/// One policy, for alpha.test, with these report URIs.
Config with_uris(std::initializer_list<std::string> uris) {
  std::vector<tlsrpt::ReportUri> tls_rpt;
  for (const std::string& one : uris) {
    tls_rpt.push_back(*tlsrpt::ReportUri::from_typed(one));
  }
  Config config;
  config.live.policies.push_back(make_counted<const publish::Publication>(
      std::vector{*dns::Name::parse("alpha.test")},
      *sts::Policy::make(sts::Mode::testing,
                         {*sts::MxPattern::parse("mx.alpha.test")},
                         std::chrono::weeks(1)),
      tls_rpt, publish::TablePlace{"own.toml", 3, 1}));
  config.live.by_domain =
      config.live.by_domain.with({{"alpha.test", config.live.policies[0]}});
  return config;
}

Config with_collect(std::initializer_list<std::string> uris,
                    std::string host = "tls.provider.test") {
  Config config = with_uris(uris);
  config.collect = Collect{
      .host = std::move(host), .listen = {}, .tokens = "/tokens", .quota = 0};
  return config;
}

std::string said_of(const Config& config) {
  std::string said;
  for (const Diagnostic& one : lint_report_uris(config, "own.toml")) {
    said += format_diagnostic(one);
  }
  return said;
}

TEST(ReportLint, SaysNothingWhenReportsAreReadElsewhere) {
  EXPECT_EQ(said_of(with_uris({"https://tls.alpha.test/v1"})), "");
}

TEST(ReportLint, SaysNothingOfMailAndOfHostsOfOthers) {
  EXPECT_EQ(
      said_of(with_collect(
          {"https://tls.provider.test/abc", "mailto:tls@alpha.test",
           "https://reports.service.test/v1/a", "https://notalpha.test/"})),
      "");
}

TEST(ReportLint, SaysWhatIsCollectedHereByNobody) {
  Config config = with_uris({"https://tls.alpha.test/v1"});
  config.reports = Reports{};
  EXPECT_EQ(
      said_of(config),
      "warning: own.toml:3:1: tls_rpt \"https://tls.alpha.test/v1\" leads to a "
      "host of yours where nobody takes reports "
      "[policy.tls-rpt-not-collected]\n"
      "hint: mta-stsd collect takes them by a table [collect] for "
      "\"tls.alpha.test\" (RFC 8460, 5.4)\n");
}

TEST(ReportLint, SaysWhereItIsCollectedInstead) {
  // Below a policy domain; beside the host of collect.
  EXPECT_EQ(
      said_of(with_collect({"https://tls.provider.test:8443/abc",
                            "https://alpha.test/abc",
                            "https://tsl.provider.test/abc"})),
      "warning: own.toml:3:1: tls_rpt \"https://alpha.test/abc\" leads to a "
      "host of yours where nobody takes reports "
      "[policy.tls-rpt-not-collected]\n"
      "hint: collect takes them at \"https://tls.provider.test/TOKEN\" (RFC "
      "8460, 5.4)\n"
      "warning: own.toml:3:1: tls_rpt \"https://tsl.provider.test/abc\" leads "
      "to a host of yours where nobody takes reports "
      "[policy.tls-rpt-not-collected]\n"
      "hint: collect takes them at \"https://tls.provider.test/TOKEN\" (RFC "
      "8460, 5.4)\n");
}

TEST(ReportLint, TakesNoRegistryForAHostOfOurs) {
  EXPECT_EQ(said_of(with_collect({"https://tls.test/abc", "https://b.test/abc"},
                                 "tls.test")),
            "");
}

TEST(ReportLint, WantsATokenBehindTheHost) {
  for (const std::string rest : {"", "/", "/a/b", "/abc?d", "/abc/"}) {
    const std::string uri = "https://tls.provider.test" + rest;
    EXPECT_EQ(said_of(with_collect({uri})),
              "warning: own.toml:3:1: tls_rpt \"" + uri +
                  "\" has no token, and collect answers it with 404 "
                  "[policy.tls-rpt-without-token]\n"
                  "hint: \"https://tls.provider.test/TOKEN\", with one of "
                  "those in \"/tokens\" (RFC 8460, 3)\n");
  }
}

TEST(ReportLint, SaysThatNobodyIsToldOfCollect) {
  EXPECT_EQ(said_of(with_collect({"mailto:tls@alpha.test"})),
            "warning: own.toml: no tls_rpt leads to \"tls.provider.test\", "
            "where collect takes reports [collect.without-tls-rpt]\n"
            "hint: tls_rpt = [\"https://tls.provider.test/TOKEN\"] (RFC 8460, "
            "3)\n");
}

}  // namespace
}  // namespace mtasts::config
