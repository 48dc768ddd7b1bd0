// SPDX-License-Identifier: MIT
#include "tool/publish_run.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

#include "net/endpoint.hpp"
#include "tls/client.hpp"

namespace mtasts::tool {
namespace {

// A policy host that takes longer is not live for a sender either, and others
// wait behind it.
constexpr std::chrono::milliseconds k_look_time{15'000};

}  // namespace

Result<PublishSettings> make_publish_settings(
    const std::optional<std::string>& dns,
    const std::optional<std::string>& roots, bool allow_private) {
  PublishSettings settings;
  if (dns) {
    const Result<net::Endpoint> server =
        net::parse_endpoint(*dns, net::k_dns_port);
    if (!server) return fail(about_value("--dns", *dns, server.error()));
    settings.look.resolver.servers = {*server};
  } else {
    Result<nameserver::ResolverSettings> found =
        nameserver::read_resolv_conf(nameserver::k_resolv_conf);
    if (!found) return fail(found.error());
    settings.look.resolver = *std::move(found);
  }
  // What the policy host serves counts here, and nothing else.
  settings.look.has_authoritative = false;
  settings.look.has_smtp = false;
  settings.look.has_reports = false;
  settings.look.allow_private = allow_private;
  settings.look.timeout = k_look_time;
  settings.roots = roots.value_or(std::string{});
  return settings;
}

PublishRun::PublishRun(Primary primary, const config::Publish& publish,
                       const PublishSettings& settings, tls::TrustStore roots)
    : resolver_(settings.look.resolver),
      shared_(settings.look, std::move(roots)),
      publisher_(std::move(primary), publish.ttl, shared_, resolver_) {}

Result<std::unique_ptr<PublishRun>> PublishRun::open(
    const config::Publish& publish, const PublishSettings& settings) {
  Result<Primary> primary = Primary::open(publish);
  if (!primary) return fail(primary.error());
  Result<tls::TrustStore> roots = tls::TrustStore::load(settings.roots);
  if (!roots) return fail(roots.error());
  return std::unique_ptr<PublishRun>(new PublishRun(
      *std::move(primary), publish, settings, *std::move(roots)));
}

}  // namespace mtasts::tool
