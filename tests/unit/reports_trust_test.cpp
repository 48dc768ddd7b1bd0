// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "reports/trust.hpp"

namespace mtasts::reports {
namespace {

const std::vector<std::string> k_ids = {"mx.alpha.test"};

ReceivedReport make_mail(std::vector<std::string> fields) {
  ReceivedReport received;
  received.report.contact_info = "tls-reports@google.com";
  received.delivery.channel = Channel::mail;
  received.delivery.authentication_results = std::move(fields);
  return received;
}

Trust judge(const std::string& field) {
  return judge_trust(make_mail({field}), k_ids);
}

const Trust k_verified = {.is_verified = true, .signer = "google.com"};

TEST(TrustTest, TakesWhatServersWrite) {
  for (const std::string field : {
           "mx.alpha.test; dkim=pass header.d=google.com",
           // OpenDKIM
           "mx.alpha.test;\tdkim=pass (2048-bit key; unprotected) "
           "header.d=google.com header.i=@google.com header.a=rsa-sha256 "
           "header.s=20230601 header.b=A/b+c=",
           // Rspamd
           "mx.alpha.test; dkim=pass header.d=google.com header.s=20230601 "
           "header.b=abcdef; spf=pass (mx.alpha.test: domain of x) "
           "smtp.mailfrom=x@google.com; dmarc=pass (policy=reject) "
           "header.from=google.com",
           // By header.i alone
           "mx.alpha.test; spf=none; dkim=pass header.i=@google.com",
           "mx.alpha.test; dkim=pass reason=\"a; b\" header.i=x@google.com",
           // RFC 8601, 2.2: versions, comments and spaces anywhere
           "MX.ALPHA.TEST 1; DKIM/1 = PASS (good (very)) header.d = GOOGLE.COM",
       }) {
    EXPECT_EQ(judge(field), k_verified) << field;
  }
}

TEST(TrustTest, TakesNothingElse) {
  for (const std::string field : {
           "",
           ";",
           "mx.alpha.test",
           "mx.alpha.test; none",
           "mx.alpha.test; dkim=fail header.d=google.com",
           "mx.alpha.test; dkim=none",
           "mx.alpha.test; dkim=pass",
           "mx.alpha.test; dkim=pass header.d=",
           "mx.alpha.test; dkim",
           "mx.alpha.test; xdkim=pass header.d=google.com",
           "mx.alpha.test; dkim=pass x-header.d=google.com",
           // Another server's word, or one that looks like ours
           "mx.beta.test; dkim=pass header.d=google.com",
           "mx.alpha.test.beta.test; dkim=pass header.d=google.com",
           "(mx.alpha.test;) beta.test; dkim=pass header.d=google.com",
           "beta.test; mx.alpha.test; dkim=pass header.d=google.com",
           // What has no end can't be told apart
           "mx.alpha.test; (dkim=pass header.d=google.com",
           "mx.alpha.test; \"dkim=pass header.d=google.com",
           "mx.alpha.test; dkim=pass header.d=google.com (\\",
       }) {
    EXPECT_EQ(judge(field), Trust{}) << field;
  }
}

TEST(TrustTest, IsNotTalkedIntoASignerByWhatTheSignerChooses) {
  // The local part of i= and the selector are the signer's to choose.
  const Trust evil = {.is_verified = false, .signer = "evil.test"};
  for (const std::string field : {
           "mx.alpha.test; dkim=pass header.i=google.com/x@evil.test",
           "mx.alpha.test; dkim=pass header.i=\"x header.d=google.com "
           "y\"@evil.test",
           "mx.alpha.test; dkim=pass header.s=header.d=google.com "
           "header.d=evil.test",
           "mx.alpha.test; dkim=pass header.d=evil.test header.i=@google.com",
           "mx.alpha.test; dkim=pass header.d=evil.test "
           "(header.d=google.com)",
           "mx.alpha.test; dkim=pass header.d=evil.test; spf=pass "
           "header.d=google.com",
       }) {
    EXPECT_EQ(judge(field), evil) << field;
  }
}

TEST(TrustTest, WantsTheSignerToBeWhoReports) {
  const std::string field = "mx.alpha.test; dkim=pass header.d=google.com";
  ReceivedReport received = make_mail({field});
  for (const std::string contact : {"a@google.com", "mailto:a@google.com",
                                    "a@mail.GOOGLE.com", "google.com"}) {
    received.report.contact_info = contact;
    EXPECT_EQ(judge_trust(received, k_ids), k_verified) << contact;
  }
  for (const std::string contact :
       {"", "a@notgoogle.com", "a@com", "com", "a@google.com.evil.test"}) {
    received.report.contact_info = contact;
    EXPECT_EQ(judge_trust(received, k_ids), (Trust{.signer = "google.com"}))
        << contact;
  }
  received.delivery.submitter = "google.com";
  EXPECT_EQ(judge_trust(received, k_ids), k_verified);
}

TEST(TrustTest, LooksAtAllFieldsAndSignatures) {
  EXPECT_EQ(judge("mx.alpha.test; dkim=pass header.d=relay.test; dkim=pass "
                  "header.d=google.com"),
            k_verified);
  EXPECT_EQ(
      judge_trust(make_mail({"mx.alpha.test; spf=pass",
                             "mx.alpha.test; dkim=pass header.d=google.com"}),
                  k_ids),
      k_verified);
}

TEST(TrustTest, BelievesNothingButMail) {
  ReceivedReport received =
      make_mail({"mx.alpha.test; dkim=pass header.d=google.com"});
  EXPECT_EQ(judge_trust(received, {}), Trust{});
  for (const Channel channel : {Channel::file, Channel::https}) {
    received.delivery.channel = channel;
    EXPECT_EQ(judge_trust(received, k_ids), Trust{});
  }
}

}  // namespace
}  // namespace mtasts::reports
