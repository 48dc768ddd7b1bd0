// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "operations/readiness.hpp"
#include "process/clock.hpp"
#include "snapshot/snapshot_loader.hpp"
#include "temp_dir.hpp"
#include "test_certificates.hpp"

namespace mtasts::operations {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using std::chrono::system_clock;

constexpr std::string_view k_config =
    "[server]\ncertificates = [\"certs\"]\n"
    "[[policy]]\ndomains = [\"a.example\", \"b.example\"]\n"
    "mx = [\"mx.a.example\"]\ntls_rpt = [\"mailto:x@a.example\"]\n";

class OperationsReadiness : public testing::Test {
 protected:
  OperationsReadiness() {
    const TestPair pair =
        make_pair("DNS:mta-sts.a.example", KeyKind::ecdsa, {.to = 10});
    dir_.write("certs/a.pem", pair.pem() + pair.key_pem());
    snapshot_ = snapshot::load_snapshot(dir_.write("mta-stsd.toml", k_config),
                                        process::this_second())
                    .snapshot;
    end_ = snapshot_->certificates->find_all("mta-sts.a.example")
               .front()
               ->not_after();
  }
  static std::vector<std::string> ids(const Reasons& reasons) {
    std::vector<std::string> all;
    for (const Reason& one : reasons.shown) all.push_back(one.id);
    return all;
  }

  TempDir dir_;
  std::shared_ptr<const snapshot::Snapshot> snapshot_;
  sys_seconds end_;
};

using Strings = std::vector<std::string>;

TEST_F(OperationsReadiness, HoldsUntilTheNextCertificateEnds) {
  const Coverage now = make_coverage(*snapshot_, end_ - days(1));
  EXPECT_EQ(ids(now.reasons), Strings{"certificate.name-not-covered"});
  EXPECT_EQ(now.first.expiry, end_);
  EXPECT_EQ(now.valid_until, end_ + seconds(1));
  EXPECT_EQ(ids(make_coverage(*snapshot_, end_).reasons),
            Strings{"certificate.name-not-covered"});
  EXPECT_EQ(ids(make_coverage(*snapshot_, end_ + seconds(1)).reasons),
            (Strings{"certificate.expired", "certificate.name-not-covered"}));
}

TEST_F(OperationsReadiness, KnowsWhatIsNotValidYet) {
  const Coverage then = make_coverage(*snapshot_, end_ - days(2000));
  EXPECT_EQ(ids(then.reasons), (Strings{"certificate.not-yet-valid",
                                        "certificate.name-not-covered"}));
  EXPECT_LT(then.valid_until, end_);
}

class OperationsCoverage : public OperationsReadiness {
 protected:
  /// One more certificate for a.example, which may be a wildcard.
  std::shared_ptr<const snapshot::Snapshot> load_with(std::string_view san,
                                                      KeyKind kind, Life life) {
    const TestPair pair = make_pair(san, kind, life);
    dir_.write("certs/more.pem", pair.pem() + pair.key_pem());
    return snapshot::load_snapshot(dir_.path("mta-stsd.toml"),
                                   process::this_second())
        .snapshot;
  }
};

TEST_F(OperationsCoverage, LooksAtWhatClientsOfEachKindOfKeyAreOffered) {
  const auto shorter =
      load_with("DNS:mta-sts.a.example", KeyKind::rsa, {.to = 5});
  const sys_seconds rsa_end =
      shorter->certificates->find_all("mta-sts.a.example").back()->not_after();
  ASSERT_LT(rsa_end, end_ - days(4));
  const Coverage both = make_coverage(*shorter, end_ - days(6));
  EXPECT_EQ(both.first.expiry, rsa_end);
  EXPECT_EQ(dates_of(*shorter, "mta-sts.a.example", end_ - days(6)).expiry,
            rsa_end);
  // Nobody is offered the RSA one any more.
  const Coverage one = make_coverage(*shorter, end_ - days(4));
  EXPECT_EQ(one.first.expiry, end_);
  EXPECT_EQ(ids(one.reasons), Strings{"certificate.name-not-covered"});
}

TEST_F(OperationsCoverage, CountsOnAWildcardWhenTheExactNameHasEnded) {
  const auto with = load_with("DNS:*.a.example", KeyKind::ecdsa, {.to = 60});
  EXPECT_EQ(make_coverage(*with, end_ - days(1)).first.expiry, end_);
  const Coverage later = make_coverage(*with, end_ + seconds(1));
  EXPECT_GT(later.first.expiry, end_ + days(49));
  EXPECT_EQ(ids(later.reasons), Strings{"certificate.name-not-covered"});
}

TEST_F(OperationsCoverage, KnowsABrokenKey) {
  snapshot_->certificates->find_all("mta-sts.a.example").front()->prove(false);
  EXPECT_EQ(
      ids(make_coverage(*snapshot_, end_ - days(1)).reasons),
      (Strings{"certificate.key-unusable", "certificate.name-not-covered"}));
}

TEST_F(OperationsReadiness, SaysWhatTheLastReloadFailedFor) {
  const snapshot::SnapshotHolder holder(snapshot_);
  snapshot::ReloadStatus reloads(process::this_second());
  Readiness readiness(holder, reloads);
  const Diagnostic fault{
      Severity::error, "config.empty", Place{"x.toml"}, "is empty", {}};
  reloads.note_failed(process::this_second(), {fault}, true);
  EXPECT_EQ(readiness.reasons().shown.back().text,
            "x.toml: is empty [config.empty]");
  reloads.note_applied(process::this_second(), 1, 0, true);
  EXPECT_EQ(ids(readiness.reasons()), Strings{"certificate.name-not-covered"});
  readiness.set_stopping();
  EXPECT_EQ(readiness.reasons().shown.back().id, "stopping");
}

TEST(OperationsReasons, AreCountedAllAndShownInPart) {
  Reasons reasons;
  for (int i = 0; i < 150; ++i) reasons.add({"certificate.expired", "x"});
  EXPECT_EQ(reasons.total(), 150U);
  EXPECT_EQ(reasons.shown.size(), 100U);
  EXPECT_TRUE(format_reasons(reasons).ends_with("x\nand 50 more\n"));
  EXPECT_EQ(format_reasons({}), "ready\n");
}

TEST(OperationsReloadStatus, KeepsTheFirstTwentyErrors) {
  Diagnostics all;
  for (int i = 0; i < 21; ++i) {
    all.push_back({Severity::warning, "x.warning", {}, "", {}});
    all.push_back({Severity::error, "x.error", {}, std::to_string(i), {}});
  }
  snapshot::ReloadStatus status(process::this_second());
  status.note_failed(process::this_second(), all, true);
  const snapshot::ReloadView view = status.view();
  ASSERT_EQ(view.faults.size(), 20U);
  EXPECT_EQ(view.faults.front().message, "0");
  EXPECT_EQ(view.faults.back().message, "19");
}

TEST(OperationsReloadStatus, KeepsABoundedHistory) {
  snapshot::ReloadStatus status(process::this_second());
  for (std::size_t i = 0; i < 60; ++i)
    status.note_applied(process::this_second(), i, 0, true);
  status.note_applied(process::this_second(), 99, 0, false);
  const snapshot::ReloadView view = status.view();
  EXPECT_EQ(view.applied, 61U);
  ASSERT_EQ(view.history.size(), 50U);
  EXPECT_EQ(view.history.front().changed, 59U);
}

}  // namespace
}  // namespace mtasts::operations
