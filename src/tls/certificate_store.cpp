// SPDX-License-Identifier: MIT
#include "tls/certificate_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mtasts::tls {
namespace {

using std::chrono::days;

// Certificates of 90 days are renewed at 30; a warning before that would be
// noise, one after it means that renewal fails.
constexpr days k_warn_before{21};

bool is_better(const CertificatePtr& a, const CertificatePtr& b) {
  return a->is_flawed() != b->is_flawed() ? b->is_flawed()
                                          : a->not_after() > b->not_after();
}

}  // namespace

CertificateStore::CertificateStore(const List& certificates)
    : CertificateStore(CertificateStore{}.with(certificates, {})) {}

CertificateStore CertificateStore::with(const List& added,
                                        const List& removed) const {
  dns::NameMap<List>::Changes changes;
  const auto list_of = [&](const std::string& name) -> List& {
    const auto [change, is_new] = changes.try_emplace(name);
    if (is_new) {
      const List* known = by_name_.find(name);
      change->second = known == nullptr ? List{} : *known;
    }
    return *change->second;
  };
  for (const CertificatePtr& certificate : removed) {
    for (const std::string& name : certificate->names()) {
      std::erase(list_of(name), certificate);
    }
  }
  for (const CertificatePtr& certificate : added) {
    for (const std::string& name : certificate->names()) {
      List& list = list_of(name);
      list.insert(
          std::upper_bound(list.begin(), list.end(), certificate, is_better),
          certificate);
    }
  }
  for (auto& [name, list] : changes) {
    list->shrink_to_fit();
    if (list->empty()) list.reset();
  }
  CertificateStore next = *this;
  next.by_name_ = by_name_.with(std::move(changes));
  next.size_ += added.size() - removed.size();
  return next;
}

const CertificateStore::List* CertificateStore::find_all(
    std::string_view host) const {
  const List* found = by_name_.find(host);
  if (found != nullptr) return found;
  const std::size_t dot = host.find('.');
  if (dot == std::string_view::npos || dot == 0) return nullptr;
  return by_name_.find(fmt::format("*{}", host.substr(dot)));
}

std::vector<CertificatePtr> CertificateStore::find(
    std::string_view host) const {
  const List* all = find_all(host);
  if (all == nullptr) return {};
  if (all->size() == 1) return *all;
  const auto now = std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
  List chosen;
  for (const bool wanted : {true, false}) {  // those that are valid first
    for (const CertificatePtr& certificate : *all) {
      const bool have_kind = std::any_of(
          chosen.begin(), chosen.end(), [&](const CertificatePtr& other) {
            return other->key_kind() == certificate->key_kind();
          });
      if (certificate->is_valid_at(now) == wanted && !have_kind) {
        chosen.push_back(certificate);
      }
    }
  }
  return chosen;
}

bool CertificateStore::has(const CertificatePtr& certificate) const {
  const List* list = by_name_.find(certificate->names().front());
  return list != nullptr &&
         std::find(list->begin(), list->end(), certificate) != list->end();
}

Quality CertificateStore::quality(std::string_view host,
                                  std::chrono::sys_seconds time) const {
  const List* all = find_all(host);
  Quality best = Quality::none;
  if (all == nullptr) return best;
  for (const CertificatePtr& one : *all) {
    if (!one->is_valid_at(time)) continue;
    best = std::max(best, one->is_flawed() ? Quality::flawed : Quality::good);
  }
  return best;
}

long days_left(const Certificate& certificate, std::chrono::sys_seconds now) {
  return static_cast<long>(
      std::chrono::floor<days>(certificate.not_after() - now).count());
}

Diagnostics check_host(const CertificateStore& store, const std::string& host,
                       const std::string& place, std::chrono::sys_seconds now) {
  Diagnostics out;
  const auto report = [&](Severity severity, std::string id,
                          const std::string& file, std::string message,
                          std::string hint) {
    out.push_back({severity, std::move(id), Place{file}, std::move(message),
                   std::move(hint)});
  };
  const std::vector<CertificatePtr> chosen = store.find(host);
  if (chosen.empty()) {
    report(Severity::error, "certificate.name-not-covered", place,
           fmt::format("no certificate names the policy host {}", host),
           "its subjectAltName has to list the host or a wildcard for it "
           "(RFC 8461, 3.3)");
  }
  for (const CertificatePtr& one : chosen) {
    const long left = days_left(*one, now);
    const days lifetime =
        std::chrono::floor<days>(one->not_after() - one->not_before());
    if (now < one->not_before()) {
      report(Severity::error, "certificate.not-yet-valid", one->file(),
             fmt::format("the certificate for {} is not valid yet", host),
             "is the clock of this machine right?");
    } else if (now > one->not_after()) {
      report(
          Severity::error, "certificate.expired", one->file(),
          fmt::format("the certificate for {} expired {} days ago", host,
                      std::chrono::floor<days>(now - one->not_after()).count()),
          "renew it: senders refuse it (RFC 8461, 3.3)");
    } else if (days(left) < std::min(k_warn_before, lifetime / 3)) {
      report(
          Severity::warning, "certificate.expires-soon", one->file(),
          fmt::format("the certificate for {} expires in {} days", host, left),
          "its renewal is overdue");
    }
  }
  return out;
}

}  // namespace mtasts::tls
