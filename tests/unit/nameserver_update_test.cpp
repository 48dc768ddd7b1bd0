// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "nameserver/update.hpp"
#include "scripted_name_server.hpp"
#include "temp_dir.hpp"

namespace mtasts::nameserver {
namespace {

const std::string k_secret = "bm90IHNvIHNlY3JldCwgYnV0IGxvbmcgZW5vdWdo";
const std::string k_forms =
    "write what tsig-keygen prints, or ALGORITHM:NAME:SECRET";

/// "NAME ALGORITHM SECRET", or the error without the path, and its hint.
std::string read(const std::string& content) {
  const TempDir dir;
  const std::string path = dir.write("key", content);
  const auto key = read_tsig_key(path);
  if (key) return key->name + " " + key->algorithm + " " + key->secret;
  EXPECT_TRUE(key.error().message.starts_with(path + " "));
  return key.error().message.substr(path.size() + 1) + " | " + key.error().hint;
}

TEST(NameserverTsigKey, ReadsEachForm) {
  const std::string good = "publish.test hmac-sha256 " + k_secret;
  EXPECT_EQ(
      read("key \"publish.test\" {\n\talgorithm hmac-sha256;\n\tsecret \"" +
           k_secret + "\";\n};\n"),
      good);
  EXPECT_EQ(read("# a comment\n/* and\nanother */ key Publish.test.\n"
                 "{ secret " +
                 k_secret + "; algorithm HMAC-SHA256; }; // end"),
            good);
  EXPECT_EQ(read("# hmac-sha256:publish.test:" + k_secret +
                 "\nkey:\n- id: publish.test\n  algorithm: hmac-sha256\n"
                 "  secret: " +
                 k_secret + "\n"),
            good);
  EXPECT_EQ(read("key:\r\n  - id: 'publish.test.'\r\n    secret: \"" +
                 k_secret + "\" # kept\r\n    algorithm: hmac-sha256\r\n"),
            good);
  EXPECT_EQ(read("hmac-sha256:publish.test:" + k_secret + "\n"), good);
  EXPECT_EQ(read("\nhmac-sha512:publish.test.:" + k_secret),
            "publish.test hmac-sha512 " + k_secret);
}

TEST(NameserverTsigKey, SaysWhatIsMissing) {
  EXPECT_EQ(read(""), "has no key | " + k_forms);
  EXPECT_EQ(read("# key\n"), "has no key | " + k_forms);
  EXPECT_EQ(read("publish.test:" + k_secret),
            "has no key in a form that is known | " + k_forms);
  EXPECT_EQ(read("key \"a\" { algorithm hmac-sha256; };"),
            "has a key without a secret | " + k_forms);
  EXPECT_EQ(read("key:\n- id: a\n  secret: " + k_secret),
            "has a key without an algorithm | " + k_forms);
  EXPECT_EQ(read("hmac-sha256::" + k_secret),
            "has a key without a name | " + k_forms);
  EXPECT_EQ(read("key a"), "has no { behind the name of its key | " + k_forms);
  for (const std::string text :
       {"key a {", "key a { secret", "key a { server x; };",
        "key a { secret x }"}) {
    EXPECT_EQ(
        read(text),
        "has something else than algorithm and secret in its key | " + k_forms);
  }
  const std::string one =
      "key \"a\" { algorithm hmac-sha256; secret \"" + k_secret + "\"; };\n";
  const std::string two_keys =
      "has more than one key | leave the one that is meant";
  EXPECT_EQ(read(one + one), two_keys);
  EXPECT_EQ(read("key:\n- id: a\n- id: b\n"), two_keys);
  EXPECT_EQ(read("hmac-md5:a:" + k_secret),
            "has a key whose algorithm is not known here | make one for "
            "\"hmac-sha256\"");
}

TEST(NameserverTsigKey, NeverShowsTheSecret) {
  for (const std::string text :
       {"hmac-sha256:a:S3CRET!", "hmac-sha256:a:S3CRET", "S3CRETaa:a:hmac-md5",
        "a:S3CRETaa", "S3CRETaa", "key S3CRETaa",
        "key \"a\" { secret S3CRETaa; algorithm x; };",
        "key:\n- secret: S3CRETaa\n  secret: S3CRETaa"}) {
    EXPECT_EQ(read(text).find("S3CRET"), std::string::npos) << read(text);
  }
}

TEST(NameserverTsigKey, RefusesAFileThatOthersCanRead) {
  const TempDir dir;
  const std::string path = dir.write("key", "hmac-sha256:a:" + k_secret);
  for (const std::string mode : {"0640", "0604", "0620"}) {
    ASSERT_EQ(::chmod(path.c_str(),
                      static_cast<mode_t>(std::stoul(mode, nullptr, 8))),
              0);
    const auto key = read_tsig_key(path);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().message,
              path + " is open to others than its owner (mode " + mode + ")");
    EXPECT_EQ(key.error().hint, "chmod 600 " + path);
  }
  ASSERT_EQ(::chmod(path.c_str(), 0400), 0);
  EXPECT_TRUE(read_tsig_key(path));
  const auto missing = read_tsig_key("/nowhere/key");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, "/nowhere/key: No such file or directory");
}

// --- Updates; what real servers say of them is in tests/dns/update_test.py ---

/// The error that an answer with these flags makes, without its place, and its
/// hint; "done" without one.
std::string send(unsigned flags, const std::string& additional = {}) {
  const ScriptedNameServer server([&](const std::string& message, By by) {
    EXPECT_EQ(by, By::tcp);
    std::string reply = message.substr(0, 2) + two(k_qr | 0x2800 | flags) +
                        four(0) + two(0) + two(additional.empty() ? 0 : 1);
    return std::vector<std::string>{reply + additional};
  });
  const auto done = send_update(
      server.endpoint(), "a.test",
      {{.owner = "b.a.test", .seen = {{.data = "x"}}, .wanted = {"y"}}},
      {.name = "key", .algorithm = "hmac-sha256", .secret = k_secret},
      std::chrono::seconds(20));
  if (done) return "done";
  const std::string place =
      "127.0.0.1:" + std::to_string(server.endpoint().port) +
      ": update of a.test: ";
  EXPECT_TRUE(done.error().message.starts_with(place)) << done.error().message;
  return done.error().message.substr(place.size()) + " | " + done.error().hint;
}

TEST(NameserverUpdate, TakesNoAnswerThatIsNotSigned) {
  EXPECT_EQ(send(0),
            "its answer is not signed with the key | somebody else may have "
            "answered: look at what is there now");
}

TEST(NameserverUpdate, TakesNoAnswerThatSomebodyElseSigned) {
  const std::string mac(32, 'x');
  const std::string tsig = wire("key") + two(250) + two(255) + four(0) +
                           two(16 + 13 + 32) + wire("hmac-sha256") + two(0) +
                           four(1) + two(300) + two(32) + mac + two(0) +
                           two(0) + two(0);
  EXPECT_EQ(send(0, tsig),
            "its answer is not signed with the key | somebody else may have "
            "answered: look at what is there now");
}

TEST(NameserverUpdate, SaysWhatEachCodeMeans) {
  EXPECT_EQ(send(1), "it can't read the update (FORMERR) | look into its log");
  EXPECT_EQ(send(2),
            "it can't write the change (SERVFAIL) | look into its log: the "
            "folders of its zone and journal have to be writable");
  EXPECT_EQ(send(4), "it takes no updates (NOTIMP) | allow them for this zone");
  EXPECT_EQ(send(10),
            "a name is not in the zone (NOTZONE) | name the zone that has "
            "them");
  EXPECT_EQ(send(14), "RCODE 14 | look into its log");
}

TEST(NameserverUpdate, SaysWhatTheClockHasToDoWithIt) {
  const std::string tsig = wire("key") + two(250) + two(255) + four(0) +
                           two(16 + 13) + wire("hmac-sha256") + two(0) +
                           four(1) + two(300) + two(0) + two(0) + two(18) +
                           two(0);
  EXPECT_EQ(send(9, tsig),
            "key \"key\": the clocks are more than five minutes apart "
            "(BADTIME) | set the clocks of both");
}

TEST(NameserverUpdate, WritesWhatHasToBeThereAndWhatShallBe) {
  std::string sent;
  // What is told to a thread that says nothing is known once that has ended.
  auto server = std::make_unique<const ScriptedNameServer>(
      [&](const std::string& message, By) {
        sent = message;
        return std::vector<std::string>{};
      });
  const TsigKey key{
      .name = "key", .algorithm = "hmac-sha256", .secret = k_secret};
  const auto done = send_update(
      server->endpoint(), "a.test",
      {{.owner = "b.test", .seen = {{.data = "x"}}, .wanted = {"y"}, .ttl = 7},
       {.owner = "c.test", .type = Type::cname, .wanted = {"d.test"}},
       {.owner = "e.test", .seen = {{.data = "z"}}}},
      key, std::chrono::seconds(20));
  server.reset();
  ASSERT_FALSE(done);
  // Of b: its value, no alias, all gone, another; of c: none, one; of e: its
  // value, all gone. And the signature.
  EXPECT_EQ(sent.substr(2, 10),
            two(0x2800) + two(1) + two(4) + two(4) + two(1));
}

TEST(NameserverUpdate, RefusesWhatCanNotBeSent) {
  const auto message = [](const RecordChange& change, const std::string& zone) {
    const auto done = send_update(
        {"127.0.0.1", 1}, zone, {change},
        {.name = "k", .algorithm = "hmac-sha256", .secret = k_secret},
        std::chrono::seconds(1));
    return done ? "done" : done.error().message;
  };
  EXPECT_EQ(message({.owner = "a..test", .wanted = {"x"}}, "a.test"),
            "\"a..test\" can't be sent with its TXT");
  EXPECT_EQ(
      message({.owner = "a.test", .type = Type::a, .wanted = {"x"}}, "a.test"),
      "\"a.test\" can't be sent with its A");
  EXPECT_EQ(message({.owner = "a.test", .wanted = {"x"}}, ""),
            "\"\" is no name of a zone");
  EXPECT_EQ(message({.owner = "a.test", .wanted = {"x"}}, "a.test"),
            "127.0.0.1:1: by TCP: Connection refused");
}

}  // namespace
}  // namespace mtasts::nameserver
