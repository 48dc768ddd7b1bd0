// SPDX-License-Identifier: MIT
#include "config/read_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/lint.hpp"
#include "config/table_reader.hpp"
#include "dns/name_slip.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"
#include "sts/slip.hpp"
#include "text/duration.hpp"
#include "text/utf8.hpp"
#include "tlsrpt/report_slip.hpp"
#include "tlsrpt/txt_record.hpp"

namespace mtasts::config {
namespace {

constexpr std::chrono::seconds k_default_max_age = std::chrono::weeks(1);

// "_smtp._tls." is the longest owner that is put in front (RFC 8460, 3), and
// a name has 253 octets at most.
constexpr std::size_t k_max_domain_octets = 242;

// What a policy text of 10,000 octets has no room for.
constexpr std::size_t k_max_mx = 1000;
constexpr std::size_t k_max_tls_rpt = 1000;
// RFC 1035, 3.2.1: RDLENGTH has 16 bits, and each string has its length.
constexpr std::size_t k_max_record_octets = 65'535;
constexpr std::size_t k_string_octets = 255;

/// A hint that proposes what was meant, each of which is good.
std::string propose(const std::vector<std::string>& values) {
  return values.size() == 1
             ? fmt::format("write {}", list_values(values))
             : fmt::format("write each as a string of its own: {}",
                           list_values(values));
}

Result<sts::MxPattern> parse_mx(std::string_view text) {
  Result<sts::MxPattern> mx = sts::MxPattern::from_typed(text);
  if (mx) return mx;
  Error fault = sts::explain_mx(text, mx.error());
  std::vector<std::string> values;
  for (const sts::MxPattern& meant : sts::find_meant_mx(text)) {
    values.push_back(meant.text());
  }
  if (!values.empty()) fault.hint = propose(values);
  return tl::unexpected<Error>(std::move(fault));
}

Result<tlsrpt::ReportUri> parse_uri(std::string_view text) {
  Result<tlsrpt::ReportUri> uri = tlsrpt::ReportUri::from_typed(text);
  if (uri) return uri;
  return tl::unexpected<Error>(tlsrpt::explain_uri(text, uri.error()));
}

/// Says better than `fault` what is wrong with a policy domain.
Error explain_domain(std::string_view text, Error fault) {
  std::vector<std::string> values;
  for (std::string name : dns::split_names(text)) {
    for (const std::string_view owner :
         {"_mta-sts.", "_smtp._tls.", "*.", "."}) {
      if (name.starts_with(owner)) name.erase(0, owner.size());
    }
    const Result<dns::Name> domain = dns::Name::from_typed(name);
    // A word alone is no domain that anybody means.
    if (!domain || domain->label_count() == 1) return fault;
    values.push_back(domain->text());
  }
  if (values.empty()) return fault;
  if (text.find('*') != std::string_view::npos) {
    return {"has a wildcard, but a policy is for one domain and none below it",
            fmt::format("list each domain that receives mail by name: {} (RFC "
                        "8461, 3.4)",
                        list_values(values))};
  }
  if (const std::optional<Error> disguise = text::find_disguise(text)) {
    fault = *disguise;
  }
  fault.hint = propose(values);
  return fault;
}

/// Reads every element of an array with `parse`; reports those that are bad.
template <class T, class Parse>
std::vector<Located<T>> read_each(
    const std::vector<Located<std::string>>& strings, std::string_view what,
    const std::string& id, Parse parse, TableReader& reader) {
  std::vector<Located<T>> values;
  for (const Located<std::string>& text : strings) {
    Result<T> value = parse(text.value);
    if (value) {
      values.push_back({*std::move(value), text.at});
    } else {
      reader.error(id, text.at,
                   fmt::format("{} {} {}", what, in_quotes(text.value),
                               value.error().message),
                   value.error().hint);
    }
  }
  return values;
}

Located<sts::Mode> read_mode(Position table, TableReader& reader) {
  const std::optional<Located<std::string>> text = reader.find_string("mode");
  if (!text) return {sts::Mode::testing, table};
  if (const std::optional<sts::Mode> mode = sts::parse_mode(text->value)) {
    return {*mode, text->at};
  }
  const std::optional<sts::Mode> meant = sts::find_meant_mode(text->value);
  reader.error("policy.mode-invalid", text->at,
               fmt::format("mode {} is none of testing, enforce and none",
                           in_quotes(text->value)),
               meant ? fmt::format("write \"{}\"", sts::format_mode(*meant))
                     : "start with \"testing\" (RFC 8461, 5)");
  return {sts::Mode::testing, text->at};
}

Located<std::chrono::seconds> read_max_age(Position table,
                                           TableReader& reader) {
  const Value* value = reader.find("max_age");
  if (value == nullptr) return {k_default_max_age, table};
  std::chrono::seconds max_age = k_default_max_age;
  std::string shown;
  if (const auto* number = std::get_if<std::int64_t>(&value->data)) {
    max_age = std::chrono::seconds(*number);
    shown = fmt::format("{}", *number);
  } else if (const auto* text = std::get_if<std::string>(&value->data)) {
    shown = in_quotes(*text);
    const Result<std::chrono::seconds> parsed = text::parse_duration(*text);
    if (!parsed) {
      const auto meant = sts::find_meant_max_age(*text);
      reader.error(
          "policy.max-age-invalid", value->at,
          fmt::format("max_age {} {}", shown, parsed.error().message),
          meant && *meant <= sts::k_max_max_age
              ? fmt::format("write \"{}\"", text::format_duration(*meant))
              : "seconds as a bare number, or \"1w\", \"30d\"");
      return {k_default_max_age, value->at};
    }
    max_age = *parsed;
  } else {
    reader.wrong_type("max_age", *value, "a number of seconds or a string",
                      "max_age = \"1w\"");
    return {k_default_max_age, value->at};
  }
  if (max_age.count() < 0 || max_age > sts::k_max_max_age) {
    reader.error("policy.max-age-invalid", value->at,
                 fmt::format("max_age {} is outside 0 to {} seconds", shown,
                             sts::k_max_max_age.count()),
                 "RFC 8461, 3.2 allows about one year at most: \"365d\"");
    return {k_default_max_age, value->at};
  }
  return {max_age, value->at};
}

std::vector<Located<dns::Name>> read_domains(Position table,
                                             TableReader& reader) {
  const Value* value = reader.find("domains");
  const auto strings = reader.find_strings("domains");
  if (value == nullptr || (strings && strings->empty())) {
    reader.error("policy.domains-missing", value == nullptr ? table : value->at,
                 "the policy names no domain",
                 "domains = [\"your-domain.example\"]");
  }
  if (!strings) return {};
  std::vector<Located<dns::Name>> domains = read_each<dns::Name>(
      *strings, "domain", "policy.domain-invalid", parse_policy_domain, reader);
  std::set<dns::Name> seen;
  for (const Located<dns::Name>& domain : domains) {
    if (seen.insert(domain.value).second) continue;
    reader.error("config.duplicate-domain", domain.at,
                 fmt::format("domain {} is listed twice",
                             in_quotes(domain.value.text())),
                 "remove one of them");
  }
  return domains;
}

void check_tls_rpt(const std::vector<Located<tlsrpt::ReportUri>>& all,
                   TableReader& reader) {
  std::set<std::string_view> seen;
  std::vector<tlsrpt::ReportUri> uris;
  for (const Located<tlsrpt::ReportUri>& one : all) {
    uris.push_back(one.value);
    if (seen.insert(one.value.text()).second) continue;
    reader.error(
        "policy.tls-rpt-invalid", one.at,
        fmt::format("tls_rpt {} is listed twice", in_quotes(one.value.text())),
        "remove one of them");
  }
  if (uris.empty()) return;
  const std::size_t octets = tlsrpt::format_txt_record(uris).size();
  if (octets + octets / k_string_octets >= k_max_record_octets) {
    reader.error("policy.tls-rpt-invalid", all.front().at,
                 fmt::format("tls_rpt makes a record of {} octets, which no "
                             "DNS message can carry",
                             octets),
                 "one address that passes them on is enough");
  }
}

template <class T>
std::vector<T> take_values(std::vector<Located<T>> located) {
  std::vector<T> values;
  values.reserve(located.size());
  for (Located<T>& one : located) values.push_back(std::move(one.value));
  return values;
}

}  // namespace

Result<dns::Name> parse_policy_domain(std::string_view text) {
  Result<dns::Name> name = dns::Name::from_typed(text);
  if (!name) return tl::unexpected<Error>(explain_domain(text, name.error()));
  if (name->text().size() > k_max_domain_octets) {
    return fail(fmt::format("has {} octets, above {}", name->text().size(),
                            k_max_domain_octets),
                "\"_smtp._tls.\" has to fit in front of it");
  }
  return name;
}

publish::Publication make_policy_entry(std::vector<dns::Name> domains,
                                       sts::Policy policy,
                                       std::vector<tlsrpt::ReportUri> tls_rpt,
                                       Place place) {
  std::string body = sts::format_policy(policy);
  std::string id = sts::policy_id(body);
  return {std::move(domains), std::move(policy), std::move(tls_rpt),
          std::move(body),    std::move(id),     std::move(place)};
}

std::optional<publish::Publication> read_policy(const Table& table, Position at,
                                                std::string_view file,
                                                Diagnostics& out) {
  // Errors of this table alone decide whether it yields a policy.
  Diagnostics found;
  TableReader reader(table, "policy", file, found);
  PolicyDraft draft{.domains = read_domains(at, reader),
                    .mode = read_mode(at, reader),
                    .mx = {},
                    .max_age = read_max_age(at, reader),
                    .tls_rpt = {},
                    .at = at};
  if (const auto mx = reader.find_strings("mx", k_max_mx)) {
    draft.mx = read_each<sts::MxPattern>(*mx, "mx", "policy.mx-invalid",
                                         parse_mx, reader);
  }
  if (const auto rua = reader.find_strings("tls_rpt", k_max_tls_rpt)) {
    draft.tls_rpt = read_each<tlsrpt::ReportUri>(
        *rua, "tls_rpt", "policy.tls-rpt-invalid", parse_uri, reader);
  }
  check_tls_rpt(draft.tls_rpt, reader);
  reader.finish();

  std::optional<publish::Publication> entry;
  if (!has_errors(found)) {
    Result<sts::Policy> policy = sts::Policy::make(
        draft.mode.value, take_values(draft.mx), draft.max_age.value);
    if (policy) {
      lint_policy(draft, reader);
      entry = make_policy_entry(take_values(std::move(draft.domains)),
                                *std::move(policy),
                                take_values(std::move(draft.tls_rpt)),
                                {std::string(file), at.line, at.column});
    } else {
      reader.error(draft.mx.empty() ? "policy.mx-missing" : "policy.too-large",
                   at, policy.error().message, policy.error().hint);
    }
  }
  for (Diagnostic& one : found) append_bounded(out, std::move(one));
  return entry;
}

}  // namespace mtasts::config
