// SPDX-License-Identifier: MIT
// All that was seen of one domain, as plain values: nothing in here is a
// judgement. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nameserver/answer.hpp"
#include "net/reach.hpp"
#include "tls/peer_facts.hpp"

namespace mtasts::verify {

/// From where it was seen, and what was looked at.
struct View {
  std::string resolver = {};     // "192.0.2.53:53"
  bool trusts_resolver = false;  // AD is believed: it is on this machine, or
                                 // the operator says so
  bool has_ipv4 = true;
  bool has_ipv6 = true;
  std::string roots = {};        // where the trusted roots are; empty: none
  bool has_smtp = true;          // false: --no-smtp
  bool is_smtp_blocked = false;  // no port 25 anywhere answered in this run
  bool is_planned = false;       // records and policy are the configuration's
  std::string connect_to = {};   // the policy host was sought there; or empty

  friend bool operator==(const View&, const View&) = default;
};

/// A GET of the policy from one address.
struct Fetch {
  std::string address = {};  // "192.0.2.1", "2001:db8::1"
  std::uint16_t port = 443;
  bool is_private = false;  // and therefore not asked
  net::Reach reach = net::Reach::not_tried;
  std::string reason = {};  // why it could not be reached
  tls::PeerFacts tls = {};
  /// The leaf that a client without SNI is shown; nothing where there is none.
  std::optional<tls::PeerCertificate> without_name = {};
  /// How a client is answered that offers acme-tls/1 alone, as a CA does (RFC
  /// 8737, 3); nothing where it was not tried.
  std::optional<tls::PeerFacts> challenge = {};
  std::string http_failure =
      {};  // why no answer could be read; empty: there is one
  int status = 0;
  std::optional<std::string> content_type = {};
  std::optional<std::string> content_encoding = {};
  std::optional<std::string> location = {};
  std::string body = {};              // 64 KiB at most
  bool is_cut = false;                // there was more
  std::string broken = {};            // what was wrong with the body's end
  std::chrono::milliseconds time{0};  // from connecting to the last octet

  friend bool operator==(const Fetch&, const Fetch&) = default;
};

/// How far a conversation came (RFC 5321; RFC 3207).
enum class SmtpStage : std::uint8_t {
  connect,           // see reach
  greeting,          // none, or not 220
  ehlo,              // refused
  no_starttls,       // not offered
  starttls_refused,  // offered, and refused
  injection,         // octets in clear text behind the 220 of STARTTLS
  tls,               // the handshake did not end well
  done,
};

struct SmtpProbe {
  std::string address = {};
  bool is_private = false;  // and therefore not asked
  net::Reach reach = net::Reach::not_tried;
  std::string reason = {};  // why it went no further; empty where the reply
                            // says so
  SmtpStage stage = SmtpStage::connect;
  std::string reply =
      {};  // the last one, its lines joined with " / "; or empty
  tls::PeerFacts tls = {};
  /// The leaf that a client without SNI is shown; nothing where it was not
  /// tried or there is none.
  std::optional<tls::PeerCertificate> without_name = {};
  std::string without_name_failure =
      {};  // why such a handshake failed; or empty
  std::chrono::milliseconds time{0};

  friend bool operator==(const SmtpProbe&, const SmtpProbe&) = default;
};

struct MxHost {
  std::string name = {};
  nameserver::Answer a = {};
  nameserver::Answer aaaa = {};
  nameserver::Answer tlsa = {};        // at _25._tcp.<name>
  std::vector<SmtpProbe> probes = {};  // one for each address

  friend bool operator==(const MxHost&, const MxHost&) = default;
};

struct Mx {
  std::uint16_t preference = 0;
  /// Many domains have the same host: it is looked at once. Never null.
  std::shared_ptr<const MxHost> host = std::make_shared<const MxHost>();
};

/// One address of one name server of the zone.
struct NameServer {
  std::string name = {};
  std::string address = {};
  nameserver::Answer sts = {};  // TXT at _mta-sts.<domain>
  nameserver::Answer soa = {};  // of the zone

  friend bool operator==(const NameServer&, const NameServer&) = default;
};

/// Where reports go.
struct ReportTarget {
  std::string uri = {};
  std::string host = {};
  // mailto: where mail to the host goes.
  nameserver::Answer mx = {};
  nameserver::Answer a = {};
  nameserver::Answer aaaa = {};
  // https: what a POST of {} is answered with.
  net::Reach reach = net::Reach::not_tried;
  bool is_private = false;
  std::string reason = {};  // why there is no answer
  tls::PeerFacts tls = {};
  int status = 0;

  friend bool operator==(const ReportTarget&, const ReportTarget&) = default;
};

struct Facts {
  std::string domain = {};
  std::chrono::sys_seconds at = {};
  View view = {};

  nameserver::Answer sts = {};  // TXT at _mta-sts.<domain>
  nameserver::Answer rpt = {};  // TXT at _smtp._tls.<domain>
  /// The same without validation, where the resolver said SERVFAIL.
  std::optional<nameserver::Answer> sts_unchecked = {};
  /// TXT where such records are put by mistake.
  std::vector<nameserver::Answer> elsewhere = {};

  nameserver::Answer host_a = {};  // of mta-sts.<domain>
  nameserver::Answer host_aaaa = {};
  nameserver::Answer caa = {};  // the first found from the policy host upwards
  std::vector<Fetch> fetches = {};

  nameserver::Answer mx = {};
  std::vector<Mx> hosts = {};  // by preference, then name; the domain itself
                               // without MX records (RFC 5321, 5.1)

  std::string zone = {};        // that the domain is in; empty: not found
  nameserver::Answer soa = {};  // of the zone
  nameserver::Answer ns = {};   // of the zone
  std::vector<NameServer> servers = {};

  std::vector<ReportTarget> reports = {};
  /// SOA of names that somebody could register: of the patterns of the policy,
  /// and of where aliases lead to that end nowhere. From the name upwards to
  /// the first that is there.
  std::vector<nameserver::Answer> registered = {};
};

bool operator==(const Facts& a, const Facts& b);

}  // namespace mtasts::verify
