// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "server/snapshot.hpp"
#include "temp_dir.hpp"
#include "test_certificates.hpp"

namespace mtasts::server {
namespace {

using Strings = std::vector<std::string>;

constexpr std::string_view k_config =
    "[server]\nlisten = [\"127.0.0.1:0\"]\ncertificates = [\"certs\"]\n"
    "[[policy]]\ndomains = [\"a.example\", \"b.example\"]\n"
    "mx = [\"mx.a.example\"]\ntls_rpt = [\"mailto:x@a.example\"]\n";

class ServerSnapshot : public testing::Test {
 protected:
  void write_pair(const std::string& name, std::string_view san,
                  Life life = {}) {
    const TestPair pair = make_pair(san, KeyKind::ecdsa, life);
    dir_.write("certs/" + name, pair.pem() + pair.key_pem());
  }
  LoadedSnapshot load(std::string_view config = k_config) {
    return load_snapshot(dir_.write("mta-stsd.toml", config));
  }
  static Strings ids(const LoadedSnapshot& loaded) {
    Strings all;
    for (const Diagnostic& one : loaded.diagnostics) all.push_back(one.id);
    return all;
  }

  TempDir dir_;
};

TEST_F(ServerSnapshot, HoldsPoliciesAndCertificates) {
  write_pair("all.pem", "DNS:mta-sts.a.example,DNS:mta-sts.b.example");
  const LoadedSnapshot loaded = load();
  EXPECT_EQ(ids(loaded), Strings());
  ASSERT_TRUE(loaded.snapshot);
  const Snapshot& snapshot = *loaded.snapshot;
  EXPECT_EQ(all_domains(snapshot.live), (Strings{"a.example", "b.example"}));
  EXPECT_EQ(policy_hosts(snapshot.live),
            (Strings{"mta-sts.a.example", "mta-sts.b.example"}));
  EXPECT_EQ(snapshot.certificates->all().size(), 1U);
  EXPECT_NE(snapshot.site.find_authority("mta-sts.b.example"), nullptr);
  EXPECT_EQ(servable_domains(snapshot), (Strings{"a.example", "b.example"}));
}

TEST_F(ServerSnapshot, NamesAllThatItWasMadeFrom) {
  write_pair("all.pem", "DNS:mta-sts.a.example,DNS:mta-sts.b.example");
  dir_.write("more.d/c.toml",
             "[[policy]]\ndomains = [\"c.example\"]\nmx = [\"mx.c.example\"]\n"
             "tls_rpt = [\"mailto:x@a.example\"]\n");
  const Inputs inputs =
      load("include = [\"more.d/*.toml\"]\n" + std::string(k_config)).inputs;
  const auto has = [](const Strings& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  EXPECT_TRUE(has(inputs.files, dir_.path("mta-stsd.toml")));
  EXPECT_TRUE(has(inputs.globs, dir_.path("more.d/*.toml")));
  EXPECT_TRUE(has(inputs.globs, dir_.path("certs/*")));
  EXPECT_TRUE(has(inputs.globs, dir_.path("certs/*/*")));
}

TEST_F(ServerSnapshot, IsServedInPartWithoutACertificate) {
  write_pair("a.pem", "DNS:mta-sts.a.example");
  write_pair("b.pem", "DNS:mta-sts.b.example", {.from = -90, .to = -1});
  const LoadedSnapshot loaded = load();
  ASSERT_TRUE(loaded.snapshot);
  EXPECT_EQ(ids(loaded), Strings{"certificate.expired"});
  EXPECT_EQ(servable_domains(*loaded.snapshot), Strings{"a.example"});
}

TEST_F(ServerSnapshot, IsNotMadeFromABadFile) {
  write_pair("a.pem", "DNS:mta-sts.a.example");
  const LoadedSnapshot bad_policy = load("[[policy]]\n");
  EXPECT_FALSE(bad_policy.snapshot);
  EXPECT_TRUE(has_errors(bad_policy.diagnostics));
  EXPECT_FALSE(bad_policy.inputs.files.empty());
  dir_.write("certs/lone.pem", make_pair("DNS:x.example").pem());
  const LoadedSnapshot bad_certificate = load();
  EXPECT_FALSE(bad_certificate.snapshot);
  EXPECT_EQ(ids(bad_certificate), Strings{"certificate.key-mismatch"});
  EXPECT_FALSE(bad_certificate.inputs.globs.empty());
  EXPECT_FALSE(load_snapshot(dir_.path("none.toml")).snapshot);
}

TEST_F(ServerSnapshot, FindsWhatANewerOneCouldNotServe) {
  write_pair("a.pem", "DNS:mta-sts.a.example");
  write_pair("b.pem", "DNS:mta-sts.b.example");
  const LoadedSnapshot both = load();
  std::filesystem::remove(dir_.path("certs/b.pem"));
  const LoadedSnapshot one = load();
  ASSERT_TRUE(both.snapshot && one.snapshot);
  EXPECT_EQ(find_losses(*both.snapshot, *one.snapshot),
            Strings{"mta-sts.b.example"});
  EXPECT_EQ(find_losses(*one.snapshot, *both.snapshot), Strings());
  EXPECT_EQ(find_losses(*one.snapshot, *one.snapshot), Strings());
  // A domain that is gone from the configuration on purpose is no loss.
  std::string without(k_config);
  without.replace(without.find(", \"b.example\""), 13, "");
  const LoadedSnapshot smaller = load(without);
  ASSERT_TRUE(smaller.snapshot);
  EXPECT_EQ(find_losses(*both.snapshot, *smaller.snapshot), Strings());
}

TEST(ServerSnapshotHolder, GivesOutTheNewestOne) {
  const auto make = [] {
    return std::make_shared<const Snapshot>(
        Snapshot{{}, {}, Site(config::Live{}), nullptr});
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

TEST(ServerSnapshotHolder, HasOneWriterAndManyReaders) {
  SnapshotHolder holder(std::make_shared<const Snapshot>(
      Snapshot{{}, {}, Site(config::Live{}), nullptr}));
  std::atomic<bool> over{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!over) EXPECT_EQ(holder.get()->site.domain_count(), 0U);
    });
  }
  for (int i = 0; i < 1000; ++i) {
    holder.replace(std::make_shared<const Snapshot>(
        Snapshot{{}, {}, Site(config::Live{}), nullptr}));
  }
  over = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(holder.generation(), 1000U);
}

}  // namespace
}  // namespace mtasts::server
