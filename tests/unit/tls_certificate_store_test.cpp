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
  EXPECT_EQ(files(store.find("mta-sts.a.example", now())), Strings{"exact"});
  EXPECT_EQ(files(store.find("other.example", now())), Strings{"exact"});
  EXPECT_EQ(files(store.find("x.a.example", now())), Strings{"star"});
}

TEST(TlsCertificateStore, KnowsNoOtherName) {
  const CertificateStore store(
      {make("DNS:*.a.example", "star"), make("DNS:b.example", "b")});
  for (const std::string_view host :
       {"", ".", "a.example", ".a.example", "x.y.a.example", "x.b.example",
        "example", "*", "B.EXAMPLE"}) {
    EXPECT_EQ(files(store.find(host, now())), Strings()) << host;
  }
  EXPECT_EQ(files(CertificateStore().find("a.example", now())), Strings());
}

TEST(TlsCertificateStore, TakesTheOneThatLastsLonger) {
  const CertificatePtr older = make("DNS:a.example", "older", {.to = 20});
  const CertificatePtr newer = make("DNS:a.example", "newer", {.to = 90});
  EXPECT_EQ(files(CertificateStore({older, newer}).find("a.example", now())),
            Strings{"newer"});
  EXPECT_EQ(files(CertificateStore({newer, older}).find("a.example", now())),
            Strings{"newer"});
}

TEST(TlsCertificateStore, PrefersOneWithoutAFlaw) {
  const TestPair pair = make_pair("DNS:a.example", KeyKind::ecdsa, {.to = 80});
  const CertificatePtr flawed = *Certificate::make(
      {ReadCertificate::read(pair.der())}, share_key(pair.key_der()),
      share_path("flawed"), Flaw::flawed);
  const CertificatePtr sound = make("DNS:a.example", "sound", {.to = 30});
  EXPECT_EQ(files(CertificateStore({flawed, sound}).find("a.example", now())),
            Strings{"sound"});
  EXPECT_EQ(files(CertificateStore({sound, flawed}).find("a.example", now())),
            Strings{"sound"});
}

TEST(TlsCertificateStore, OffersOneOfEachKind) {
  const CertificateStore store(
      {make("DNS:a.example", "rsa", {}, KeyKind::rsa),
       make("DNS:a.example", "ecdsa"), make("DNS:a.example", "old", {.to = 2}),
       make("DNS:a.example", "old rsa", {.to = 2}, KeyKind::rsa)});
  Strings found = files(store.find("a.example", now()));
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
  EXPECT_EQ(files(store.find("a.example", now())), Strings{"valid"});
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

// RFC 8461, 3.3: a sender refuses what is not valid, whatever its kind of key
// and however exactly it is named.
TEST(TlsCertificateStore, OffersNothingInvalidBesideSomethingValid) {
  const Life over{.from = -90, .to = -1};
  const Life future{.from = 1, .to = 90};
  constexpr KeyKind k_rsa = KeyKind::rsa;
  constexpr KeyKind k_ecdsa = KeyKind::ecdsa;
  for (const Life& bad : {over, future}) {
    for (const auto& [bad_kind, good_kind] :
         {std::pair{k_ecdsa, k_rsa}, {k_rsa, k_ecdsa}, {k_rsa, k_rsa}}) {
      for (const auto& [bad_name, good_name] :
           {std::pair{"DNS:a.example.net", "DNS:a.example.net"},
            {"DNS:a.example.net", "DNS:*.example.net"},
            {"DNS:*.example.net", "DNS:a.example.net"}}) {
        const CertificateStore store({make(bad_name, "bad", bad, bad_kind),
                                      make(good_name, "good", {}, good_kind)});
        EXPECT_EQ(files(store.find("a.example.net", now())), Strings{"good"})
            << bad_name << " " << good_name;
        EXPECT_EQ(store.find_all("a.example.net").size(), 2U);
        EXPECT_EQ(store.quality("a.example.net", now()), Quality::good);
      }
    }
  }
}

TEST(TlsCertificateStore, OffersAKindThatTheWildcardAloneHas) {
  const CertificateStore store(
      {make("DNS:a.example.net", "exact"),
       make("DNS:*.example.net", "star", {.to = 90}),
       make("DNS:*.example.net", "star rsa", {}, KeyKind::rsa)});
  EXPECT_EQ(files(store.find("a.example.net", now())),
            (Strings{"exact", "star rsa"}));
}

TEST(TlsCertificateStore, OffersNothingFlawedBesideSomethingSound) {
  const TestPair pair = make_pair("DNS:a.example.net", KeyKind::ecdsa);
  const CertificatePtr flawed = *Certificate::make(
      {ReadCertificate::read(pair.der())}, share_key(pair.key_der()),
      share_path("flawed"), Flaw::flawed);
  for (const std::string_view name :
       {"DNS:a.example.net", "DNS:*.example.net"}) {
    const CertificateStore store(
        {flawed, make(name, "sound", {.to = 30}, KeyKind::rsa)});
    EXPECT_EQ(files(store.find("a.example.net", now())), Strings{"sound"});
  }
  EXPECT_EQ(files(CertificateStore({flawed}).find("a.example.net", now())),
            Strings{"flawed"});
}

// What is offered follows the clock, with no load in between.
TEST(TlsCertificateStore, ChangesWhatItOffersWithTheTime) {
  const CertificatePtr exact = make("DNS:a.example.net", "exact", {.to = 10});
  const CertificatePtr star =
      make("DNS:*.example.net", "star", {.from = 5, .to = 20});
  const CertificateStore store({exact, star});
  const std::chrono::seconds second(1);
  const auto offered = [&](std::chrono::sys_seconds when) {
    return files(store.find("a.example.net", when));
  };
  EXPECT_EQ(offered(star->not_before()), Strings{"exact"});
  EXPECT_EQ(offered(exact->not_after()), Strings{"exact"});
  EXPECT_EQ(offered(exact->not_after() + second), Strings{"star"});
  EXPECT_EQ(offered(star->not_after()), Strings{"star"});
  EXPECT_EQ(offered(star->not_after() + second), Strings{"exact"});
}

TEST(TlsCertificateStore, NeverOffersABrokenOne) {
  const CertificatePtr broken = make("DNS:a.example.net", "broken");
  const CertificatePtr star = make("DNS:*.example.net", "star");
  const CertificateStore store({broken, star});
  EXPECT_TRUE(broken->prove(false));
  EXPECT_FALSE(broken->prove(false));  // said once
  EXPECT_EQ(files(store.find("a.example.net", now())), Strings{"star"});
  star->prove(false);
  EXPECT_EQ(files(store.find("a.example.net", now())), Strings());
  EXPECT_FALSE(store.is_usable("a.example.net", now()));
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
                    "names the host b.example"});
}

TEST_F(TlsCoverage, NamesExpiredOnes) {
  EXPECT_EQ(check({make("DNS:a.example", "a", {.from = -90, .to = -3})}),
            Strings{"error certificate.expired a: the certificate for "
                    "a.example expired 3 days ago"});
}

// Clients that know RSA alone are not served any more, all others are.
TEST_F(TlsCoverage, WarnsOfAKindOfKeyThatIsNotRenewed) {
  EXPECT_EQ(check({make("DNS:a.example", "a"),
                   make("DNS:a.example", "b", {.from = -90, .to = -3},
                        KeyKind::rsa)}),
            Strings{"warning certificate.expired b: the certificate for "
                    "a.example expired 3 days ago; it is the only one with a "
                    "key of kind rsa"});
  EXPECT_EQ(check({make("DNS:a.example", "a"),
                   make("DNS:a.example", "b", {.from = -90, .to = -3})}),
            Strings());
}

TEST_F(TlsCoverage, NamesABrokenKey) {
  const CertificatePtr one = make("DNS:a.example", "a");
  one->prove(false);
  EXPECT_EQ(check({one}),
            Strings{"error certificate.key-unusable a: the key of the "
                    "certificate for a.example can't sign for it"});
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

// To the second, and not before an ACME client has had a day for its renewal.
TEST_F(TlsCoverage, WarnsOnceARenewalIsOverdue) {
  using std::chrono::hours;
  for (const auto& [life, limit] : {std::pair{398, hours(21 * 24)},
                                    {90, hours(21 * 24)},
                                    {66, hours(21 * 24)},
                                    {45, hours(14 * 24)},
                                    {30, hours(9 * 24)},
                                    {12, hours(3 * 24)},
                                    {10, hours(56)},
                                    {9, hours(84)},
                                    {6, hours(48)},
                                    {3, hours(24)},
                                    {1, hours(8)}}) {
    const CertificatePtr one =
        make("DNS:a.example", "a", {.from = 0, .to = life});
    const CertificateStore store({one});
    const auto check = [&](std::chrono::seconds left) {
      return check_host(store, "a.example", "certs", one->not_after() - left);
    };
    EXPECT_EQ(check(limit).size(), 0U) << life;
    const Diagnostics found = check(limit - std::chrono::seconds(1));
    ASSERT_EQ(found.size(), 1U) << life;
    EXPECT_EQ(found.front().id, "certificate.expires-soon");
  }
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

// After a restart they are read in another order than they came in.
TEST(TlsCertificateStore, ChoosesTheSameOfTwoWhicheverCameFirst) {
  const CertificatePtr a = make("DNS:a.example", "a");
  const CertificatePtr b = make("DNS:a.example", "b");
  const Strings chosen =
      files(CertificateStore({a, b}).find("a.example", now()));
  ASSERT_EQ(chosen.size(), 1U);
  EXPECT_EQ(files(CertificateStore({b, a}).find("a.example", now())), chosen);
  EXPECT_EQ(files(CertificateStore({b}).with({a}, {}).find("a.example", now())),
            chosen);
  EXPECT_EQ(files(CertificateStore({a}).with({b}, {}).find("a.example", now())),
            chosen);
}

TEST(TlsCertificateStore, SharesWhatStaysTheSame) {
  const CertificatePtr a = make("DNS:a.example", "a");
  const CertificatePtr old_b = make("DNS:b.example,DNS:c.example", "old b");
  const CertificatePtr new_b = make("DNS:b.example", "new b");
  const CertificateStore before({a, old_b});
  const CertificateStore after = before.with({new_b}, {old_b});
  EXPECT_EQ(files(before.find("b.example", now())), Strings{"old b"});
  EXPECT_EQ(files(after.find("b.example", now())), Strings{"new b"});
  EXPECT_EQ(files(after.find("a.example", now())), Strings{"a"});
  EXPECT_EQ(files(after.find("c.example", now())), Strings());
  EXPECT_EQ(after.size(), 2U);
  EXPECT_TRUE(after.has(a));
  EXPECT_FALSE(after.has(old_b));
}

}  // namespace
}  // namespace mtasts::tls
