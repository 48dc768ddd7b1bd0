// SPDX-License-Identifier: MIT
// Who may send reports: a token in the path of the report URI for each tenant,
// https://HOST/TOKEN. A file has a line "TENANT TOKEN" for each; what stands
// behind a "#" is for people.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "result.hpp"
#include "text/sha256.hpp"

namespace mtasts::server {

class ReportTokens {
 public:
  /// Of the text of such a file. The error names the line.
  static Result<ReportTokens> parse(std::string_view text);
  /// Reads a file that only its owner, and maybe a group, can read.
  static Result<ReportTokens> read(const std::string& path);

  /// The tenant whose token it is. Tokens are compared by their hashes: how
  /// long that takes says nothing of how much of one is right.
  std::optional<std::string> find_tenant(std::string_view token) const;

  std::size_t size() const { return tenants_.size(); }

 private:
  std::map<text::Sha256, std::string> tenants_;
};

}  // namespace mtasts::server
