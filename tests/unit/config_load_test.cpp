// SPDX-License-Identifier: MIT
// Faults of the content are in tests/bad_config; here is what can't be kept
// as a file, and what a good file becomes.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>

#include "config/load.hpp"
#include "temp_dir.hpp"
#include "unprivileged.hpp"

namespace mtasts::config {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using Strings = std::vector<std::string>;

std::string policy(const std::string& domain) {
  return "[[policy]]\ndomains = [\"" + domain +
         "\"]\nmx = [\"mail.example.com\"]\n"
         "tls_rpt = [\"mailto:a@example.com\"]\n";
}

std::string report(const Loaded& loaded) {
  std::string text;
  for (const Diagnostic& diagnostic : loaded.diagnostics) {
    text += format_diagnostic(diagnostic);
  }
  return text;
}

/// All domains, in their order.
Strings domains(const Loaded& loaded) {
  Strings list;
  if (!loaded.config) return {"no configuration: " + report(loaded)};
  for (const publish::PublicationPtr& entry : loaded.config->live.policies) {
    for (const std::string_view domain : entry->domains()) {
      list.emplace_back(domain);
    }
  }
  return list;
}

Loaded load(const std::string& content) {
  const TempDir dir;
  return load_config(dir.write("a.toml", content));
}

Loaded load_server(const std::string& lines) {
  return load("[server]\n" + lines + "\n" + policy("example.com"));
}

net::ListenAddress tcp(std::string host, std::uint16_t port) {
  return {.kind = net::ListenAddress::Kind::tcp,
          .host = std::move(host),
          .port = port};
}

// --- Values ---

TEST(ConfigLoad, DefaultsOfAPolicy) {
  const Loaded loaded = load(policy("example.com"));
  ASSERT_TRUE(loaded.config) << report(loaded);
  ASSERT_EQ(loaded.config->live.policies.size(), 1U);
  const publish::Publication& entry = *loaded.config->live.policies[0];
  EXPECT_EQ(entry.policy().mode(), sts::Mode::testing);
  EXPECT_EQ(entry.policy().max_age(), seconds(604800));
  EXPECT_EQ(report(loaded), "");
}

// RFC 8461, 8.3: "none" as the mode, and a small max_age.
TEST(ConfigLoad, APolicyOnItsWayOut) {
  const Loaded loaded =
      load(policy("example.com") +
           "mode = \"enforce\"\nmax_age = \"4w\"\nretire = 2027-01-31\n" +
           policy("example.net"));
  ASSERT_TRUE(loaded.config) << report(loaded);
  const Live& live = loaded.config->live;
  ASSERT_EQ(live.retiring, decltype(live.retiring){live.policies[0]});
  const publish::Publication& entry = *live.retiring[0];
  EXPECT_EQ(entry.body(),
            "version: STSv1\r\nmode: none\r\nmx: mail.example.com\r\n"
            "max_age: 86400\r\n");
  EXPECT_EQ(entry.policy().mode(), sts::Mode::none);
  EXPECT_EQ(entry.retire(), std::chrono::sys_days(std::chrono::year(2027) /
                                                  std::chrono::January / 31));
  EXPECT_EQ(report(loaded), "");
}

TEST(ConfigLoad, APolicyOnItsWayOutIsKeptNoLongerThanBefore) {
  const Loaded loaded =
      load(policy("example.com") + "max_age = \"12h\"\nretire = 2027-01-31\n");
  ASSERT_TRUE(loaded.config) << report(loaded);
  EXPECT_EQ(loaded.config->live.policies[0]->policy().max_age(),
            std::chrono::hours(12));
}

TEST(ConfigLoad, HistoryAndGuard) {
  const Loaded loaded =
      load_server("history = \"/h/served\"\nguard = \"warn\"");
  ASSERT_TRUE(loaded.config) << report(loaded);
  EXPECT_EQ(loaded.config->startup.history, "/h/served");
  EXPECT_EQ(loaded.config->live.guard, Guard::warn);
}

TEST(ConfigLoad, DefaultsOfTheServer) {
  const Loaded loaded = load(policy("example.com"));
  ASSERT_TRUE(loaded.config);
  EXPECT_EQ(loaded.config->startup.history, "");
  EXPECT_EQ(loaded.config->live.guard, Guard::refuse);
  Startup want;
  want.listen = {tcp("::", 8443)};
  EXPECT_EQ(loaded.config->startup, want);
  EXPECT_EQ(want.limits.deadline, seconds(10));
  EXPECT_EQ(want.limits.head_octets, 16384U);
  EXPECT_EQ(loaded.config->live.certificates, Strings{});
}

TEST(ConfigLoad, EveryKeyOfTheServer) {
  const Loaded loaded = load_server(
      "listen = [\"127.0.0.1:1\", \"systemd\"]\n"
      "threads = 3\nconnections = 4\nconnections_per_address = 5\n"
      "deadline = \"1m\"\nhead_octets = 2048\nrequests_per_connection = 6\n"
      "sandbox = false\n");
  ASSERT_TRUE(loaded.config) << report(loaded);
  const Startup want = {
      .listen = {tcp("127.0.0.1", 1),
                 {.kind = net::ListenAddress::Kind::systemd, .host = {}}},
      .threads = 3,
      .limits = {.deadline = seconds(60),
                 .connections = 4,
                 .connections_per_address = 5,
                 .limit_addresses = true,
                 .head_octets = 2048,
                 .requests_per_connection = 6},
      .sandbox = false};
  EXPECT_EQ(loaded.config->startup, want);
}

TEST(ConfigLoad, ReportsAsSeenFromTheFile) {
  const Loaded none = load(policy("example.com"));
  ASSERT_TRUE(none.config);
  EXPECT_EQ(none.config->reports, std::nullopt);

  const Loaded bare = load("[reports]\n" + policy("example.com"));
  ASSERT_TRUE(bare.config) << report(bare);
  EXPECT_EQ(bare.config->reports, Reports{});

  const TempDir dir;
  const std::string file =
      dir.write("a.toml",
                "[reports]\ndatabase = \"r.db\"\nspool = \"/spool\"\n"
                "failed = \"failed\"\nsummary = \"sum/mary\"\n"
                "trusted_authserv_id = [\"MX1.Example.com\", \"mail\"]\n" +
                    policy("example.com"));
  const std::string folder = fs::path(file).parent_path().string();
  const Loaded all = load_config(file);
  ASSERT_TRUE(all.config) << report(all);
  const Reports want = {.database = folder + "/r.db",
                        .spool = "/spool",
                        .failed = folder + "/failed",
                        .summary = folder + "/sum/mary",
                        .trusted_authserv_ids = {"mx1.example.com", "mail"}};
  EXPECT_EQ(all.config->reports, want);
  EXPECT_EQ(all.config->startup.report_summary, want.summary);
}

TEST(ConfigLoad, AutoLeavesTheDefaults) {
  const Loaded loaded = load_server(
      "threads = \"auto\"\nconnections = \"auto\"\n"
      "connections_per_address = \"auto\"\n");
  ASSERT_TRUE(loaded.config) << report(loaded);
  EXPECT_EQ(loaded.config->startup.limits, Limits{});
}

TEST(ConfigLoad, OffTakesTheLimitOfAddressesAway) {
  const Loaded loaded = load_server("connections_per_address = \"off\"\n");
  ASSERT_TRUE(loaded.config) << report(loaded);
  EXPECT_FALSE(loaded.config->startup.limits.limit_addresses);
}

// Port 0 is another port each time.
TEST(ConfigLoad, ListensOnPortZeroTwice) {
  const Loaded loaded =
      load_server("listen = [\"127.0.0.1:0\", \"127.0.0.1:0\"]\n");
  ASSERT_TRUE(loaded.config) << report(loaded);
  EXPECT_EQ(loaded.config->startup.listen.size(), 2U);
}

TEST(ConfigLoad, RefusesTheSameUnixPathTwice) {
  EXPECT_FALSE(
      load_server("listen = [\"unix:/run/x\", \"unix:/run/x\"]\n").config);
}

TEST(ConfigLoad, RefusesSystemdTwice) {
  EXPECT_FALSE(load_server("listen = [\"systemd\", \"systemd\"]\n").config);
}

TEST(ConfigLoad, TakesEveryIntegerWithinItsBoundsAndNoOther) {
  struct Bounds {
    std::string key;
    int least;
    int most;
  };
  for (const Bounds& one : {Bounds{"threads", 1, 256},
                            {"connections", 1, 1'000'000},
                            {"connections_per_address", 1, 1'000'000},
                            {"head_octets", 1024, 65'536},
                            {"requests_per_connection", 1, 1'000'000}}) {
    for (const int number : {one.least, one.most}) {
      EXPECT_EQ(report(load_server(fmt::format("{} = {}", one.key, number))),
                "");
    }
    for (const int number : {one.least - 1, one.most + 1}) {
      EXPECT_EQ(load_server(fmt::format("{} = {}", one.key, number))
                    .diagnostics.at(0)
                    .message,
                fmt::format("server.{} is {}, outside {} to {}", one.key,
                            number, one.least, one.most));
    }
  }
}

TEST(ConfigLoad, TakesADeadlineOfOneSecondToFiveMinutes) {
  EXPECT_EQ(report(load_server("deadline = \"1s\"")), "");
  EXPECT_EQ(report(load_server("deadline = \"300s\"")), "");
  for (const std::string text : {"\"0s\"", "\"301s\""}) {
    EXPECT_EQ(load_server("deadline = " + text).diagnostics.at(0).message,
              "server.deadline " + text + " is outside 1s to 5m");
  }
}

// "_smtp._tls." in front of it makes 253 octets.
TEST(ConfigLoad, TakesADomainOf242OctetsAndNoLongerOne) {
  std::string name = "a";
  while (name.size() < 242) name = "a." + name;
  name.erase(1, 1);
  ASSERT_EQ(name.size(), 242U);
  EXPECT_EQ(domains(load(policy(name))), Strings{name});
  EXPECT_EQ(load(policy("a" + name)).diagnostics.at(0).message,
            "domain " + in_quotes("a" + name) + " has 243 octets, above 242");
}

TEST(ConfigLoad, CertificatesLieBesideTheFile) {
  const TempDir dir;
  const Loaded loaded = load_config(dir.write(
      "a.toml", "[server]\ncertificates = [\"certs\", \"/etc/certs\"]\n" +
                    policy("example.com")));
  ASSERT_TRUE(loaded.config) << report(loaded);
  EXPECT_EQ(loaded.config->live.certificates,
            (Strings{dir.path("certs"), "/etc/certs"}));
}

// They are renewed while a policy is being mended.
TEST(ConfigLoad, TellsTheCertificatesBesideABadPolicy) {
  const Loaded loaded = load_server("certificates = [\"/certs\"]\nx = 1\n");
  EXPECT_FALSE(loaded.config);
  EXPECT_EQ(loaded.certificates, Strings{"/certs"});
}

TEST(ConfigLoad, KeepsThePlaceOfEachPolicy) {
  const TempDir dir;
  const std::string path =
      dir.write("a.toml", policy("example.com") + "\n" + policy("example.net"));
  const Loaded loaded = load_config(path);
  ASSERT_TRUE(loaded.config);
  EXPECT_EQ(format_place(loaded.config->live.policies[1]->place()),
            path + ":6:1");
}

TEST(ConfigLoad, KeepsTheOrderOfDomainsAndPolicies) {
  EXPECT_EQ(domains(load("[[policy]]\ndomains = [\"b.example\", \"a.example\"]"
                         "\nmx = [\"mail.example\"]\n" +
                         policy("0.example"))),
            (Strings{"b.example", "a.example", "0.example"}));
}

TEST(ConfigLoad, WarningsDoNotPreventAConfiguration) {
  const Loaded loaded = load(policy("example.com") + "max_age = \"1h\"\n");
  EXPECT_EQ(loaded.diagnostics.size(), 1U);
  EXPECT_TRUE(loaded.config);
}

TEST(ConfigLoad, OneErrorPreventsTheWholeConfiguration) {
  const Loaded loaded =
      load(policy("example.com") + "max_age = -1\n" + policy("example.net"));
  EXPECT_EQ(loaded.diagnostics.size(), 1U);
  EXPECT_FALSE(loaded.config);
}

TEST(ConfigLoad, TakesAByteOrderMark) {
  EXPECT_EQ(domains(load("\xef\xbb\xbf" + policy("example.com"))),
            Strings{"example.com"});
}

TEST(ConfigLoad, RefusesBrokenUtf8) {
  const Loaded loaded = load("# \xff\n" + policy("example.com"));
  ASSERT_EQ(loaded.diagnostics.size(), 1U);
  EXPECT_EQ(loaded.diagnostics[0].id, "config.syntax");
}

// toml++ says so in words that may hold the octet itself.
TEST(ConfigLoad, ShowsNoControlOctetsOfTheFile) {
  const Loaded loaded = load("a\x1b[31m = 1\n");
  ASSERT_EQ(loaded.diagnostics.size(), 1U);
  EXPECT_EQ(loaded.diagnostics[0].message.find('\x1b'), std::string::npos);
}

// --- Files ---

TEST(ConfigLoad, RefusesAMissingFile) {
  const TempDir dir;
  EXPECT_EQ(report(load_config(dir.path("a.toml"))),
            "error: " + dir.path("a.toml") +
                ": can't be read: No such file or directory "
                "[config.unreadable]\n"
                "hint: the path is given with -c or "
                "$MTA_STSD_CONFIG\n");
}

TEST(ConfigLoad, RefusesADirectory) {
  const TempDir dir;
  EXPECT_EQ(load_config(dir.path("")).diagnostics.at(0).message,
            "can't be read: is a directory");
}

TEST(ConfigLoad, RefusesAFifoWithoutWaiting) {
  const TempDir dir;
  ASSERT_EQ(::mkfifo(dir.path("a.toml").c_str(), 0600), 0);
  EXPECT_EQ(load_config(dir.path("a.toml")).diagnostics.at(0).message,
            "can't be read: is not a regular file");
}

TEST(ConfigLoad, RefusesAFileThatItMayNotRead) {
  const TempDir dir;
  const std::string path = dir.write("a.toml", policy("example.com"));
  fs::permissions(dir.path(""), fs::perms{0755});
  fs::permissions(path, fs::perms::none);
  const Unprivileged user;
  if (user.is_root()) GTEST_SKIP() << "there is no other user";
  EXPECT_EQ(load_config(path).diagnostics.at(0).message,
            "can't be read: Permission denied");
}

// design: an empty file is a file that is being written, never a valid one.
TEST(ConfigLoad, RefusesAnEmptyFile) {
  const Loaded loaded = load("");
  EXPECT_FALSE(loaded.config);
  EXPECT_EQ(loaded.diagnostics.at(0).id, "config.empty");
}

TEST(ConfigLoad, RefusesAFileOfWhiteSpace) {
  EXPECT_FALSE(load("\n \n").config);
}

// A file with a hole takes no room.
TEST(ConfigLoad, RefusesOneOctetMoreThan64Mebioctets) {
  const TempDir dir;
  const std::string path = dir.write("a.toml", "");
  fs::resize_file(path, 64 * 1024 * 1024 + 1);
  EXPECT_EQ(load_config(path).diagnostics.at(0).message,
            "can't be read: has more than 67108864 octets");
}

// It may be a customer's.
TEST(ConfigLoad, RefusesAnIncludedFileOfMoreThanAMebioctet) {
  const TempDir dir;
  const std::string main = dir.write("a.toml", "include = [\"b.toml\"]\n");
  const std::string comment(1024 * 1024 - policy("a.example").size() - 2, 'x');
  dir.write("b.toml", policy("a.example") + "#" + comment + "\n");
  EXPECT_EQ(domains(load_config(main)), Strings{"a.example"});
  dir.write("b.toml", policy("a.example") + "#" + comment + "x\n");
  EXPECT_EQ(load_config(main).diagnostics.at(0).message,
            "can't be read: has more than 1048576 octets");
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

// Each would take a hundred octets of memory or more for two of the file.
TEST(ConfigLoad, RefusesMoreValuesThanAnyPolicyHas) {
  for (const std::string_view one : {"1,", "[],", "{},", "\"\","}) {
    EXPECT_EQ(load("a = [" + repeat(one, 100'000) + "]\n").diagnostics.at(0).id,
              "config.too-dense")
        << one;
  }
  EXPECT_EQ(load(repeat("[[policy]]\n", 10'000)).diagnostics.at(0).id,
            "config.too-dense");
}

TEST(ConfigLoad, TakesTheDensestPolicies) {
  std::string text;
  for (int i = 0; i < 5000; ++i) {
    text += fmt::format("[[policy]]\ndomains=['a{}.de']\nmx=['b.de']\n", i);
  }
  EXPECT_EQ(domains(load(text)).size(), 5000U);
}

TEST(ConfigLoad, SaysAThousandThingsOfAFileAtMost) {
  std::string text;
  for (int i = 0; i < 3; ++i) {
    text += fmt::format(
        "[[policy]]\ndomains = [\"{}.example\"]\nmx = [{}]\n"
        "tls_rpt = [\"mailto:a@example.com\"]\n",
        i, repeat("\"mail.example.com\", ", 600));
  }
  const Loaded good = load(text);
  ASSERT_EQ(good.diagnostics.size(), 1001U);
  EXPECT_EQ(domains(good).size(), 3U);  // all that was left out are warnings
  const Loaded bad = load(text + "x = 1\n");
  ASSERT_EQ(bad.diagnostics.size(), 1001U);
  EXPECT_FALSE(bad.config);
  const auto is_last = [](const Diagnostic& one) {
    return one.id == "config.more-findings" &&
           one.severity == Severity::error &&
           one.message == "has more findings than these 1000";
  };
  EXPECT_EQ(
      std::count_if(bad.diagnostics.begin(), bad.diagnostics.end(), is_last),
      1);
}

TEST(ConfigLoad, RefusesLongListsByOneError) {
  const auto load_list = [](const std::string& key, std::string_view entry,
                            std::size_t count) {
    return report(load("[[policy]]\ndomains = [\"a.example\"]\n" + key +
                       " = [" + repeat(entry, count) + "]\n"));
  };
  EXPECT_NE(load_list("mx", "\"a.example\",", 1001)
                .find("policy.mx has 1001 entries, above 1000 "),
            std::string::npos);
  const std::string rua =
      load_list("tls_rpt", "\"mailto:a@example.com\",", 40'000);
  EXPECT_NE(rua.find("policy.tls_rpt has 40000 entries, above 1000 "),
            std::string::npos);
  EXPECT_EQ(rua.find("listed twice"), std::string::npos);
}

// RFC 1035, 3.2.1: its length has 16 bits.
TEST(ConfigLoad, RefusesATlsRptRecordThatNoMessageCanCarry) {
  const auto load_uris = [](int count) {
    std::string uris;
    for (int i = 0; i < count; ++i) {
      uris += fmt::format("\"https://a.example/{:0>182}\",", i);  // 200 octets
    }
    return report(
        load("[[policy]]\ndomains = [\"a.example\"]\nmx = [\"b.example\"]\n"
             "tls_rpt = [" +
             uris + "]\n"));
  };
  EXPECT_EQ(load_uris(324).find("no DNS message"), std::string::npos);
  EXPECT_NE(load_uris(326).find("makes a record of 65541 octets"),
            std::string::npos)
      << load_uris(326);
}

// As many as a provider may name, and with them a folder that is not mounted.
TEST(ConfigLoad, TellsOfManyMissingFilesInLinearTime) {
  std::string names;
  for (int i = 0; i < 20'000; ++i) names += fmt::format("\"m{}.toml\",", i);
  const Loaded loaded = load("include = [" + names + "]\n");
  ASSERT_EQ(loaded.diagnostics.size(), 20'000U);
  EXPECT_EQ(loaded.diagnostics.back().hint.substr(0, 17), "it is included at");
}

TEST(ConfigLoad, TakesAThousandDotsOutsideOfStrings) {
  std::string keys;
  for (int i = 0; i < 500; ++i) keys += "x" + std::to_string(i) + ".a.b = 1\n";
  EXPECT_EQ(load(keys).diagnostics.at(0).message,
            "unknown key \"x0\" in the top level");
}

TEST(ConfigLoad, RefusesAThousandAndOneDotsOutsideOfStrings) {
  std::string keys = "y.a = 1\n";
  for (int i = 0; i < 500; ++i) keys += "x" + std::to_string(i) + ".a.b = 1\n";
  EXPECT_EQ(load(keys).diagnostics.at(0).message,
            "has more than 1000 dots outside of strings");
}

TEST(ConfigLoad, CountsNoDotsInComments) {
  const std::string dots(2000, '.');
  EXPECT_EQ(domains(load("# \" " + dots + "\n" + policy("example.com") +
                         "# ' " + dots + "\n")),
            Strings{"example.com"});
}

TEST(ConfigLoad, CountsNoDotsInStrings) {
  const std::string dots(2000, '.');
  for (const std::string quotes : {"\"", "'", "\"\"\"", "'''"}) {
    const std::string line = "a = " + quotes + dots + quotes + "\n";
    EXPECT_EQ(load(line).diagnostics.at(0).message,
              "unknown key \"a\" in the top level");
  }
}

TEST(ConfigLoad, CountsNoDotsBehindAnEscapedQuote) {
  const std::string line = "a = \"\\\"" + std::string(2000, '.') + "\"\n";
  EXPECT_EQ(load(line).diagnostics.at(0).message,
            "unknown key \"a\" in the top level");
}

// toml++ and its reader go one call deeper for each part of a dotted key.
TEST(ConfigLoad, SurvivesTheDeepestDottedKey) {
  std::string key = "a";
  while (key.size() + 2 <= 32768 - 4) key += ".a";
  EXPECT_FALSE(load(key + " = 1\n").config);
}

TEST(ConfigLoad, SurvivesTheDeepestTableHeaderWithADottedKey) {
  std::string key = "a";
  while (key.size() + 2 <= 32768 - 4) key += ".a";
  EXPECT_FALSE(load("[" + key + "]\n" + key + " = 1\n").config);
}

TEST(ConfigLoad, SurvivesDeepArrays) {
  EXPECT_FALSE(
      load("a = " + std::string(16000, '[') + std::string(16000, ']') + "\n")
          .config);
}

TEST(ConfigLoad, ReadsStandardInput) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const std::string content = policy("example.com");
  ASSERT_EQ(::write(ends[1], content.data(), content.size()),
            static_cast<ssize_t>(content.size()));
  ::close(ends[1]);
  ASSERT_EQ(::dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
  ::close(ends[0]);
  const Loaded loaded = load_config("-");
  EXPECT_EQ(domains(loaded), Strings{"example.com"});
}

// --- Includes ---

TEST(ConfigLoadInclude, PutsTheMainFileFirstAndThenNamesInOrder) {
  const TempDir dir;
  dir.write("d/20.toml", policy("c.example"));
  dir.write("d/10.toml", policy("b.example"));
  EXPECT_EQ(domains(load_config(dir.write(
                "a.toml", "include = [\"d/*.toml\"]\n" + policy("a.example")))),
            (Strings{"a.example", "b.example", "c.example"}));
}

TEST(ConfigLoadInclude, NeedsNoPolicyInTheMainFile) {
  const TempDir dir;
  dir.write("b.toml", policy("b.example"));
  EXPECT_EQ(
      domains(load_config(dir.write("a.toml", "include = [\"b.toml\"]\n"))),
      Strings{"b.example"});
}

TEST(ConfigLoadInclude, TakesAnAbsolutePath) {
  const TempDir dir;
  const std::string other = dir.write("e/b.toml", policy("b.example"));
  EXPECT_EQ(domains(load_config(
                dir.write("d/a.toml", "include = [\"" + other + "\"]\n"))),
            Strings{"b.example"});
}

// A file cut short must not unpublish its domains.
TEST(ConfigLoadInclude, RefusesAFileWithAnEmptyListOfPolicies) {
  const TempDir dir;
  const std::string path = dir.write("b.toml", "policy = []\n");
  EXPECT_EQ(report(load_config(dir.write(
                "a.toml", "include = [\"b.toml\"]\n" + policy("a.example")))),
            "error: " + path +
                ": has no [[policy]] [config.empty]\n"
                "hint: remove the file if it is not needed\n");
}

TEST(ConfigLoadInclude, LeavesHiddenFilesAlone) {
  const TempDir dir;
  dir.write("d/b.toml", policy("b.example"));
  dir.write("d/.b.toml.swp", "rubbish");
  EXPECT_EQ(domains(load_config(dir.write("a.toml", "include = [\"d/*\"]\n"))),
            Strings{"b.example"});
}

TEST(ConfigLoadInclude, RefusesADirectoryAmongTheMatches) {
  const TempDir dir;
  dir.write("d/b.toml", policy("b.example"));
  fs::create_directory(dir.path("d/c.toml"));
  const Loaded loaded =
      load_config(dir.write("a.toml", "include = [\"d/*.toml\"]\n"));
  EXPECT_FALSE(loaded.config);
  EXPECT_EQ(loaded.diagnostics.at(0).message, "can't be read: is a directory");
}

TEST(ConfigLoadInclude, RefusesADanglingLink) {
  const TempDir dir;
  dir.write("d/b.toml", policy("b.example"));
  fs::create_symlink("gone", dir.path("d/c.toml"));
  EXPECT_FALSE(
      load_config(dir.write("a.toml", "include = [\"d/*.toml\"]\n")).config);
}

// -c and the environment have nothing to do with an included file.
TEST(ConfigLoadInclude, HintOfAMissingFileIsNotThatOfTheMainFile) {
  const TempDir dir;
  const Loaded loaded =
      load_config(dir.write("a.toml", "include = [\"b.toml\"]\n"));
  ASSERT_EQ(loaded.diagnostics.size(), 1U);
  EXPECT_EQ(loaded.diagnostics[0].hint.find("MTA_STSD_CONFIG"),
            std::string::npos);
}

TEST(ConfigLoadInclude, SaysWhereAFileWasNamedFirst) {
  const TempDir dir;
  fs::create_directories(dir.path("d/c.toml"));
  const std::string path = dir.write(
      "a.toml", "include = [\"e.toml\", \"d/*.toml\", \"d/c.toml\"]\n");
  dir.write("e.toml", policy("e.example"));
  const Loaded loaded = load_config(path);
  ASSERT_EQ(loaded.diagnostics.size(), 2U) << report(loaded);
  EXPECT_EQ(loaded.diagnostics[1].id, "config.unreadable");
  EXPECT_EQ(loaded.diagnostics[1].hint, "it is included at " + path + ":1:22");
}

TEST(ConfigLoadInclude, RefusesTheMainFileItself) {
  const TempDir dir;
  const Loaded loaded = load_config(
      dir.write("a.toml", "include = [\"*.toml\"]\n" + policy("a.example")));
  ASSERT_EQ(loaded.diagnostics.size(), 1U) << report(loaded);
  EXPECT_EQ(loaded.diagnostics[0].id, "config.include-twice");
}

// The same file by another spelling of its path.
TEST(ConfigLoadInclude, KnowsTheMainFileByAnotherPath) {
  const TempDir dir;
  dir.write("a.toml", "include = [\"*.toml\"]\n" + policy("a.example"));
  const Loaded loaded = load_config(dir.path("./a.toml"));
  ASSERT_EQ(loaded.diagnostics.size(), 1U) << report(loaded);
  EXPECT_EQ(loaded.diagnostics[0].id, "config.include-twice");
}

// The folder is the operator's, and its name is no pattern.
TEST(ConfigLoadInclude, FolderOfTheMainFileIsNoPattern) {
  const TempDir dir;
  dir.write("x[1]/d/b.toml", policy("b.example"));
  EXPECT_EQ(domains(load_config(
                dir.write("x[1]/a.toml", "include = [\"d/*.toml\"]\n"))),
            Strings{"b.example"});
}

TEST(ConfigLoadInclude, DiagnosticsComeInTheOrderOfFilesAndLines) {
  const TempDir dir;
  dir.write("b.toml", "x = 1\n" + policy("b.example") + "y = 1\n");
  const Loaded loaded = load_config(dir.write("a.toml",
                                              "include = [\"b.toml\"]\nz = 1\n"
                                              "[server]\nthreads = 0\n"));
  Strings places;
  for (const Diagnostic& diagnostic : loaded.diagnostics) {
    places.push_back(format_place(diagnostic.place));
  }
  EXPECT_EQ(
      places,
      (Strings{dir.path("a.toml") + ":2:1", dir.path("a.toml") + ":4:11",
               dir.path("b.toml") + ":1:1", dir.path("b.toml") + ":6:1"}));
}

// --- What differs from what was loaded ---

class ConfigLoadAgain : public testing::Test {
 protected:
  Strings look() const {
    Strings paths;
    for (const auto& [path, stamp] : loader_.look({})) {
      paths.push_back(path.text());
    }
    return paths;
  }

  TempDir dir_;
  std::string one_ = dir_.write("d/1.toml", policy("a.example"));
  std::string two_ = dir_.write("d/2.toml", policy("b.example"));
  std::string main_ = dir_.write("a.toml", "include = [\"d/*.toml\"]\n");
  Loader loader_{main_};
};

TEST_F(ConfigLoadAgain, SeesChangedNewAndVanishedFiles) {
  EXPECT_TRUE(loader_.load().config);
  EXPECT_EQ(look(), Strings{});
  dir_.write("d/1.toml", policy("other.example"));
  const std::string three = dir_.write("d/3.toml", policy("c.example"));
  std::filesystem::remove(two_);
  EXPECT_EQ(look(), (Strings{one_, two_, three}));
  const Loaded again = loader_.load();
  EXPECT_EQ(domains(again), (Strings{"other.example", "c.example"}));
  EXPECT_EQ(again.touched,
            (Strings{"a.example", "b.example", "c.example", "other.example"}));
  EXPECT_EQ(look(), Strings{});
}

TEST_F(ConfigLoadAgain, ReadsOnlyWhereItIsTold) {
  EXPECT_TRUE(loader_.load().config);
  dir_.write("d/1.toml", policy("new-a.example"));
  dir_.write("d/2.toml", policy("new-b.example"));
  const Loaded again = loader_.load(files::Paths{two_});
  EXPECT_EQ(domains(again), (Strings{"a.example", "new-b.example"}));
  EXPECT_EQ(again.touched, (Strings{"b.example", "new-b.example"}));
}

TEST_F(ConfigLoadAgain, ReadsNothingThatIsAsItWas) {
  const Loaded first = loader_.load();
  const Loaded again = loader_.load(files::Paths{two_});
  EXPECT_EQ(again.touched, Strings{});
  EXPECT_EQ(again.config->live.policies[1], first.config->live.policies[1]);
}

TEST_F(ConfigLoadAgain, PutsANewFileInItsPlace) {
  EXPECT_TRUE(loader_.load().config);
  dir_.write("d/0.toml", policy("c.example"));
  EXPECT_EQ(domains(loader_.load()),
            (Strings{"c.example", "a.example", "b.example"}));
}

TEST_F(ConfigLoadAgain, KeepsTheEntriesOfOtherFiles) {
  const Loaded first = loader_.load();
  dir_.write("d/2.toml", policy("other.example"));
  const Loaded again = loader_.load();
  EXPECT_EQ(again.config->live.policies[0], first.config->live.policies[0]);
  EXPECT_NE(again.config->live.policies[1], first.config->live.policies[1]);
}

TEST_F(ConfigLoadAgain, SeesAMissingMainFileAppear) {
  std::filesystem::remove(main_);
  EXPECT_FALSE(loader_.load().config);
  EXPECT_EQ(look(), Strings{});
  dir_.write("a.toml", policy("c.example"));
  EXPECT_EQ(look(), Strings{main_});
  EXPECT_EQ(domains(loader_.load()), Strings{"c.example"});
}

TEST_F(ConfigLoadAgain, SeesAMissingIncludeAppear) {
  dir_.write("a.toml", "include = [\"b.toml\"]\n");
  EXPECT_FALSE(loader_.load().config);
  EXPECT_EQ(look(), Strings{});
  const std::string there = dir_.write("b.toml", policy("c.example"));
  EXPECT_EQ(look(), Strings{there});
  EXPECT_EQ(domains(loader_.load()), Strings{"c.example"});
}

TEST_F(ConfigLoadAgain, SaysThatAPatternMatchesNothingAnyMore) {
  EXPECT_TRUE(loader_.load().config);
  std::filesystem::remove_all(dir_.path("d"));
  EXPECT_EQ(report(loader_.load()),
            "error: " + main_ +
                ":1:12: include \"d/*.toml\" matches no file "
                "[config.include-no-match]\n"
                "hint: add a file, or remove the pattern\n");
}

TEST_F(ConfigLoadAgain, WarnsOfAFileUntilItIsMended) {
  dir_.write("d/1.toml", policy("a.example") + "max_age = \"1h\"\n");
  EXPECT_EQ(loader_.load().diagnostics.at(0).id, "policy.max-age-short");
  dir_.write("d/2.toml", policy("other.example"));
  EXPECT_EQ(loader_.load().diagnostics.at(0).id, "policy.max-age-short");
  dir_.write("d/1.toml", policy("a.example"));
  EXPECT_EQ(report(loader_.load()), "");
}

TEST_F(ConfigLoadAgain, ForgetsThatAPatternMatchedNothing) {
  dir_.write("a.toml", "include = [\"e/*.toml\"]\n");
  EXPECT_EQ(loader_.load().diagnostics.at(0).id, "config.include-no-match");
  dir_.write("e/1.toml", policy("e.example"));
  EXPECT_EQ(domains(loader_.load()), Strings{"e.example"});
}

// The files behind a broken one may be mended at the same time.
TEST_F(ConfigLoadAgain, ReportsABrokenFileUntilItIsMended) {
  dir_.write("d/1.toml", "= rubbish\n");
  EXPECT_FALSE(loader_.load().config);
  dir_.write("d/2.toml", policy("other.example"));
  const Loaded still = loader_.load();
  EXPECT_FALSE(still.config);
  EXPECT_EQ(still.diagnostics.size(), 1U);
  dir_.write("d/1.toml", policy("a.example"));
  EXPECT_EQ(domains(loader_.load()), (Strings{"a.example", "other.example"}));
}

// The file that can't be read stays as it is; the line that names it moves.
TEST_F(ConfigLoadAgain, SaysWhereAnUnreadableFileIsIncludedNow) {
  std::filesystem::create_directory(dir_.path("d/3.toml"));
  EXPECT_EQ(loader_.load().diagnostics.at(0).hint,
            "it is included at " + main_ + ":1:12");
  dir_.write("a.toml", "\ninclude = [\"d/*.toml\"]\n");
  EXPECT_EQ(loader_.load().diagnostics.at(0).hint,
            "it is included at " + main_ + ":2:12");
}

TEST_F(ConfigLoadAgain, FindsAClashAndItsEnd) {
  EXPECT_TRUE(loader_.load().config);
  dir_.write("d/2.toml", policy("a.example"));
  for (int i = 0; i < 2; ++i) {
    const Loaded clash = loader_.load();
    EXPECT_FALSE(clash.config);
    ASSERT_EQ(clash.diagnostics.size(), 1U);
    EXPECT_EQ(clash.diagnostics[0].id, "config.duplicate-domain");
    EXPECT_EQ(clash.diagnostics[0].place.file, two_);
  }
  dir_.write("d/1.toml", policy("b.example"));
  const Loaded swapped = loader_.load();
  EXPECT_EQ(domains(swapped), (Strings{"b.example", "a.example"}));
  EXPECT_EQ(swapped.touched, (Strings{"b.example", "a.example"}));
  EXPECT_EQ((*swapped.config->live.by_domain.find("a.example"))->place().file,
            two_);
  // From here on it looks at what changes and no more, as before the clash.
  dir_.write("d/1.toml", policy("c.example"));
  EXPECT_EQ(loader_.load().touched, (Strings{"b.example", "c.example"}));
}

TEST_F(ConfigLoadAgain, FollowsAnotherInclude) {
  EXPECT_TRUE(loader_.load().config);
  dir_.write("e/1.toml", policy("e.example"));
  dir_.write("a.toml", "include = [\"e/*.toml\"]\n");
  const Loaded again = loader_.load(files::Paths{main_});
  EXPECT_TRUE(again.has_new_inputs);
  EXPECT_EQ(domains(again), Strings{"e.example"});
}

}  // namespace
}  // namespace mtasts::config
