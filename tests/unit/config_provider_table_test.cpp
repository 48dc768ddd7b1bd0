// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "config/provider_table.hpp"

namespace mtasts::config {
namespace {

std::optional<Error> find_slip(std::string_view text) {
  return find_provider_slip(*sts::MxPattern::parse(text));
}

TEST(ConfigProviderTable, KnowsPatternsThatMatchNoHost) {
  for (const std::string_view text : {"*.outlook.com",
                                      "*.protection.outlook.com",
                                      "mail.protection.outlook.com",
                                      "*.acme-com.mail.protection.outlook.com",
                                      "outlook.com",
                                      "*.mx.microsoft",
                                      "*.microsoft",
                                      "acme-com.mx.microsoft",
                                      "*.office365.com",
                                      "smtp.office365.com",
                                      "*.gmail.com",
                                      "smtp.gmail.com",
                                      "google.com",
                                      "aspmx.google.com",
                                      "mx.google.com",
                                      "alt1.aspmx.google.com",
                                      "*.pphosted.com",
                                      "*.messagelabs.com",
                                      "*.barracudanetworks.com",
                                      "*.uk.barracudanetworks.com",
                                      "*.iphmx.com",
                                      "*.sophos.com",
                                      "*.trendmicro.com",
                                      "*.trendmicro.eu",
                                      "*.mailcontrol.com",
                                      "*.fireeyecloud.com",
                                      "*.amazonaws.com",
                                      "*.icloud.com",
                                      "*.cloudflare.net",
                                      "*.gandi.net"}) {
    const std::optional<Error> slip = find_slip(text);
    ASSERT_TRUE(slip) << text;
    EXPECT_NE(slip->hint.find("RFC 8461, "), std::string::npos) << text;
  }
}

// What the providers themselves name, and what their customers have.
TEST(ConfigProviderTable, LeavesTheRightOnesAlone) {
  for (const std::string_view text :
       {"*.mail.protection.outlook.com",
        "acme-com.mail.protection.outlook.com",
        "outlook-com.olc.protection.outlook.com",
        "*.olc.protection.outlook.com",
        "acme.mail.eo.outlook.com",
        "acme-com.j-v1.mx.microsoft",
        "*.j-v1.mx.microsoft",
        "smtp.google.com",
        "*.google.com",
        "aspmx.l.google.com",
        "*.aspmx.l.google.com",
        "alt4.aspmx.l.google.com",
        "gmail-smtp-in.l.google.com",
        "*.gmail-smtp-in.l.google.com",
        "aspmx2.googlemail.com",
        "*.googlemail.com",
        "mxa-00190b01.gslb.pphosted.com",
        "*.gslb.pphosted.com",
        "mx0a-001b2d01.pphosted.com",
        "mx1-us1.ppe-hosted.com",
        "*.ppe-hosted.com",
        "cluster2.eu.messagelabs.com",
        "*.eu.messagelabs.com",
        "d1234a.ess.barracudanetworks.com",
        "*.ess.barracudanetworks.com",
        "d226511.a.ess.uk.barracudanetworks.com",
        "*.a.ess.uk.barracudanetworks.com",
        "mx1.hc2515-63.iphmx.com",
        "*.hc2515-63.iphmx.com",
        "mx-01-eu-west-1.prod.hydra.sophos.com",
        "*.in.tmes.trendmicro.com",
        "*.tmes.trendmicro.com",
        "acme.in.tmes.trendmicro.eu",
        "cust1234-s.in.mailcontrol.com",
        "primary.us.email.fireeyecloud.com",
        "inbound-smtp.eu-west-1.amazonaws.com",
        "*.eu-west-1.amazonaws.com",
        "ec2-192-0-2-1.eu-west-1.compute.amazonaws.com",
        "mx01.mail.icloud.com",
        "*.mail.icloud.com",
        "route1.mx.cloudflare.net",
        "*.mx.cloudflare.net",
        "spool.mail.gandi.net",
        "*.mimecast.com",
        "eu-smtp-inbound-1.mimecast.com",
        "mail.notoutlook.com",
        "mail.example.com"}) {
    const std::optional<Error> slip = find_slip(text);
    EXPECT_FALSE(slip) << text << ": " << slip->message;
  }
}

// Microsoft has one label for a customer's domain.
TEST(ConfigProviderTable, JoinsADomainWithHyphens) {
  for (const auto& [text, right] :
       {std::pair<std::string_view, std::string>{
            "acme.co.uk.mail.protection.outlook.com",
            "use \"acme-co-uk.mail.protection.outlook.com\""},
        {"acme.com.mail.protection.outlook.com",
         "use \"acme-com.mail.protection.outlook.com\""},
        {"acme.co.uk.j-v1.mx.microsoft",
         "use \"acme-co-uk.j-v1.mx.microsoft\""}}) {
    const std::optional<Error> slip = find_slip(text);
    ASSERT_TRUE(slip) << text;
    EXPECT_TRUE(slip->hint.ends_with(right)) << slip->hint;
  }
}

}  // namespace
}  // namespace mtasts::config
