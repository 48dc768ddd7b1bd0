// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "publish/publication.hpp"
#include "text/join.hpp"
#include "tool/publish_plan.hpp"

namespace mtasts::tool {
namespace {

using nameserver::Answer;
using nameserver::Outcome;
using nameserver::Record;
using nameserver::Type;
using std::chrono::seconds;

const std::string k_owner = "_mta-sts.example.com";
const std::string k_text = "v=STSv1; id=new";

publish::RecordSet wanted(std::string text = k_text) {
  return {publish::Purpose::mta_sts,
          dns::Type::txt,
          k_owner,
          seconds(300),
          {std::move(text)}};
}

Record txt(std::string data, std::uint32_t ttl = 60) {
  return {.owner = k_owner, .type = Type::txt, .ttl = ttl, .data = data};
}

Answer answer(std::vector<Record> records) {
  const Outcome outcome = records.empty() ? Outcome::no_name : Outcome::found;
  return {.name = k_owner,
          .type = Type::txt,
          .outcome = outcome,
          .records = std::move(records)};
}

/// All that a plan says.
std::string show(const Result<OwnerPlan>& plan) {
  if (!plan) return plan.error().message;
  if (!plan->alias_of.empty()) return "alias of " + plan->alias_of;
  if (!plan->change) return "nothing";
  return fmt::format("{}seen {}\nwanted {}, {}\n", plan->orders,
                     text::join(plan->change->seen, "|",
                                [](const Record& one) { return one.data; }),
                     fmt::join(plan->change->wanted, "|"), plan->change->ttl);
}

TEST(PublishPlan, AddsWhatIsNotThere) {
  EXPECT_EQ(show(plan_owner(wanted(), answer({}), false)),
            "add    _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n"
            "seen \nwanted v=STSv1; id=new, 300\n");
}

TEST(PublishPlan, ChangesAnotherId) {
  EXPECT_EQ(show(plan_owner(wanted(), answer({txt("v=STSv1; id=old")}), false)),
            "change _mta-sts.example.com. 60 IN TXT \"v=STSv1; id=old\"\n"
            "to     _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n"
            "seen v=STSv1; id=old\nwanted v=STSv1; id=new, 300\n");
}

TEST(PublishPlan, LeavesWhatSaysTheSame) {
  EXPECT_EQ(show(plan_owner(wanted(), answer({txt("v=STSv1;id=new;")}), false)),
            "nothing");
}

TEST(PublishPlan, ComparesTheTimeOnlyWhenTold) {
  EXPECT_EQ(show(plan_owner(wanted(), answer({txt(k_text)}), false)),
            "nothing");
  EXPECT_EQ(show(plan_owner(wanted(), answer({txt(k_text)}), true)),
            "change _mta-sts.example.com. 60 IN TXT \"v=STSv1; id=new\"\n"
            "to     _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n"
            "seen v=STSv1; id=new\nwanted v=STSv1; id=new, 300\n");
}

TEST(PublishPlan, KeepsTextsOfOthers) {
  EXPECT_EQ(show(plan_owner(
                wanted(), answer({txt("v=STSv1; id=old"), txt("owned by us")}),
                false)),
            "change _mta-sts.example.com. 60 IN TXT \"v=STSv1; id=old\"\n"
            "to     _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n"
            "seen v=STSv1; id=old|owned by us\n"
            "wanted owned by us|v=STSv1; id=new, 300\n");
}

TEST(PublishPlan, MakesOneOfSeveral) {
  EXPECT_EQ(
      show(plan_owner(wanted(), answer({txt("v=STSv1; id=old"), txt(k_text)}),
                      false)),
      "change _mta-sts.example.com. 60 IN TXT \"v=STSv1; id=old\"\n"
      "to     _mta-sts.example.com. 300 IN TXT \"v=STSv1; id=new\"\n"
      "delete _mta-sts.example.com. 60 IN TXT \"v=STSv1; id=new\"\n"
      "seen v=STSv1; id=old|v=STSv1; id=new\n"
      "wanted v=STSv1; id=new, 300\n");
}

TEST(PublishPlan, LeavesAliasesAlone) {
  const Record alias{.owner = k_owner,
                     .type = Type::cname,
                     .ttl = 60,
                     .data = "_mta-sts.provider.example"};
  Answer found = answer({alias});
  EXPECT_EQ(show(plan_owner(wanted(), found, false)),
            "alias of _mta-sts.provider.example");
  EXPECT_EQ(show(plan_removal(publish::Purpose::mta_sts, found)),
            "alias of _mta-sts.provider.example");
  // The server need not know what is behind it.
  found.outcome = Outcome::refused;
  EXPECT_EQ(show(plan_owner(wanted(), found, false)),
            "alias of _mta-sts.provider.example");
}

TEST(PublishPlan, TakesNoAnswerForNone) {
  Answer found = answer({});
  found.outcome = Outcome::refused;
  EXPECT_EQ(show(plan_owner(wanted(), found, false)),
            "the name server does not say what is at _mta-sts.example.com: "
            "refused");
  found.outcome = Outcome::silent;
  found.reason = "no answer in 2 s";
  EXPECT_EQ(show(plan_removal(publish::Purpose::mta_sts, found)),
            "the name server does not say what is at _mta-sts.example.com: no "
            "answer in 2 s");
}

TEST(PublishPlan, DeletesOnlyTextsOfThePurpose) {
  EXPECT_EQ(
      show(plan_removal(publish::Purpose::mta_sts,
                        answer({txt("v=STSv1; id=old"), txt("owned by us")}))),
      "delete _mta-sts.example.com. 60 IN TXT \"v=STSv1; id=old\"\n"
      "seen v=STSv1; id=old|owned by us\nwanted owned by us, 60\n");
  EXPECT_EQ(show(plan_removal(publish::Purpose::mta_sts,
                              answer({txt("owned by us")}))),
            "nothing");
}

publish::Publication publication() {
  return {{*dns::Name::parse("example.com")},
          *sts::Policy::make(sts::Mode::none, {}, seconds(86400)),
          {},
          {}};
}

verify::Fetch fetch(std::string address,
                    std::string body = std::string(publication().body())) {
  return {.address = std::move(address),
          .reach = net::Reach::reached,
          .status = 200,
          .body = std::move(body)};
}

std::string reason(std::vector<verify::Fetch> fetches,
                   const Diagnostics& findings = {}) {
  verify::Facts facts;
  facts.fetches = std::move(fetches);
  const auto error = find_reason_to_wait(facts, findings, publication());
  return error ? error->message : "none";
}

TEST(PublishWait, EndsWhenEachAddressHasTheBody) {
  EXPECT_EQ(reason({fetch("192.0.2.1"), fetch("2001:db8::1")}), "none");
  EXPECT_EQ(reason({fetch("192.0.2.1"), fetch("2001:db8::1", "another")}),
            "2001:db8::1 does not serve the policy with the id "
            "94815eb6141fb6e5526888bf66f98f76 yet");
}

TEST(PublishWait, HoldsNothingAgainstAnAddressWithoutAWay) {
  verify::Fetch far = fetch("2001:db8::1", "");
  far.reach = net::Reach::no_route;
  EXPECT_EQ(reason({fetch("192.0.2.1"), far}), "none");
  EXPECT_EQ(reason({far}),
            "no address of the policy host could be asked from here");
}

TEST(PublishWait, WantsToKnowAllAddresses) {
  using nameserver::Outcome;
  for (const auto& [outcome, expected] :
       {std::pair{Outcome::no_data, "none"},
        std::pair{Outcome::not_asked, "none"},
        std::pair{Outcome::servfail,
                  "not all addresses of mta-sts.example.com are known: "
                  "servfail"}}) {
    verify::Facts facts;
    facts.fetches = {fetch("192.0.2.1")};
    facts.host_aaaa = {.name = "mta-sts.example.com", .outcome = outcome};
    const auto error = find_reason_to_wait(facts, {}, publication());
    EXPECT_EQ(error ? error->message : "none", expected);
  }
}

TEST(PublishWait, TellsWhatVerifyFinds) {
  const Diagnostics findings = {
      {Severity::error, "mx.uncovered", {"mx.example.com"}, "of no use", {}},
      {Severity::warning, "fetch.slow", {"192.0.2.1"}, "is slow", {}},
      {Severity::error,
       "fetch.certificate-expired",
       {"192.0.2.1"},
       "the certificate has expired",
       {}}};
  EXPECT_EQ(reason({fetch("192.0.2.1")}, findings),
            "192.0.2.1: the certificate has expired "
            "[fetch.certificate-expired]");
}

TEST(PublishWait, SaysWhatWasNotAsked) {
  verify::Fetch inside = fetch("10.0.0.1", "");
  inside.is_private = true;
  EXPECT_EQ(reason({inside}), "10.0.0.1 is not public, and was not asked");
}

}  // namespace
}  // namespace mtasts::tool
