// SPDX-License-Identifier: MIT
#include "config/read_verify.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "dns/name.hpp"
#include "files/listing.hpp"
#include "net/endpoint.hpp"
#include "text/ip_address.hpp"

namespace mtasts::config {
namespace {

constexpr std::int64_t k_max_jobs = 256;
// resolv.conf(5) has three at most.
constexpr std::size_t k_max_servers = 3;

Result<net::Endpoint> parse_server(std::string_view text) {
  return net::parse_endpoint(text, net::k_dns_port);
}

Result<std::string> parse_address(std::string_view text) {
  if (const auto address = text::find_ip_address(text)) return *address;
  return fail("is no address", "as \"192.0.2.1\" or \"2001:db8::1\"");
}

Result<std::string> parse_name(std::string_view text) {
  Result<dns::Name> name = dns::Name::from_typed(text);
  if (!name) return fail(name.error());
  return name->text();
}

Result<std::string> parse_issuer(std::string_view text) {
  Result<std::string> name = parse_name(text);
  if (name) return name;
  return fail(name.error().message,
              "its name in CAA records, as \"letsencrypt.org\"");
}

}  // namespace

Verify read_verify(TableReader& document, std::string_view file,
                   Diagnostics& out) {
  const Table* table = document.find_table("verify");
  if (table == nullptr) return {};
  TableReader reader(*table, "verify", file, out);
  Verify verify;
  verify.dns = take_values(reader.find_each("dns", "dns", "verify.dns-invalid",
                                            parse_server, k_max_servers));
  verify.trusts_ad = reader.find_boolean("trust_ad").value_or(false);
  verify.helo =
      reader.find_parsed("helo", "helo", "verify.helo-invalid", parse_name)
          .value_or(std::string{});
  if (const auto path = reader.find_string("ca")) {
    verify.ca = files::resolve_beside(std::string(file), path->value);
  }
  if (const auto jobs = reader.find_integer("jobs", 1, k_max_jobs)) {
    verify.jobs = static_cast<std::uint32_t>(*jobs);
  }
  verify.addresses = take_values(reader.find_each(
      "addresses", "addresses", "verify.addresses-invalid", parse_address));
  // RFC 8659, 4.2: a CA is named by a domain of its own.
  verify.issuers = take_values(reader.find_each(
      "issuers", "issuers", "verify.issuers-invalid", parse_issuer));
  reader.finish();
  return verify;
}

}  // namespace mtasts::config
