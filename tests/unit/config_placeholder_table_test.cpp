// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string_view>

#include "config/placeholder_table.hpp"

namespace mtasts::config {
namespace {

bool is_placeholder(std::string_view text) {
  const dns::Name name = *dns::Name::parse(text);
  EXPECT_FALSE(is_set_aside(name) && asks_to_be_filled_in(name)) << text;
  return is_set_aside(name) || asks_to_be_filled_in(name);
}

// RFC 2606, 2 and 3; RFC 6761, 6.
TEST(ConfigPlaceholder, AreTheNamesSetAside) {
  for (const std::string_view text :
       {"example.com", "example.net", "example.org", "mail.example.com",
        "a.b.example", "your-domain.example", "localhost", "x.localhost",
        "a.test", "a.invalid", "change.me", "mail.change.me", "changeme"}) {
    EXPECT_TRUE(is_placeholder(text)) << text;
  }
}

TEST(ConfigPlaceholder, AreThoseThatAskToBeFilledIn) {
  for (const std::string_view text :
       {"mail.yourdomain.com",
        "your-domain.de",
        "mx1.your-domain.tld",
        "yourdomain-com.mail.protection.outlook.com",
        "yourcompany.co.uk",
        "mx.yourdomainname.org",
        "mail.your-mail-server.net",
        "yourdomain2.com",
        "your-org.io",
        "mydomain.com",
        "mail.my-domain.net",
        "mycompany.eu",
        "changeme.org",
        "change-me.net",
        "change-this.de",
        "replaceme.org",
        "mail.domain.tld",
        "mail.domain.com",
        "example.de",
        "mail.example.co.uk",
        "exampledomain.com",
        "example-com.mail.protection.outlook.com",
        "example2.com",
        "placeholder.net",
        "contoso.com",
        "contoso-com.a-v1.mx.microsoft"}) {
    EXPECT_TRUE(is_placeholder(text)) << text;
  }
}

// Somebody's, who could not serve them then.
TEST(ConfigPlaceholder, AreNotTheirNeighbours) {
  for (const std::string_view text :
       {"notexample.com", "test.de", "exchange.me", "mytest", "com",
        "mx1.yourhosting.nl", "yours.org", "yourkit.com", "changelog.com",
        "change.org", "examples.org", "mymail.ch", "myserver.de", "domains.de",
        "mail.mydomains.com", "exchange-me.com", "acme.co",
        "mail.domaine.fr"}) {
    EXPECT_FALSE(is_placeholder(text)) << text;
  }
}

}  // namespace
}  // namespace mtasts::config
