// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "server/respond.hpp"
#include "sts/policy_host.hpp"
#include "test_site.hpp"

namespace mtasts::server {
namespace {

class ServerRespond : public testing::Test {
 protected:
  static http::RequestHead get(std::string_view authority,
                               std::string_view path = sts::k_policy_path,
                               std::string_view method = "GET",
                               std::string_view scheme = {}) {
    return {.method = method,
            .scheme = scheme,
            .authority = authority,
            .path = path,
            .keep_alive = true};
  }

  int status(const http::RequestHead& head,
             std::optional<std::string_view> sni = "mta-sts.example.com") {
    return respond(serving_, head, sni).status;
  }

  static constexpr std::string_view k_host = "mta-sts.example.com";
  snapshot::Snapshot serving_ = make_snapshot();
};

TEST_F(ServerRespond, GivesEachHostItsPolicy) {
  const Response com = respond(serving_, get(k_host), k_host);
  EXPECT_EQ(com.status, 200);
  EXPECT_EQ(com.body, k_example_com);
  const Response org =
      respond(serving_, get("mta-sts.example.org"), "mta-sts.example.org");
  EXPECT_EQ(org.status, 200);
  EXPECT_EQ(org.body, k_example_org);
  // The body of HEAD is left out by the writer, not here.
  EXPECT_EQ(
      respond(serving_, get(k_host, sts::k_policy_path, "HEAD"), k_host).body,
      k_example_com);
}

TEST_F(ServerRespond, ComparesHostAndSniAsNames) {
  EXPECT_EQ(status(get("MTA-STS.example.com:443"), "mta-sts.EXAMPLE.com"), 200);
  EXPECT_EQ(status(get("mta-sts.example.com."), "mta-sts.example.com"), 200);
  EXPECT_EQ(status(get("mta-sts.example.com"), "mta-sts.example.com."), 200);
  EXPECT_EQ(status(get("mta-sts.example.net"), "mta-sts.example.com"), 421);
  EXPECT_EQ(status(get("mta-sts.example.com"), "mta-sts.example.net"), 421);
  EXPECT_EQ(status(get("mta-sts.example.com"), ""), 421);
  EXPECT_EQ(status(get("mta-sts.example.edu"), "mta-sts.example.edu"), 421);
}

TEST_F(ServerRespond, LooksAtHostAloneWithoutTls) {
  EXPECT_EQ(status(get("mta-sts.example.net"), std::nullopt), 200);
  EXPECT_EQ(status(get("mta-sts.example.edu"), std::nullopt), 421);
  // What the client spoke to the proxy is the proxy's business.
  for (const std::string_view scheme : {"http", "https"}) {
    EXPECT_EQ(
        status(get(k_host, sts::k_policy_path, "GET", scheme), std::nullopt),
        200);
  }
}

TEST_F(ServerRespond, RefusesOtherSchemes) {
  EXPECT_EQ(status(get(k_host, sts::k_policy_path, "GET", "https")), 200);
  EXPECT_EQ(status(get(k_host, sts::k_policy_path, "GET", "HTTPS")), 200);
  EXPECT_EQ(status(get(k_host, sts::k_policy_path, "GET", "http")), 421);
  EXPECT_EQ(status(get(k_host, sts::k_policy_path, "GET", "ftp")), 421);
}

TEST_F(ServerRespond, KnowsTheMethodsOfHttp) {
  for (const std::string_view method :
       {"DELETE", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}) {
    const Response answer =
        respond(serving_, get(k_host, sts::k_policy_path, method), k_host);
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(status(get(k_host, "/", method)), 404) << method;
  }
  EXPECT_EQ(status(get(k_host, "*", "OPTIONS")), 405);
  EXPECT_EQ(status(get(k_host, "", "CONNECT")), 405);
  for (const std::string_view method : {"get", "GETT", "BREW", "QUERY"}) {
    EXPECT_EQ(status(get(k_host, sts::k_policy_path, method)), 501) << method;
    EXPECT_EQ(status(get(k_host, "/", method)), 501) << method;
  }
}

TEST_F(ServerRespond, LooksAtTheHostFirst) {
  EXPECT_EQ(status(get("a.example", "/", "GET")), 421);
  EXPECT_EQ(status(get("a.example", sts::k_policy_path, "BREW")), 421);
  EXPECT_EQ(status(get("a.example", sts::k_policy_path, "POST")), 421);
}

TEST_F(ServerRespond, ServesOnePath) {
  for (const std::string_view path :
       {"/.well-known/mta-sts.txt", "/%2ewell-known/mta-sts.txt",
        "/%2Ewell%2dknown/mta%2Dsts%2etxt", "/.well-known/%6dta-sts.tx%74"}) {
    EXPECT_EQ(status(get(k_host, path)), 200) << path;
  }
  for (const std::string_view path :
       {"/", "//", "?", "/?", "/.well-known/mta-sts.txt?",
        "/.well-known/mta-sts.txt/", "//.well-known/mta-sts.txt",
        "/.well-known//mta-sts.txt", "/./.well-known/mta-sts.txt",
        "/.well-known/MTA-STS.txt", "/.well-known%2fmta-sts.txt",
        "/.well-known/mta-sts.txt%00", "/.well-known/mta-sts.txt%20",
        "/.well-known/mta-sts%252etxt", "/.well-known/mta-sts.tx",
        "/.well-known/%4dta-sts.txt", "%2f.well-known/mta-sts.txt"}) {
    EXPECT_EQ(status(get(k_host, path)), 404) << path;
  }
}

TEST(ServerRefuse, HasATextForEachStatus) {
  for (const int status : {400, 404, 405, 414, 421, 431, 501, 505}) {
    const Response answer = make_response(status);
    EXPECT_EQ(answer.status, status);
    EXPECT_TRUE(answer.body.ends_with('\n')) << status;
    EXPECT_FALSE(reason_phrase(status).empty()) << status;
  }
  EXPECT_EQ(reason_phrase(421), "Misdirected Request");
}

}  // namespace
}  // namespace mtasts::server
