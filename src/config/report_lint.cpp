// SPDX-License-Identifier: MIT
#include "config/report_lint.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "tlsrpt/report_uri.hpp"

namespace mtasts::config {
namespace {

/// What is behind the first dot; empty: there is none.
std::string_view parent_of(std::string_view name) {
  const std::size_t dot = name.find('.');
  return dot == std::string_view::npos ? std::string_view{}
                                       : name.substr(dot + 1);
}

bool is_below(std::string_view host, std::string_view domain) {
  return host == domain ||
         (host.size() > domain.size() && host.ends_with(domain) &&
          host[host.size() - domain.size() - 1] == '.');
}

/// True when it is run by whom the configuration belongs to, as far as names
/// tell.
bool is_ours(std::string_view host, const Config& config) {
  for (std::string_view name = host; !name.empty(); name = parent_of(name)) {
    if (config.live.find_domain(name) != nullptr) return true;
  }
  if (!config.collect) return false;
  const std::string_view around = parent_of(config.collect->host);
  // One label is a registry, which everybody is below.
  return around.find('.') != std::string_view::npos && is_below(host, around);
}

/// What collect takes reports by: one segment behind the host. RFC 8460, 3
/// leaves it to the receiver.
bool has_token(const tlsrpt::ReportUri& uri) {
  std::string_view rest = uri.text();
  rest.remove_prefix(std::string_view("https://").size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return false;
  rest.remove_prefix(slash + 1);
  return !rest.empty() && rest.find_first_of("/?#") == std::string_view::npos;
}

/// Says of a tls_rpt, at the policy that has it: nobody collects there.
Diagnostic warn(const publish::Publication& entry, std::string id,
                const tlsrpt::ReportUri& uri, std::string_view says,
                std::string hint) {
  return {Severity::warning, std::move(id), entry.place(),
          fmt::format("tls_rpt {} {}", in_quotes(uri.text()), says),
          std::move(hint)};
}

}  // namespace

Diagnostics lint_report_uris(const Config& config, const std::string& path) {
  if (!config.collect && !config.reports) return {};
  const std::string_view host =
      config.collect ? std::string_view(config.collect->host) : "";
  Diagnostics found;
  bool leads_here = false;
  for (const publish::PublicationPtr& entry : config.live.policies) {
    for (const tlsrpt::ReportUri& uri : entry->tls_rpt()) {
      if (uri.is_mail()) continue;
      if (uri.host() == host) {
        leads_here = true;
        if (has_token(uri)) continue;
        found.push_back(warn(
            *entry, "policy.tls-rpt-without-token", uri,
            "has no token, and collect answers it with 404",
            fmt::format("\"https://{}/TOKEN\", with one of those in {} (RFC "
                        "8460, 3)",
                        host, in_quotes(config.collect->tokens))));
      } else if (is_ours(uri.host(), config)) {
        found.push_back(warn(
            *entry, "policy.tls-rpt-not-collected", uri,
            "leads to a host of yours where nobody takes reports",
            host.empty() ? fmt::format("mta-stsd collect takes them by a table "
                                       "[collect] for {} (RFC 8460, 5.4)",
                                       in_quotes(uri.host()))
                         : fmt::format("collect takes them at \"https://{}/"
                                       "TOKEN\" (RFC 8460, 5.4)",
                                       host)));
      }
    }
  }
  if (config.collect && !leads_here) {
    found.push_back({Severity::warning, "collect.without-tls-rpt", Place{path},
                     fmt::format("no tls_rpt leads to {}, where collect takes "
                                 "reports",
                                 in_quotes(host)),
                     fmt::format("tls_rpt = [\"https://{}/TOKEN\"] (RFC 8460, "
                                 "3)",
                                 host)});
  }
  return found;
}

}  // namespace mtasts::config
