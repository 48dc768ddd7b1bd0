// SPDX-License-Identifier: MIT
#include "config/provider_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "dns/name.hpp"
#include "text/ascii.hpp"

namespace mtasts::config {
namespace {

/// One provider. `hosts` has the forms of all its MX hosts, below `zone` and
/// with blanks between. In those, the label "?" is any label; "+" is too, and
/// stands for the customer's domain with hyphens for its dots; "mx0a-" is any
/// that starts so, but no wildcard. `right` is what to write instead, where <>
/// is to be filled in from the domain's own MX record; empty: the first of
/// `hosts`, as a wildcard.
struct Provider {
  std::string_view zone;
  std::string_view hosts;
  std::string_view right = {};
};

constexpr std::string_view k_google =
    "\"smtp.google.com\", or \"aspmx.l.google.com\" and "
    "\"*.aspmx.l.google.com\"";

// The sources are the providers' own pages on MX records; what stands there
// for one region holds for the others.
constexpr auto k_providers = std::to_array<Provider>({
    // Microsoft: "Add DNS records to connect your domain", <domain>-<tld>;
    // consumers' domains have olc, old tenants mail.eo.
    {"outlook.com", "+.mail.protection +.olc.protection +.mail.?"},
    // Microsoft: "How SMTP DANE works", <domain>-<tld>.<zone>.mx.microsoft.
    {"microsoft", "+.?.mx",
     "\"*.<zone>.mx.microsoft\", the zone as in your MX"},
    // Microsoft: for clients, no MX host.
    {"office365.com", "", "\"*.mail.protection.outlook.com\""},
    // Google: "Set up MX records", the one host since 2023 and the five before;
    // Gmail and Groups have their own under l.google.com.
    {"google.com", "smtp ?.l ?.?.l", k_google},
    // Google: for clients, no MX host.
    {"gmail.com", "", k_google},
    // Proofpoint: mxa-<id>.gslb.pphosted.com, and mx0a-<id>.pphosted.com of
    // old, which one has by name.
    {"pphosted.com", "?.gslb mx0a- mx0b-"},
    // Symantec Email Security.cloud: cluster<n>.<region>.messagelabs.com.
    {"messagelabs.com", "?.?",
     "\"*.<region>.messagelabs.com\", the region as in your MX"},
    // Barracuda Email Gateway Defense: d<n>a.ess.barracudanetworks.com, and
    // d<n>.a.ess.<region>.barracudanetworks.com outside of the USA.
    {"barracudanetworks.com", "?.ess ?.?.ess ?.ess.? ?.?.ess.?",
     "the hosts of your MX, d<number>.a and .b, one by one"},
    // Cisco Secure Email Cloud Gateway: mx1.hc<n>-<n>.iphmx.com.
    {"iphmx.com", "?.?",
     "\"*.<allocation>.iphmx.com\", the allocation as in your MX"},
    // Sophos Email: mx-01-<region>.prod.hydra.sophos.com.
    {"sophos.com", "?.prod.hydra ?.?.prod.hydra"},
    // Trend Micro Email Security, "MTA-STS": names both of them.
    {"trendmicro.com", "?.in.tmes ?.tmes in.? in.?.mx"},
    {"trendmicro.eu", "?.in.tmes ?.tmes in.? in.?.mx"},
    // Forcepoint Email Security Cloud: cust<n>-s.in.mailcontrol.com.
    {"mailcontrol.com", "?.?", "\"*.in.mailcontrol.com\""},
    // Trellix (FireEye): primary.<region>.email.fireeyecloud.com.
    {"fireeyecloud.com", "?.email ?.?.email",
     "\"*.<region>.email.fireeyecloud.com\", the region as in your MX"},
    // Amazon SES and WorkMail: inbound-smtp.<region>.amazonaws.com; EC2 for
    // those who receive mail there themselves.
    {"amazonaws.com", "inbound-smtp.? ?.?.compute ?.compute-1 ?.elb.? ?.?.elb",
     "\"inbound-smtp.<region>.amazonaws.com\", the region as in your MX"},
    // Apple: "Set up an existing domain with iCloud Mail", mx01 and mx02.
    {"icloud.com", "?.mail"},
    // Cloudflare Email Routing: route1, linda and others.
    {"cloudflare.net", "?.mx"},
    // Gandi: "MX records", spool and fb.
    {"gandi.net", "?.mail"},
});

bool can_be_label(std::string_view label, std::string_view form) {
  if (form.ends_with('-')) return label.starts_with(form);
  return form == "?" || form == "+" || label == form || label == "*";
}

/// Whether some host has both forms.
bool can_meet(std::string_view host, std::string_view form) {
  while (!host.empty() && !form.empty()) {
    if (!can_be_label(text::take_until(host, "."),
                      text::take_until(form, "."))) {
      return false;
    }
  }
  return host.empty() && form.empty();
}

bool can_be_host_of(const Provider& provider, std::string_view below) {
  for (std::string_view rest = provider.hosts; !rest.empty();) {
    if (can_meet(below, text::take_until(rest, " "))) return true;
  }
  return false;
}

/// The host that "example.com.mail.protection" is meant to be: with hyphens for
/// its first dots.
std::optional<std::string> find_joined(const Provider& provider,
                                       std::string below) {
  if (!provider.hosts.starts_with('+') || below.starts_with('*')) return {};
  for (std::size_t dot = below.find('.'); dot != std::string::npos;
       dot = below.find('.', dot)) {
    below[dot] = '-';
    const std::string host = fmt::format("{}.{}", below, provider.zone);
    if (can_be_host_of(provider, below) && dns::Name::parse(host)) return host;
  }
  return {};
}

std::string format_right(const Provider& provider) {
  if (!provider.right.empty()) return std::string(provider.right);
  std::string_view hosts = provider.hosts.substr(1);
  return fmt::format("\"*{}.{}\"", text::take_until(hosts, " "), provider.zone);
}

}  // namespace

std::optional<Error> find_provider_slip(const sts::MxPattern& mx) {
  const auto provider = std::ranges::find_if(k_providers, [&](const auto& one) {
    return dns::is_at_or_below(mx.name().text(), one.zone);
  });
  if (provider == k_providers.end()) return {};
  const std::string text = mx.text();
  const std::string below = text.substr(
      0, text.size() - std::min(text.size(), provider->zone.size() + 1));
  if (can_be_host_of(*provider, below)) return {};
  if (const auto joined = find_joined(*provider, below)) {
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
                 "a wildcard stands for one label (RFC 8461, 4.1); use " +
                     format_right(*provider)};
  }
  return Error{
      fmt::format("mx {} is none of this provider's MX hosts", in_quotes(text)),
      "list the hosts that your MX records name (RFC 8461, 3.2); use " +
          format_right(*provider)};
}

}  // namespace mtasts::config
