// SPDX-License-Identifier: MIT
#include "verify/look.hpp"

#include <utility>
#include <vector>

#include "net/tcp_stream.hpp"
#include "tlsrpt/report_uri.hpp"
#include "tlsrpt/txt_record.hpp"
#include "verify/judge.hpp"
#include "verify/look_dns.hpp"
#include "verify/look_host.hpp"
#include "verify/look_mx.hpp"
#include "verify/look_parts.hpp"
#include "verify/questions.hpp"

namespace mtasts::verify {
namespace {

View make_view(const LookOptions& options, const tls::TrustStore& store) {
  View view;
  if (!options.resolver.servers.empty()) {
    view.resolver = net::format_endpoint(options.resolver.servers.front());
  }
  view.trusts_resolver = options.trusts_resolver;
  view.has_ipv4 = net::has_ipv4_route();
  view.has_ipv6 = net::has_ipv6_route();
  view.roots = store.path();
  view.has_smtp = options.has_smtp;
  view.is_planned = options.is_planned;
  if (options.connect_to) {
    view.connect_to = net::format_endpoint(*options.connect_to);
  }
  return view;
}

/// Those of the record, or of the configuration where it is only planned.
std::vector<tlsrpt::ReportUri> find_targets(
    const Facts& facts, const publish::PublicationPtr& publication) {
  if (facts.view.is_planned) {
    return publication ? publication->tls_rpt()
                       : std::vector<tlsrpt::ReportUri>{};
  }
  for (const std::string& text : list_data(facts.rpt)) {
    Result<std::vector<tlsrpt::ReportUri>> targets =
        tlsrpt::parse_txt_record(text);
    if (targets) return *std::move(targets);
  }
  return {};
}

}  // namespace

Shared::Shared(LookOptions options, tls::TrustStore store)
    : parts_(std::make_unique<Parts>(std::move(options), std::move(store))) {
  parts_->view = make_view(parts_->options, parts_->store);
}

Shared::~Shared() = default;

const LookOptions& Shared::options() const { return parts_->options; }

View Shared::view() const {
  View view = parts_->view;
  view.is_smtp_blocked = parts_->port_25.seems_closed();
  return view;
}

bool Shared::has_no_resolver() const { return parts_->resolver.is_dead(); }

Facts look(const std::string& domain,
           const publish::PublicationPtr& publication, Shared& shared,
           nameserver::Resolver& resolver, std::chrono::sys_seconds now) {
  Shared::Parts& parts = shared.parts();
  const LookOptions& options = parts.options;
  Questions questions(parts, resolver);
  Facts facts{.domain = domain, .at = now, .view = parts.view};
  if (!options.is_planned) {
    look_at_records(questions, facts);
    if (!options.connect_to) look_at_policy_host(questions, facts);
  }
  look_at_caa(questions, facts);
  look_at_zone(questions, options, facts);
  if (!options.is_planned || options.connect_to) fetch_policies(parts, facts);
  look_at_mail_servers(parts, questions, facts);
  if (options.has_reports) {
    look_at_reports(parts, questions, find_targets(facts, publication), facts);
  }
  const std::optional<sts::Policy> policy =
      find_policy(facts, {.publication = publication});
  look_for_owners(questions, policy ? &*policy : nullptr, facts);
  facts.view = shared.view();
  return facts;
}

}  // namespace mtasts::verify
