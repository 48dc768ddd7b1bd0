// SPDX-License-Identifier: MIT
#include "snapshot/needed_findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "snapshot/snapshot.hpp"
#include "sts/policy_host.hpp"
#include "tls/certificate_survey.hpp"

namespace mtasts::snapshot {
namespace {

class Needs {
 public:
  Needs(const config::Live& live, const std::string& host,
        const tls::CertificateStore& store, std::chrono::sys_seconds now)
      : live_(live), host_(host), store_(store), now_(now) {}

  bool has(const tls::FileFinding& one) {
    if (one.is_named) return true;
    if (one.names.empty()) return is_any_lacking();
    return std::any_of(
        one.names.begin(), one.names.end(), [&](const std::string& name) {
          const std::string host = covered_host(name);
          if (host.empty()) return false;
          return one.certificate ? is_offered(one.certificate, host)
                                 : is_lacking(host);
        });
  }

 private:
  /// Of ours, by a certificate for `name`; empty: none.
  std::string covered_host(const std::string& name) const {
    if (!host_.empty()) {
      const std::size_t dot = std::min(host_.find('.'), host_.size());
      return name == host_ || name == "*" + host_.substr(dot) ? host_ : "";
    }
    const std::optional<std::string> domain = find_covered(name);
    return domain && live_.find_domain(*domain) ? sts::policy_host(*domain)
                                                : "";
  }

  bool is_lacking(const std::string& host) const {
    return store_.quality(host, now_) != tls::Quality::good;
  }

  bool is_offered(const tls::CertificatePtr& certificate,
                  const std::string& host) const {
    const std::vector<tls::CertificatePtr> offered = store_.find(host, now_);
    return std::find(offered.begin(), offered.end(), certificate) !=
           offered.end();
  }

  bool is_any_lacking() {
    if (!host_.empty()) return is_lacking(host_);
    if (!is_any_lacking_) {
      const std::vector<std::string> domains = all_domains(live_);
      is_any_lacking_ = std::any_of(
          domains.begin(), domains.end(), [this](const std::string& domain) {
            return is_lacking(sts::policy_host(domain));
          });
    }
    return *is_any_lacking_;
  }

  const config::Live& live_;
  const std::string& host_;
  const tls::CertificateStore& store_;
  std::chrono::sys_seconds now_;
  std::optional<bool> is_any_lacking_;
};

/// There is no certificate with its key at all. The key may lie where nobody
/// looks: uacme has it in private/NAME/.
void point_below(const Diagnostics& none_found, Diagnostics& kept) {
  for (const Diagnostic& none : none_found) {
    const std::string folders = tls::list_unsearched(none.place.file);
    if (folders.empty()) continue;
    for (Diagnostic& one : kept) {
      if (one.id != "certificate.key-mismatch") continue;
      one.hint = fmt::format(
          "is its key there? folders deeper than two levels were not searched: "
          "{}; name the folder above it in certificates too",
          folders);
    }
  }
}

}  // namespace

Diagnostics keep_needed(tls::FoundCertificates& found, const config::Live& live,
                        const std::string& host,
                        const tls::CertificateStore& store,
                        std::chrono::sys_seconds now) {
  Needs needs(live, host, store, now);
  Diagnostics kept;
  for (tls::FileFinding& one : found.findings) {
    // Notes are on what is better for policies.
    const bool is_note = one.diagnostic.severity == Severity::note;
    if ((is_note && !host.empty()) || !needs.has(one)) continue;
    // Whose it is nobody can tell from here.
    if (one.names.empty() && !one.is_named) {
      one.diagnostic.hint =
          "if it is for a policy host here: " + one.diagnostic.hint;
    }
    kept.push_back(std::move(one.diagnostic));
  }
  if (has_errors(kept)) {
    point_below(found.none_found, kept);
  } else {
    append(kept, std::move(found.none_found));
  }
  sort_diagnostics(kept);
  return kept;
}

}  // namespace mtasts::snapshot
