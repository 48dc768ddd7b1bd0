// SPDX-License-Identifier: MIT
// How the commands that ask a running server find it. The faults of the table
// itself are in tests/bad_config.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "config/read_operations.hpp"
#include "temp_dir.hpp"

namespace mtasts::config {
namespace {

/// Address and domain metrics, or the error.
std::string find(const std::string& content, Service service = Service::serve) {
  const TempDir dir;
  const std::string path = dir.write("a.toml", content);
  const Result<Operations> found = load_operations(path, service);
  if (!found) {
    const std::string& message = found.error().message;
    return message.starts_with(path) ? message.substr(path.size()) : message;
  }
  const auto metrics = static_cast<std::size_t>(found->domain_metrics);
  return net::format_listen_address(found->listen) + " " +
         std::array{"auto", "on", "off"}[metrics];
}

TEST(ConfigReadOperations, HaveADefaultAddress) {
  EXPECT_EQ(find("[operations]\n"), "127.0.0.1:9443 auto");
}

TEST(ConfigReadOperations, TakeEveryWordOfDomainMetrics) {
  for (const std::string word : {"auto", "on", "off"}) {
    EXPECT_EQ(find("[operations]\nper_domain_metrics = \"" + word + "\"\n"),
              "127.0.0.1:9443 " + word);
  }
}

TEST(ConfigReadOperations, AreRemoteOnlyWhereThatIsMeant) {
  const std::string table = "[operations]\nlisten = \"0.0.0.0:1\"\n";
  EXPECT_EQ(find(table + "allow_remote = true\n"), "0.0.0.0:1 auto");
  EXPECT_EQ(find(table + "allow_remote = false\n"),
            ":2:10: listen \"0.0.0.0:1\" can be reached from other machines");
}

// A server goes on with what it has when its file is broken afterwards.
TEST(ConfigReadOperations, AreFoundInADocumentThatIsBrokenElsewhere) {
  EXPECT_EQ(find("# as in [operations]\n= rubbish\n"
                 "[operations]\nlisten = \"[::1]:1\"\n"
                 "[[policy]]\n= rubbish\n"),
            "[::1]:1 auto");
  EXPECT_EQ(find("= rubbish\n[operations]\nlisten = \"[::1]:2\""),
            "[::1]:2 auto");
}

TEST(ConfigReadOperations, AreOtherOnesForCollect) {
  const std::string both =
      "[operations]\n[collect.operations]\nlisten = \"[::1]:1\"\n";
  EXPECT_EQ(find(both), "127.0.0.1:9443 auto");
  EXPECT_EQ(find(both, Service::collect), "[::1]:1 auto");
  EXPECT_EQ(find("= rubbish\n" + both, Service::collect), "[::1]:1 auto");
  EXPECT_EQ(find("[collect.operations]\n", Service::collect),
            "127.0.0.1:9444 auto");
  EXPECT_EQ(find("[operations]\n", Service::collect),
            " has no [collect.operations]");
}

TEST(ConfigReadOperations, TellFirstWhatIsWrongWithThem) {
  EXPECT_EQ(find("x = 1\n[operations]\nlisten = \"systemd\"\n"),
            ":3:10: listen \"systemd\" is no address of its own");
  EXPECT_EQ(find("[operations]\nlisten = \"[::1]:1\"\nliste = 1\n"),
            ":3:1: unknown key \"liste\" in operations");
}

TEST(ConfigReadOperations, MayBeMissing) {
  EXPECT_EQ(find("[server]\n"), " has no [operations]");
  EXPECT_EQ(find("= rubbish\n"), " has no [operations]");
  EXPECT_EQ(load_operations("/nowhere", Service::serve).error().message,
            "/nowhere can't be read: No such file or directory");
}

}  // namespace
}  // namespace mtasts::config
