// SPDX-License-Identifier: MIT
// Clients that something between them and this server misleads, such as a proxy
// that asks for another Host: each is told of once, with what has to be changed
// there. Anyone may be such a client, so lines are few, whatever comes; nothing
// of a line of the PROXY protocol, which holds addresses, is in them.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "http/request_head.hpp"
#include "server/counters.hpp"

namespace mtasts::server {

enum class Misfit : std::uint8_t {
  unknown_host,    // Host is not served here
  misdirected,     // Host is not the name of SNI
  unknown_name,    // no certificate is for the name of SNI
  no_name,         // no SNI
  proxy_protocol,  // versions 1 and 2, before anything else
  tls,             // on a listener without
  http,            // in clear, on a listener of TLS
  http2,           // with prior knowledge (RFC 9113, 3.3)
  challenge,       // a CA asks for one that can't be shown
};
constexpr std::size_t k_misfit_count =
    static_cast<std::size_t>(Misfit::challenge) + 1;

/// What a connection that begins with `octets` speaks, if it is plain.
std::optional<Misfit> find_protocol(std::string_view octets);

/// How much may be said: of one kind at most 10 names an hour, and each once a
/// day as long as it is among the 64 that were last said. Pure but for what it
/// remembers.
class MisfitBudget {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class Say : std::uint8_t { nothing, name, that_more_are_left_out };

  /// Of `name`, which may be empty, at `now`, which never goes back.
  Say take(Misfit kind, std::string_view name, Time now);

 private:
  struct Said {
    std::string name;
    Time at;
  };
  struct Kind {
    std::optional<Time> hour;  // its begin
    std::uint32_t names = 0;   // in this hour
    std::size_t next = 0;      // whose place in `said` is taken next
    std::vector<Said> said;
  };
  std::array<Kind, k_misfit_count> kinds_;
};

/// One for all threads.
class MisfitLog {
 public:
  /// Of a request that was answered with 421; `sni` as in Request.
  void note_misdirected(const http::RequestHead& head,
                        std::optional<std::string_view> sni);
  /// Of a handshake that has failed so.
  void note_handshake(Handshake result, std::string_view sni);
  /// Of a challenge for `host` that lies there and was not shown.
  void note_challenge(std::string_view host, std::string_view why);
  /// Of a connection to a listener of `scheme` that is refused for the octets
  /// that it begins with.
  void note_opening(std::string_view octets, net::Scheme scheme);

 private:
  void note(Misfit kind, std::string_view shown, const std::string& name,
            std::string_view reason = {});

  std::mutex mutex_;
  MisfitBudget budget_;
};

}  // namespace mtasts::server
