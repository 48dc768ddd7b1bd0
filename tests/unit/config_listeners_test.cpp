// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "config/listeners.hpp"

namespace mtasts::config {
namespace {

config::Startup listen_on(const std::vector<std::string>& texts) {
  config::Startup startup;
  for (const std::string& text : texts) {
    startup.listen.push_back(*net::parse_listen_address(text));
  }
  return startup;
}

TEST(ConfigListeners, NeedsCertificatesWhereAnyListenerEndsTls) {
  EXPECT_TRUE(needs_certificates(listen_on({"127.0.0.1:1"})));
  EXPECT_TRUE(needs_certificates(listen_on({"systemd"})));
  EXPECT_TRUE(
      needs_certificates(listen_on({"http://127.0.0.1:1", "unix:/run/x"})));
  EXPECT_FALSE(needs_certificates(
      listen_on({"http://127.0.0.1:1", "http+unix:/run/x"})));
}

TEST(ConfigListeners, IsFineOnThisMachineAlone) {
  EXPECT_TRUE(find_public_plain_http(
                  listen_on({"http://127.0.0.1:1", "http://[::1]:1",
                             "http+unix:/run/x", "[::]:1", "systemd"}),
                  Severity::error, "x.toml")
                  .empty());
}

TEST(ConfigListeners, IsFoundOnEachAddressThatOthersReach) {
  const Diagnostics found = find_public_plain_http(
      listen_on({"http://[::]:80", "http://127.0.0.1:1", "http://192.0.2.1:8"}),
      Severity::warning, "x.toml");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(format_diagnostic(found[0]),
            "warning: x.toml: \"http://[::]:80\" listens without TLS "
            "beyond this machine, and serve refuses that "
            "[server.plain-http-public]\n"
            "hint: a proxy that ends TLS reaches 127.0.0.1 or a unix "
            "socket; where only the proxy can connect, as inside of a "
            "container network, serve --allow-plain-http\n");
  EXPECT_EQ(found[1].message,
            "\"http://192.0.2.1:8\" listens without TLS beyond this machine, "
            "and serve refuses that");
}

}  // namespace
}  // namespace mtasts::config
