// SPDX-License-Identifier: MIT
#include "publish/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

#include "dns/tag_list.hpp"
#include "sts/txt_record.hpp"
#include "text/duration.hpp"
#include "text/time.hpp"
#include "tlsrpt/txt_record.hpp"

namespace mtasts::publish {
namespace {

/// RFC 8461, 3.1 leaves the TTL open. While a policy is being tried, changes
/// are frequent and a short time lets senders see the new id soon; in mode
/// enforce the record rarely changes.
std::chrono::seconds default_ttl(sts::Mode mode) {
  return mode == sts::Mode::enforce ? std::chrono::seconds(3600)
                                    : std::chrono::seconds(300);
}

using Texts = std::pair<std::string, std::string>;  // of the two TXT records

Texts record_texts(const Publication& entry) {
  return {sts::format_txt_record(entry.id()),
          entry.has_tls_rpt() ? tlsrpt::format_txt_record(entry.tls_rpt())
                              : std::string{}};
}

}  // namespace

DomainRecords make_records(const Publication& entry, const dns::Name& domain,
                           std::optional<std::chrono::seconds> ttl) {
  const sts::Policy policy = entry.policy();
  const std::chrono::seconds time = ttl.value_or(default_ttl(policy.mode()));
  const auto [sts_text, tlsrpt_text] = record_texts(entry);
  DomainRecords records{
      .domain = domain,
      .note = fmt::format(
          "{}, max_age {}, {} mx", sts::format_mode(policy.mode()),
          text::format_duration(policy.max_age()), policy.mx().size()),
      .sets = {},
      .reminder =
          "also needs A and AAAA records, or a CNAME, that lead to this "
          "server"};
  if (entry.retire()) {
    records.note += ", until " + text::format_date(*entry.retire());
  }
  const auto add = [&](Purpose purpose, const std::string& text) {
    records.sets.push_back(
        {purpose, dns::Type::txt, owner_name(purpose, domain), time, {text}});
  };
  add(Purpose::mta_sts, sts_text);
  if (!tlsrpt_text.empty()) add(Purpose::tls_rpt, tlsrpt_text);
  return records;
}

namespace {

/// What senders take from a text: the id, or where reports go. Nothing from one
/// that they refuse.
std::set<std::string> read_values(Purpose purpose, const std::string& text) {
  std::set<std::string> values;
  if (purpose == Purpose::mta_sts) {
    if (const auto id = sts::parse_txt_record(text)) values.insert(*id);
  } else if (const auto rua = tlsrpt::parse_txt_record(text)) {
    for (const tlsrpt::ReportUri& uri : *rua) values.insert(uri.text());
  }
  return values;
}

}  // namespace

std::vector<DomainRecords> make_records(
    const std::vector<PublicationPtr>& publications,
    const std::vector<std::string>& domains,
    std::optional<std::chrono::seconds> ttl) {
  const std::unordered_set<std::string> wanted(domains.begin(), domains.end());
  std::vector<DomainRecords> all;
  for (const PublicationPtr& entry : publications) {
    for (const std::string_view domain : entry->domains()) {
      if (!wanted.contains(std::string(domain))) continue;
      all.push_back(make_records(*entry, *dns::Name::parse(domain), ttl));
    }
  }
  return all;
}

std::optional<std::string> find_difference(Purpose purpose,
                                           const std::string& found,
                                           const std::string& wanted) {
  if (found == wanted) return std::nullopt;
  const std::set<std::string> values = read_values(purpose, found);
  if (values.empty() || values != read_values(purpose, wanted)) {
    return std::string{};
  }
  const bool is_sts = purpose == Purpose::mta_sts;
  const std::string version = is_sts ? "v=STSv1" : "v=TLSRPTv1";
  if (!found.starts_with(version + ';')) {
    return "chasquid and Halon refuse white space in front of the first \";\"";
  }
  if (found.ends_with(' ') || found.ends_with('\t')) {
    return "KumoMTA refuses white space at the end";
  }
  const std::string_view name = is_sts ? "id" : "rua";
  const auto tags = dns::parse_tag_list(found, version, "rua");
  if (tags && std::ranges::count(*tags, name, &dns::Tag::first) > 1) {
    return fmt::format("{} is there twice, which mox and Courier refuse", name);
  }
  return std::nullopt;
}

bool has_same_records(const Publication& a, const Publication& b) {
  return record_texts(a) == record_texts(b);
}

}  // namespace mtasts::publish
