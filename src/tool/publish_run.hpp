// SPDX-License-Identifier: MIT
// What publish needs beside its configuration, from the command line, and all
// that it holds while it works.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "nameserver/resolver.hpp"
#include "result.hpp"
#include "tool/publisher.hpp"
#include "verify/look.hpp"

namespace mtasts::tool {

struct PublishSettings {
  verify::LookOptions look = {};
  std::string roots = {};  // of certificates; empty: those of the system
};

/// `dns` is --dns, if it was given: else the servers of resolv.conf(5).
Result<PublishSettings> make_publish_settings(
    const std::optional<std::string>& dns,
    const std::optional<std::string>& roots, bool allow_private);

/// A publisher with what it looks by. For one run, or one round of a service: a
/// resolver that was silent once is asked again in the next.
class PublishRun {
 public:
  static Result<std::unique_ptr<PublishRun>> open(
      const config::Publish& publish, const PublishSettings& settings);

  const Publisher& publisher() const { return publisher_; }

 private:
  PublishRun(Primary primary, const config::Publish& publish,
             const PublishSettings& settings, tls::TrustStore roots);

  nameserver::Resolver resolver_;
  verify::Shared shared_;
  Publisher publisher_;
};

}  // namespace mtasts::tool
