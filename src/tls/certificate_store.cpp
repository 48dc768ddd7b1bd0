// SPDX-License-Identifier: MIT
#include "tls/certificate_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace mtasts::tls {
namespace {

using std::chrono::days;

// Certificates of 90 days are renewed at 30; a warning before that would be
// noise, one after it means that renewal fails.
constexpr days k_warn_before{21};

}  // namespace

CertificateStore::CertificateStore(std::vector<CertificatePtr> certificates)
    : certificates_(std::move(certificates)) {
  for (const CertificatePtr& certificate : certificates_) {
    for (const std::string& name : certificate->names()) {
      by_name_[name].push_back(certificate);
    }
  }
  for (auto& [name, list] : by_name_) {
    std::stable_sort(list.begin(), list.end(),
                     [](const CertificatePtr& a, const CertificatePtr& b) {
                       return a->not_after() > b->not_after();
                     });
  }
}

const std::vector<CertificatePtr>* CertificateStore::find_all(
    std::string_view host) const {
  auto found = by_name_.find(host);
  if (found == by_name_.end()) {
    const std::size_t dot = host.find('.');
    if (dot == std::string_view::npos || dot == 0) return nullptr;
    found = by_name_.find(fmt::format("*{}", host.substr(dot)));
    if (found == by_name_.end()) return nullptr;
  }
  return &found->second;
}

std::vector<CertificatePtr> CertificateStore::find(
    std::string_view host) const {
  const std::vector<CertificatePtr>* all = find_all(host);
  if (all == nullptr) return {};
  if (all->size() == 1) return *all;
  const auto now = std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
  std::vector<CertificatePtr> chosen;
  for (const bool wanted : {true, false}) {  // those that are valid first
    for (const CertificatePtr& certificate : *all) {
      const bool have_kind = std::any_of(
          chosen.begin(), chosen.end(), [&](const CertificatePtr& other) {
            return other->is_ecdsa() == certificate->is_ecdsa();
          });
      if (certificate->is_valid_at(now) == wanted && !have_kind) {
        chosen.push_back(certificate);
      }
    }
  }
  return chosen;
}

bool CertificateStore::is_usable(std::string_view host,
                                 std::chrono::sys_seconds time) const {
  const std::vector<CertificatePtr>* all = find_all(host);
  return all != nullptr &&
         std::any_of(all->begin(), all->end(), [time](const auto& one) {
           return one->is_valid_at(time);
         });
}

long days_left(const Certificate& certificate, std::chrono::sys_seconds now) {
  return static_cast<long>(
      std::chrono::floor<days>(certificate.not_after() - now).count());
}

Diagnostics check_coverage(const CertificateStore& store,
                           const std::vector<std::string>& hosts,
                           const std::string& place,
                           std::chrono::sys_seconds now) {
  Diagnostics out;
  std::set<std::string> reported;  // one certificate may serve many hosts
  const auto report = [&](Severity severity, std::string id,
                          const std::string& file, std::string message,
                          std::string hint) {
    out.push_back({severity, std::move(id), Place{file}, std::move(message),
                   std::move(hint)});
  };
  for (const std::string& host : hosts) {
    const std::vector<CertificatePtr> chosen = store.find(host);
    if (chosen.empty()) {
      report(Severity::error, "certificate.name-not-covered", place,
             fmt::format("no certificate names the policy host {}", host),
             "its subjectAltName has to list the host or a wildcard for it "
             "(RFC 8461, 3.3)");
    }
    for (const CertificatePtr& one : chosen) {
      if (!reported.insert(one->leaf_der()).second) continue;
      const long left = days_left(*one, now);
      const days lifetime =
          std::chrono::floor<days>(one->not_after() - one->not_before());
      if (now < one->not_before()) {
        report(Severity::error, "certificate.not-yet-valid", one->file(),
               "the certificate is not valid yet",
               "is the clock of this machine right?");
      } else if (now > one->not_after()) {
        report(Severity::error, "certificate.expired", one->file(),
               fmt::format(
                   "the certificate for {} expired {} days ago", host,
                   std::chrono::floor<days>(now - one->not_after()).count()),
               "renew it: senders refuse it (RFC 8461, 3.3)");
      } else if (days(left) < std::min(k_warn_before, lifetime / 3)) {
        report(Severity::warning, "certificate.expires-soon", one->file(),
               fmt::format("the certificate for {} expires in {} days", host,
                           left),
               "its renewal is overdue");
      }
    }
  }
  return out;
}

}  // namespace mtasts::tls
