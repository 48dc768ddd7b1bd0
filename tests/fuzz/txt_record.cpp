// SPDX-License-Identifier: MIT
// The TXT records of MTA-STS and TLS-RPT, and report URIs: what is read is
// written and read again as the same.
#include "sts/txt_record.hpp"

#include <algorithm>

#include "publish/delegation.hpp"
#include "publish/diff.hpp"
#include "publish/format.hpp"
#include "publish/sought.hpp"
#include "target.hpp"
#include "text/ascii.hpp"
#include "tlsrpt/txt_record.hpp"

namespace mtasts {
namespace {

using fuzz::require;

void check_sts(std::string_view text) {
  const Result<std::string> id = sts::parse_txt_record(text);
  if (!id) {
    fuzz::require_clean(id.error());
    return;
  }
  require(!id->empty() && id->size() <= 32 &&
              std::all_of(id->begin(), id->end(), text::is_alphanumeric),
          "an id of 1 to 32 letters and digits");
  require(text.find("id=" + *id) != std::string_view::npos,
          "the id stands in the text");
  const auto again = sts::parse_txt_record(sts::format_txt_record(*id));
  require(again && *again == *id, "parse(format(id)) == id");
}

publish::RecordSet make_set(publish::Purpose purpose, const dns::Name& domain,
                            const std::string& text) {
  return {.purpose = purpose,
          .type = dns::Type::txt,
          .owner = publish::owner_name(purpose, domain),
          .ttl = std::chrono::seconds(300),
          .values = {text}};
}

/// A customer's records lead to the provider's, which say what his said.
void check_delegation(const publish::DomainRecords& own) {
  const auto led = publish::delegate({own}, *dns::Name::parse("b.example"));
  require(led && led->size() == 2, "a provider and a customer");
  require(led->front().sets.front().values == own.sets.front().values,
          "the provider's records say what the customer's did");
  for (const publish::RecordSet& set : led->back().sets) {
    require(set.type == dns::Type::cname, "the customer's lead there");
  }
  publish::DomainRecords other{*dns::Name::parse("c.example"), {}, {}, {}};
  other.sets = {make_set(publish::Purpose::mta_sts, other.domain,
                         sts::format_txt_record("other"))};
  require(!publish::delegate({own, other}, own.domain),
          "never to the policy of another");
}

/// Every form can hold it, and the zone reads as it.
void check_forms(const std::string& text) {
  const dns::Name domain = *dns::Name::parse("a.example");
  const publish::DomainRecords own{
      domain,
      "note",
      {make_set(publish::Purpose::mta_sts, domain,
                sts::format_txt_record("id")),
       make_set(publish::Purpose::tls_rpt, domain, text)},
      "hint"};
  check_delegation(own);
  std::vector<publish::DomainRecords> domains = {own};
  require(publish::add_host_records(domains, {*dns::parse_target("192.0.2.1"),
                                              *dns::parse_target("2001:db8::1"),
                                              *dns::parse_target("b.example")})
              .has_value(),
          "the host is led somewhere");
  for (const publish::Format& one : publish::formats()) {
    require(publish::find_format(one.name) == &one, "a form has one name");
    require(one.format(domains).find("rua=") != std::string::npos,
            "every form has the record");
  }
  const auto records =
      dns::read_zone(publish::format_zone(domains), {}, publish::k_sought);
  require(
      records && publish::compare_zone(domains, *records, {}).orders.empty(),
      "a zone is what it was made from");
  publish::keep_only(domains, publish::Purpose::tls_rpt);
  const auto left =
      dns::read_zone(publish::format_zone(domains), {}, publish::k_sought);
  require(
      left && left->records.size() == 1 && left->records.front().value == text,
      "the zone reads as it");
}

void check_tlsrpt(std::string_view text) {
  const auto uris = tlsrpt::parse_txt_record(text);
  if (!uris) {
    fuzz::require_clean(uris.error());
    return;
  }
  require(!uris->empty(), "a record with a URI");
  const auto again = tlsrpt::parse_txt_record(tlsrpt::format_txt_record(*uris));
  require(again && *again == *uris, "parse(format(uris)) == uris");
  check_forms(tlsrpt::format_txt_record(*uris));
}

void check_uri(std::string_view text) {
  const auto typed = tlsrpt::ReportUri::from_typed(text);
  if (!typed) {
    fuzz::require_clean(typed.error());
    require(!tlsrpt::ReportUri::parse(text), "parse() takes no more");
    return;
  }
  const std::string& uri = typed->text();
  require(uri.find_first_of(" ,;!\"\\") == std::string::npos &&
              std::all_of(uri.begin(), uri.end(),
                          [](char c) { return c > 0x20 && c < 0x7F; }),
          "a URI needs no quoting in a record");
  const auto again = tlsrpt::ReportUri::parse(uri);
  require(again && *again == *typed, "a URI reads as itself");
  require(dns::Name::parse(typed->host()).has_value(), "a host name");
  const auto record =
      tlsrpt::parse_txt_record(tlsrpt::format_txt_record({*typed, *typed}));
  require(record && record->size() == 2 && record->at(1) == *typed,
          "a record of two holds two");
}

void run(std::string_view text) {
  check_sts(text);
  check_tlsrpt(text);
  check_uri(text);
}

}  // namespace
}  // namespace mtasts

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
