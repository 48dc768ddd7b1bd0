// SPDX-License-Identifier: MIT
#include "config/provider_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "dns/name.hpp"

namespace mtasts::config {
namespace {

/// One provider. In `hosts`, "?" is any one label, and one that ends in a
/// hyphen is any host's that starts so, but no wildcard; those are all the
/// forms that its MX hosts have. `right` is what to write instead, and what is
/// in angle brackets in it comes from the domain's own MX record. Where `joins`
/// is set, a customer's domain is one label, with hyphens for its dots.
struct Provider {
  std::string_view zone;
  std::string_view right;
  bool joins;
  std::array<std::string_view, 5> hosts;
};

// The sources are the providers' own pages on MX records; what stands there
// for one region holds for the others.
constexpr std::array<Provider, 18> k_providers = {{
    // Microsoft: "Add DNS records to connect your domain", <domain>-<tld>;
    // consumers' domains have olc, old tenants mail.eo.
    {"outlook.com",
     "\"*.mail.protection.outlook.com\"",
     true,
     {"?.mail.protection.outlook.com", "?.olc.protection.outlook.com",
      "?.mail.?.outlook.com"}},
    // Microsoft: "How SMTP DANE works", <domain>-<tld>.<zone>.mx.microsoft.
    {"microsoft",
     "\"*.<zone>.mx.microsoft\", the zone as in your MX",
     true,
     {"?.?.mx.microsoft"}},
    // Microsoft: for clients, no MX host.
    {"office365.com", "\"*.mail.protection.outlook.com\"", false, {}},
    // Google: "Set up MX records", the one host since 2023 and the five before;
    // Gmail and Groups have their own under l.google.com.
    {"google.com",
     "\"smtp.google.com\", or \"aspmx.l.google.com\" and "
     "\"*.aspmx.l.google.com\"",
     false,
     {"smtp.google.com", "?.l.google.com", "?.?.l.google.com"}},
    // Google: for clients, no MX host.
    {"gmail.com",
     "\"smtp.google.com\", or \"aspmx.l.google.com\" and "
     "\"*.aspmx.l.google.com\"",
     false,
     {}},
    // Proofpoint: mxa-<id>.gslb.pphosted.com, and mx0a-<id>.pphosted.com of
    // old, which one has by name.
    {"pphosted.com",
     "\"*.gslb.pphosted.com\"",
     false,
     {"?.gslb.pphosted.com", "mx0a-.pphosted.com", "mx0b-.pphosted.com"}},
    // Symantec Email Security.cloud: cluster<n>.<region>.messagelabs.com.
    {"messagelabs.com",
     "\"*.<region>.messagelabs.com\", the region as in your MX",
     false,
     {"?.?.messagelabs.com"}},
    // Barracuda Email Gateway Defense: d<n>a.ess.barracudanetworks.com, and
    // d<n>.a.ess.<region>.barracudanetworks.com outside of the USA.
    {"barracudanetworks.com",
     "the hosts of your MX, d<number>.a and .b, one by one",
     false,
     {"?.ess.barracudanetworks.com", "?.?.ess.barracudanetworks.com",
      "?.ess.?.barracudanetworks.com", "?.?.ess.?.barracudanetworks.com"}},
    // Cisco Secure Email Cloud Gateway: mx1.hc<n>-<n>.iphmx.com.
    {"iphmx.com",
     "\"*.<allocation>.iphmx.com\", the allocation as in your MX",
     false,
     {"?.?.iphmx.com"}},
    // Sophos Email: mx-01-<region>.prod.hydra.sophos.com.
    {"sophos.com",
     "\"*.prod.hydra.sophos.com\"",
     false,
     {"?.prod.hydra.sophos.com", "?.?.prod.hydra.sophos.com"}},
    // Trend Micro Email Security, "MTA-STS": names both of them.
    {"trendmicro.com",
     "\"*.in.tmes.trendmicro.com\"",
     false,
     {"?.in.tmes.trendmicro.com", "?.tmes.trendmicro.com",
      "in.?.trendmicro.com", "in.?.mx.trendmicro.com"}},
    {"trendmicro.eu",
     "\"*.in.tmes.trendmicro.eu\"",
     false,
     {"?.in.tmes.trendmicro.eu", "?.tmes.trendmicro.eu", "in.?.trendmicro.eu",
      "in.?.mx.trendmicro.eu"}},
    // Forcepoint Email Security Cloud: cust<n>-s.in.mailcontrol.com.
    {"mailcontrol.com",
     "\"*.in.mailcontrol.com\"",
     false,
     {"?.?.mailcontrol.com"}},
    // Trellix (FireEye): primary.<region>.email.fireeyecloud.com.
    {"fireeyecloud.com",
     "\"*.<region>.email.fireeyecloud.com\", the region as in your MX",
     false,
     {"?.email.fireeyecloud.com", "?.?.email.fireeyecloud.com"}},
    // Amazon SES and WorkMail: inbound-smtp.<region>.amazonaws.com; EC2 for
    // those who receive mail there themselves.
    {"amazonaws.com",
     "\"inbound-smtp.<region>.amazonaws.com\", the region as in your MX",
     false,
     {"inbound-smtp.?.amazonaws.com", "?.?.compute.amazonaws.com",
      "?.compute-1.amazonaws.com", "?.elb.?.amazonaws.com",
      "?.?.elb.amazonaws.com"}},
    // Apple: "Set up an existing domain with iCloud Mail", mx01 and mx02.
    {"icloud.com", "\"*.mail.icloud.com\"", false, {"?.mail.icloud.com"}},
    // Cloudflare Email Routing: route1, linda and others.
    {"cloudflare.net",
     "\"*.mx.cloudflare.net\"",
     false,
     {"?.mx.cloudflare.net"}},
    // Gandi: "MX records", spool and fb.
    {"gandi.net", "\"*.mail.gandi.net\"", false, {"?.mail.gandi.net"}},
}};

std::string_view first_label(std::string_view text) {
  return text.substr(0, text.find('.'));
}

bool can_be_label(std::string_view label, std::string_view form) {
  if (form.ends_with('-')) return label.starts_with(form);
  return form == "?" || label == form || label == "*";
}

/// Whether some host has both forms.
bool can_meet(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const std::string_view one = first_label(a);
    const std::string_view other = first_label(b);
    if (!can_be_label(one, other)) return false;
    a.remove_prefix(std::min(one.size() + 1, a.size()));
    b.remove_prefix(std::min(other.size() + 1, b.size()));
  }
  return a.empty() && b.empty();
}

bool can_be_host_of(const Provider& provider, std::string_view text) {
  return std::any_of(
      provider.hosts.begin(), provider.hosts.end(),
      [text](std::string_view form) { return can_meet(text, form); });
}

/// `text` with its first dots as hyphens, as far as it is a host then.
std::optional<std::string> find_joined(const Provider& provider,
                                       std::string text) {
  if (!provider.joins || text.front() == '*') return std::nullopt;
  for (std::size_t dot = text.find('.'); dot != std::string::npos;
       dot = text.find('.', dot)) {
    text[dot] = '-';
    if (can_be_host_of(provider, text) && dns::Name::parse(text)) return text;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Error> find_provider_slip(const sts::MxPattern& mx) {
  const std::string text = mx.text();
  const auto provider = std::find_if(
      k_providers.begin(), k_providers.end(), [&mx](const Provider& one) {
        return dns::is_at_or_below(mx.name().text(), one.zone);
      });
  if (provider == k_providers.end() || can_be_host_of(*provider, text)) {
    return std::nullopt;
  }
  if (const auto joined = find_joined(*provider, text)) {
    return Error{
        fmt::format("mx {} matches none of this provider's MX hosts, which "
                    "have one label for your domain",
                    in_quotes(text)),
        fmt::format("its dots become hyphens, and a pattern is compared label "
                    "by label (RFC 8461, 4.1); use {}",
                    in_quotes(*joined))};
  }
  if (mx.is_wildcard()) {
    return Error{fmt::format("mx {} matches none of this provider's MX hosts, "
                             "which lie deeper",
                             in_quotes(text)),
                 fmt::format("a wildcard stands for one label (RFC 8461, 4.1); "
                             "use {}",
                             provider->right)};
  }
  return Error{
      fmt::format("mx {} is none of this provider's MX hosts", in_quotes(text)),
      fmt::format("list the hosts that your MX records name (RFC 8461, 3.2); "
                  "use {}",
                  provider->right)};
}

}  // namespace mtasts::config
