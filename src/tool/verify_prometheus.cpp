// SPDX-License-Identifier: MIT
#include "tool/verify_prometheus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "result.hpp"
#include "sts/policy_host.hpp"
#include "text/join.hpp"
#include "tls/peer_facts.hpp"
#include "verify/facts.hpp"

namespace mtasts::tool {
namespace {

/// `value` between the quotes of a label: what would steer a terminal, or end
/// the line, is escaped twice.
std::string format_label(std::string_view value) {
  std::string text;
  for (const char c : printable(value)) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

/// Of a gauge: all are.
std::string format_head(std::string_view name, std::string_view help) {
  return fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", name, help);
}

using Label = std::pair<std::string_view, std::string_view>;

void append_sample(std::string& text, std::string_view name,
                   std::initializer_list<Label> labels, std::int64_t value) {
  text += fmt::format("{}{{{}}} {}\n", name,
                      text::join(labels, ",",
                                 [](const Label& one) {
                                   return fmt::format(R"({}="{}")", one.first,
                                                      format_label(one.second));
                                 }),
                      value);
}

std::int64_t seconds_of(std::chrono::sys_seconds time) {
  return time.time_since_epoch().count();
}

}  // namespace

void PrometheusOutput::add_certificate(const std::string& host,
                                       const std::string& address,
                                       const tls::PeerFacts& tls) {
  if (tls.chain.empty()) return;
  const auto end = tls.chain.front().not_after;
  const auto [kept, is_new] = certificates_.try_emplace({host, address}, end);
  // The same host may show another at another port: the first to end counts.
  if (!is_new) kept->second = std::min(kept->second, end);
}

std::string PrometheusOutput::add(const verify::Judged& judged) {
  Domain& domain = domains_[judged.facts.domain];
  domain = {.at = judged.facts.at};
  for (const Diagnostic& one : judged.findings) {
    ++domain.severities[static_cast<std::size_t>(one.severity)];
    ++domain.ids[one.id];
  }
  for (const verify::Fetch& fetch : judged.facts.fetches) {
    add_certificate(sts::policy_host(judged.facts.domain), fetch.address,
                    fetch.tls);
  }
  for (const verify::Mx& mx : judged.facts.hosts) {
    for (const verify::SmtpProbe& probe : mx.host->probes) {
      add_certificate(mx.host->name, probe.address, probe.tls);
    }
  }
  return {};
}

std::string PrometheusOutput::finish() {
  constexpr std::string_view k_count = "mta_sts_verify_findings";
  constexpr std::string_view k_finding = "mta_sts_verify_finding";
  constexpr std::string_view k_expiry =
      "mta_sts_verify_certificate_expiry_timestamp_seconds";
  constexpr std::string_view k_checked =
      "mta_sts_verify_checked_timestamp_seconds";
  std::string text = format_head(k_count, "Findings, by severity.");
  for (const auto& [name, domain] : domains_) {
    // Those that there are none of, too: an alert has to see it come and go.
    for (std::size_t i = 0; i < domain.severities.size(); ++i) {
      const std::string_view word = format_severity(static_cast<Severity>(i));
      append_sample(text, k_count, {{"domain", name}, {"severity", word}},
                    domain.severities[i]);
    }
  }
  text += format_head(k_finding, "How often a domain has this finding.");
  for (const auto& [name, domain] : domains_) {
    for (const auto& [id, times] : domain.ids) {
      append_sample(text, k_finding, {{"domain", name}, {"id", id}}, times);
    }
  }
  text += format_head(k_expiry, "When the certificate ends that is shown.");
  for (const auto& [where, end] : certificates_) {
    append_sample(text, k_expiry,
                  {{"host", where.first}, {"address", where.second}},
                  seconds_of(end));
  }
  text += format_head(k_checked, "When the domain was looked at.");
  for (const auto& [name, domain] : domains_) {
    append_sample(text, k_checked, {{"domain", name}}, seconds_of(domain.at));
  }
  return text;
}

}  // namespace mtasts::tool
