// SPDX-License-Identifier: MIT
#include "config/policy_lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "config/placeholder_table.hpp"
#include "config/provider_table.hpp"
#include "dns/registry_suffix.hpp"
#include "publish/record_set.hpp"
#include "sts/policy_host.hpp"
#include "sts/policy_text.hpp"
#include "text/duration.hpp"
#include "text/time.hpp"
#include "tlsrpt/report_slip.hpp"
#include "tlsrpt/txt_record.hpp"

namespace mtasts::config {
namespace {

using std::chrono::days;
using std::chrono::weeks;

std::string_view key_of(const dns::Name&) { return "domain"; }
std::string_view key_of(const sts::MxPattern&) { return "mx"; }
std::string_view key_of(const tlsrpt::ReportUri&) { return "tls_rpt"; }

/// Says of one value: mx "mail" has one label.
template <class T>
void warn(TableReader& reader, std::string id, const Located<T>& one,
          std::string_view says, std::string hint) {
  reader.warning(std::move(id), one.at,
                 fmt::format("{} {} {}", key_of(one.value),
                             in_quotes(one.value.text()), says),
                 std::move(hint));
}

void lint_domains(const PolicyDraft& draft, TableReader& reader) {
  for (const Located<dns::Name>& domain : draft.domains) {
    const std::string& text = domain.value.text();
    if (domain.value.label_count() == 1) {
      warn(reader, "policy.domain-single-label", domain, "has one label",
           "no public certificate authority issues a certificate for a host "
           "under a top-level domain by name (RFC 8461, 3.3)");
    }
    if (text.starts_with(sts::k_policy_host_prefix) &&
        domain.value.label_count() > 2) {
      warn(reader, "policy.domain-is-policy-host", domain,
           "looks like a policy host",
           fmt::format(
               "name the policy domain, {}; its policy host follows "
               "from it (RFC 8461, 3.3)",
               in_quotes(text.substr(sts::k_policy_host_prefix.size()))));
    }
  }
}

std::set<std::string, std::less<>> policy_hosts(const PolicyDraft& draft) {
  std::set<std::string, std::less<>> hosts;
  for (const Located<dns::Name>& domain : draft.domains) {
    hosts.insert(sts::policy_host(domain.value.text()));
  }
  return hosts;
}

void lint_mx_names(const PolicyDraft& draft, TableReader& reader) {
  const auto hosts = policy_hosts(draft);
  for (const Located<sts::MxPattern>& mx : draft.mx) {
    if (std::optional<Error> slip = find_provider_slip(mx.value)) {
      reader.warning("policy.mx-never-matches", mx.at, std::move(slip->message),
                     std::move(slip->hint));
      continue;
    }
    if (mx.value.is_wildcard()) {
      if (dns::is_registry_suffix(mx.value.name())) {
        warn(reader, "policy.mx-wide-wildcard", mx,
             "admits hosts of anyone under that suffix",
             "name your MX hosts (RFC 8461, 10.4)");
      }
      continue;
    }
    if (mx.value.name().label_count() == 1) {
      warn(reader, "policy.mx-single-label", mx, "has one label",
           "senders see the full name that the MX record has, and no public "
           "certificate covers a single label (RFC 8461, 4.1)");
    }
    if (hosts.contains(mx.value.text())) {
      warn(reader, "policy.mx-is-policy-host", mx,
           "is the policy host, which receives no mail",
           "list the hosts of your MX records (RFC 8461, 3.2)");
    }
  }
}

/// Those that are set aside do no harm until they are served in public.
void lint_placeholders(const PolicyDraft& draft, TableReader& reader) {
  const auto check = [&reader](const auto& one, const dns::Name& name) {
    if (!asks_to_be_filled_in(name)) return;
    warn(reader, "policy.placeholder", one,
         "is a placeholder, and serve refuses it on a public listener",
         "put your own names there (RFC 8461, 3.2)");
  };
  for (const auto& domain : draft.domains) check(domain, domain.value);
  for (const auto& mx : draft.mx) check(mx, mx.value.name());
  for (const auto& uri : draft.tls_rpt) {
    const Result<dns::Name> host = dns::Name::parse(uri.value.host());
    if (host) check(uri, *host);
  }
}

/// The first mx for which `is_one(pattern)`; null: none.
template <class IsOne>
const Located<sts::MxPattern>* find_mx(const PolicyDraft& draft, IsOne is_one) {
  const auto found = std::ranges::find_if(
      draft.mx, [&](const auto& mx) { return is_one(mx.value); });
  return found == draft.mx.end() ? nullptr : &*found;
}

void lint_mx_list(const PolicyDraft& draft, TableReader& reader) {
  for (const Located<sts::MxPattern>& mx : draft.mx) {
    if (find_mx(draft, [&](const auto& one) { return one == mx.value; }) !=
        &mx) {
      warn(reader, "policy.mx-duplicate", mx, "is listed twice",
           "remove one of them; it is served once (RFC 8461, 3.2)");
      continue;
    }
    if (mx.value.is_wildcard()) continue;
    const auto* cover = find_mx(draft, [&](const sts::MxPattern& one) {
      return one.is_wildcard() && one.matches(mx.value.name());
    });
    if (cover != nullptr) {
      warn(reader, "policy.mx-covered", mx,
           fmt::format("is covered by {}", in_quotes(cover->value.text())),
           "drop the wildcard if every host is listed: it admits more than you "
           "need (RFC 8461, 10.4)");
    }
  }
}

/// A domain at Google has five MX hosts, and senders that find one of them
/// missing in mode enforce don't deliver there.
void lint_google(const PolicyDraft& draft, TableReader& reader) {
  static const std::array<dns::Name, 5> k_hosts = {
      *dns::Name::parse("aspmx.l.google.com"),
      *dns::Name::parse("alt1.aspmx.l.google.com"),
      *dns::Name::parse("alt2.aspmx.l.google.com"),
      *dns::Name::parse("alt3.aspmx.l.google.com"),
      *dns::Name::parse("alt4.aspmx.l.google.com")};
  const Located<sts::MxPattern>* some = nullptr;  // the first that is for one
  std::string_view missing;
  for (const dns::Name& host : k_hosts) {
    const auto* match =
        find_mx(draft, [&](const auto& mx) { return mx.matches(host); });
    if (match == nullptr && missing.empty()) missing = host.text();
    if (some == nullptr) some = match;
  }
  if (some == nullptr) {
    // It would be right for the one host of today, which is better named.
    const auto* wide = find_mx(
        draft, [](const auto& mx) { return mx.text() == "*.google.com"; });
    if (wide == nullptr) return;
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
                   fmt::format("max_age {} is below one day",
                               text::format_duration(max_age)),
                   "the aykevl checker fails it, in mode none too: \"1d\" is "
                   "the least; RFC 8461, 3.2 expects weeks");
  } else if (draft.mode == sts::Mode::none) {
    if (max_age > weeks(1)) {
      reader.warning("policy.none-max-age-long", draft.max_age.at,
                     fmt::format("max_age {} with mode none delays a return",
                                 text::format_duration(max_age)),
                     "one day is enough to take a policy back: \"1d\" (RFC "
                     "8461, 8.3)");
    }
  } else if (draft.mode == sts::Mode::enforce && max_age < weeks(4)) {
    reader.warning("policy.enforce-max-age-short", draft.max_age.at,
                   fmt::format("max_age {} is short for mode enforce",
                               text::format_duration(max_age)),
                   "the aykevl checker warns below 28 days, since an attacker "
                   "has to block the policy for only that long (RFC 8461, "
                   "10.2): \"4w\"");
  }
}

void lint_mode(const PolicyDraft& draft, TableReader& reader) {
  const sts::Mode mode = draft.mode;
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

void lint_size(const PolicyDraft& draft, const sts::Policy& policy,
               TableReader& reader) {
  constexpr std::size_t k_checker_octets = 4096;
  if (sts::format_policy(policy).size() > k_checker_octets) {
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
    if (auto slip = tlsrpt::find_encoded_slip(uri.value)) {
      warn(reader, "policy.tls-rpt-encoded", uri, slip->message,
           std::move(slip->hint));
    }
    if (!hosts.contains(uri.value.host())) continue;
    warn(reader, "policy.tls-rpt-is-policy-host", uri,
         "is the policy host, which takes no reports",
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

/// In the order in which they are printed when they have no place.
void lint_all_names(const PolicyDraft& draft, TableReader& reader) {
  lint_domains(draft, reader);
  lint_mx_names(draft, reader);
  lint_placeholders(draft, reader);
  lint_google(draft, reader);
  lint_tls_rpt(draft, reader);
}

template <class T>
std::vector<Located<T>> without_places(const std::vector<T>& values) {
  std::vector<Located<T>> located;
  for (const T& value : values) located.push_back({value, {}});
  return located;
}

}  // namespace

void lint_policy(const PolicyDraft& draft, const sts::Policy& policy,
                 TableReader& reader) {
  lint_all_names(draft, reader);
  lint_mx_list(draft, reader);
  lint_max_age(draft, reader);
  lint_mode(draft, reader);
  lint_size(draft, policy, reader);
}

Diagnostics lint_retirements(const Live& live, std::chrono::sys_seconds now) {
  Diagnostics found;
  for (const publish::PublicationPtr& entry : live.retiring) {
    const std::string_view first = *entry->domains().begin();
    const std::string whose =
        entry->domain_count() == 1
            ? in_quotes(first)
            : fmt::format("{} and {} more", in_quotes(first),
                          entry->domain_count() - 1);
    const std::string day = text::format_date(*entry->retire());
    if (now < *entry->retire()) {
      found.push_back(
          {Severity::note, "policy.retiring", entry->place(),
           fmt::format("the policy of {} is needed until {}, in mode none",
                       whose, day),
           fmt::format("mta-sts retire {} says what is left to do", first)});
    } else {
      found.push_back(
          {Severity::warning, "policy.retired", entry->place(),
           fmt::format("the policy of {} is not needed since {}", whose, day),
           "remove its TXT records, then this table and its host (RFC 8461, "
           "8.3)"});
    }
  }
  return found;
}

Diagnostics lint_names(const publish::Publication& entry) {
  std::vector<dns::Name> domains;
  for (const std::string_view one : entry.domains()) {
    domains.push_back(*dns::Name::parse(one));
  }
  const PolicyDraft draft{.domains = without_places(domains),
                          .mode = {},
                          .mx = without_places(entry.policy().mx()),
                          .max_age = {},
                          .tls_rpt = without_places(entry.tls_rpt()),
                          .at = {}};
  const Table table;
  Diagnostics found;
  TableReader reader(table, "policy", {}, found);
  lint_all_names(draft, reader);
  return found;
}

}  // namespace mtasts::config
