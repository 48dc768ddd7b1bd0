// SPDX-License-Identifier: MIT
#include "tool/report_remedies.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>

#include "tlsrpt/result_type.hpp"

namespace mtasts::tool {
namespace {

// In the order of ResultType (RFC 8460, 4.3).
constexpr std::array<std::string_view, 12> k_remedies = {
    "have the MX host offer STARTTLS to everybody, with TLS 1.2 or 1.3",
    "get the MX host a certificate for its own name, or put the name that "
    "senders connect to into mx",
    "renew the certificate of the MX host, and look why that was not done by "
    "itself",
    "have the MX host serve the whole chain, certbot's fullchain.pem, of a "
    "public CA",
    "the sender names no cause: its reason stands beside; see whether each MX "
    "host is in mx and has a certificate for its name",
    "mend the TLSA records: they have to match the certificate that the MX "
    "host shows now",
    "mend the signatures of the zone (DNSSEC)",
    "the sender wanted DANE and found no usable TLSA record of the MX host: "
    "sign its zone and publish one, or ask the sender",
    "have the policy host answer the sender: its name, its certificate, port "
    "443",
    "serve a policy that senders understand",
    "renew the certificate of the policy host, or have it serve its whole "
    "chain",
    "RFC 8460 does not know this word: the reason of the sender stands beside"};
static_assert(k_remedies.size() ==
              static_cast<std::size_t>(tlsrpt::ResultType::other) + 1);

}  // namespace

std::string describe_remedy(std::string_view result_type,
                            std::string_view domain) {
  const auto type =
      static_cast<std::size_t>(tlsrpt::read_result_type(result_type));
  return fmt::format("{}; mta-sts verify {} shows what is wrong now",
                     k_remedies[type], domain);
}

}  // namespace mtasts::tool
