// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "publish/delegation.hpp"
#include "publish/format.hpp"

namespace mtasts::publish {
namespace {

using std::chrono::seconds;

DomainRecords records(std::string_view name, std::string id,
                      std::string tlsrpt) {
  const dns::Name domain = *dns::Name::parse(name);
  const auto set = [&](Purpose purpose, std::string text) {
    return RecordSet{purpose,
                     dns::Type::txt,
                     owner_name(purpose, domain),
                     seconds(60),
                     {std::move(text)}};
  };
  DomainRecords all{
      .domain = domain, .note = "testing", .sets = {}, .reminder = "waits"};
  all.sets.push_back(set(Purpose::mta_sts, std::move(id)));
  if (!tlsrpt.empty()) {
    all.sets.push_back(set(Purpose::tls_rpt, std::move(tlsrpt)));
  }
  return all;
}

std::string zone(std::vector<DomainRecords> domains) {
  const Result<std::vector<DomainRecords>> done =
      delegate(std::move(domains), *dns::Name::parse("p.example"));
  return done ? format_zone(*done) : done.error().message;
}

constexpr std::string_view k_provider =
    "; p.example: testing\n"
    "_mta-sts.p.example.\t60\tIN\tTXT\t\"id1\"\n"
    "_smtp._tls.p.example.\t60\tIN\tTXT\t\"rua\"\n"
    "; mta-sts.p.example. waits\n";
constexpr std::string_view k_customer =
    "\n; c.example: testing\n"
    "_mta-sts.c.example.\t60\tIN\tCNAME\t_mta-sts.p.example.\n"
    "_smtp._tls.c.example.\t60\tIN\tCNAME\t_smtp._tls.p.example.\n"
    "mta-sts.c.example.\t60\tIN\tCNAME\tmta-sts.p.example.\n"
    "; mta-sts.c.example. needs a certificate for its own name at the "
    "provider (RFC 8461, 8.2)\n";

TEST(PublishDelegation, MakesTheRecordsOfAProviderWithoutAPolicy) {
  EXPECT_EQ(zone({records("c.example", "id1", "rua")}),
            std::string(k_provider) + std::string(k_customer));
}

TEST(PublishDelegation, PutsAProviderWithAPolicyInFront) {
  EXPECT_EQ(zone({records("c.example", "id1", "rua"),
                  records("p.example", "id1", "rua")}),
            std::string(k_provider) + std::string(k_customer));
}

TEST(PublishDelegation, KeepsTheOrderOfTheCustomers) {
  const Result<std::vector<DomainRecords>> done = delegate(
      {records("c.example", "id1", ""), records("d.example", "id1", ""),
       records("p.example", "id1", "")},
      *dns::Name::parse("p.example"));
  ASSERT_TRUE(done);
  std::string names;
  for (const DomainRecords& one : *done) names += one.domain.text() + " ";
  EXPECT_EQ(names, "p.example c.example d.example ");
}

TEST(PublishDelegation, LeavesTheProviderAlone) {
  EXPECT_EQ(zone({records("p.example", "id1", "rua")}), k_provider);
}

// RFC 8460 knows no delegation, so that this is the customer's choice.
TEST(PublishDelegation, KeepsATlsRptRecordOfTheCustomersOwn) {
  EXPECT_EQ(zone({records("p.example", "id1", "rua"),
                  records("c.example", "id1", "mine")}),
            std::string(k_provider) +
                "\n; c.example: testing\n"
                "_mta-sts.c.example.\t60\tIN\tCNAME\t_mta-sts.p.example.\n"
                "_smtp._tls.c.example.\t60\tIN\tTXT\t\"mine\"\n"
                "mta-sts.c.example.\t60\tIN\tCNAME\tmta-sts.p.example.\n"
                "; mta-sts.c.example. needs a certificate for its own name at "
                "the provider (RFC 8461, 8.2)\n");
}

TEST(PublishDelegation, AddsNoTlsRptRecordThatTheCustomerHasNot) {
  EXPECT_EQ(zone({records("p.example", "id1", "rua"),
                  records("c.example", "id1", "")})
                .find("_smtp._tls.c.example"),
            std::string::npos);
}

TEST(PublishDelegation, RefusesTwoPoliciesAtOneName) {
  EXPECT_EQ(zone({records("c.example", "id1", "rua"),
                  records("d.example", "id2", "rua")}),
            "domain \"d.example\" has another policy than \"p.example\", and "
            "the record at _mta-sts.p.example can have the id of one only");
}

}  // namespace
}  // namespace mtasts::publish
