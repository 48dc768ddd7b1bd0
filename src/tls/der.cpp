// SPDX-License-Identifier: MIT
#include "tls/der.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "dns/name.hpp"

namespace mtasts::tls {
namespace {

using namespace std::string_view_literals;

constexpr std::uint8_t k_boolean = 0x01;
constexpr std::uint8_t k_integer = 0x02;
constexpr std::uint8_t k_bit_string = 0x03;
constexpr std::uint8_t k_octet_string = 0x04;
constexpr std::uint8_t k_oid = 0x06;
constexpr std::uint8_t k_utc_time = 0x17;
constexpr std::uint8_t k_generalized_time = 0x18;
constexpr std::uint8_t k_sequence = 0x30;
constexpr std::uint8_t k_context_0 = 0xA0;
constexpr std::uint8_t k_context_1 = 0xA1;
constexpr std::uint8_t k_context_2 = 0xA2;
constexpr std::uint8_t k_context_3 = 0xA3;
constexpr std::uint8_t k_key_identifier = 0x80;  // RFC 5280, 4.2.1.1
constexpr std::uint8_t k_dns_name = 0x82;        // RFC 5280, 4.2.1.6

constexpr auto k_subject_key_id = "\x55\x1D\x0E"sv;
constexpr auto k_subject_alt_name = "\x55\x1D\x11"sv;
constexpr auto k_basic_constraints = "\x55\x1D\x13"sv;
constexpr auto k_authority_key_id = "\x55\x1D\x23"sv;
constexpr auto k_extended_key_usage = "\x55\x1D\x25"sv;
constexpr auto k_certificate_extensions = "\x55\x1D"sv;  // all of RFC 5280
constexpr auto k_authority_info = "\x2B\x06\x01\x05\x05\x07\x01\x01"sv;
constexpr auto k_ca_issuers = "\x2B\x06\x01\x05\x05\x07\x30\x02"sv;
constexpr auto k_server_auth = "\x2B\x06\x01\x05\x05\x07\x03\x01"sv;
constexpr auto k_any_usage = "\x55\x1D\x25\x00"sv;

constexpr auto k_rsa = "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"sv;
constexpr auto k_ec = "\x2A\x86\x48\xCE\x3D\x02\x01"sv;
constexpr auto k_ed25519 = "\x2B\x65\x70"sv;

struct Curve {
  std::string_view oid;
  std::size_t bits;
  std::string_view name;
};
constexpr std::array<Curve, 3> k_curves = {{
    {"\x2A\x86\x48\xCE\x3D\x03\x01\x07"sv, 256, "P-256"},
    {"\x2B\x81\x04\x00\x22"sv, 384, "P-384"},
    {"\x2B\x81\x04\x00\x23"sv, 521, "P-521"},
}};

constexpr std::array k_weak_signatures = {
    "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x04"sv,  // MD5 with RSA
    "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x05"sv,  // SHA-1 with RSA
    "\x2A\x86\x48\xCE\x38\x04\x03"sv,          // SHA-1 with DSA
    "\x2A\x86\x48\xCE\x3D\x04\x01"sv,          // SHA-1 with ECDSA
};

/// The content of the next element, empty when its tag is another one.
std::string_view take(DerReader& reader, std::uint8_t tag) {
  const std::optional<DerElement> element = reader.next(tag);
  return element ? element->content : std::string_view{};
}

/// The bits of a BIT STRING of whole octets.
std::string_view bits_of(std::string_view content) {
  return content.starts_with('\0') ? content.substr(1) : std::string_view{};
}

std::size_t bits_of_integer(std::string_view content) {
  const std::size_t first = content.find_first_not_of('\0');
  if (first == std::string_view::npos) return 0;
  const auto lead = static_cast<unsigned char>(content[first]);
  return (content.size() - first - 1) * 8 +
         static_cast<std::size_t>(std::bit_width(lead));
}

/// RFC 5280, 4.1.2.5: in UTC, with seconds.
std::optional<std::chrono::sys_seconds> read_time(DerReader& reader) {
  const std::optional<DerElement> element = reader.next();
  if (!element) return std::nullopt;
  std::string_view digits = element->content;
  const bool is_short = element->tag == k_utc_time;
  if (!is_short && element->tag != k_generalized_time) return std::nullopt;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (digits.size() != (is_short ? 13U : 15U) || !digits.ends_with('Z') ||
      !std::all_of(digits.begin(), digits.end() - 1, is_digit)) {
    return std::nullopt;
  }
  const auto number = [&digits](std::size_t count) {
    int value = 0;
    for (const char c : digits.substr(0, count)) value = value * 10 + (c - '0');
    digits.remove_prefix(count);
    return value;
  };
  int year = number(is_short ? 2 : 4);
  if (is_short) year += year < 50 ? 2000 : 1900;
  const auto month = static_cast<unsigned>(number(2));
  const auto day = static_cast<unsigned>(number(2));
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  const std::chrono::hours hours(number(2));
  const std::chrono::minutes minutes(number(2));
  const std::chrono::seconds seconds(number(2));
  if (hours.count() > 23 || minutes.count() > 59 || seconds.count() > 59) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date) + hours + minutes + seconds;
}

bool read_key(std::string_view info, CertificateFacts& facts) {
  DerReader reader(info);
  DerReader algorithm(take(reader, k_sequence));
  const std::string_view kind = take(algorithm, k_oid);
  facts.public_key = bits_of(take(reader, k_bit_string));
  if (kind == k_rsa) {
    facts.key_kind = KeyKind::rsa;
    DerReader outer(facts.public_key);
    DerReader numbers(take(outer, k_sequence));
    facts.key_bits = bits_of_integer(take(numbers, k_integer));
  } else if (kind == k_ec) {
    facts.key_kind = KeyKind::ecdsa;
    const std::string_view name = take(algorithm, k_oid);
    for (const Curve& curve : k_curves) {
      if (curve.oid == name) facts.key_bits = curve.bits;
    }
  } else if (kind == k_ed25519) {
    facts.key_kind = KeyKind::ed25519;
    facts.key_bits = 256;
  }
  return !facts.public_key.empty();
}

void read_names(std::string_view value, CertificateFacts& facts) {
  DerReader outer(value);
  DerReader names(take(outer, k_sequence));
  while (const std::optional<DerElement> name = names.next()) {
    if (name->tag == k_dns_name) {
      facts.dns_names.push_back(dns::to_lower_ascii(name->content));
    }
  }
}

bool allows_servers(std::string_view value) {
  DerReader outer(value);
  DerReader usages(take(outer, k_sequence));
  while (const std::optional<DerElement> usage = usages.next(k_oid)) {
    if (usage->content == k_server_auth || usage->content == k_any_usage) {
      return true;
    }
  }
  return false;
}

bool has_issuer_url(std::string_view value) {
  DerReader outer(value);
  DerReader entries(take(outer, k_sequence));
  while (const std::optional<DerElement> entry = entries.next(k_sequence)) {
    DerReader inner(entry->content);
    if (take(inner, k_oid) == k_ca_issuers) return true;
  }
  return false;
}

void read_extension(std::string_view id, std::string_view value,
                    CertificateFacts& facts) {
  DerReader reader(value);
  if (id == k_subject_alt_name) {
    read_names(value, facts);
  } else if (id == k_basic_constraints) {
    DerReader inner(take(reader, k_sequence));
    // BER's true, which OpenSSL takes too: everything but zero.
    facts.is_authority = take(inner, k_boolean).find_first_not_of('\0') !=
                         std::string_view::npos;
  } else if (id == k_subject_key_id) {
    facts.subject_key_id = take(reader, k_octet_string);
  } else if (id == k_authority_key_id) {
    DerReader inner(take(reader, k_sequence));
    facts.authority_key_id = take(inner, k_key_identifier);
  } else if (id == k_extended_key_usage) {
    facts.is_for_servers = allows_servers(value);
  } else if (id == k_authority_info) {
    facts.names_issuer_url = has_issuer_url(value);
  }
}

/// What is left of a certificate. False when it isn't DER to its end: what
/// stands behind a fault would be overlooked.
bool read_extensions(DerReader& fields, CertificateFacts& facts) {
  if (fields.is_at_end()) return true;
  DerReader outer(take(fields, k_context_3));
  DerReader list(take(outer, k_sequence));
  while (const std::optional<DerElement> one = list.next(k_sequence)) {
    DerReader extension(one->content);
    const std::string_view id = take(extension, k_oid);
    const bool is_critical =
        take(extension, k_boolean).find_first_not_of('\0') !=
        std::string_view::npos;
    const std::optional<DerElement> value = extension.next(k_octet_string);
    if (!value) return false;
    read_extension(id, value->content, facts);
    if (is_critical && facts.unknown_critical.empty() &&
        !id.starts_with(k_certificate_extensions) && id != k_authority_info) {
      facts.unknown_critical = id;
    }
  }
  return list.is_at_end() && outer.is_at_end() && fields.is_at_end();
}

/// The content of the one element that `der` consists of.
std::string_view only_sequence(std::string_view der) {
  DerReader reader(der);
  const std::string_view content = take(reader, k_sequence);
  return reader.is_at_end() ? content : std::string_view{};
}

/// X.690, 8.3.2: a positive number in its shortest form.
bool is_positive(std::string_view integer) {
  const auto is_high = [](char c) { return (c & 0x80) != 0; };
  if (integer.empty() || is_high(integer[0])) return false;
  return integer[0] != '\0' || (integer.size() > 1 && is_high(integer[1]));
}

/// RFC 8017, A.1.1: the public key is a SEQUENCE of two of these numbers.
std::string public_key_of_rsa(DerReader reader) {
  const std::optional<DerElement> modulus = reader.next(k_integer);
  const std::optional<DerElement> exponent = reader.next(k_integer);
  if (!modulus || !is_positive(modulus->content) || !exponent ||
      !is_positive(exponent->content)) {
    return {};
  }
  const std::size_t size = modulus->whole.size() + exponent->whole.size();
  std::string key = "\x30";
  if (size >= 0x100) {
    key += '\x82';
    key += static_cast<char>(size >> 8U);
  } else if (size >= 0x80) {
    key += '\x81';
  }
  key += static_cast<char>(size & 0xFFU);
  key += modulus->whole;
  key += exponent->whole;
  return key;
}

/// A private key without what is around it.
struct PrivateKey {
  std::string_view kind;   // an OID
  std::string_view curve;  // an OID, empty when it stands in the key itself
  DerReader fields;        // from behind the version
};

std::optional<PrivateKey> unwrap(std::string_view der) {
  DerReader reader(only_sequence(der));
  reader.next(k_integer);  // version
  DerReader ahead = reader;
  const std::optional<DerElement> second = ahead.next();
  if (!second) return std::nullopt;
  if (second->tag == k_octet_string) return PrivateKey{k_ec, {}, reader};
  if (second->tag == k_integer) return PrivateKey{k_rsa, {}, reader};
  // RFC 5208, 5: the key of some algorithm, wrapped.
  DerReader algorithm(second->content);
  const std::string_view kind = take(algorithm, k_oid);
  DerReader inner(only_sequence(take(ahead, k_octet_string)));
  inner.next(k_integer);
  return PrivateKey{kind, take(algorithm, k_oid), inner};
}

}  // namespace

std::optional<DerElement> DerReader::next() {
  if (rest_.size() < 2) return std::nullopt;
  const auto octet = [this](std::size_t i) {
    return static_cast<std::uint8_t>(rest_[i]);
  };
  std::size_t size = octet(1);
  std::size_t start = 2;
  if (size >= 0x80) {
    const std::size_t count = size & 0x7FU;
    // Three octets are 16 MB: more than any file that is read.
    if (count == 0 || count > 3 || rest_.size() < 2 + count) return {};
    size = 0;
    for (; start < 2 + count; ++start) size = size << 8U | octet(start);
    if (size < 0x80 || octet(2) == 0) return std::nullopt;
  }
  if ((octet(0) & 0x1FU) == 0x1F || rest_.size() - start < size) return {};
  const DerElement element{octet(0), rest_.substr(start, size),
                           rest_.substr(0, start + size)};
  rest_.remove_prefix(start + size);
  return element;
}

std::optional<DerElement> DerReader::next(std::uint8_t tag) {
  if (rest_.empty() || static_cast<std::uint8_t>(rest_[0]) != tag) return {};
  return next();
}

std::optional<CertificateFacts> read_certificate(std::string_view der) {
  CertificateFacts facts;
  DerReader certificate(only_sequence(der));
  DerReader fields(take(certificate, k_sequence));
  DerReader algorithm(take(certificate, k_sequence));
  const std::string_view signature = take(algorithm, k_oid);
  facts.has_weak_signature =
      std::find(k_weak_signatures.begin(), k_weak_signatures.end(),
                signature) != k_weak_signatures.end();
  fields.next(k_context_0);  // version
  fields.next(k_integer);    // serial number
  fields.next(k_sequence);   // signature algorithm once more
  const std::optional<DerElement> issuer = fields.next(k_sequence);
  DerReader validity(take(fields, k_sequence));
  const auto not_before = read_time(validity);
  const auto not_after = read_time(validity);
  const std::optional<DerElement> subject = fields.next(k_sequence);
  if (!issuer || !subject || !not_before || !not_after ||
      !read_key(take(fields, k_sequence), facts)) {
    return std::nullopt;
  }
  facts.issuer = issuer->whole;
  facts.subject = subject->whole;
  facts.not_before = *not_before;
  facts.not_after = *not_after;
  fields.next(k_context_1 & ~0x20U);  // unique identifiers, of old times
  fields.next(k_context_2 & ~0x20U);
  if (!read_extensions(fields, facts)) return std::nullopt;
  return facts;
}

std::optional<EcKey> find_ec_key(std::string_view private_key) {
  std::optional<PrivateKey> found = unwrap(private_key);
  if (!found || found->kind != k_ec) return std::nullopt;
  // RFC 5915, 3
  EcKey key{
      .curve = {}, .secret = take(found->fields, k_octet_string), .point = {}};
  DerReader parameters(take(found->fields, k_context_0));
  const std::string_view named = take(parameters, k_oid);
  DerReader inner(take(found->fields, k_context_1));
  key.point = bits_of(take(inner, k_bit_string));
  if (found->curve.empty()) found->curve = named;
  if (!named.empty() && found->curve != named) return key;
  for (const Curve& curve : k_curves) {
    const std::size_t size = (curve.bits + 7) / 8;
    if (curve.oid == found->curve && key.secret.size() == size &&
        key.point.size() == 1 + 2 * size) {
      key.curve = curve.name;
    }
  }
  return key;
}

std::string find_public_key(std::string_view private_key) {
  const std::optional<PrivateKey> found = unwrap(private_key);
  if (!found) return {};
  if (found->kind == k_rsa) return public_key_of_rsa(found->fields);
  const std::optional<EcKey> ec = find_ec_key(private_key);
  // The uncompressed form is the one that certificates use.
  return ec && ec->point.starts_with('\x04') ? std::string(ec->point)
                                             : std::string{};
}

std::string_view read_public_key_info(std::string_view der) {
  CertificateFacts facts;
  return read_key(only_sequence(der), facts) ? facts.public_key
                                             : std::string_view{};
}

}  // namespace mtasts::tls
