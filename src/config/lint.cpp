// SPDX-License-Identifier: MIT
#include "config/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "config/placeholder_table.hpp"
#include "config/provider_table.hpp"
#include "sts/policy_host.hpp"
#include "sts/policy_text.hpp"
#include "text/duration.hpp"
#include "tlsrpt/report_slip.hpp"
#include "tlsrpt/txt_record.hpp"

namespace mtasts::config {
namespace {

using std::chrono::days;
using std::chrono::weeks;

/// Under these anyone can have a name: "com", "co.uk".
bool is_registry_suffix(const dns::Name& name) {
  if (name.label_count() == 1) return true;
  constexpr std::array<std::string_view, 8> k_second_level = {
      "ac", "co", "com", "edu", "gov", "net", "ne", "org"};
  const std::string_view text = name.text();
  const std::size_t dot = text.find('.');
  return text.size() - dot - 1 == 2 &&
         std::find(k_second_level.begin(), k_second_level.end(),
                   text.substr(0, dot)) != k_second_level.end();
}

void lint_domains(const PolicyDraft& draft, TableReader& reader) {
  for (const Located<dns::Name>& domain : draft.domains) {
    const std::string& text = domain.value.text();
    if (domain.value.label_count() == 1) {
      reader.warning("policy.domain-single-label", domain.at,
                     fmt::format("domain {} has one label", in_quotes(text)),
                     "no public certificate authority issues a certificate "
                     "for a host under a top-level domain by name (RFC 8461, "
                     "3.3)");
    }
    if (text.starts_with(sts::k_policy_host_prefix) &&
        domain.value.label_count() > 2) {
      reader.warning(
          "policy.domain-is-policy-host", domain.at,
          fmt::format("domain {} looks like a policy host", in_quotes(text)),
          fmt::format("name the policy domain, {}; its policy host "
                      "follows from it (RFC 8461, 3.3)",
                      in_quotes(text.substr(8))));
    }
  }
}

std::set<std::string, std::less<>> policy_hosts(const PolicyDraft& draft) {
  std::set<std::string, std::less<>> hosts;
  for (const Located<dns::Name>& domain : draft.domains) {
    hosts.insert(std::string(sts::k_policy_host_prefix) + domain.value.text());
  }
  return hosts;
}

void lint_mx_names(const PolicyDraft& draft, TableReader& reader) {
  const auto hosts = policy_hosts(draft);
  for (const Located<sts::MxPattern>& mx : draft.mx) {
    const std::string text = mx.value.text();
    if (const std::optional<Error> slip = find_provider_slip(mx.value)) {
      reader.warning("policy.mx-never-matches", mx.at, slip->message,
                     slip->hint);
      continue;
    }
    if (mx.value.is_wildcard()) {
      if (is_registry_suffix(mx.value.name())) {
        reader.warning("policy.mx-wide-wildcard", mx.at,
                       fmt::format("mx {} admits hosts of anyone under that "
                                   "suffix",
                                   in_quotes(text)),
                       "name your MX hosts (RFC 8461, 10.4)");
      }
      continue;
    }
    if (mx.value.name().label_count() == 1) {
      reader.warning("policy.mx-single-label", mx.at,
                     fmt::format("mx {} has one label", in_quotes(text)),
                     "senders see the full name that the MX record has, and "
                     "no public certificate covers a single label (RFC 8461, "
                     "4.1)");
    }
    if (hosts.contains(text)) {
      reader.warning("policy.mx-is-policy-host", mx.at,
                     fmt::format("mx {} is the policy host, which receives "
                                 "no mail",
                                 in_quotes(text)),
                     "list the hosts of your MX records (RFC 8461, 3.2)");
    }
  }
}

/// Those that are set aside do no harm until they are served in public.
void lint_placeholders(const PolicyDraft& draft, TableReader& reader) {
  const auto report = [&reader](Position at, std::string_view what,
                                const std::string& text) {
    reader.warning("policy.placeholder", at,
                   fmt::format("{} {} is a placeholder, and serve refuses it "
                               "on a public listener",
                               what, in_quotes(text)),
                   "put your own names there (RFC 8461, 3.2)");
  };
  for (const Located<dns::Name>& domain : draft.domains) {
    if (!asks_to_be_filled_in(domain.value)) continue;
    report(domain.at, "domain", domain.value.text());
  }
  for (const Located<sts::MxPattern>& mx : draft.mx) {
    if (!asks_to_be_filled_in(mx.value.name())) continue;
    report(mx.at, "mx", mx.value.text());
  }
  for (const Located<tlsrpt::ReportUri>& uri : draft.tls_rpt) {
    const Result<dns::Name> host = dns::Name::parse(uri.value.host());
    if (!host || !asks_to_be_filled_in(*host)) continue;
    report(uri.at, "tls_rpt", uri.value.text());
  }
}

void lint_mx_list(const PolicyDraft& draft, TableReader& reader) {
  for (auto mx = draft.mx.begin(); mx != draft.mx.end(); ++mx) {
    const auto same = std::find_if(
        draft.mx.begin(), mx,
        [mx](const auto& other) { return other.value == mx->value; });
    if (same != mx) {
      reader.warning(
          "policy.mx-duplicate", mx->at,
          fmt::format("mx {} is listed twice", in_quotes(mx->value.text())),
          "remove one of them; it is served once (RFC 8461, 3.2)");
      continue;
    }
    if (mx->value.is_wildcard()) continue;
    const auto cover =
        std::find_if(draft.mx.begin(), draft.mx.end(), [mx](const auto& other) {
          return other.value.is_wildcard() &&
                 other.value.matches(mx->value.name());
        });
    if (cover != draft.mx.end()) {
      reader.warning(
          "policy.mx-covered", mx->at,
          fmt::format("mx {} is covered by {}", in_quotes(mx->value.text()),
                      in_quotes(cover->value.text())),
          "drop the wildcard if every host is listed: it admits "
          "more than you need (RFC 8461, 10.4)");
    }
  }
}

/// A domain at Google has five MX hosts, and senders that find one of them
/// missing in mode enforce don't deliver there.
void lint_google(const PolicyDraft& draft, TableReader& reader) {
  constexpr std::array<std::string_view, 5> k_hosts = {
      "aspmx.l.google.com", "alt1.aspmx.l.google.com",
      "alt2.aspmx.l.google.com", "alt3.aspmx.l.google.com",
      "alt4.aspmx.l.google.com"};
  const Located<sts::MxPattern>* some = nullptr;  // the first that is for one
  std::string_view missing;
  for (const std::string_view host : k_hosts) {
    const auto match =
        std::find_if(draft.mx.begin(), draft.mx.end(), [host](const auto& mx) {
          return mx.value.matches(*dns::Name::parse(host));
        });
    if (match == draft.mx.end()) {
      if (missing.empty()) missing = host;
    } else if (some == nullptr) {
      some = &*match;
    }
  }
  if (some == nullptr) {
    // It would be right for the one host of today, which is better named.
    const auto wide = std::find_if(
        draft.mx.begin(), draft.mx.end(),
        [](const auto& mx) { return mx.value.text() == "*.google.com"; });
    if (wide == draft.mx.end()) return;
    reader.warning("policy.mx-incomplete", wide->at,
                   "mx \"*.google.com\" matches \"smtp.google.com\" and no "
                   "other of Google's MX hosts",
                   "a wildcard stands for one label (RFC 8461, 4.1); use "
                   "\"smtp.google.com\" if your MX record names it, else "
                   "\"aspmx.l.google.com\" and \"*.aspmx.l.google.com\"");
    return;
  }
  if (missing.empty()) return;
  reader.warning("policy.mx-incomplete", some->at,
                 fmt::format("mx has some of Google's MX hosts, but not {}",
                             in_quotes(missing)),
                 "list all that your MX records name, backups too (RFC 8461, "
                 "8.4): \"aspmx.l.google.com\" and "
                 "\"*.aspmx.l.google.com\"");
}

void lint_max_age(const PolicyDraft& draft, TableReader& reader) {
  const std::chrono::seconds max_age = draft.max_age.value;
  const std::string shown = text::format_duration(max_age);
  if (max_age.count() == 0) {
    reader.warning("policy.max-age-zero", draft.max_age.at,
                   "max_age 0 makes chasquid refuse the whole policy",
                   "one day is the least that every sender takes: \"1d\"");
    return;
  }
  if (max_age == sts::k_max_max_age) {
    reader.warning("policy.max-age-at-limit", draft.max_age.at,
                   fmt::format("max_age {} is the most that RFC 8461, 3.2 "
                               "allows",
                               max_age.count()),
                   "Stalwart caches it for one day only; take a little less: "
                   "\"365d\"");
  }
  if (max_age < days(1)) {
    reader.warning("policy.max-age-short", draft.max_age.at,
                   fmt::format("max_age {} is below one day", shown),
                   "the aykevl checker fails it, in mode none too: \"1d\" is "
                   "the least; RFC 8461, 3.2 expects weeks");
  } else if (draft.mode.value == sts::Mode::none) {
    if (max_age > weeks(1)) {
      reader.warning(
          "policy.none-max-age-long", draft.max_age.at,
          fmt::format("max_age {} with mode none delays a return", shown),
          "one day is enough to take a policy back: \"1d\" (RFC "
          "8461, 8.3)");
    }
  } else if (draft.mode.value == sts::Mode::enforce && max_age < weeks(4)) {
    reader.warning("policy.enforce-max-age-short", draft.max_age.at,
                   fmt::format("max_age {} is short for mode enforce", shown),
                   "the aykevl checker warns below 28 days, since an attacker "
                   "has to block the policy for only that long (RFC 8461, "
                   "10.2): \"4w\"");
  }
}

void lint_mode(const PolicyDraft& draft, TableReader& reader) {
  const sts::Mode mode = draft.mode.value;
  if (mode == sts::Mode::none && draft.mx.empty()) {
    reader.warning("policy.none-without-mx", draft.at,
                   "mode none without mx is refused by chasquid, Stalwart and "
                   "the aykevl checker",
                   "keep the mx list until the policy is gone");
  }
  if (!draft.tls_rpt.empty()) return;
  if (mode == sts::Mode::enforce) {
    reader.warning("policy.enforce-without-tls-rpt", draft.at,
                   "mode enforce without tls_rpt: nobody tells you of mail "
                   "that is refused",
                   "tls_rpt = [\"mailto:tls-reports@your-domain.example\"] "
                   "(RFC 8461, 6)");
  }
  if (mode == sts::Mode::testing) {
    reader.warning("policy.testing-without-tls-rpt", draft.at,
                   "mode testing without tls_rpt tests nothing: its only "
                   "effect is reports",
                   "tls_rpt = [\"mailto:tls-reports@your-domain.example\"] "
                   "(RFC 8461, 5)");
  }
}

void lint_size(const PolicyDraft& draft, TableReader& reader) {
  std::vector<sts::MxPattern> mx;
  for (const auto& one : draft.mx) mx.push_back(one.value);
  const Result<sts::Policy> policy =
      sts::Policy::make(draft.mode.value, mx, draft.max_age.value);
  constexpr std::size_t k_checker_octets = 4096;
  if (policy && sts::format_policy(*policy).size() > k_checker_octets) {
    reader.warning("policy.text-large", draft.at,
                   fmt::format("the policy text has more than {} octets",
                               k_checker_octets),
                   "the aykevl checker warns; a wildcard can stand for many "
                   "hosts");
  }
}

void lint_tls_rpt(const PolicyDraft& draft, TableReader& reader) {
  const auto hosts = policy_hosts(draft);
  std::vector<tlsrpt::ReportUri> rua;
  for (const Located<tlsrpt::ReportUri>& uri : draft.tls_rpt) {
    rua.push_back(uri.value);
    if (const auto slip = tlsrpt::find_encoded_slip(uri.value)) {
      reader.warning("policy.tls-rpt-encoded", uri.at,
                     fmt::format("tls_rpt {} {}", in_quotes(uri.value.text()),
                                 slip->message),
                     slip->hint);
    }
    if (!hosts.contains(uri.value.host())) continue;
    reader.warning("policy.tls-rpt-is-policy-host", uri.at,
                   fmt::format("tls_rpt {} is the policy host, which takes "
                               "no reports",
                               in_quotes(uri.value.text())),
                   "let them go elsewhere (RFC 8460, 3): "
                   "\"mailto:tls-reports@your-domain.example\"");
  }
  constexpr std::size_t k_string_octets = 255;
  if (!rua.empty() && tlsrpt::format_txt_record(rua).size() > k_string_octets) {
    reader.warning("policy.tls-rpt-long", draft.tls_rpt.front().at,
                   fmt::format("the TLS-RPT record has more than {} octets "
                               "and is published in several strings",
                               k_string_octets),
                   "some web panels cut it, and readers may use only one of "
                   "the URIs (RFC 8460, 3)");
  }
}

}  // namespace

void lint_policy(const PolicyDraft& draft, TableReader& reader) {
  lint_domains(draft, reader);
  lint_mx_names(draft, reader);
  lint_placeholders(draft, reader);
  lint_mx_list(draft, reader);
  lint_google(draft, reader);
  lint_max_age(draft, reader);
  lint_mode(draft, reader);
  lint_size(draft, reader);
  lint_tls_rpt(draft, reader);
}

Diagnostics lint_names(const publish::Publication& entry) {
  PolicyDraft draft;
  for (const dns::Name& domain : entry.domains) {
    draft.domains.push_back({domain, {}});
  }
  for (const sts::MxPattern& mx : entry.policy.mx()) {
    draft.mx.push_back({mx, {}});
  }
  for (const tlsrpt::ReportUri& uri : entry.tls_rpt) {
    draft.tls_rpt.push_back({uri, {}});
  }
  const Table table;
  Diagnostics found;
  TableReader reader(table, "policy", {}, found);
  lint_domains(draft, reader);
  lint_mx_names(draft, reader);
  lint_placeholders(draft, reader);
  lint_google(draft, reader);
  lint_tls_rpt(draft, reader);
  return found;
}

}  // namespace mtasts::config
