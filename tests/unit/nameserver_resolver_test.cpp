// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "nameserver/resolver.hpp"
#include "scripted_name_server.hpp"
#include "temp_dir.hpp"

namespace mtasts::nameserver {
namespace {

using std::chrono::milliseconds;
using Octets = std::vector<std::string>;

const std::string k_text = "v=STSv1; id=1";

/// Far beyond what loopback takes, for those that answer.
ResolverSettings settings(const ScriptedNameServer& server,
                          milliseconds wait = milliseconds(20'000)) {
  return {.servers = {server.endpoint()}, .wait = wait, .tries = 1};
}

std::string place(const ScriptedNameServer& server) {
  return "127.0.0.1:" + std::to_string(server.endpoint().port);
}

Record text_at(const std::string& owner, const std::string& text = k_text) {
  return {.owner = owner,
          .type = Type::txt,
          .ttl = 60,
          .data = text,
          .strings = {static_cast<std::uint16_t>(text.size())}};
}

Record alias(const std::string& owner, const std::string& target) {
  return {.owner = owner, .type = Type::cname, .ttl = 60, .data = target};
}

TEST(NameserverResolver, AsksWithEdnsAndReadsTheAnswer) {
  std::string asked;
  const ScriptedNameServer server([&](const std::string& message, By) {
    asked = message;
    return Octets{reply_to(
        message, k_ad,
        {.answer = {record(wire("_MTA-sts.A.test"), k_txt, counted(k_text))}})};
  });
  const Resolver resolver(settings(server));
  EXPECT_EQ(resolver.ask("_mta-sts.A.test", Type::txt),
            (Answer{.name = "_mta-sts.a.test",
                    .type = Type::txt,
                    .outcome = Outcome::found,
                    .records = {text_at("_mta-sts.a.test")},
                    .is_authentic = true}));
  // RD and AD; one question; OPT with 1232 octets and DO.
  EXPECT_EQ(asked.substr(2), two(0x0120) + two(1) + four(0) + two(1) +
                                 wire("_mta-sts.a.test") + two(k_txt) + two(1) +
                                 std::string(1, '\0') + two(k_opt) + two(1232) +
                                 four(0x00008000) + two(0));
}

TEST(NameserverResolver, AsksUncheckedAndDirectly) {
  std::vector<std::string> flags;
  const ScriptedNameServer server([&](const std::string& message, By) {
    flags.push_back(message.substr(2, 2));
    return Octets{reply_to(message, k_aa)};
  });
  const Resolver resolver(settings(server));
  const Answer none{.name = "a.test",
                    .type = Type::a,
                    .outcome = Outcome::no_data,
                    .is_authoritative = true};
  EXPECT_EQ(resolver.ask_unchecked("a.test", Type::a), none);
  EXPECT_EQ(resolver.ask_directly(server.endpoint(), "a.test", Type::a), none);
  EXPECT_EQ(flags, (std::vector<std::string>{two(0x0110), two(0)}));
}

TEST(NameserverResolver, LeavesRepliesToOthersAlone) {
  const ScriptedNameServer server([](const std::string& message, By) {
    const auto with = [&](const std::string& text) {
      return reply_to(
          message, 0,
          {.answer = {record(wire("a.test"), k_txt, counted(text))}});
    };
    std::string wrong_id = with("wrong id");
    wrong_id[0] = static_cast<char>(wrong_id[0] ^ 1);
    std::string wrong_name = with("wrong name");
    wrong_name[13] = 'b';
    std::string wrong_type = with("wrong type");
    wrong_type[12 + 8 + 1] = 1;
    std::string no_response = with("no response");
    no_response[2] = 0;
    std::string other_kind = with("other kind");
    other_kind[2] = static_cast<char>(other_kind[2] | 0x28);  // an update
    std::string two_questions = with("two questions");
    two_questions[5] = 2;
    std::string no_question =
        message.substr(0, 2) + two(k_qr) + four(0) + four(0);
    return Octets{"",          "garbage",   wrong_id,   wrong_name,
                  wrong_type,  no_response, other_kind, two_questions,
                  no_question, with("good")};
  });
  const Resolver resolver(settings(server));
  EXPECT_EQ(resolver.ask("a.test", Type::txt).records,
            (std::vector<Record>{text_at("a.test", "good")}));
}

TEST(NameserverResolver, SaysThatOnlyOthersWereAnswered) {
  const ScriptedNameServer server([](const std::string& message, By) {
    std::string reply = reply_to(message, 0);
    reply[1] = static_cast<char>(reply[1] ^ 1);
    return Octets{reply};
  });
  const Resolver resolver(settings(server, milliseconds(200)));
  EXPECT_EQ(resolver.ask("a.test", Type::txt),
            (Answer{.name = "a.test",
                    .type = Type::txt,
                    .outcome = Outcome::silent,
                    .reason = place(server) +
                              ": no answer in time but to other questions"}));
}

TEST(NameserverResolver, AsksByTcpForWhatIsCut) {
  const std::string long_text(250, 'x');
  const std::string strings = counted(long_text) + counted(long_text);
  const ScriptedNameServer server([&](const std::string& message, By by) {
    if (by == By::udp) return Octets{reply_to(message, k_tc)};
    return Octets{reply_to(
        message, 0,
        {.answer = Octets(10, record(wire("a.test"), k_txt, strings))})};
  });
  const Resolver resolver(settings(server));
  const Record one{.owner = "a.test",
                   .type = Type::txt,
                   .ttl = 60,
                   .data = long_text + long_text,
                   .strings = {static_cast<std::uint16_t>(long_text.size()),
                               static_cast<std::uint16_t>(long_text.size())}};
  EXPECT_EQ(resolver.ask("a.test", Type::txt),
            (Answer{.name = "a.test",
                    .type = Type::txt,
                    .outcome = Outcome::found,
                    .records = std::vector<Record>(10, one)}));
}

TEST(NameserverResolver, TakesNoReplyToOthersByTcp) {
  const ScriptedNameServer server([&](const std::string& message, By by) {
    std::string reply = reply_to(message, k_tc);
    if (by == By::tcp) reply[0] = static_cast<char>(reply[0] ^ 1);
    return Octets{reply};
  });
  const Resolver resolver(settings(server));
  const Answer answer = resolver.ask("a.test", Type::txt);
  EXPECT_EQ(answer.outcome, Outcome::silent);
  EXPECT_EQ(answer.reason,
            place(server) + ": by TCP: what came answers another question");
}

TEST(NameserverResolver, AsksTheNextWhenOneIsSilentOrRefuses) {
  const ScriptedNameServer silent(
      [](const std::string&, By) { return Octets{}; });
  const ScriptedNameServer refuses([](const std::string& message, By) {
    return Octets{reply_to(message, 5)};
  });
  const ScriptedNameServer good([](const std::string& message, By) {
    return Octets{reply_to(message, 3, {.authority = {soa("test", 300, 900)}})};
  });
  const Resolver resolver(
      {.servers = {silent.endpoint(), refuses.endpoint(), good.endpoint()},
       .wait = milliseconds(300),
       .tries = 2});
  const Answer answer = resolver.ask("a.test", Type::txt);
  EXPECT_EQ(answer.outcome, Outcome::no_name);
  EXPECT_EQ(answer.negative_ttl, 300U);
  EXPECT_EQ(silent.asked(), 1);

  const Resolver without({.servers = {silent.endpoint(), refuses.endpoint()},
                          .wait = milliseconds(300),
                          .tries = 2});
  EXPECT_EQ(without.ask("a.test", Type::txt),
            (Answer{.name = "a.test",
                    .type = Type::txt,
                    .outcome = Outcome::refused,
                    .reason = "REFUSED"}));
}

TEST(NameserverResolver, TriesAsOftenAsItIsTold) {
  const ScriptedNameServer silent(
      [](const std::string&, By) { return Octets{}; });
  const Resolver resolver(
      {.servers = {silent.endpoint()}, .wait = milliseconds(100), .tries = 3});
  EXPECT_EQ(resolver.ask("a.test", Type::txt).reason,
            place(silent) + ": no answer in time");
  EXPECT_EQ(silent.asked(), 3);
}

TEST(NameserverResolver, NoticesAClosedPort) {
  net::Endpoint endpoint;
  {
    const ScriptedNameServer server(
        [](const std::string&, By) { return Octets{}; });
    endpoint = server.endpoint();
  }
  const Resolver resolver({.servers = {endpoint}, .tries = 1});
  const Answer answer = resolver.ask("a.test", Type::txt);
  EXPECT_EQ(answer.outcome, Outcome::silent);
  EXPECT_EQ(answer.reason, "127.0.0.1:" + std::to_string(endpoint.port) +
                               ": Connection refused");
}

TEST(NameserverResolver, AsksWithoutEdnsWhereThatIsNotUnderstood) {
  const ScriptedNameServer server([](const std::string& message, By) {
    const bool has_edns = message[11] != 0;
    if (has_edns)
      return Octets{message.substr(0, 2) + two(k_qr | 1) + four(0) + four(0)};
    return Octets{
        reply_to(message, 0,
                 {.answer = {record(wire("a.test"), k_txt, counted(k_text))}})};
  });
  const Resolver resolver(settings(server));
  EXPECT_EQ(resolver.ask("a.test", Type::txt).records,
            (std::vector<Record>{text_at("a.test")}));
}

TEST(NameserverResolver, RefusesWhatIsNoName) {
  const ScriptedNameServer server(
      [](const std::string&, By) { return Octets{}; });
  const Resolver resolver(settings(server));
  for (const std::string& name :
       {std::string(), std::string("a..test"), std::string(64, 'a'),
        std::string("a\0b", 3), std::string(300, '.')}) {
    const Answer answer = resolver.ask(name, Type::txt);
    EXPECT_EQ(answer.outcome, Outcome::failed) << name;
    EXPECT_EQ(answer.reason, "no domain name") << name;
  }
  EXPECT_EQ(server.asked(), 0);
}

TEST(NameserverResolver, GivesUpOnRubbish) {
  const ScriptedNameServer server([](const std::string& message, By) {
    return Octets{reply_to(message, 0, {.answer = {"\xc0"}})};
  });
  const Resolver resolver(settings(server));
  EXPECT_EQ(resolver.ask("a.test", Type::txt).outcome, Outcome::failed);
}

TEST(NameserverResolver, ShowsALoopAsItIs) {
  const ScriptedNameServer server([](const std::string& message, By) {
    return Octets{reply_to(
        message, 0,
        {.answer = {record(wire("b.test"), k_cname, wire("a.test")),
                    record(wire("a.test"), k_cname, wire("b.test"))}})};
  });
  const Resolver resolver(settings(server));
  EXPECT_EQ(resolver.ask("a.test", Type::txt),
            (Answer{.name = "a.test",
                    .type = Type::txt,
                    .outcome = Outcome::no_data,
                    .records = {alias("a.test", "b.test"),
                                alias("b.test", "a.test")}}));
}

// --- resolv.conf ---

Result<ResolverSettings> read(const std::string& content) {
  const TempDir dir;
  return read_resolv_conf(dir.write("resolv.conf", content));
}

std::vector<net::Endpoint> servers(const std::string& content) {
  const auto settings = read(content);
  EXPECT_TRUE(settings) << content;
  return settings ? settings->servers : std::vector<net::Endpoint>();
}

TEST(NameserverResolvConf, ReadsServersAndLeavesCommentsAlone) {
  EXPECT_EQ(servers("# nameserver 192.0.2.1\n;nameserver 192.0.2.2\n"
                    "search alpha.test\n"
                    "nameserver 192.0.2.3\n"
                    "  nameserver\t2001:DB8::4  # here\r\n"
                    "nameserver fe80::5%eth0"),
            (std::vector<net::Endpoint>{
                {"192.0.2.3", 53}, {"2001:db8::4", 53}, {"fe80::5%eth0", 53}}));
}

TEST(NameserverResolvConf, TakesThreeServersAsGlibcDoes) {
  EXPECT_EQ(servers("nameserver 192.0.2.1\nnameserver 192.0.2.2\n"
                    "nameserver 192.0.2.3\nnameserver 192.0.2.4\n")
                .size(),
            3U);
}

TEST(NameserverResolvConf, TakesThisMachineWhereNoneIsNamed) {
  const std::vector<net::Endpoint> here = {{"127.0.0.1", 53}};
  EXPECT_EQ(servers(""), here);
  EXPECT_EQ(servers("options edns0\n"), here);
  const auto missing = read_resolv_conf("/nowhere/resolv.conf");
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->servers, here);
}

TEST(NameserverResolvConf, ReadsOptionsWithinTheirLimits) {
  auto settings = read("options ndots:1 timeout:1 attempts:3\n");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->wait, milliseconds(1000));
  EXPECT_EQ(settings->tries, 3);
  settings = read("options timeout:99999999999999 attempts:0 timeout:x\n");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->wait, milliseconds(30'000));
  EXPECT_EQ(settings->tries, 1);
}

TEST(NameserverResolvConf, RefusesWhatIsNoAddress) {
  const TempDir dir;
  const std::string path =
      dir.write("resolv.conf", "\nnameserver dns.alpha.test\n");
  const auto settings = read_resolv_conf(path);
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().message,
            path + ":2: nameserver \"dns.alpha.test\" is no address");
  EXPECT_EQ(settings.error().hint, "write an IPv4 or IPv6 address");
}

}  // namespace
}  // namespace mtasts::nameserver
