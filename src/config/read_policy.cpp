// SPDX-License-Identifier: MIT
#include "config/read_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/policy_lint.hpp"
#include "config/table_reader.hpp"
#include "dns/name_slip.hpp"
#include "publish/publication.hpp"
#include "publish/record_set.hpp"
#include "sts/slip.hpp"
#include "text/duration.hpp"
#include "text/utf8.hpp"
#include "tlsrpt/report_slip.hpp"
#include "tlsrpt/txt_record.hpp"

namespace mtasts::config {
namespace {

constexpr std::chrono::seconds k_default_max_age = std::chrono::weeks(1);

using publish::Purpose;

// What a policy text of 10,000 octets has no room for.
constexpr std::size_t k_max_mx = 1000;
constexpr std::size_t k_max_tls_rpt = 1000;
// RFC 1035, 3.2.1: RDLENGTH has 16 bits, and each string has its length.
constexpr std::size_t k_max_record_octets = 65'535;
constexpr std::size_t k_string_octets = 255;

// For propose().
constexpr std::string_view k_each = "write each as a string of its own";

Result<sts::MxPattern> parse_mx(std::string_view text) {
  Result<sts::MxPattern> mx = sts::MxPattern::from_typed(text);
  if (mx) return mx;
  Error fault = sts::explain_mx(text, mx.error());
  std::vector<std::string> values;
  for (const sts::MxPattern& meant : sts::find_meant_mx(text)) {
    values.push_back(meant.text());
  }
  if (!values.empty()) fault.hint = propose(values, k_each);
  return fail(std::move(fault));
}

Result<tlsrpt::ReportUri> parse_uri(std::string_view text) {
  Result<tlsrpt::ReportUri> uri = tlsrpt::ReportUri::from_typed(text);
  if (uri) return uri;
  return fail(tlsrpt::explain_uri(text, uri.error()));
}

/// Says better than `fault` what is wrong with a policy domain.
Error explain_domain(std::string_view text, Error fault) {
  std::vector<std::string> values;
  for (std::string name : dns::split_names(text)) {
    for (const std::string_view owner :
         {publish::owner_prefix(Purpose::mta_sts),
          publish::owner_prefix(Purpose::tls_rpt), std::string_view("*."),
          std::string_view(".")}) {
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
  fault.hint = propose(values, k_each);
  return fault;
}

/// Reports what stands there for the second time.
template <class T>
void check_twice(const std::vector<Located<T>>& values, std::string_view what,
                 const std::string& id, TableReader& reader) {
  std::set<std::string_view> seen;
  for (const Located<T>& one : values) {
    if (seen.insert(one.value.text()).second) continue;
    reader.refuse(id, what, {one.value.text(), one.at},
                  {"is listed twice", "remove one of them"});
  }
}

Result<sts::Mode> parse_mode(std::string_view text) {
  if (const std::optional<sts::Mode> mode = sts::parse_mode(text)) return *mode;
  const std::optional<sts::Mode> meant = sts::find_meant_mode(text);
  return fail("is none of testing, enforce and none",
              meant ? fmt::format("write \"{}\"", sts::format_mode(*meant))
                    : "start with \"testing\" (RFC 8461, 5)");
}

Result<std::chrono::seconds> check_max_age(std::chrono::seconds max_age) {
  if (max_age.count() >= 0 && max_age <= sts::k_max_max_age) return max_age;
  return fail(
      fmt::format("is outside 0 to {} seconds", sts::k_max_max_age.count()),
      "RFC 8461, 3.2 allows about one year at most: \"365d\"");
}

Result<std::chrono::seconds> parse_max_age(std::string_view text) {
  Result<std::chrono::seconds> parsed = text::parse_duration(text);
  if (parsed) return check_max_age(*parsed);
  const auto meant = sts::find_meant_max_age(text);
  parsed.error().hint =
      meant && *meant <= sts::k_max_max_age
          ? fmt::format("write \"{}\"", text::format_duration(*meant))
          : "seconds as a bare number, or \"1w\", \"30d\"";
  return parsed;
}

Located<std::chrono::seconds> read_max_age(Position table,
                                           TableReader& reader) {
  const Value* value = reader.find("max_age");
  if (value == nullptr) return {k_default_max_age, table};
  const auto* number = std::get_if<std::int64_t>(&value->data);
  const auto* text = std::get_if<std::string>(&value->data);
  if (number == nullptr && text == nullptr) {
    reader.wrong_type("max_age", *value, "a number of seconds or a string",
                      "max_age = \"1w\"");
    return {k_default_max_age, value->at};
  }
  const Result<std::chrono::seconds> max_age =
      number != nullptr ? check_max_age(std::chrono::seconds(*number))
                        : parse_max_age(*text);
  if (max_age) return {*max_age, value->at};
  reader.error("policy.max-age-invalid", value->at,
               fmt::format("max_age {} {}",
                           number != nullptr ? std::to_string(*number)
                                             : in_quotes(*text),
                           max_age.error().message),
               max_age.error().hint);
  return {k_default_max_age, value->at};
}

std::vector<Located<dns::Name>> read_domains(Position table,
                                             TableReader& reader) {
  const Value* value = reader.find("domains");
  const auto* list = reader.find_as<Array>("domains");
  if (value == nullptr || (list != nullptr && list->empty())) {
    reader.error("policy.domains-missing", value == nullptr ? table : value->at,
                 "the policy names no domain",
                 "domains = [\"your-domain.example\"]");
  }
  auto domains = reader.find_each("domains", "domain", "policy.domain-invalid",
                                  parse_policy_domain);
  check_twice(domains, "domain", "config.duplicate-domain", reader);
  return domains;
}

std::vector<Located<tlsrpt::ReportUri>> read_tls_rpt(TableReader& reader) {
  auto all = reader.find_each("tls_rpt", "tls_rpt", "policy.tls-rpt-invalid",
                              parse_uri, k_max_tls_rpt);
  check_twice(all, "tls_rpt", "policy.tls-rpt-invalid", reader);
  if (all.empty()) return all;
  const std::size_t octets = tlsrpt::format_txt_record(take_values(all)).size();
  if (octets + octets / k_string_octets >= k_max_record_octets) {
    reader.error("policy.tls-rpt-invalid", all.front().at,
                 fmt::format("tls_rpt makes a record of {} octets, which no "
                             "DNS message can carry",
                             octets),
                 "one address that passes them on is enough");
  }
  return all;
}

/// What is served of a policy on its way out, whatever its table says of mode
/// and max_age (RFC 8461, 8.3).
void take_back(PolicyDraft& draft) {
  draft.mode = sts::Mode::none;
  draft.max_age.value = std::min(draft.max_age.value, sts::k_retire_max_age);
}

}  // namespace

Result<dns::Name> parse_policy_domain(std::string_view text) {
  Result<dns::Name> name = dns::Name::from_typed(text);
  if (!name) return fail(explain_domain(text, name.error()));
  if (name->text().size() > publish::k_max_domain_octets) {
    return fail(fmt::format("has {} octets, above {}", name->text().size(),
                            publish::k_max_domain_octets),
                "\"_smtp._tls.\" has to fit in front of it");
  }
  return name;
}

std::optional<publish::Publication> read_policy(const Table& table, Position at,
                                                const text::Path& file,
                                                Diagnostics& out) {
  // Errors of this table alone decide whether it yields a policy.
  Diagnostics found;
  const std::string path = file.text();
  TableReader reader(table, "policy", path, found);
  PolicyDraft draft{
      .domains = read_domains(at, reader),
      .mode =
          reader.find_parsed("mode", "mode", "policy.mode-invalid", parse_mode)
              .value_or(sts::Mode::testing),
      .mx =
          reader.find_each("mx", "mx", "policy.mx-invalid", parse_mx, k_max_mx),
      .max_age = read_max_age(at, reader),
      .tls_rpt = read_tls_rpt(reader),
      .at = at};
  const std::optional<std::chrono::sys_days> retire =
      reader.find_date("retire");
  if (retire) take_back(draft);
  reader.finish();

  std::optional<publish::Publication> entry;
  if (!has_errors(found)) {
    Result<sts::Policy> policy = sts::Policy::make(
        draft.mode, take_values(draft.mx), draft.max_age.value);
    if (policy) {
      lint_policy(draft, *policy, reader);
      entry.emplace(take_values(std::move(draft.domains)), *policy,
                    take_values(std::move(draft.tls_rpt)),
                    publish::TablePlace{file, at.line, at.column}, retire);
    } else {
      reader.error(draft.mx.empty() ? "policy.mx-missing" : "policy.too-large",
                   at, policy.error().message, policy.error().hint);
    }
  }
  for (Diagnostic& one : found) append_bounded(out, std::move(one));
  return entry;
}

}  // namespace mtasts::config
