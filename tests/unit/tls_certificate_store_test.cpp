// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "test_certificates.hpp"
#include "tls/certificate_store.hpp"

namespace mtasts::tls {
namespace {

using std::chrono::days;

std::chrono::sys_seconds now() {
  return std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
}

CertificatePtr make(std::string_view san, std::string file, Life life = {},
                    KeyKind kind = KeyKind::ecdsa) {
  return make_certificate(make_pair(san, kind, life), std::move(file));
}

std::vector<std::string> files(const std::vector<CertificatePtr>& found) {
  std::vector<std::string> all;
  for (const CertificatePtr& one : found) all.push_back(one->file());
  return all;
}

using Strings = std::vector<std::string>;

TEST(TlsCertificateStore, PrefersTheExactName) {
  const CertificateStore store(
      {make("DNS:*.a.example", "star", {.to = 300}),
       make("DNS:mta-sts.a.example,DNS:other.example", "exact")});
  EXPECT_EQ(files(store.find("mta-sts.a.example")), Strings{"exact"});
  EXPECT_EQ(files(store.find("other.example")), Strings{"exact"});
  EXPECT_EQ(files(store.find("x.a.example")), Strings{"star"});
}

TEST(TlsCertificateStore, KnowsNoOtherName) {
  const CertificateStore store(
      {make("DNS:*.a.example", "star"), make("DNS:b.example", "b")});
  for (const std::string_view host :
       {"", ".", "a.example", ".a.example", "x.y.a.example", "x.b.example",
        "example", "*", "B.EXAMPLE"}) {
    EXPECT_EQ(files(store.find(host)), Strings()) << host;
  }
  EXPECT_EQ(files(CertificateStore().find("a.example")), Strings());
}

TEST(TlsCertificateStore, TakesTheOneThatLastsLonger) {
  const CertificatePtr older = make("DNS:a.example", "older", {.to = 20});
  const CertificatePtr newer = make("DNS:a.example", "newer", {.to = 90});
  EXPECT_EQ(files(CertificateStore({older, newer}).find("a.example")),
            Strings{"newer"});
  EXPECT_EQ(files(CertificateStore({newer, older}).find("a.example")),
            Strings{"newer"});
}

TEST(TlsCertificateStore, PrefersOneWithoutAFlaw) {
  const TestPair pair = make_pair("DNS:a.example", KeyKind::ecdsa, {.to = 80});
  const auto flawed = std::make_shared<const Certificate>(*Certificate::make(
      {share(pair.der())}, share_key(pair.key_der()), "flawed", Flaw::flawed));
  const CertificatePtr sound = make("DNS:a.example", "sound", {.to = 30});
  EXPECT_EQ(files(CertificateStore({flawed, sound}).find("a.example")),
            Strings{"sound"});
  EXPECT_EQ(files(CertificateStore({sound, flawed}).find("a.example")),
            Strings{"sound"});
}

TEST(TlsCertificateStore, OffersOneOfEachKind) {
  const CertificateStore store(
      {make("DNS:a.example", "rsa", {}, KeyKind::rsa),
       make("DNS:a.example", "ecdsa"), make("DNS:a.example", "old", {.to = 2}),
       make("DNS:a.example", "old rsa", {.to = 2}, KeyKind::rsa)});
  Strings found = files(store.find("a.example"));
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, (Strings{"ecdsa", "rsa"}));
  EXPECT_EQ(store.size(), 4U);
}

// A certificate that is not valid yet lasts the longest, and would take the
// place of the one that is.
TEST(TlsCertificateStore, PrefersOneThatIsValidNow) {
  const CertificateStore store(
      {make("DNS:a.example", "future", {.from = 30, .to = 120}),
       make("DNS:a.example", "valid", {.to = 60})});
  EXPECT_TRUE(store.is_usable("a.example", now()));
  EXPECT_EQ(files(store.find("a.example")), Strings{"valid"});
}

TEST(TlsCertificateStore, SaysWhatIsUsable) {
  const CertificateStore store(
      {make("DNS:good.example", "good"),
       make("DNS:over.example", "over", {.from = -90, .to = -1}),
       make("DNS:future.example", "future", {.from = 1, .to = 90}),
       make("DNS:mixed.example", "1", {.from = -90, .to = -1}, KeyKind::rsa),
       make("DNS:mixed.example", "2")});
  EXPECT_TRUE(store.is_usable("good.example", now()));
  EXPECT_TRUE(store.is_usable("mixed.example", now()));
  EXPECT_FALSE(store.is_usable("over.example", now()));
  EXPECT_FALSE(store.is_usable("future.example", now()));
  EXPECT_FALSE(store.is_usable("none.example", now()));
}

TEST(TlsDaysLeft, CountsWholeDays) {
  const CertificatePtr one = make("DNS:a.example", "a");
  EXPECT_EQ(days_left(*one, one->not_after()), 0);
  EXPECT_EQ(days_left(*one, one->not_after() - days(7)), 7);
  EXPECT_EQ(
      days_left(*one, one->not_after() - days(7) + std::chrono::seconds(1)), 6);
  EXPECT_EQ(days_left(*one, one->not_after() + std::chrono::seconds(1)), -1);
}

class TlsCoverage : public testing::Test {
 protected:
  /// The findings for a.example as "severity id file: message".
  static Strings check(std::vector<CertificatePtr> certificates,
                       const Strings& hosts = {"a.example"}) {
    Strings all;
    const CertificateStore store(std::move(certificates));
    for (const std::string& host : hosts) {
      for (const Diagnostic& one :
           check_host(store, host, "certs", now() + std::chrono::hours(1))) {
        all.push_back(
            (one.severity == Severity::error ? "error " : "warning ") + one.id +
            " " + one.place.file + ": " + one.message);
      }
    }
    return all;
  }
};

TEST_F(TlsCoverage, IsSilentWhenAllIsWell) {
  EXPECT_EQ(check({make("DNS:a.example", "a")}), Strings());
  EXPECT_EQ(check({make("DNS:*.example", "a")}), Strings());
  EXPECT_EQ(check({}, {}), Strings());
}

TEST_F(TlsCoverage, NamesHostsWithoutACertificate) {
  EXPECT_EQ(check({make("DNS:a.example", "a")}, {"a.example", "b.example"}),
            Strings{"error certificate.name-not-covered certs: no certificate "
                    "names the policy host b.example"});
}

TEST_F(TlsCoverage, NamesExpiredOnes) {
  EXPECT_EQ(check({make("DNS:a.example", "a", {.from = -90, .to = -3})}),
            Strings{"error certificate.expired a: the certificate for "
                    "a.example expired 3 days ago"});
}

TEST_F(TlsCoverage, NamesOnesOfTheFuture) {
  EXPECT_EQ(check({make("DNS:a.example", "a", {.from = 1, .to = 90})}),
            Strings{"error certificate.not-yet-valid a: the certificate "
                    "for a.example is not valid yet"});
}

// RFC 5280, 4.1.2.5: the first and the last second are part of it.
TEST_F(TlsCoverage, IsSilentInTheFirstSecondAndWarnsInTheLast) {
  const CertificatePtr one = make("DNS:a.example", "a");
  const CertificateStore store({one});
  const auto id = [&](std::chrono::sys_seconds when) {
    const Diagnostics found = check_host(store, "a.example", "certs", when);
    return found.empty() ? "" : found.front().id;
  };
  const std::chrono::seconds second(1);
  EXPECT_EQ(id(one->not_before() - second), "certificate.not-yet-valid");
  EXPECT_EQ(id(one->not_before()), "");
  EXPECT_EQ(id(one->not_after()), "certificate.expires-soon");
  EXPECT_EQ(id(one->not_after() + second), "certificate.expired");
}

TEST_F(TlsCoverage, WarnsInTheLastThreeWeeksOrTheLastThird) {
  EXPECT_EQ(check({make("DNS:a.example", "a", {.from = -60, .to = 22})}),
            Strings());
  EXPECT_EQ(check({make("DNS:a.example", "a", {.from = -70, .to = 20})}).size(),
            1U);
  // One of six days: the last two.
  EXPECT_EQ(check({make("DNS:a.example", "a", {.from = -2, .to = 4})}),
            Strings());
  EXPECT_EQ(check({make("DNS:a.example", "a", {.from = -5, .to = 1})}).size(),
            1U);
}

TEST(TlsCertificateStore, SharesWhatStaysTheSame) {
  const CertificatePtr a = make("DNS:a.example", "a");
  const CertificatePtr old_b = make("DNS:b.example,DNS:c.example", "old b");
  const CertificatePtr new_b = make("DNS:b.example", "new b");
  const CertificateStore before({a, old_b});
  const CertificateStore after = before.with({new_b}, {old_b});
  EXPECT_EQ(files(before.find("b.example")), Strings{"old b"});
  EXPECT_EQ(files(after.find("b.example")), Strings{"new b"});
  EXPECT_EQ(files(after.find("a.example")), Strings{"a"});
  EXPECT_EQ(files(after.find("c.example")), Strings());
  EXPECT_EQ(after.size(), 2U);
  EXPECT_TRUE(after.has(a));
  EXPECT_FALSE(after.has(old_b));
}

}  // namespace
}  // namespace mtasts::tls
