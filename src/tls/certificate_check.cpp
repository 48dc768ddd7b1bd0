// SPDX-License-Identifier: MIT
#include "tls/certificate_check.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "sts/policy_host.hpp"
#include "text/ascii.hpp"
#include "tls/certificate_facts.hpp"
#include "tls/der.hpp"
#include "tls/openssl.hpp"

namespace mtasts::tls {
namespace {

// CA/Browser Forum, Baseline Requirements, 6.1.5; OpenSSL refuses less.
constexpr std::size_t k_least_rsa_bits = 2048;

bool is_signed_by(const ReadCertificate& one, const ReadCertificate& issuer) {
  const X509Ptr signed_one = parse_x509(one.der());
  const X509Ptr signer = parse_x509(issuer.der());
  const bool good =
      signed_one && signer &&
      X509_verify(signed_one.get(), X509_get0_pubkey(signer.get())) == 1;
  ERR_clear_error();
  return good;
}

/// Of a text in ASCII what is left when all is gone that a comparison of names
/// passes over (RFC 5280, 7.1): case and spaces. Nothing when it is none.
std::optional<std::string> find_bare_text(const DerElement& value) {
  const bool is_text = value.tag == k_utf8_string ||
                       value.tag == k_printable_string ||
                       value.tag == k_ia5_string;
  const auto is_printable = [](char c) { return c >= ' ' && c <= '~'; };
  if (!is_text || !std::ranges::all_of(value.content, is_printable)) return {};
  std::string bare = text::to_lower(value.content);
  std::erase(bare, ' ');
  return bare;
}

/// True if `a` and `b` can't be two spellings of one name, as their first
/// difference tells: one has more parts, a part is another attribute, or its
/// text differs by more than case and spaces. OpenSSL takes 3 us to prepare a
/// name, and most that are compared have nothing in common.
bool are_plainly_different(std::string_view a, std::string_view b) {
  DerReader first(DerReader(a).take(k_sequence));
  DerReader second(DerReader(b).take(k_sequence));
  while (!first.is_at_end() && !second.is_at_end()) {
    DerReader first_part(first.take(k_set));
    DerReader second_part(second.take(k_set));
    DerReader one(first_part.take(k_sequence));
    DerReader other(second_part.take(k_sequence));
    // Attributes that stand together may do so in any order.
    if (!first_part.is_at_end() || !second_part.is_at_end()) return false;
    if (one.take(k_oid) != other.take(k_oid)) return true;
    const std::optional<DerElement> value = one.next();
    const std::optional<DerElement> next = other.next();
    if (!value || !next) return false;
    const auto text = find_bare_text(*value);
    const auto other_text = find_bare_text(*next);
    if (!text || !other_text) return false;
    if (text != other_text) return true;
  }
  return first.is_at_end() != second.is_at_end();
}

/// Both have the form of a Name; the same name may be spelled in two ways.
bool is_same_name(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (are_plainly_different(a, b)) return false;
  const auto first = parse_der<d2i_X509_NAME, X509_NAME_free>(a);
  const auto second = parse_der<d2i_X509_NAME, X509_NAME_free>(b);
  return first && second && X509_NAME_cmp(first.get(), second.get()) == 0;
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

class Checker {
 public:
  Checker(const Chain& chain, const std::string& file)
      : chain_(chain), file_(file) {}

  ChainCheck run(Depth depth);

 private:
  CertificateFacts facts(std::size_t i) const { return chain_[i]->facts(); }
  bool is_root(std::size_t i) const { return is_self_issued(facts(i)); }
  void build_path();
  std::optional<std::size_t> find_issuer(std::size_t of) const;
  void check_keys();
  void check_leaf();
  void check_order();
  void check_signatures();
  void report(Severity severity, std::string id, std::string message,
              std::string hint);
  void refuse(std::string id, std::string message, std::string hint);
  void flaw(Severity severity, std::string id, std::string message,
            std::string hint);

  const Chain& chain_;
  const std::string& file_;
  std::vector<std::size_t> path_ = {0};  // of chain_; may end with the root
  ChainCheck check_;
};

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

/// Of several the one that has signed, then one that others have signed (it
/// leads on for clients that know an older root alone), then the one that lasts
/// longest.
std::optional<std::size_t> Checker::find_issuer(std::size_t of) const {
  std::vector<std::size_t> issuers;
  for (std::size_t i = 1; i < chain_.size(); ++i) {
    const auto is_same = [&](std::size_t known) {
      return chain_[known]->der() == chain_[i]->der();
    };
    if (is_issued_by(facts(of), facts(i)) &&
        std::none_of(path_.begin(), path_.end(), is_same) &&
        std::none_of(issuers.begin(), issuers.end(), is_same)) {
      issuers.push_back(i);
    }
  }
  const auto rank = [&](std::size_t i) {
    // With one name, and no key ids that differ, only the signature tells.
    return std::tuple(
        issuers.size() > 1 && is_signed_by(*chain_[of], *chain_[i]),
        !is_root(i), chain_[i]->not_after());
  };
  std::optional<std::size_t> best;
  for (const std::size_t i : issuers) {
    if (!best || rank(i) > rank(*best)) best = i;
  }
  return best;
}

void Checker::build_path() {
  while (!is_root(path_.back())) {
    const std::optional<std::size_t> issuer = find_issuer(path_.back());
    if (!issuer) break;
    path_.push_back(*issuer);
  }
  std::vector<ReadCertificatePtr> path;
  for (const std::size_t i : path_) {
    if (i == 0 || !is_root(i)) path.push_back(chain_[i]);
  }
  // What most files have is shared with them.
  check_.path = std::ranges::equal(path, chain_) ? chain_ : Chain(path);
}

void Checker::check_keys() {
  for (const std::size_t i : path_) {
    const CertificateFacts one = facts(i);
    const std::string_view whose =
        i == 0 ? "the certificate" : "a certificate of the chain";
    if (one.key.kind == KeyKind::rsa && one.key.bits < k_least_rsa_bits) {
      refuse("certificate.key-weak",
             fmt::format("{} has an RSA key of {} bits, below {}", whose,
                         one.key.bits, k_least_rsa_bits),
             "make a new key: ECDSA P-256, or RSA of 2048 bits");
      return;
    }
    if (one.key.kind == KeyKind::other ||
        (one.key.kind == KeyKind::ecdsa && one.key.bits == 0)) {
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
  const CertificateFacts leaf = facts(0);
  if (leaf.unknown_critical != UnknownCritical::none) {
    const std::string_view what =
        leaf.unknown_critical == UnknownCritical::acme_challenge
            ? "it answers a challenge of ACME (RFC 8737)"
        : leaf.unknown_critical == UnknownCritical::precertificate
            ? "it is a precertificate (RFC 6962, 3.1)"
            : "it has a critical extension that senders do not know";
    refuse("certificate.not-for-servers",
           fmt::format("the certificate is not for TLS servers: {}", what),
           "take the one that the authority has issued for the host");
    return;
  }
  if (leaf.key.kind == KeyKind::ed25519) {
    report(Severity::warning, "certificate.key-uncommon",
           "the certificate has an Ed25519 key, which many senders do not know",
           "ECDSA P-256 is known to all; no public authority signs Ed25519");
  }
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
  const CertificateFacts leaf = facts(0);
  if (is_self_issued(leaf)) return;
  const bool are_others = std::any_of(
      chain_.begin(), chain_.end(),
      [&](const auto& one) { return one->der() != chain_.front()->der(); });
  if (path_.size() == 1 && are_others) {
    flaw(Severity::error, "certificate.chain-incomplete",
         "the issuer of the certificate is not in the chain, but others are",
         "append the intermediate certificate, as fullchain.pem has it");
    return;
  }
  if (path_.size() == 1) {
    // A public authority says where its certificate is to be had; one's own,
    // for a test, may well sign with its root.
    flaw(leaf.names_issuer_url ? Severity::error : Severity::warning,
         "certificate.chain-incomplete",
         "the file has the certificate alone, without the intermediate that "
         "issued it",
         "use fullchain.pem, or append the intermediate: most senders do not "
         "fetch it");
    return;
  }
  std::size_t good = 0;
  while (good < path_.size() && path_[good] == good) ++good;
  if (good < chain_.size()) {
    report(Severity::warning, "certificate.chain-order",
           fmt::format("certificate {} of the chain is not the issuer of the "
                       "one before it",
                       good + 1),
           "what is sent is put right; write the leaf first, then each one's "
           "issuer, and no others: the order of fullchain.pem");
  } else if (is_root(path_.back())) {
    report(Severity::warning, "certificate.root-included",
           "the chain ends with a root certificate, which senders have already",
           "it is not sent; leave it out");
  }
}

void Checker::check_signatures() {
  for (const ReadCertificatePtr& one : chain_) {
    if (parse_x509(one->der())) continue;
    refuse("certificate.unusable", "has a certificate that can't be parsed",
           {});
    return;
  }
  for (std::size_t i = 0; i + 1 < path_.size(); ++i) {
    if (is_signed_by(*chain_[path_[i]], *chain_[path_[i + 1]])) continue;
    flaw(Severity::error, "certificate.chain-incomplete",
         fmt::format("certificate {} of the chain has the name of an issuer "
                     "but not its key",
                     path_[i + 1] + 1),
         "take certificate and intermediate from the same renewal");
    return;
  }
}

ChainCheck Checker::run(Depth depth) {
  build_path();
  check_keys();
  if (check_.is_usable) check_leaf();
  if (check_.is_usable) check_order();
  if (depth == Depth::signatures && !has_errors(check_.diagnostics)) {
    check_signatures();
  }
  return std::move(check_);
}

}  // namespace

ChainCheck check_chain(const Chain& chain, const std::string& file,
                       Depth depth) {
  return Checker(chain, file).run(depth);
}

void report_others(const std::vector<std::string_view>& names,
                   const std::string& path, Diagnostics& found) {
  const auto is_other = [](std::string_view name) {
    return !name.starts_with(sts::k_policy_host_prefix) && name != "localhost";
  };
  const auto first = std::find_if(names.begin(), names.end(), is_other);
  const auto count = std::count_if(names.begin(), names.end(), is_other);
  if (count == 0) return;
  found.push_back(
      {Severity::note, "certificate.key-shared", Place{path},
       fmt::format("the key is not for policy hosts alone, but also for {}{}",
                   *first,
                   count == 1 ? "" : fmt::format(" and {} more", count - 1)),
       "who gets at it here can pose as those too: better have a certificate "
       "issued for the policy hosts alone, with a key of its own"});
}

}  // namespace mtasts::tls
