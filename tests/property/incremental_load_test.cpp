// SPDX-License-Identifier: MIT
// After any edits, what was loaded step by step is what one fresh load finds.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "../unit/test_certificates.hpp"
#include "config/load.hpp"
#include "file_edits.hpp"
#include "process/clock.hpp"
#include "snapshot/snapshot_loader.hpp"
#include "tls/certificate_files.hpp"

namespace mtasts {
namespace {

using Strings = std::vector<std::string>;
using Texts = std::set<std::string>;

constexpr int k_rounds = 300;

const Strings k_domains = {"a.test", "b.test", "c.test",
                           "d.test", "e.test", "sub.a.test"};

// --- What is written ---

/// Files that are called differently seldom have the same domain.
std::string make_policy(Random& random, const std::string& file) {
  const std::hash<std::string_view> hash;
  const std::string& own = k_domains[hash(file) % k_domains.size()];
  std::string domains =
      "\"" + (random.once_in(8) ? random.one_of(k_domains) : own) + "\"";
  if (random.once_in(12)) domains += ", \"" + random.one_of(k_domains) + "\"";
  return "[[policy]]\ndomains = [" + domains + "]\nmx = [\"mx" +
         std::to_string(random.below(3)) + "." + random.one_of(k_domains) +
         "\"]\nmode = \"" +
         random.one_of(Strings{"testing", "enforce", "none"}) +
         "\"\nmax_age = \"" + random.one_of(Strings{"1w", "1d", "4w"}) +
         "\"\n" + (random.once_in(20) ? "x = 1\n" : "") +
         (random.once_in(2) ? "tls_rpt = [\"mailto:t@a.test\"]\n" : "");
}

std::string make_included(Random& random, const std::string& file) {
  switch (random.below(20)) {
    case 0:
      return "";
    case 1:
      return "= rubbish\n";
    case 2:
      return "# only a comment\n";
    case 3:
      return make_policy(random, file) + make_policy(random, file);
    default:
      return make_policy(random, file);
  }
}

std::string make_main(Random& random) {
  const std::string file = "main.toml";
  if (random.once_in(12)) return random.once_in(2) ? "" : "[server\n";
  const Strings includes = {"\"d/*.toml\"",
                            "\"d/*.toml\", \"e.toml\"",
                            "\"d/1.toml\", \"e.toml\"",
                            "\"*.toml\"",
                            "\"d/1.toml\", \"d/*\"",
                            "\"d/[12].toml\", \"d/3.toml\"",
                            "\"d/1.toml\", \"./d/1.toml\"",
                            ""};
  const Strings folders = {"\"certs\"", "\"certs\", \"more\"", "\"more\"",
                           "\"certs/1.pem\", \"certs/2.pem\"",
                           "\"none\", \"certs\""};
  // Mostly the same, or nothing else would ever be looked at.
  const auto choose = [&](const Strings& all) {
    return random.once_in(3) ? random.one_of(all) : all.front();
  };
  return "include = [" + choose(includes) + "]\n" +
         (random.once_in(3) ? make_policy(random, file) : "") +
         "[server]\nlisten = [\"127.0.0.1:844" +
         std::to_string(random.below(3)) + "\"]\ncertificates = [" +
         choose(folders) + "]\n";
}

/// Certificates and keys in a hundred mixtures.
class PemMaker {
 public:
  explicit PemMaker(Random& random) : random_(random) {
    for (const std::string& domain : k_domains) {
      pairs_.push_back(
          make_pair("DNS:mta-sts." + domain, KeyKind::ecdsa, {}, &ca_));
    }
    pairs_.push_back(
        make_pair("DNS:*.a.test,DNS:mta-sts.b.test", KeyKind::ecdsa, {}, &ca_));
    pairs_.push_back(make_pair("DNS:mta-sts.a.test"));
    pairs_.push_back(make_pair("DNS:mta-sts.b.test", KeyKind::ecdsa,
                               {.from = -50, .to = -20}, &ca_));
    pairs_.push_back(make_pair("", KeyKind::ecdsa, {}, &ca_));
    // Two certificates for one key: a renewal that keeps it.
    pairs_.push_back(with_key(pairs_[0], "DNS:mta-sts.a.test"));
    pairs_.push_back(with_key(pairs_[1], "DNS:mta-sts.b.test,DNS:x.test"));
  }

  std::string make() {
    const TestPair& one = random_.one_of(pairs_);
    const TestPair& two = random_.one_of(pairs_);
    switch (random_.below(16)) {
      case 0:
        return one.pem();
      case 1:
        return ca_.pem();
      case 2:
        return one.key_pem() + ca_.pem();
      case 3:
        return one.key_pem("secret");
      case 4:
        return one.pem().substr(0, 200);
      case 5:
        return "no PEM\n";
      case 6:
        return one.pem() + two.pem();
      case 7:
        return traditional(one);
      case 8:
      case 9:
      case 10:
        return one.key_pem();
      case 11:
      case 12:
        return one.pem() + ca_.pem();
      default:
        return one.pem() + ca_.pem() + one.key_pem();
    }
  }

 private:
  /// The same key in another form: other octets.
  static std::string traditional(const TestPair& pair) {
    const TestBio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey_traditional(bio.get(), pair.key.get(), nullptr,
                                         nullptr, 0, nullptr, nullptr);
    return take_text(bio);
  }

  TestPair with_key(const TestPair& other, const std::string& san) {
    TestPair pair = make_pair(san, KeyKind::ecdsa, {}, &ca_);
    EVP_PKEY_up_ref(other.key.get());
    pair.key.reset(other.key.get());
    X509_set_pubkey(pair.certificate.get(), pair.key.get());
    X509_sign(pair.certificate.get(), ca_.key.get(), EVP_sha256());
    return pair;
  }

  Random& random_;
  TestPair root_ = make_pair("CA");
  TestPair ca_ = make_pair("CA", KeyKind::ecdsa, {}, &root_);
  std::vector<TestPair> pairs_;
};

// --- What is compared ---

Texts texts(const Diagnostics& diagnostics) {
  Texts all;
  for (const Diagnostic& one : diagnostics) all.insert(format_diagnostic(one));
  return all;
}

/// Of certificates, whomever it concerns.
Texts texts(const tls::FoundCertificates& found) {
  Texts all = texts(found.none_found);
  for (const tls::FileFinding& one : found.findings) {
    all.insert(format_diagnostic(one.diagnostic));
  }
  return all;
}

std::string describe(const publish::Publication& entry) {
  std::string text = fmt::format("{} {}\n{}", format_place(entry.place()),
                                 entry.id(), entry.body());
  for (const std::string_view domain : entry.domains())
    text += std::string(domain) + " ";
  for (const tlsrpt::ReportUri& uri : entry.tls_rpt()) text += uri.text() + " ";
  return text;
}

std::map<std::string, std::string> describe(const config::Live& live) {
  std::map<std::string, std::string> all;
  live.by_domain.for_each(
      [&](std::string_view domain, const publish::PublicationPtr& entry) {
        all[std::string(domain)] = describe(*entry);
      });
  for (std::size_t i = 0; i < live.policies.size(); ++i) {
    all["policy " + std::to_string(i)] = describe(*live.policies[i]);
  }
  for (const std::string& path : live.certificates) all[path] = "certificates";
  return all;
}

std::string describe(const tls::Certificate& one) {
  std::string text = one.file() + (one.is_flawed() ? " flawed " : " ");
  const std::hash<std::string_view> hash;
  text += std::to_string(hash(one.key_der()));
  for (const tls::ReadCertificatePtr& read : one.chain()) {
    text += " " + std::to_string(hash(read->der()));
  }
  return text;
}

std::multiset<std::string> describe(const tls::CertificateStore& store) {
  std::multiset<std::string> all;
  store.for_each([&](std::string_view name, const tls::CertificatePtr& one) {
    all.insert(fmt::format("{} {}", name, describe(*one)));
  });
  return all;
}

files::Scope scope_of(const files::FileChanges& changes) {
  files::Paths paths;
  for (const auto& [path, stamp] : changes) paths.insert(path);
  return paths;
}

template <class Loader>
files::FileChanges look(Loader& loader) {
  if constexpr (std::is_same_v<Loader, snapshot::SnapshotLoader>) {
    return loader.find_changes({});
  } else {
    return loader.look({});
  }
}

/// What a watch may ask for: all, what it found, or what was edited.
template <class Loader>
files::Scope choose_scope(Random& random, Loader& loader,
                          const std::set<std::string>& edited) {
  switch (random.below(3)) {
    case 0:
      return {};
    case 1:
      return scope_of(look(loader));
    default:
      return files::Paths(edited.begin(), edited.end());
  }
}

// --- The properties ---

TEST(IncrementalLoad, ConfigEqualsAFreshOne) {
  Random random;
  FileEdits files(random,
                  {"main.toml", "d/1.toml", "d/2.toml", "d/3.toml", "e.toml"},
                  [&](const std::string& name) {
                    return name == "main.toml" ? make_main(random)
                                               : make_included(random, name);
                  });
  const std::string main = files.path("main.toml");
  config::Loader loader(main);
  std::map<std::string, std::string> before;
  std::set<std::string> touched;
  const config::Loaded first = loader.load();
  touched.insert(first.touched.begin(), first.touched.end());
  int good = 0;
  for (int round = 0; round < k_rounds; ++round) {
    const std::set<std::string> edited = files.edit();
    SCOPED_TRACE("round " + std::to_string(round) + "\n" + files.log());
    const config::Loaded got =
        loader.load(choose_scope(random, loader, edited));
    const config::Loaded fresh = config::load_config(main);
    touched.insert(got.touched.begin(), got.touched.end());
    ASSERT_EQ(texts(got.diagnostics), texts(fresh.diagnostics));
    ASSERT_EQ(got.certificates, fresh.certificates);
    ASSERT_EQ(got.config.has_value(), fresh.config.has_value());
    ASSERT_EQ(loader.look({}).size(), 0U);
    if (!got.config) continue;
    ++good;
    ASSERT_EQ(got.config->startup, fresh.config->startup);
    const auto now = describe(got.config->live);
    ASSERT_EQ(now, describe(fresh.config->live));
    for (const std::string& domain : k_domains) {
      const auto was = before.find(domain);
      const auto is = now.find(domain);
      const bool same = was == before.end()
                            ? is == now.end()
                            : is != now.end() && was->second == is->second;
      ASSERT_TRUE(same || touched.contains(domain)) << domain;
    }
    before = now;
    touched.clear();
  }
  std::cout << good << " of " << k_rounds << " were good\n";
}

TEST(IncrementalLoad, CertificatesEqualFreshOnes) {
  Random random;
  PemMaker maker(random);
  FileEdits files(
      random,
      {"certs/1.pem", "certs/2.pem", "certs/3.pem", "certs/k.pem",
       "certs/live/cert.pem", "certs/live/key.pem", "more/4.pem", "more/5.pem"},
      [&](const std::string&) { return maker.make(); });
  const Strings paths = {files.path("certs"), files.path("more")};
  tls::CertificateFinder finder;
  tls::CertificateStore store;
  const auto step = [&](const files::Scope& scope) {
    tls::FoundCertificates found = finder.find(paths, scope);
    store = store.with(found.added, found.removed);
    return found;
  };
  step({});
  for (int round = 0; round < k_rounds; ++round) {
    const std::set<std::string> edited = files.edit();
    SCOPED_TRACE("round " + std::to_string(round) + "\n" + files.log());
    const tls::FoundCertificates got =
        step(choose_scope(random, finder, edited));
    tls::CertificateFinder anew;
    const tls::FoundCertificates fresh = anew.find(paths);
    ASSERT_EQ(texts(got), texts(fresh));
    ASSERT_EQ(describe(store),
              describe(tls::CertificateStore().with(fresh.added, {})));
    ASSERT_EQ(store.size(), fresh.added.size());
    ASSERT_EQ(finder.look({}).size(), 0U);
    for (const std::string& domain : k_domains) {
      ASSERT_EQ(finder.has_refused("mta-sts." + domain),
                anew.has_refused("mta-sts." + domain));
    }
  }
}

/// Policies and certificates together; what is good serves from then on.
TEST(IncrementalLoad, SnapshotEqualsAFreshOne) {
  Random random;
  PemMaker maker(random);
  FileEdits files(random,
                  {"main.toml", "d/1.toml", "d/2.toml", "e.toml", "certs/1.pem",
                   "certs/2.pem", "certs/k.pem", "more/3.pem"},
                  [&](const std::string& name) {
                    if (name.ends_with(".pem")) return maker.make();
                    return name == "main.toml" ? make_main(random)
                                               : make_included(random, name);
                  });
  const std::string main = files.path("main.toml");
  snapshot::SnapshotLoader loader(main);
  std::shared_ptr<const snapshot::Snapshot> serving;
  int served = 0;
  for (int round = 0; round < k_rounds; ++round) {
    const std::set<std::string> edited = files.edit();
    SCOPED_TRACE("round " + std::to_string(round) + "\n" + files.log());
    const snapshot::LoadedSnapshot got = loader.load(
        round == 0 ? files::Scope{} : choose_scope(random, loader, edited),
        serving.get(), process::this_second());
    const snapshot::LoadedSnapshot fresh =
        snapshot::load_snapshot(main, process::this_second());
    Texts said = texts(got.diagnostics);
    const bool lost =
        std::erase_if(said, [](const std::string& one) {
          return one.find("[certificate.lost]") != std::string::npos;
        }) != 0;
    ASSERT_EQ(got.certificates_refused, lost);
    ASSERT_EQ(got.policies_refused, fresh.snapshot == nullptr);
    if (got.policies_refused) {
      // Of the hosts it says what is true for the policies that serve.
      const Texts wanted = texts(fresh.diagnostics);
      ASSERT_TRUE(std::includes(said.begin(), said.end(), wanted.begin(),
                                wanted.end()));
    } else {
      ASSERT_EQ(said, texts(fresh.diagnostics));
    }
    if (!got.snapshot) continue;
    ASSERT_EQ(
        describe(got.snapshot->live),
        describe(got.policies_refused ? serving->live : fresh.snapshot->live));
    if (got.certificates_refused) {
      ASSERT_EQ(got.snapshot->certificates, serving->certificates);
    } else if (fresh.snapshot) {
      ASSERT_EQ(describe(*got.snapshot->certificates),
                describe(*fresh.snapshot->certificates));
    }
    if (random.once_in(8)) continue;  // moved meanwhile: not accepted
    serving = got.snapshot;
    loader.accept(got);
    ++served;
  }
  std::cout << served << " of " << k_rounds << " were served\n";
}

}  // namespace
}  // namespace mtasts
