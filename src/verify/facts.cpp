// SPDX-License-Identifier: MIT
#include "verify/facts.hpp"

#include <algorithm>

namespace mtasts::verify {
namespace {

bool has_same_host(const Mx& a, const Mx& b) {
  return a.preference == b.preference && *a.host == *b.host;
}

}  // namespace

bool operator==(const Facts& a, const Facts& b) {
  return a.domain == b.domain && a.at == b.at && a.view == b.view &&
         a.sts == b.sts && a.rpt == b.rpt &&
         a.sts_unchecked == b.sts_unchecked && a.elsewhere == b.elsewhere &&
         a.host_a == b.host_a && a.host_aaaa == b.host_aaaa && a.caa == b.caa &&
         a.fetches == b.fetches && a.mx == b.mx &&
         std::ranges::equal(a.hosts, b.hosts, has_same_host) &&
         a.zone == b.zone && a.soa == b.soa && a.ns == b.ns &&
         a.servers == b.servers && a.reports == b.reports &&
         a.registered == b.registered;
}

}  // namespace mtasts::verify
