// SPDX-License-Identifier: MIT
#include "verify/judge_certificate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "result.hpp"
#include "text/time.hpp"
#include "tls/certificate.hpp"
#include "tls/certificate_store.hpp"
#include "verify/judge_case.hpp"

namespace mtasts::verify {
namespace {

using tls::PeerCertificate;
using tls::PeerFacts;
using tls::Trust;

class Examination {
 public:
  Examination(const PeerFacts& tls, const std::string& host,
              std::chrono::sys_seconds now)
      : tls_(tls), leaf_(tls.chain.front()), host_(host), now_(now) {}

  std::vector<CertificateFault> run() {
    if (!is_for(leaf_, host_)) {
      fatal("name", format_names(leaf_),
            fmt::format("get one for {0} and serve it for that name: certbot "
                        "certonly -d {0}",
                        host_));
      return std::move(faults_);
    }
    check_trust();
    check_dates();
    if (!leaf_.weakness.empty()) {
      faults_.push_back(
          {"weak", false,
           fmt::format("the certificate is weak: {}", leaf_.weakness),
           "get one with a key of ECDSA P-256 or RSA 2048"});
    }
    return std::move(faults_);
  }

 private:
  void fatal(std::string_view name, std::string message, std::string hint) {
    faults_.push_back({name, true, std::move(message), std::move(hint)});
  }
  void check_trust();
  void check_dates();

  const PeerFacts& tls_;
  const PeerCertificate& leaf_;
  const std::string& host_;
  std::chrono::sys_seconds now_;
  std::vector<CertificateFault> faults_ = {};
};

void Examination::check_trust() {
  switch (tls_.trust) {
    case Trust::unknown:
    case Trust::trusted:
      return;
    case Trust::incomplete:
      fatal("chain",
            fmt::format("the certificate of {} is not sent along",
                        in_quotes(tls_.chain.back().issuer)),
            tls_.chain.back().issuer_url.empty()
                ? "serve the whole chain, certbot's fullchain.pem"
                : fmt::format("serve certbot's fullchain.pem, or append the "
                              "intermediate: curl -sS {} | openssl x509 "
                              "-inform DER",
                              tls_.chain.back().issuer_url));
      return;
    case Trust::self_signed:
      fatal("untrusted", "the certificate is its own issuer",
            fmt::format("get one from a public CA: certbot certonly -d {}",
                        host_));
      return;
    case Trust::untrusted:
    case Trust::invalid:
      break;
  }
  fatal("untrusted",
        fmt::format("the certificate, issued by {}, is not trusted: {}",
                    in_quotes(leaf_.issuer), tls_.trust_reason),
        fmt::format("get one from a public CA: certbot certonly -d {}", host_));
}

void Examination::check_dates() {
  const std::string renew = fmt::format(
      "renew it, and look why that was not done by itself: certbot renew "
      "--cert-name {}",
      host_);
  if (now_ < leaf_.not_before) {
    fatal("not-yet-valid",
          fmt::format("the certificate is valid from {} on",
                      text::format_time(leaf_.not_before)),
          "look at the clock of who issued it, and at that of this machine");
    return;
  }
  const std::chrono::seconds left = leaf_.not_after - now_;
  if (left.count() < 0) {
    fatal("expired",
          fmt::format("the certificate has expired at {}, {} ago",
                      text::format_time(leaf_.not_after), format_days(-left)),
          renew);
  } else if (left <
             tls::overdue_before_end(leaf_.not_after - leaf_.not_before)) {
    faults_.push_back(
        {"expires-soon", false,
         fmt::format("the certificate expires at {}, in {}",
                     text::format_time(leaf_.not_after), format_days(left)),
         renew});
  }
}

}  // namespace

std::vector<CertificateFault> find_certificate_faults(
    const PeerFacts& tls, const std::string& host,
    std::chrono::sys_seconds now) {
  if (!tls.is_established || tls.chain.empty()) return {};
  return Examination(tls, host, now).run();
}

bool is_for(const PeerCertificate& certificate, const std::string& host) {
  return std::ranges::any_of(certificate.dns_names, [&](const auto& name) {
    return tls::is_covered(name, host);
  });
}

std::string format_names(const PeerCertificate& certificate) {
  if (certificate.dns_names.empty()) {
    return fmt::format("the certificate, {}, has no names in subjectAltName",
                       in_quotes(certificate.subject));
  }
  return fmt::format("the certificate is for {}",
                     format_some(certificate.dns_names));
}

}  // namespace mtasts::verify
