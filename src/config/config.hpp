// SPDX-License-Identifier: MIT
// The configuration as values. What only counts at start-up and what a reload
// can change are two types, so that nobody reads one for the other.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/name_map.hpp"
#include "net/endpoint.hpp"
#include "net/listen_address.hpp"
#include "publish/publication.hpp"

namespace mtasts::config {

class ReportTokens;

/// What one connection may cost. 0 leaves the choice to the program where the
/// comment says so.
struct Limits {
  std::chrono::seconds deadline{10};        // from accept to close, all told
  std::size_t connections = 0;              // 0: from the descriptor limit
  std::size_t connections_per_address = 0;  // 0: three quarters of the above
  bool limit_addresses = true;              // false: "off" was written
  std::size_t head_octets = 16 * 1024;
  std::size_t requests_per_connection = 100;

  friend bool operator==(const Limits&, const Limits&) = default;
};

/// Whether metrics have series for each domain.
enum class DomainMetrics { automatic, on, off };

/// The listener for operators: health, metrics and status by plain HTTP.
struct Operations {
  net::ListenAddress listen;
  DomainMetrics domain_metrics = DomainMetrics::automatic;
  /// Names and addresses, besides its own, under which clients may ask for it
  /// (Host); in lower case, addresses in their usual form, without brackets.
  std::vector<std::string> hosts = {};

  friend bool operator==(const Operations&, const Operations&) = default;
};

/// What `mta-stsd collect` takes reports by.
struct Collect {
  std::string host = {};  // of the report URIs, in lower case
  std::vector<net::ListenAddress> listen = {};
  std::string tokens = {};                    // path of the tenants' tokens
  std::string spool = {};                     // that of [reports]
  std::uint64_t quota = 0;                    // octets that the spool may have
  std::optional<Operations> operations = {};  // its own

  friend bool operator==(const Collect&, const Collect&) = default;
};

/// What it loads: policies for serve, or the tokens for collect.
enum class Service { serve, collect };

/// Read once, when the program starts.
struct Startup {
  std::vector<net::ListenAddress> listen;
  std::size_t threads = 0;  // 0: one for each processor
  Limits limits;
  std::optional<Operations> operations = {};  // nothing: no such listener
  bool sandbox = true;
  std::string user = {};        // whom root becomes; empty: nobody else
  std::string challenges = {};  // folder of an ACME client's; empty: none
  std::string history = {};     // file of what was served; empty: none
  /// File in which `mta-sts reports` sums up what senders report, for the
  /// status page; empty: there are no reports.
  std::string report_summary = {};
  std::optional<Collect> collect = {};  // for Service::collect alone

  friend bool operator==(const Startup&, const Startup&) = default;
};

/// What happens to a change that would strand what senders hold; see
/// sts/transition.hpp.
enum class Guard { refuse, warn, off };

/// Replaced as a whole by every reload.
struct Live {
  std::vector<publish::PublicationPtr> policies;  // in the order of the files
  dns::NameMap<publish::PublicationPtr> by_domain;
  std::vector<publish::PublicationPtr> retiring;  // those with a date of it
  std::vector<std::string> certificates;          // files and directories
  Guard guard = Guard::refuse;
  std::shared_ptr<const ReportTokens> tokens;  // for Service::collect alone

  /// The policy of `domain`, in lower case; null when it has none here.
  const publish::Publication* find_domain(std::string_view domain) const {
    const publish::PublicationPtr* found = by_domain.find(domain);
    return found == nullptr ? nullptr : found->get();
  }
};

/// Where mta-sts publishes records: by DNS UPDATE to `server`, or by the API of
/// PowerDNS at `powerdns`; one of them is there.
struct Publish {
  std::optional<net::Endpoint> server = {};
  std::string key = {};       // path of the TSIG key; beside `server`
  std::string powerdns = {};  // "http://127.0.0.1:8081"
  std::string api_key = {};   // path of its key; beside `powerdns`
  std::optional<std::chrono::seconds> ttl = {};
  std::vector<std::string> zones = {};  // empty: found by their SOA records

  friend bool operator==(const Publish&, const Publish&) = default;
};

/// How mta-sts looks at domains, and what it shall find.
struct Verify {
  std::vector<net::Endpoint> dns = {};      // empty: those of /etc/resolv.conf
  bool trusts_ad = false;                   // of any resolver
  std::string helo = {};                    // empty: the name of this machine
  std::string ca = {};                      // empty: the roots of the system
  std::optional<std::uint32_t> jobs = {};   // looks at a time
  std::vector<std::string> addresses = {};  // of the policy host; empty: any
  std::vector<std::string> issuers = {};    // as CAA records name CAs

  friend bool operator==(const Verify&, const Verify&) = default;
};

/// Where TLS-RPT reports are read from and kept.
struct Reports {
  std::string database = {};  // empty: in the state directory of the user
  std::string spool = {};     // what `mta-stsd collect` fills; empty: none
  std::string failed = {};    // folder of what can't be read; empty: beside it
  std::string summary = {};   // written by each import; empty: none
  /// Of the mail servers whose Authentication-Results fields count.
  std::vector<std::string> trusted_authserv_ids = {};

  friend bool operator==(const Reports&, const Reports&) = default;
};

/// For the operator's tool alone: mta-stsd only says what is wrong with it.
struct Tool {
  std::optional<Publish> publish = {};
  Verify verify = {};
};

struct Config {
  Startup startup;
  Live live;
  Tool tool;
  std::optional<Reports> reports = {};
  std::optional<Collect> collect = {};
};

}  // namespace mtasts::config
