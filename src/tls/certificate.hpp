// SPDX-License-Identifier: MIT
// A certificate chain and its private key, known to belong together, kept as
// DER: parsed structures weigh ten times as much, and of many thousand
// certificates only a few are in use at a time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "result.hpp"
#include "shared.hpp"
#include "text/path.hpp"
#include "tls/key.hpp"
#include "tls/read_certificate.hpp"
#include "tls/secret.hpp"

namespace mtasts::tls {

/// What is known to be wrong with a certificate that works all the same. One
/// that is flawed never takes the place of one that is not.
enum class Flaw : std::uint8_t { none, flawed };

class Certificate;
using CertificatePtr = Shared<const Certificate>;

class Certificate : public Counted {
 public:
  /// `chain` starts with the leaf. Fails when the key is not the leaf's, or
  /// when the leaf names no host. `file` is where the chain came from.
  static Result<CertificatePtr> make(Chain chain, KeyDer key, text::Path file,
                                     Flaw flaw = Flaw::none);

  /// The dNSName entries, in lower case.
  std::vector<std::string_view> names() const { return leaf().dns_names(); }
  std::chrono::sys_seconds not_before() const { return leaf().not_before(); }
  /// The last second in which senders take it: of the leaf, or of its issuer in
  /// the chain if that ends before it. What is above those does not count:
  /// there clients find a way around what has ended.
  std::chrono::sys_seconds not_after() const {
    return first_to_end().not_after();
  }
  bool ends_with_issuer() const { return &first_to_end() != &leaf(); }
  /// Of what ends first.
  std::chrono::seconds lifetime() const {
    return not_after() - first_to_end().not_before();
  }
  bool is_valid_at(std::chrono::sys_seconds time) const {
    return not_before() <= time && time <= not_after();
  }
  /// False for one that nobody has asked to sign: see prove().
  bool is_proven() const { return state_ == State::good; }
  bool is_broken() const { return state_ == State::broken; }
  /// Notes whether its key can sign for it. From any thread; true for the
  /// first who says that it can't.
  bool prove(bool can_sign) const {
    const State state = can_sign ? State::good : State::broken;
    return state_.exchange(state) != State::broken && !can_sign;
  }
  KeyKind key_kind() const { return leaf().key_kind(); }
  bool is_flawed() const { return flaw_ == Flaw::flawed; }
  std::string file() const { return file_.text(); }
  /// The octets of the leaf: what tells one certificate from another.
  std::string_view leaf_der() const { return leaf().der(); }
  /// The leaf, then the intermediates, which are shared by all the chains that
  /// have them.
  const Chain& chain() const { return chain_; }
  std::string_view key_der() const { return key_->octets(); }

  /// The same octets from the same file.
  friend bool operator==(const Certificate& a, const Certificate& b);

 private:
  enum class State : std::uint8_t { unknown, good, broken };

  Certificate() = default;
  const ReadCertificate& leaf() const { return *chain_.front(); }
  const ReadCertificate& first_to_end() const;

  Flaw flaw_ = Flaw::none;
  mutable std::atomic<State> state_{State::unknown};
  Chain chain_;
  KeyDer key_;
  text::Path file_;
};

/// RFC 6125, 6.4.3, as RFC 8461, 3.3 narrows it down: `name` is from a
/// certificate, `host` is what a client wants; both in lower case.
bool is_covered(std::string_view name, std::string_view host);

}  // namespace mtasts::tls
