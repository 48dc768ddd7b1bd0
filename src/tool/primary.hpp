// SPDX-License-Identifier: MIT
// The primary name server that publish changes records on, by DNS UPDATE or by
// the API of PowerDNS; which of them it is matters to nobody else.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "nameserver/answer.hpp"
#include "nameserver/resolver.hpp"
#include "nameserver/update.hpp"
#include "result.hpp"

namespace mtasts::tool {

class Primary {
 public:
  /// Reads the file of the key. Fails when others than its owner can read it.
  static Result<Primary> open(const config::Publish& settings);

  /// "192.0.2.53:53", or the URL of the API.
  const std::string& name() const { return name_; }

  /// The zone of this server that `owner` lies in, and that the configuration
  /// lets be changed.
  Result<std::string> find_zone(const std::string& owner) const;

  /// What this server says by itself.
  nameserver::Answer ask(const std::string& zone, const std::string& owner,
                         nameserver::Type type) const;

  /// One transaction; see nameserver::send_update().
  Result<void> send(const std::string& zone,
                    const std::vector<nameserver::RecordChange>& changes) const;

 private:
  explicit Primary(config::Publish settings);

  config::Publish settings_;
  std::string name_;
  nameserver::TsigKey tsig_ = {};  // for DNS UPDATE
  std::string api_key_ = {};       // for PowerDNS
  nameserver::Resolver resolver_;  // asks this server alone
};

}  // namespace mtasts::tool
