// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "dns/foreign_form.hpp"

namespace mtasts::dns {
namespace {

std::string name(std::string_view text) {
  const std::optional<Error> form = find_foreign_form(text, "give a zone file");
  return form ? form->message : "";
}

TEST(DnsForeignForm, KnowsNothingWrongWithZones) {
  for (const std::string_view text :
       {"", "\n", "$ORIGIN a.\n@ IN SOA a b 1 2 3 4 5\n",
        "a. TXT \"{\" \"<\"\nb. AAAA 2001:db8::1\n  resource TXT x\n",
        "data IN TXT \"type: TXT\"\nName IN A 192.0.2.1\n",
        "; <<>> DiG 9.18\n;; ANSWER SECTION:\n", "2001:db8::1\n::1\n"}) {
    EXPECT_EQ(name(text), "") << text;
  }
}

TEST(DnsForeignForm, NamesWhatIsNoText) {
  EXPECT_EQ(name("\xFF\xFE_\0"), "is UTF-16, not ASCII");
  EXPECT_EQ(name("\xFE\xFF\0_"), "is UTF-16, not ASCII");
  EXPECT_EQ(name(std::string_view("_\0m\0", 4)), "is UTF-16, not ASCII");
  EXPECT_EQ(name(std::string_view("\0_\0m", 4)), "is UTF-16, not ASCII");
  EXPECT_EQ(name(std::string_view("abc\0", 4)), "is binary, not text");
  EXPECT_EQ(name("\x1F\x8B"), "is compressed");
}

TEST(DnsForeignForm, NamesFormsByTheirStart) {
  EXPECT_EQ(name("\n {\"Status\": 0}"), "is JSON");
  EXPECT_EQ(name("[\n  {\"name\": \"a\"}]"), "is JSON");
  EXPECT_EQ(name("{\\rtf1"), "is RTF");
  EXPECT_EQ(name("<html>"), "is a web page or XML");
}

// RFC 8484 says nothing of JSON; what resolvers print has an RCODE in it.
TEST(DnsForeignForm, KnowsAFailedLookUpOverHttps) {
  EXPECT_EQ(name("{\"Status\": 2,\"TC\":false}"),
            "the look-up failed: Status 2");
  EXPECT_EQ(name("{\"Status\":0}"), "is JSON");
  EXPECT_EQ(name("{ \"Status\":3}"), "is JSON");
  EXPECT_EQ(name("{\"Status\": \"ok\"}"), "is JSON");
}

TEST(DnsForeignForm, NamesFormsByAnyLine) {
  EXPECT_EQ(name("# x\nresource  \"aws_route53_record\" \"x\" {\n"),
            "is Terraform");
  EXPECT_EQ(name("// x\nD(\"a\",\n"), "is the JavaScript of DNSControl");
  EXPECT_EQ(name("server a\nupdate add a. 1 TXT x\n"),
            "is a script for nsupdate");
  EXPECT_EQ(name("a:\n- ttl: 1\n  type:   TXT\r\n"),
            "is YAML, as octoDNS has it");
  EXPECT_EQ(name("+a.example:192.0.2.1:300\n"), "is data of tinydns");
  EXPECT_EQ(name("\n'_mta-sts.a.example:v=STSv1; id=1\n"),
            "is data of tinydns");
}

}  // namespace
}  // namespace mtasts::dns
