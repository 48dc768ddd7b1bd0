// SPDX-License-Identifier: MIT
#include "tls/certificate_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <unordered_map>
#include <utility>

namespace mtasts::tls {
namespace {

using std::chrono::days;

// Certificates of 90 days are renewed at 30; a warning before that would be
// noise, one after it means that renewal fails.
constexpr days k_warn_before{21};
constexpr days k_short_life{10};

std::string format_days(long count) {
  return fmt::format("{} day{}", count, count == 1 ? "" : "s");
}

constexpr std::string_view k_anew = "get the chain anew from the CA";

/// Of two that are equally good always the same one, whichever was read first:
/// a restart changes nothing.
bool is_better(const CertificatePtr& a, const CertificatePtr& b) {
  if (a->is_flawed() != b->is_flawed()) return b->is_flawed();
  if (a->not_after() != b->not_after()) return a->not_after() > b->not_after();
  return a->leaf_der() < b->leaf_der();
}

bool has_kind(const std::vector<CertificatePtr>& among, KeyKind kind) {
  return std::any_of(among.begin(), among.end(), [kind](const auto& one) {
    return one->key_kind() == kind;
  });
}

/// What to offer when these are all.
std::vector<CertificatePtr> choose(const std::vector<CertificatePtr>& all,
                                   std::chrono::sys_seconds time) {
  Quality best = Quality::none;
  for (const auto& one : all) best = std::max(best, quality_of(*one, time));
  std::vector<CertificatePtr> chosen;
  for (const CertificatePtr& one : all) {
    if (!one->is_broken() && quality_of(*one, time) == best &&
        !has_kind(chosen, one->key_kind())) {
      chosen.push_back(one);
    }
  }
  return chosen;
}

}  // namespace

std::chrono::seconds overdue_before_end(std::chrono::seconds life) {
  const std::chrono::seconds due = life / (life < k_short_life ? 2 : 3);
  const std::chrono::seconds grace =
      std::min<std::chrono::seconds>(due / 3, days(1));
  return std::min<std::chrono::seconds>(k_warn_before, due - grace);
}

CertificateStore::CertificateStore(
    const std::vector<CertificatePtr>& certificates)
    : CertificateStore(CertificateStore{}.with(certificates, {})) {}

/// Those for exactly this name, the best first.
std::vector<CertificatePtr> CertificateStore::named(
    std::string_view name) const {
  const Listed* found = by_name_.find(name);
  if (found == nullptr) return {};
  std::vector<CertificatePtr> all = {found->best};
  all.insert(all.end(), found->others.begin(), found->others.end());
  return all;
}

CertificateStore CertificateStore::with(
    const std::vector<CertificatePtr>& added,
    const std::vector<CertificatePtr>& removed) const {
  std::unordered_map<std::string_view, std::vector<CertificatePtr>> changed;
  const auto list_of =
      [&](std::string_view name) -> std::vector<CertificatePtr>& {
    const auto [change, is_new] = changed.try_emplace(name);
    if (is_new) change->second = named(name);
    return change->second;
  };
  for (const CertificatePtr& certificate : removed) {
    for (const std::string_view name : certificate->names()) {
      std::erase(list_of(name), certificate);
    }
  }
  for (const CertificatePtr& certificate : added) {
    for (const std::string_view name : certificate->names()) {
      std::vector<CertificatePtr>& list = list_of(name);
      list.insert(std::ranges::upper_bound(list, certificate, is_better),
                  certificate);
    }
  }
  dns::NameMap<Listed>::Changes changes;
  changes.reserve(changed.size());
  for (const auto& [name, list] : changed) {
    if (list.empty()) {
      changes.emplace_back(name, std::nullopt);
      continue;
    }
    // The map has the name as the best one has it: others may go.
    const std::vector<std::string_view> names = list.front()->names();
    changes.emplace_back(*std::ranges::find(names, name),
                         Listed{list.front(), SharedList<CertificatePtr>(
                                                  std::span(list).subspan(1))});
  }
  CertificateStore next = *this;
  next.by_name_ = by_name_.with(std::move(changes));
  next.size_ += added.size() - removed.size();
  return next;
}

Quality quality_of(const Certificate& certificate,
                   std::chrono::sys_seconds time) {
  if (!certificate.is_valid_at(time) || certificate.is_broken()) {
    return Quality::none;
  }
  return certificate.is_flawed() ? Quality::flawed : Quality::good;
}

template <class Visit>
void CertificateStore::for_each_of(std::string_view host, Visit visit) const {
  const auto visit_named = [&](std::string_view name) {
    const Listed* found = by_name_.find(name);
    if (found == nullptr) return;
    visit(found->best);
    for (const CertificatePtr& one : found->others) visit(one);
  };
  visit_named(host);
  const std::size_t dot = host.find('.');
  if (dot == std::string_view::npos || dot == 0) return;
  visit_named(std::string("*").append(host.substr(dot)));
}

std::vector<CertificatePtr> CertificateStore::find(
    std::string_view host, std::chrono::sys_seconds time) const {
  return choose(find_all(host), time);
}

std::vector<CertificatePtr> CertificateStore::find_all(
    std::string_view host) const {
  std::vector<CertificatePtr> all;
  for_each_of(host, [&](const CertificatePtr& one) { all.push_back(one); });
  return all;
}

bool CertificateStore::has(const CertificatePtr& certificate) const {
  const Listed* found = by_name_.find(certificate->names().front());
  return found != nullptr &&
         (found->best == certificate ||
          std::ranges::find(found->others, certificate) != found->others.end());
}

Quality CertificateStore::quality(std::string_view host,
                                  std::chrono::sys_seconds time) const {
  Quality best = Quality::none;
  for_each_of(host, [&](const CertificatePtr& one) {
    best = std::max(best, quality_of(*one, time));
  });
  return best;
}

std::chrono::sys_seconds overdue_from(const Certificate& certificate) {
  return certificate.not_after() - overdue_before_end(certificate.lifetime());
}

long days_left(const Certificate& certificate, std::chrono::sys_seconds now) {
  return static_cast<long>(
      std::chrono::floor<days>(certificate.not_after() - now).count());
}

namespace {

/// What is wrong with the dates of `one`; no id when nothing is.
Diagnostic check_dates(const Certificate& one, const std::string& host,
                       Severity severity, std::chrono::sys_seconds now) {
  Diagnostic found{severity, {}, Place{one.file()}, {}, {}};
  // An intermediate is renewed by nobody but its CA.
  const bool is_issuer = one.ends_with_issuer();
  const std::string which =
      fmt::format("the {}certificate for {}",
                  is_issuer ? "intermediate that issued the " : "", host);
  if (now < one.not_before()) {
    found.id = "certificate.not-yet-valid";
    found.message =
        fmt::format("the certificate for {} is not valid yet", host);
    found.hint = "is the clock of this machine right?";
  } else if (now > one.not_after()) {
    found.id = "certificate.expired";
    found.message = fmt::format(
        "{} expired {} ago", which,
        format_days(std::chrono::floor<days>(now - one.not_after()).count()));
    found.hint = fmt::format("{}: senders refuse it (RFC 8461, 3.3)",
                             is_issuer ? k_anew : "renew it");
  } else if (now > overdue_from(one)) {
    found.severity = Severity::warning;
    found.id = "certificate.expires-soon";
    found.message = fmt::format("{} expires in {}", which,
                                format_days(days_left(one, now)));
    found.hint = is_issuer ? k_anew : "its renewal is overdue";
  }
  return found;
}

}  // namespace

Diagnostics check_host(const CertificateStore& store, const std::string& host,
                       const std::string& place, std::chrono::sys_seconds now) {
  Diagnostics out;
  const auto add = [&out](Diagnostic one) {
    if (!one.id.empty()) out.push_back(std::move(one));
  };
  const std::vector<CertificatePtr> all = store.find_all(host);
  const std::vector<CertificatePtr> chosen = choose(all, now);
  if (all.empty()) {
    add({Severity::error, "certificate.name-not-covered", Place{place},
         fmt::format("no certificate names the host {}", host),
         "its subjectAltName has to list the host or a wildcard for it "
         "(RFC 8461, 3.3)"});
  } else if (chosen.empty()) {
    add({Severity::error, "certificate.key-unusable", Place{all[0]->file()},
         fmt::format("the key of the certificate for {} can't sign for it",
                     host),
         "take certificate and key from a backup, or have a new pair issued"});
  }
  for (const CertificatePtr& one : chosen) {
    add(check_dates(*one, host, Severity::error, now));
  }
  if (chosen.empty() || quality_of(*chosen.front(), now) == Quality::none) {
    return out;
  }
  // Of two kinds of key one is not renewed any more. Clients that know the
  // other one alone are not served; most know both.
  for (const CertificatePtr& one : all) {
    if (one->is_broken() || one->is_valid_at(now) ||
        has_kind(chosen, one->key_kind())) {
      continue;
    }
    Diagnostic found = check_dates(*one, host, Severity::warning, now);
    found.message += fmt::format("; it is the only one with a key of kind {}",
                                 format_key_kind(one->key_kind()));
    found.hint = "it is not offered; renew it, or take it out of the way";
    add(std::move(found));
    break;
  }
  return out;
}

}  // namespace mtasts::tls
