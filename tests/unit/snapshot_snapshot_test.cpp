// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "process/clock.hpp"
#include "snapshot/snapshot_loader.hpp"
#include "temp_dir.hpp"
#include "test_certificates.hpp"
#include "test_site.hpp"

namespace mtasts::snapshot {
namespace {

using Strings = std::vector<std::string>;

constexpr std::string_view k_config =
    "[server]\nlisten = [\"127.0.0.1:0\"]\ncertificates = [\"certs\"]\n"
    "[[policy]]\ndomains = [\"a.example\", \"b.example\"]\n"
    "mx = [\"mx.a.example\"]\ntls_rpt = [\"mailto:x@a.example\"]\n";

class SnapshotLoad : public testing::Test {
 protected:
  void write_pair(const std::string& name, std::string_view san,
                  Life life = {}) {
    const TestPair pair = make_leaf(san, life);
    dir_.write("certs/" + name, pair.pem() + ca_.pem() + pair.key_pem());
  }
  LoadedSnapshot load(std::string_view config = k_config) {
    return load_snapshot(dir_.write("mta-stsd.toml", config),
                         process::this_second());
  }
  static LoadedSnapshot take(SnapshotLoader& loader) {
    LoadedSnapshot loaded = loader.load({}, nullptr, process::this_second());
    loader.accept(loaded);
    return loaded;
  }
  static Strings ids(const LoadedSnapshot& loaded) {
    Strings all;
    for (const Diagnostic& one : loaded.diagnostics) all.push_back(one.id);
    return all;
  }

  TestPair make_leaf(std::string_view san, Life life = {}) {
    return make_pair(san, KeyKind::ecdsa, life, &ca_);
  }

  TempDir dir_;
  TestPair root_ = make_pair("CA");
  TestPair ca_ = make_pair("CA", KeyKind::ecdsa, {}, &root_);
};

TEST_F(SnapshotLoad, HoldsPoliciesAndCertificates) {
  write_pair("all.pem", "DNS:mta-sts.a.example,DNS:mta-sts.b.example");
  const LoadedSnapshot loaded = load();
  EXPECT_EQ(ids(loaded), Strings());
  ASSERT_TRUE(loaded.snapshot);
  const Snapshot& snapshot = *loaded.snapshot;
  EXPECT_EQ(all_domains(snapshot.live), (Strings{"a.example", "b.example"}));
  EXPECT_EQ(snapshot.certificates->size(), 1U);
  EXPECT_NE(snapshot.find_authority("mta-sts.b.example"), nullptr);
  EXPECT_EQ(servable_domains(snapshot, loaded.touched, process::this_second()),
            (Strings{"a.example", "b.example"}));
}

TEST_F(SnapshotLoad, IsServedInPartWithoutACertificate) {
  write_pair("a.pem", "DNS:mta-sts.a.example");
  write_pair("b.pem", "DNS:mta-sts.b.example", {.from = -90, .to = -1});
  const LoadedSnapshot loaded = load();
  ASSERT_TRUE(loaded.snapshot);
  EXPECT_EQ(ids(loaded), Strings{"certificate.expired"});
  EXPECT_EQ(servable_domains(*loaded.snapshot, loaded.touched,
                             process::this_second()),
            Strings{"a.example"});
}

TEST_F(SnapshotLoad, IsNotMadeFromABadPolicy) {
  write_pair("a.pem", "DNS:mta-sts.a.example");
  const LoadedSnapshot bad_policy = load("[[policy]]\n");
  EXPECT_FALSE(bad_policy.snapshot);
  EXPECT_TRUE(has_errors(bad_policy.diagnostics));
  EXPECT_FALSE(
      load_snapshot(dir_.path("none.toml"), process::this_second()).snapshot);
}

// What is said of a host is true of the certificates that there are now.
TEST_F(SnapshotLoad, LooksAtEveryHostOnceThereAreCertificates) {
  dir_.write("certs/README", "none yet");
  const std::string main = dir_.write("mta-stsd.toml", k_config);
  SnapshotLoader loader(main);
  EXPECT_EQ(ids(take(loader)), Strings{"certificate.none-found"});
  write_pair("a.pem", "DNS:mta-sts.a.example");
  EXPECT_EQ(ids(take(loader)), Strings{"certificate.name-not-covered"});
}

TEST_F(SnapshotLoad, BlamesARefusedCertificateAndNotItsAbsence) {
  write_pair("a.pem", "DNS:mta-sts.a.example");
  const std::string main = dir_.write("mta-stsd.toml", k_config);
  SnapshotLoader loader(main);
  EXPECT_EQ(ids(take(loader)), Strings{"certificate.name-not-covered"});
  dir_.write("certs/lone.pem", make_leaf("DNS:mta-sts.b.example").pem());
  EXPECT_EQ(ids(take(loader)), Strings{"certificate.key-mismatch"});
  std::filesystem::remove(dir_.path("certs/lone.pem"));
  EXPECT_EQ(ids(take(loader)), Strings{"certificate.name-not-covered"});
}

TEST_F(SnapshotLoad, BlamesTheFolderThatIsConfiguredNow) {
  write_pair("a.pem", "DNS:mta-sts.a.example");
  const std::string main = dir_.write("mta-stsd.toml", k_config);
  SnapshotLoader loader(main);
  EXPECT_EQ(take(loader).diagnostics.at(0).place.file, dir_.path("certs"));
  std::filesystem::create_directory(dir_.path("empty"));
  std::string other(k_config);
  other.insert(other.find("\"certs"), "\"empty\", ");
  dir_.write("mta-stsd.toml", other);
  EXPECT_EQ(take(loader).diagnostics.at(0).place.file, dir_.path("empty"));
}

// One broken pair is no reason to serve nobody.
TEST_F(SnapshotLoad, StartsBesideABadCertificate) {
  write_pair("a.pem", "DNS:mta-sts.a.example");
  dir_.write("certs/lone.pem", make_leaf("DNS:mta-sts.b.example").pem());
  const LoadedSnapshot loaded = load();
  ASSERT_TRUE(loaded.snapshot);
  EXPECT_EQ(ids(loaded), Strings{"certificate.key-mismatch"});
  EXPECT_EQ(servable_domains(*loaded.snapshot, loaded.touched,
                             process::this_second()),
            Strings{"a.example"});
}

class SnapshotAgain : public SnapshotLoad {
 protected:
  /// Accepts what it loads, if anything.
  LoadedSnapshot load_again() {
    LoadedSnapshot loaded =
        loader_.load({}, serving_.get(), process::this_second());
    if (loaded.snapshot) {
      serving_ = loaded.snapshot;
      loader_.accept(loaded);
    }
    return loaded;
  }

  SnapshotLoader loader_{dir_.write("mta-stsd.toml", k_config)};
  std::shared_ptr<const Snapshot> serving_;
};

TEST_F(SnapshotAgain, TouchesOnlyWhatChanged) {
  write_pair("a.pem", "DNS:mta-sts.a.example");
  write_pair("b.pem", "DNS:*.b.example");
  EXPECT_EQ(load_again().touched, (Strings{"a.example", "b.example"}));
  EXPECT_EQ(load_again().touched, Strings{});
  write_pair("b.pem", "DNS:mta-sts.b.example");
  const LoadedSnapshot renewed = load_again();
  EXPECT_EQ(renewed.touched, Strings{"b.example"});
  EXPECT_EQ(renewed.new_certificates.size(), 1U);
}

TEST_F(SnapshotAgain, RefusesToLoseACertificate) {
  write_pair("a.pem", "DNS:mta-sts.a.example");
  write_pair("b.pem", "DNS:mta-sts.b.example");
  EXPECT_TRUE(load_again().snapshot);
  std::filesystem::remove(dir_.path("certs/b.pem"));
  for (int i = 0; i < 2; ++i) {
    const LoadedSnapshot lost = load_again();
    EXPECT_FALSE(lost.snapshot);
    EXPECT_EQ(ids(lost),
              (Strings{"certificate.name-not-covered", "certificate.lost"}));
  }
  // A domain that is gone from the configuration on purpose is no loss.
  std::string without(k_config);
  without.replace(without.find(", \"b.example\""), 13, "");
  dir_.write("mta-stsd.toml", without);
  const LoadedSnapshot smaller = load_again();
  ASSERT_TRUE(smaller.snapshot);
  EXPECT_EQ(ids(smaller), Strings());
  EXPECT_EQ(smaller.touched, (Strings{"a.example", "b.example"}));
}

TEST_F(SnapshotAgain, PrefersAGoodCertificateToAFlawedOne) {
  write_pair("ab.pem", "DNS:mta-sts.a.example,DNS:mta-sts.b.example");
  EXPECT_TRUE(load_again().snapshot);
  // The leaf without its intermediate.
  const TestPair pair = make_leaf("DNS:mta-sts.a.example,DNS:*.b.example");
  dir_.write("certs/ab.pem", pair.pem() + pair.key_pem());
  const LoadedSnapshot worse = load_again();
  EXPECT_FALSE(worse.snapshot);
  EXPECT_EQ(ids(worse),
            (Strings{"certificate.chain-incomplete", "certificate.key-shared",
                     "certificate.lost", "certificate.lost"}));
  dir_.write("certs/ab.pem", pair.pem() + ca_.pem() + pair.key_pem());
  const LoadedSnapshot good = load_again();
  EXPECT_TRUE(good.snapshot);
  EXPECT_EQ(good.touched, (Strings{"a.example", "b.example"}));
}

TEST_F(SnapshotLoad, NeedsNoCertificateWhenAllListenersAreBehindAProxy) {
  std::string plain(k_config);
  plain.replace(plain.find("127."), 0, "http://");
  std::string bare = plain;
  bare.replace(bare.find("certificates"), 24, "");
  const LoadedSnapshot without = load(bare);
  ASSERT_TRUE(without.snapshot);
  EXPECT_EQ(ids(without), Strings());
  EXPECT_EQ(servable_domains(*without.snapshot, without.touched,
                             process::this_second()),
            (Strings{"a.example", "b.example"}));
  // Those that are there need not cover the domains.
  write_pair("c.pem", "DNS:mta-sts.c.example");
  const LoadedSnapshot with = load(plain);
  ASSERT_TRUE(with.snapshot);
  EXPECT_EQ(ids(with), Strings());
}

TEST_F(SnapshotLoad, NeedsCertificatesForOneListenerOfTwo) {
  std::string mixed(k_config);
  mixed.replace(mixed.find(":0\""), 3, ":0\", \"http://127.0.0.1:0\"");
  write_pair("a.pem", "DNS:mta-sts.a.example");
  const LoadedSnapshot loaded = load(mixed);
  ASSERT_TRUE(loaded.snapshot);
  EXPECT_EQ(ids(loaded), Strings{"certificate.name-not-covered"});
  EXPECT_EQ(servable_domains(*loaded.snapshot, loaded.touched,
                             process::this_second()),
            Strings{"a.example"});
}

// The file may ask for other listeners; the old ones stay until a restart.
TEST_F(SnapshotAgain, NeedsWhatTheRunningListenersNeed) {
  write_pair("all.pem", "DNS:mta-sts.a.example,DNS:mta-sts.b.example");
  ASSERT_TRUE(load_again().snapshot);
  std::string plain(k_config);
  plain.replace(plain.find("127."), 0, "http://");
  plain.replace(plain.find("certificates"), 24, "");
  dir_.write("mta-stsd.toml", plain);
  const auto before = serving_;
  const LoadedSnapshot later = load_again();
  EXPECT_TRUE(later.certificates_refused);
  ASSERT_TRUE(later.snapshot);
  EXPECT_EQ(later.snapshot->certificates, before->certificates);
  EXPECT_EQ(ids(later), (Strings{"certificate.lost", "certificate.lost"}));
}

TEST(SnapshotHolder, GivesOutTheNewestOne) {
  const auto make = [] {
    return std::make_shared<const Snapshot>(Snapshot{{}, {}, nullptr});
  };
  const std::shared_ptr<const Snapshot> first = make();
  const std::shared_ptr<const Snapshot> second = make();
  SnapshotHolder holder(first);
  EXPECT_EQ(holder.get(), first);
  const std::uint64_t before = holder.generation();
  holder.replace(second);
  EXPECT_EQ(holder.get(), second);
  EXPECT_NE(holder.generation(), before);
  EXPECT_EQ(first.use_count(), 1);
}

TEST(SnapshotHolder, HasOneWriterAndManyReaders) {
  SnapshotHolder holder(
      std::make_shared<const Snapshot>(Snapshot{{}, {}, nullptr}));
  std::atomic<bool> over{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!over) EXPECT_EQ(holder.get()->live.by_domain.size(), 0U);
    });
  }
  for (int i = 0; i < 1000; ++i) {
    holder.replace(std::make_shared<const Snapshot>(Snapshot{{}, {}, nullptr}));
  }
  over = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(holder.generation(), 1000U);
}

TEST(SnapshotLookUp, HasTheTextAndTheIdOfEachPolicy) {
  const Snapshot snapshot = make_snapshot();
  EXPECT_EQ(snapshot.live.by_domain.size(), 3U);
  const publish::Publication* com = snapshot.live.find_domain("example.com");
  ASSERT_NE(com, nullptr);
  EXPECT_EQ(com->body(), k_example_com);
  EXPECT_EQ(com->id(), "c0a762642c8ff96deabc4e74c1e5d657");
  EXPECT_EQ(snapshot.live.find_domain("example.net"), com);
  ASSERT_NE(snapshot.live.find_domain("example.org"), nullptr);
  EXPECT_EQ(snapshot.live.find_domain("example.org")->body(), k_example_org);
}

TEST(SnapshotLookUp, KnowsNoOtherDomain) {
  const Snapshot snapshot = make_snapshot();
  for (const std::string_view domain :
       {"", ".", "com", "mta-sts.example.com", "sub.example.com", "example.co",
        "EXAMPLE.COM", "example.com.", "xexample.com"}) {
    EXPECT_EQ(snapshot.live.find_domain(domain), nullptr) << domain;
  }
  EXPECT_EQ(config::Live{}.find_domain("example.com"), nullptr);
}

TEST(SnapshotLookUp, FindsAuthoritiesInAnySpelling) {
  const Snapshot snapshot = make_snapshot();
  const publish::Publication* want = snapshot.live.find_domain("example.com");
  for (const std::string_view authority :
       {"mta-sts.example.com", "MTA-STS.EXAMPLE.COM", "mta-sts.example.com.",
        "mta-sts.example.com:443",
        "mta-sts.example.com:", "Mta-Sts.Example.Com.:8443"}) {
    EXPECT_EQ(snapshot.find_authority(authority), want) << authority;
  }
  for (const std::string_view authority :
       {"", ":", ".", "example.com", "mta-sts", "mta-sts.", "mta-sts..",
        "mta-sts.example.com..", "mta-stsexample.com", "xmta-sts.example.com",
        "mta-sts.mta-sts.example.com", "mta-sts.sub.example.com", "mta-sts.com",
        "[mta-sts.example.com]", "[::1]", "127.0.0.1", "mta-sts%2eexample.com",
        " mta-sts.example.com"}) {
    EXPECT_EQ(snapshot.find_authority(authority), nullptr) << authority;
  }
}

TEST(SnapshotNormaliseHost, TakesPortDotAndCaseAway) {
  EXPECT_EQ(normalise_host("A.Example.:443"), "a.example");
  EXPECT_EQ(normalise_host("a.example"), "a.example");
  EXPECT_EQ(normalise_host("a.."), "a.");
  EXPECT_EQ(normalise_host(""), "");
  EXPECT_EQ(normalise_host("."), "");
  EXPECT_EQ(normalise_host("[::1]"), "[::1]");
}

}  // namespace
}  // namespace mtasts::snapshot
