// SPDX-License-Identifier: MIT
#include "tls/certificate_check.hpp"

#include <fmt/format.h>
#include <openssl/err.h>

#include <algorithm>
#include <utility>

#include "tls/der.hpp"

namespace mtasts::tls {
namespace {

// CA/Browser Forum, Baseline Requirements, 6.1.5; OpenSSL refuses less.
constexpr std::size_t k_least_rsa_bits = 2048;

class Checker {
 public:
  Checker(const std::vector<Der>& chain, const std::string& file)
      : chain_(chain), file_(file) {}

  ChainCheck run(Depth depth);

 private:
  bool read_all();
  void check_keys();
  void check_leaf();
  void check_order();
  void check_signatures();
  void report(Severity severity, std::string id, std::string message,
              std::string hint);
  void refuse(std::string id, std::string message, std::string hint);
  void flaw(Severity severity, std::string id, std::string message,
            std::string hint);

  const std::vector<Der>& chain_;
  const std::string& file_;
  std::vector<CertificateFacts> facts_;
  ChainCheck check_;
};

/// Both have the form of a Name; the same name may be spelled in two ways.
bool is_same_name(std::string_view a, std::string_view b) {
  if (a == b) return true;
  struct FreeName {
    void operator()(X509_NAME* name) const { X509_NAME_free(name); }
  };
  const auto parse = [](std::string_view der) {
    const auto* data = reinterpret_cast<const unsigned char*>(der.data());
    return std::unique_ptr<X509_NAME, FreeName>(
        d2i_X509_NAME(nullptr, &data, static_cast<long>(der.size())));
  };
  const auto first = parse(a);
  const auto second = parse(b);
  const bool same =
      first && second && X509_NAME_cmp(first.get(), second.get()) == 0;
  ERR_clear_error();
  return same;
}

/// By name, and by key id where both have one (RFC 5280, 4.2.1.1).
bool is_issued_by(const CertificateFacts& one, const CertificateFacts& issuer) {
  const bool has_ids =
      !one.authority_key_id.empty() && !issuer.subject_key_id.empty();
  return is_same_name(one.issuer, issuer.subject) &&
         (!has_ids || one.authority_key_id == issuer.subject_key_id);
}

bool is_self_issued(const CertificateFacts& one) {
  return is_issued_by(one, one);
}

void Checker::report(Severity severity, std::string id, std::string message,
                     std::string hint) {
  check_.diagnostics.push_back({severity, std::move(id), Place{file_},
                                std::move(message), std::move(hint)});
}

void Checker::refuse(std::string id, std::string message, std::string hint) {
  check_.is_usable = false;
  report(Severity::error, std::move(id), std::move(message), std::move(hint));
}

void Checker::flaw(Severity severity, std::string id, std::string message,
                   std::string hint) {
  check_.flaw = Flaw::flawed;
  report(severity, std::move(id), std::move(message), std::move(hint));
}

bool Checker::read_all() {
  for (const Der& der : chain_) {
    std::optional<CertificateFacts> facts = read_certificate(*der);
    if (!facts) {
      refuse("certificate.unusable", "has a certificate that can't be parsed",
             {});
      return false;
    }
    facts_.push_back(*std::move(facts));
  }
  return true;
}

void Checker::check_keys() {
  for (std::size_t i = 0; i < facts_.size(); ++i) {
    const CertificateFacts& one = facts_[i];
    const std::string_view whose =
        i == 0 ? "the certificate" : "a certificate of the chain";
    if (one.key_kind == KeyKind::rsa && one.key_bits < k_least_rsa_bits) {
      refuse("certificate.key-weak",
             fmt::format("{} has an RSA key of {} bits, below {}", whose,
                         one.key_bits, k_least_rsa_bits),
             "make a new key: ECDSA P-256, or RSA of 2048 bits");
      return;
    }
    if (one.key_kind == KeyKind::other ||
        (one.key_kind == KeyKind::ecdsa && one.key_bits == 0)) {
      refuse(
          "certificate.key-weak",
          fmt::format("{} has a key of a kind that senders do not know", whose),
          "ECDSA P-256 or P-384, RSA from 2048 bits, or Ed25519");
      return;
    }
    // Nobody looks at the signature that a root has given itself.
    if (one.has_weak_signature && !is_self_issued(one)) {
      refuse("certificate.signature-weak",
             fmt::format("{} is signed with SHA-1 or MD5", whose),
             "senders refuse it; have it issued anew");
      return;
    }
  }
}

void Checker::check_leaf() {
  const CertificateFacts& leaf = facts_.front();
  if (!leaf.is_for_servers) {
    flaw(Severity::error, "certificate.not-for-servers",
         "the certificate is not for TLS servers: its extendedKeyUsage leaves "
         "serverAuth out",
         "have it issued for TLS server authentication (RFC 5280, 4.2.1.12)");
  }
  if (is_self_issued(leaf)) {
    flaw(Severity::warning, "certificate.self-signed",
         "the certificate is signed by itself",
         "senders trust only certificates of a public authority (RFC 8461, "
         "3.3)");
  }
}

void Checker::check_order() {
  const CertificateFacts& leaf = facts_.front();
  if (is_self_issued(leaf)) return;
  for (std::size_t i = 0; i + 1 < facts_.size(); ++i) {
    if (is_issued_by(facts_[i], facts_[i + 1])) continue;
    const bool is_elsewhere = std::any_of(
        facts_.begin() + 1, facts_.end(),
        [&](const auto& other) { return is_issued_by(facts_[i], other); });
    if (is_elsewhere || i > 0) {
      flaw(Severity::error, "certificate.chain-order",
           fmt::format("certificate {} of the chain is not the issuer of the "
                       "one before it",
                       i + 2),
           "the leaf first, then each one's issuer: the order of "
           "fullchain.pem");
    } else {
      flaw(Severity::error, "certificate.chain-incomplete",
           "the issuer of the certificate is not in the chain, but others are",
           "append the intermediate certificate, as fullchain.pem has it");
    }
    return;
  }
  if (facts_.size() > 1 && is_self_issued(facts_.back())) {
    report(Severity::warning, "certificate.root-included",
           "the chain ends with a root certificate, which senders have already",
           "leave it out: it only makes each handshake longer");
  }
  if (facts_.size() > 1) return;
  // A public authority says where its certificate is to be had; one's own, for
  // a test, may well sign with its root.
  flaw(leaf.names_issuer_url ? Severity::error : Severity::warning,
       "certificate.chain-incomplete",
       "the file has the certificate alone, without the intermediate that "
       "issued it",
       "use fullchain.pem, or append the intermediate: most senders do not "
       "fetch it");
}

void Checker::check_signatures() {
  std::vector<X509Ptr> parsed;
  for (const Der& der : chain_) {
    parsed.push_back(parse_x509(*der));
    if (!parsed.back()) {
      refuse("certificate.unusable", "has a certificate that can't be parsed",
             {});
      return;
    }
  }
  for (std::size_t i = 0; i + 1 < parsed.size(); ++i) {
    const bool good = X509_verify(parsed[i].get(),
                                  X509_get0_pubkey(parsed[i + 1].get())) == 1;
    ERR_clear_error();
    if (good) continue;
    flaw(Severity::error, "certificate.chain-incomplete",
         fmt::format("certificate {} of the chain has the name of an issuer "
                     "but not its key",
                     i + 2),
         "take certificate and intermediate from the same renewal");
    return;
  }
}

ChainCheck Checker::run(Depth depth) {
  if (!read_all()) return std::move(check_);
  check_keys();
  if (!check_.is_usable) return std::move(check_);
  check_leaf();
  check_order();
  if (depth == Depth::signatures && !has_errors(check_.diagnostics)) {
    check_signatures();
  }
  return std::move(check_);
}

}  // namespace

ChainCheck check_chain(const std::vector<Der>& chain, const std::string& file,
                       Depth depth) {
  return Checker(chain, file).run(depth);
}

}  // namespace mtasts::tls
