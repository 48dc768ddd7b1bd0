// SPDX-License-Identifier: MIT
// The questions to the DNS of one look, and what answers say of names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nameserver/answer.hpp"
#include "nameserver/resolver.hpp"
#include "net/tcp_stream.hpp"
#include "verify/look.hpp"

namespace mtasts::verify {

/// For one thread.
class Questions {
 public:
  /// Both have to outlive it.
  Questions(Shared::Parts& shared, nameserver::Resolver& resolver)
      : shared_(shared), resolver_(resolver) {}

  nameserver::Answer ask(const std::string& name, nameserver::Type type);
  /// The same for a name that other domains have, too: asked once in a run,
  /// unless that fails.
  nameserver::Answer ask_once(const std::string& name, nameserver::Type type);
  nameserver::Answer ask_unchecked(const std::string& name,
                                   nameserver::Type type);
  /// By no more than one try at a server that has never answered.
  nameserver::Answer ask_directly(const net::Endpoint& server,
                                  const std::string& name,
                                  nameserver::Type type);

 private:
  Shared::Parts& shared_;
  nameserver::Resolver& resolver_;
};

/// The data of the records of the type that was asked for.
std::vector<std::string> list_data(const nameserver::Answer& answer);

/// The addresses in both answers, IPv4 first, each once.
std::vector<std::string> list_addresses(const nameserver::Answer& a,
                                        const nameserver::Answer& aaaa);

/// Where the aliases of `answer` lead, the name itself if there are none.
std::string end_of(const nameserver::Answer& answer);

/// The name without its first label; empty above the last one.
std::string parent_of(std::string_view name);

}  // namespace mtasts::verify
