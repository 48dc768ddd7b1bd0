// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "temp_dir.hpp"
#include "test_certificates.hpp"
#include "tls/certificate_files.hpp"
#include "tls/key.hpp"

namespace mtasts::tls {
namespace {

class TlsCertificateFiles : public testing::Test {
 protected:
  FoundCertificates find(const std::vector<std::string>& names) {
    std::vector<std::string> paths;
    for (const std::string& name : names) paths.push_back(dir_.path(name));
    FoundCertificates found = CertificateFinder().find(paths);
    EXPECT_EQ(ERR_peek_error(), 0U);
    return found;
  }

  /// All of it but notes, whomever it concerns.
  static Diagnostics said(const FoundCertificates& found) {
    Diagnostics all;
    for (const FileFinding& one : found.findings) {
      if (one.diagnostic.severity == Severity::note) continue;
      all.push_back(one.diagnostic);
    }
    if (!has_errors(all)) append(all, found.none_found);
    sort_diagnostics(all);
    return all;
  }

  /// Each finding as "id file", below the folder.
  std::vector<std::string> ids(const FoundCertificates& found) {
    std::vector<std::string> all;
    for (const Diagnostic& one : said(found)) {
      all.push_back(one.id + " " + below(one.place.file));
    }
    return all;
  }

  std::vector<std::string> files(const FoundCertificates& found) {
    std::vector<std::string> all;
    for (const CertificatePtr& one : found.added) {
      all.push_back(below(one->file()));
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  std::string below(const std::string& path) {
    const std::string root = dir_.path("");
    return path.starts_with(root) ? path.substr(root.size()) : path;
  }

  using Strings = std::vector<std::string>;
  TempDir dir_;
  TestPair root_ = make_pair("CA");
  TestPair ca_ = make_pair("CA", KeyKind::ecdsa, {}, &root_);
  TestPair pair_ = make_pair("DNS:a.example", KeyKind::ecdsa, {}, &ca_);
};

TEST_F(TlsCertificateFiles, PairsChainAndKeyByTheirContent) {
  dir_.write("certs/x", pair_.pem() + ca_.pem());
  dir_.write("certs/y", pair_.key_pem());
  const FoundCertificates found = find({"certs"});
  EXPECT_EQ(ids(found), Strings());
  ASSERT_EQ(files(found), Strings{"certs/x"});
  EXPECT_EQ(found.added[0]->chain().size(), 2U);
}

TEST_F(TlsCertificateFiles, ReadsOneFileWithBoth) {
  for (const std::string& pem : {pair_.key_pem() + pair_.pem() + ca_.pem(),
                                 pair_.pem() + ca_.pem() + pair_.key_pem()}) {
    dir_.write("all.pem", pem);
    EXPECT_EQ(files(find({"all.pem"})), Strings{"all.pem"});
  }
}

TEST_F(TlsCertificateFiles, ReadsNamedFiles) {
  dir_.write("c.pem", pair_.pem());
  dir_.write("k.pem", pair_.key_pem());
  EXPECT_EQ(files(find({"c.pem", "k.pem"})), Strings{"c.pem"});
}

// certbot: cert.pem, chain.pem and fullchain.pem lie side by side.
TEST_F(TlsCertificateFiles, PrefersTheLongestChain) {
  dir_.write("live/a/cert.pem", pair_.pem());
  dir_.write("live/a/chain.pem", ca_.pem());
  dir_.write("live/a/fullchain.pem", pair_.pem() + ca_.pem());
  dir_.write("live/a/privkey.pem", pair_.key_pem());
  dir_.write("live/README", "no certificate");
  const FoundCertificates found = find({"live"});
  EXPECT_EQ(ids(found), Strings());
  EXPECT_EQ(files(found), Strings{"live/a/fullchain.pem"});
}

TEST_F(TlsCertificateFiles, SearchesTwoLevels) {
  const TestPair other = make_pair("DNS:b.example", KeyKind::rsa, {}, &ca_);
  dir_.write("c/one.pem", pair_.pem() + ca_.pem() + pair_.key_pem());
  dir_.write("c/d/two.pem", other.pem() + ca_.pem() + other.key_pem());
  dir_.write("c/d/e/three.pem", ca_.pem() + ca_.key_pem());
  dir_.write("c/.hidden/four.pem", "-----BEGIN x");
  const FoundCertificates found = find({"c"});
  EXPECT_EQ(ids(found), Strings());
  EXPECT_EQ(files(found), (Strings{"c/d/two.pem", "c/one.pem"}));
}

TEST_F(TlsCertificateFiles, NotesAKeyThatIsForOtherHostsToo) {
  const TestPair own = make_pair("DNS:mta-sts.a.example,DNS:localhost");
  const TestPair star = make_pair("DNS:mta-sts.b.example,DNS:*.b.example");
  dir_.write("c/own.pem", own.pem() + own.key_pem());
  dir_.write("c/star.pem", star.pem() + star.key_pem());
  Strings notes;
  for (const FileFinding& one : find({"c"}).findings) {
    if (one.diagnostic.severity != Severity::note) continue;
    notes.push_back(one.diagnostic.id + " " + below(one.diagnostic.place.file));
  }
  EXPECT_EQ(notes, Strings{"certificate.key-shared c/star.pem"});
}

TEST_F(TlsCertificateFiles, FindsSeveralForOneName) {
  dir_.write("a/chain.pem", pair_.pem());
  dir_.write("a/key.pem", pair_.key_pem());
  const TestPair other = make_pair("DNS:a.example");
  dir_.write("b/chain.pem", other.pem());
  dir_.write("b/key.pem", other.key_pem());
  EXPECT_EQ(files(find({"a", "b"})), (Strings{"a/chain.pem", "b/chain.pem"}));
}

TEST_F(TlsCertificateFiles, IgnoresOtherFilesAndLoneKeys) {
  dir_.write("c/all.pem", pair_.pem() + ca_.pem() + pair_.key_pem());
  dir_.write("c/notes.txt", "hello");
  dir_.write("c/empty", "");
  dir_.write("c/old.key", make_pair("DNS:x.example").key_pem());
  dir_.write("c/ca.pem", ca_.pem());
  const FoundCertificates found = find({"c"});
  EXPECT_EQ(ids(found), Strings());
  EXPECT_EQ(files(found), Strings{"c/all.pem"});
}

TEST_F(TlsCertificateFiles, ReportsAChainWithoutItsKey) {
  dir_.write("c/chain.pem", pair_.pem() + ca_.pem());
  dir_.write("c/key.pem", make_pair("DNS:a.example").key_pem());
  EXPECT_EQ(ids(find({"c"})), Strings{"certificate.key-mismatch c/chain.pem"});
}

TEST_F(TlsCertificateFiles, ReportsEncryptedKeys) {
  dir_.write("c/chain.pem", pair_.pem());
  dir_.write("c/key.pem", pair_.key_pem("secret"));
  const FoundCertificates found = find({"c"});
  EXPECT_EQ(ids(found), Strings{"certificate.key-encrypted c/key.pem"});
  EXPECT_EQ(found.added.size(), 0U);
}

TEST_F(TlsCertificateFiles, ReportsWhatItCanNotParse) {
  dir_.write("c/chain.pem",
             "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  dir_.write("c/key.pem",
             "-----BEGIN "
             "PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  EXPECT_EQ(ids(find({"c"})), (Strings{"certificate.unusable c/chain.pem",
                                       "certificate.key-unusable c/key.pem"}));
}

// Its public half is all that is looked at in a hurry.
TEST_F(TlsCertificateFiles, ReportsAKeyThatCanNotSign) {
  std::string der = pair_.key_der();
  // P-256 becomes a curve that nobody knows.
  der[der.find("\xCE\x3D\x03\x01\x07") + 4] = '\x63';
  const TestBio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio(bio.get(),
                "EC "
                "PRIVATE KEY",
                "", reinterpret_cast<const unsigned char*>(der.data()),
                static_cast<long>(der.size()));
  dir_.write("c/chain.pem", pair_.pem() + ca_.pem());
  dir_.write("c/key.pem", take_text(bio));
  const FoundCertificates found = find({"c"});
  EXPECT_EQ(ids(found), Strings{"certificate.key-unusable c/key.pem"});
  EXPECT_TRUE(found.added.empty());
}

TEST_F(TlsCertificateFiles, TriesEachKeyThatIsNewAfterTheFirstLoad) {
  const auto damaged = [](const TestPair& pair) {
    std::string der = pair.key_der();
    const std::string secret(find_ec_key(der)->secret);
    der[der.find(secret)] ^= 1;
    const TestBio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio(bio.get(),
                  "EC "
                  "PRIVATE KEY",
                  "", reinterpret_cast<const unsigned char*>(der.data()),
                  static_cast<long>(der.size()));
    return take_text(bio);
  };
  dir_.write("c/all.pem", pair_.pem() + ca_.pem() + pair_.key_pem());
  CertificateFinder finder;
  const std::vector<std::string> paths = {dir_.path("c")};
  EXPECT_EQ(finder.find(paths).added.size(), 1U);
  std::vector<TestPair> others;
  for (int i = 0; i < 60; ++i) {
    others.push_back(make_pair("DNS:b.example", KeyKind::ecdsa, {}, &ca_));
    dir_.write("c/n" + std::to_string(i),
               others.back().pem() + ca_.pem() + damaged(others.back()));
  }
  const FoundCertificates found = finder.find(paths);
  EXPECT_EQ(found.added.size(), 0U);
  EXPECT_EQ(ids(found).size(), others.size());
  EXPECT_TRUE(finder.has_refused("b.example"));
  // Another copy of the key is whole.
  dir_.write("c/z.key", others[0].key_pem());
  EXPECT_EQ(files(finder.find(paths)), Strings{"c/n0"});
}

TEST_F(TlsCertificateFiles, TakesOfOneLeafTheFileWithTheBestChain) {
  const TestPair other = make_pair("CA");
  dir_.write("c/1.pem", pair_.pem() + other.pem() + other.pem());
  dir_.write("c/2.pem", pair_.pem() + pair_.pem() + ca_.pem());
  dir_.write("c/3.pem", pair_.pem() + ca_.pem());
  dir_.write("c/4.pem", pair_.pem());
  dir_.write("c/key.pem", pair_.key_pem());
  const FoundCertificates found = find({"c"});
  EXPECT_EQ(ids(found), Strings());
  EXPECT_EQ(files(found), Strings{"c/3.pem"});
}

TEST_F(TlsCertificateFiles, FindsTheLeafBehindAnAuthority) {
  dir_.write("c/all.pem", ca_.pem() + pair_.pem() + pair_.key_pem());
  const FoundCertificates found = find({"c"});
  EXPECT_EQ(ids(found), Strings{"certificate.chain-order c/all.pem"});
  EXPECT_FALSE(has_errors(said(found)));
  ASSERT_EQ(found.added.size(), 1U);
  EXPECT_EQ(found.added[0]->leaf_der(), pair_.der());
}

// Of all others names and key ids are compared, for the sake of the start.
TEST_F(TlsCertificateFiles, VerifiesTheSignaturesOfTheFirst50OfALoad) {
  constexpr int k_verified = 50;
  for (int i = 0; i < k_verified + 2; ++i) {
    const TestPair pair = make_pair("DNS:a.example", KeyKind::ecdsa, {}, &ca_);
    const ASN1_BIT_STRING* signature = nullptr;
    X509_get0_signature(&signature, nullptr, pair.certificate.get());
    signature->data[signature->length - 1] ^= 1;
    dir_.write("c/" + std::to_string(i),
               pair.pem() + ca_.pem() + pair.key_pem());
  }
  EXPECT_EQ(ids(find({"c"})).size(), static_cast<std::size_t>(k_verified));
}

// A half-written file: what stands before the cut must not be taken for all.
TEST_F(TlsCertificateFiles, NeverTakesACutFileForALongerChain) {
  const std::string pem = pair_.pem() + ca_.pem();
  dir_.write("c/key.pem", pair_.key_pem());
  const std::size_t leaf = pair_.pem().size();
  for (std::size_t size = 0; size < leaf; size += 37) {
    dir_.write("c/chain.pem", pem.substr(0, size));
    EXPECT_EQ(find({"c"}).added.size(), 0U) << size;
  }
}

TEST_F(TlsCertificateFiles, ReadsOnlyWhatHasChanged) {
  dir_.write("c/a.pem", pair_.pem() + ca_.pem() + pair_.key_pem());
  CertificateFinder finder;
  const std::vector<std::string> paths = {dir_.path("c")};
  const FoundCertificates first = finder.find(paths);
  ASSERT_EQ(first.added.size(), 1U);
  const TestPair other = make_pair("DNS:b.example", KeyKind::ecdsa, {}, &ca_);
  dir_.write("c/b.pem", other.pem() + ca_.pem() + other.key_pem());
  EXPECT_EQ(finder.find(paths, files::Paths()).added.size(), 0U);
  EXPECT_EQ(files(finder.find(paths)), Strings{"c/b.pem"});
  dir_.write("c/a.pem", pair_.pem() + ca_.pem());
  const FoundCertificates without_key = finder.find(paths);
  EXPECT_EQ(ids(without_key), Strings{"certificate.key-mismatch c/a.pem"});
  EXPECT_EQ(without_key.removed, first.added);
  EXPECT_TRUE(finder.has_refused("a.example"));
  // The same pair from other files is another certificate.
  dir_.write("c/key.pem", pair_.key_pem());
  const FoundCertificates again = finder.find(paths);
  EXPECT_EQ(ids(again), Strings());
  EXPECT_EQ(files(again), Strings{"c/a.pem"});
  EXPECT_FALSE(finder.has_refused("a.example"));
}

// Only a fault beside it explains why a chain has no key, and only as long as
// it is there: a chain that names no host too.
TEST_F(TlsCertificateFiles, LooksAgainAtAChainWithoutKeyWhenAFaultComesOrGoes) {
  const std::string chain = make_pair("", KeyKind::ecdsa, {}, &ca_).pem();
  dir_.write("c/chain.pem", chain + ca_.pem());
  CertificateFinder finder;
  const std::vector<std::string> paths = {dir_.path("c")};
  const Strings mismatch{"certificate.key-mismatch c/chain.pem"};
  EXPECT_EQ(ids(finder.find(paths)), mismatch);
  dir_.write("c/key.pem", pair_.key_pem("secret"));
  EXPECT_EQ(ids(finder.find(paths)),
            Strings{"certificate.key-encrypted c/key.pem"});
  std::filesystem::remove(dir_.path("c/key.pem"));
  EXPECT_EQ(ids(finder.find(paths)), mismatch);
}

// Which of them was read first must not count.
TEST_F(TlsCertificateFiles, TakesTheFirstOfSeveralFilesWithTheKey) {
  dir_.write("c/chain.pem", pair_.pem() + ca_.pem());
  dir_.write("c/2.pem", pair_.key_pem());
  CertificateFinder finder;
  const std::vector<std::string> paths = {dir_.path("c")};
  EXPECT_EQ(ids(finder.find(paths)), Strings());
  for (const std::string name : {"c/1.pem", "c/3.pem"}) {
    dir_.write(name, pair_.key_pem());
    ASSERT_EQ(::chmod(dir_.path(name).c_str(), 0644), 0);
  }
  EXPECT_EQ(ids(finder.find(paths)),
            Strings{"certificate.key-world-readable c/1.pem"});
  std::filesystem::remove(dir_.path("c/1.pem"));
  EXPECT_EQ(ids(finder.find(paths)), Strings());
}

// Of a folder's entries, a link to nothing is none; a file that is named is one
// that is missed.
TEST_F(TlsCertificateFiles, LooksAgainAtWhatIsNamedNowOrNoLonger) {
  std::filesystem::create_directory(dir_.path("c"));
  std::filesystem::create_symlink("nothing", dir_.path("c/link"));
  CertificateFinder finder;
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(ids(finder.find({dir_.path("c")})),
              Strings{"certificate.none-found c"});
    const FoundCertificates found = finder.find({dir_.path("c/link")});
    ASSERT_EQ(ids(found), Strings{"certificate.unreadable c/link"});
    EXPECT_EQ(said(found)[0].message,
              "can't be read: No such file or directory");
    EXPECT_EQ(said(found)[0].hint,
              "it is a symbolic link that leads to nothing");
  }
}

TEST_F(TlsCertificateFiles, KeepsACertificateThatIsWrittenOnceMore) {
  const std::string pem = pair_.pem() + ca_.pem() + pair_.key_pem();
  dir_.write("all.pem", pem);
  CertificateFinder finder;
  const Strings paths = {dir_.path("all.pem")};
  ASSERT_EQ(finder.find(paths).added.size(), 1U);
  dir_.write("new.pem", pem);
  std::filesystem::rename(dir_.path("new.pem"), paths[0]);
  ASSERT_EQ(finder.look({}).size(), 1U);
  const FoundCertificates again = finder.find(paths);
  EXPECT_EQ(again.added.size(), 0U);
  EXPECT_EQ(again.removed.size(), 0U);
}

/// What this process has in memory at `from`, freed or not.
std::string read_memory(const char* from, std::size_t size) {
  std::string octets(size, '\0');
  std::ifstream memory("/proc/self/mem", std::ios::binary);
  memory.seekg(reinterpret_cast<std::streamoff>(from));
  memory.read(octets.data(), static_cast<std::streamsize>(size));
  return octets;
}

// A certificate lasts on while its file gets another content around it.
TEST_F(TlsCertificateFiles, WipesAKeyThatItsFileHasLost) {
  const TestPair other = make_pair("DNS:b.example", KeyKind::ecdsa, {}, &ca_);
  const std::string kept = pair_.pem() + ca_.pem() + pair_.key_pem();
  dir_.write("c/all.pem", kept + other.key_pem());
  dir_.write("c/b.pem", other.pem() + ca_.pem());
  CertificateFinder finder;
  const Strings paths = {dir_.path("c")};
  FoundCertificates found = finder.find(paths);
  ASSERT_EQ(files(found), (Strings{"c/all.pem", "c/b.pem"}));
  std::erase_if(found.added, [](const CertificatePtr& one) {
    return one->names().front() == "a.example";
  });
  const char* at = found.added.front()->key_der().data();
  const std::string key(found.added.front()->key_der());
  ASSERT_EQ(read_memory(at, key.size()), key);
  found = {};
  dir_.write("c/all.pem", kept);
  EXPECT_EQ(finder.find(paths).added.size(), 0U);  // that of a.example lasts
  const std::string secret(find_ec_key(key)->secret);
  EXPECT_EQ(read_memory(at, key.size()).find(secret), std::string::npos);
}

TEST_F(TlsCertificateFiles, MissesWhatGoesAsItIsNamed) {
  dir_.write("c/all.pem", pair_.pem() + ca_.pem() + pair_.key_pem());
  CertificateFinder finder;
  const FoundCertificates before = finder.find({dir_.path("c")});
  ASSERT_EQ(before.added.size(), 1U);
  std::filesystem::remove(dir_.path("c/all.pem"));
  const FoundCertificates after = finder.find({dir_.path("c/all.pem")});
  EXPECT_EQ(after.removed, before.added);
  EXPECT_EQ(ids(after), Strings{"certificate.unreadable c/all.pem"});
}

TEST_F(TlsCertificateFiles, MissesAFaultyFileThatGoesBeforeItIsReadAgain) {
  dir_.write("key.pem", pair_.key_pem("secret"));
  CertificateFinder finder;
  const Strings paths = {dir_.path("key.pem")};
  EXPECT_EQ(ids(finder.find(paths)),
            Strings{"certificate.key-encrypted key.pem"});
  std::filesystem::remove(paths[0]);
  finder.reread_faulty();
  EXPECT_EQ(ids(finder.find(paths)), Strings{"certificate.unreadable key.pem"});
}

// A volume that is mounted after the start.
TEST_F(TlsCertificateFiles, SearchesAFolderThatComesLater) {
  CertificateFinder finder;
  const std::vector<std::string> paths = {dir_.path("c")};
  EXPECT_EQ(ids(finder.find(paths)), Strings{"certificate.unreadable c"});
  dir_.write("c/all.pem", pair_.pem() + ca_.pem() + pair_.key_pem());
  const FoundCertificates found =
      finder.find(paths, files::Paths{dir_.path("c")});
  EXPECT_EQ(ids(found), Strings());
  EXPECT_EQ(files(found), Strings{"c/all.pem"});
  EXPECT_TRUE(found.has_new_inputs);
  EXPECT_FALSE(finder.find(paths).has_new_inputs);
}

TEST_F(TlsCertificateFiles, ReportsThatThereIsNothing) {
  dir_.write("c/notes.txt", "hello");
  EXPECT_EQ(ids(find({"c"})), Strings{"certificate.none-found c"});
  const FoundCertificates missed = find({"none"});
  ASSERT_EQ(ids(missed), Strings{"certificate.unreadable none"});
  EXPECT_EQ(said(missed)[0].hint, "certificates names PEM files and folders");
  EXPECT_EQ(ids(find({})), Strings());
}

TEST_F(TlsCertificateFiles, IsNotBlockedByAFifo) {
  dir_.write("c/all.pem", pair_.pem() + pair_.key_pem());
  ASSERT_EQ(::mkfifo(dir_.path("c/fifo").c_str(), 0600), 0);
  const FoundCertificates found = find({"c"});
  EXPECT_EQ(files(found), Strings{"c/all.pem"});
}

TEST_F(TlsCertificateFiles, RefusesWhatIsTooLarge) {
  const std::string pem = pair_.pem() + ca_.pem() + pair_.key_pem();
  const std::string space(1024 * 1024 - pem.size(), '\n');
  dir_.write("c/large.pem", space + pem);
  EXPECT_EQ(files(find({"c"})), Strings{"c/large.pem"});
  dir_.write("c/large.pem", space + '\n' + pem);
  EXPECT_EQ(ids(find({"c"})), Strings{"certificate.none-found c"});
  EXPECT_EQ(ids(find({"c/large.pem"})),
            Strings{"certificate.unreadable c/large.pem"});
}

}  // namespace
}  // namespace mtasts::tls
