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
constexpr days k_short_life{10};

std::string format_days(long count) {
  return fmt::format("{} day{}", count, count == 1 ? "" : "s");
}

constexpr std::string_view k_anew = "get the chain anew from the CA";

bool is_better(const CertificatePtr& a, const CertificatePtr& b) {
  return a->is_flawed() != b->is_flawed() ? b->is_flawed()
                                          : a->not_after() > b->not_after();
}

bool has_kind(const std::vector<CertificatePtr>& among, KeyKind kind) {
  return std::any_of(among.begin(), among.end(), [kind](const auto& one) {
    return one->key_kind() == kind;
  });
}

}  // namespace

std::chrono::seconds overdue_before_end(std::chrono::seconds life) {
  const std::chrono::seconds due = life / (life < k_short_life ? 2 : 3);
  const std::chrono::seconds grace =
      std::min<std::chrono::seconds>(due / 3, days(1));
  return std::min<std::chrono::seconds>(k_warn_before, due - grace);
}

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

Quality quality_of(const Certificate& certificate,
                   std::chrono::sys_seconds time) {
  if (!certificate.is_valid_at(time) || certificate.is_broken()) {
    return Quality::none;
  }
  return certificate.is_flawed() ? Quality::flawed : Quality::good;
}

std::array<const CertificateStore::List*, 2> CertificateStore::lists(
    std::string_view host) const {
  static const List k_none;
  const auto list_of = [this](std::string_view name) {
    const List* found = by_name_.find(name);
    return found == nullptr ? &k_none : found;
  };
  const std::size_t dot = host.find('.');
  const bool has_wildcard = dot != std::string_view::npos && dot > 0;
  return {list_of(host), has_wildcard
                             ? list_of(fmt::format("*{}", host.substr(dot)))
                             : &k_none};
}

CertificateStore::List CertificateStore::find(
    std::string_view host, std::chrono::sys_seconds time) const {
  const Quality best = quality(host, time);
  List chosen;
  for (const List* list : lists(host)) {
    for (const CertificatePtr& one : *list) {
      if (!one->is_broken() && quality_of(*one, time) == best &&
          !has_kind(chosen, one->key_kind())) {
        chosen.push_back(one);
      }
    }
  }
  return chosen;
}

CertificateStore::List CertificateStore::find_all(std::string_view host) const {
  List all;
  for (const List* list : lists(host)) {
    all.insert(all.end(), list->begin(), list->end());
  }
  return all;
}

bool CertificateStore::has(const CertificatePtr& certificate) const {
  const List* list = by_name_.find(certificate->names().front());
  return list != nullptr &&
         std::find(list->begin(), list->end(), certificate) != list->end();
}

Quality CertificateStore::quality(std::string_view host,
                                  std::chrono::sys_seconds time) const {
  Quality best = Quality::none;
  for (const List* list : lists(host)) {
    for (const CertificatePtr& one : *list) {
      best = std::max(best, quality_of(*one, time));
    }
  }
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
  const std::vector<CertificatePtr> chosen = store.find(host, now);
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
  if (!store.is_usable(host, now)) return out;
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
