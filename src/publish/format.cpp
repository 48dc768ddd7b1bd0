// SPDX-License-Identifier: MIT
#include "publish/format.hpp"

#include <algorithm>

namespace mtasts::publish {

const std::array<Format, 11>& formats() {
  static constexpr std::array<Format, 11> k_formats = {{
      {"plain", format_plain},
      {"zone", format_zone},
      {"json", format_json},
      {"nsupdate", format_nsupdate},
      {"powerdns", format_powerdns},
      {"octodns", format_octodns},
      {"dnscontrol", format_dnscontrol},
      {"route53", format_route53},
      {"terraform-cloudflare", format_terraform_cloudflare},
      {"terraform-aws", format_terraform_aws},
      {"external-dns", format_external_dns},
  }};
  return k_formats;
}

const Format* find_format(std::string_view name) {
  const auto* const found = std::ranges::find(formats(), name, &Format::name);
  return found == formats().end() ? nullptr : found;
}

}  // namespace mtasts::publish
