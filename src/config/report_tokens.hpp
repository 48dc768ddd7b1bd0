// SPDX-License-Identifier: MIT
// By which paths reports may be sent, and whose they are: a file of lines
//
//   # NAME TOKEN
//   alpha  3q2GsTWFa0Yk-Vh5nYw0DA
//
// A token is a secret that stands in the tenant's DNS record, as
// https://HOST/TOKEN: it keeps out those who have not read that. Only digests
// are kept: so they are compared, and how long that takes tells nothing.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "diagnostic.hpp"
#include "text/sha256.hpp"

namespace mtasts::config {

class ReportTokens {
 public:
  /// Reads the file at `path`, which must not be readable by everybody. Its
  /// first fault goes to `out`.
  static ReportTokens load(const std::string& path, Diagnostics& out);
  /// The same of its `text`; `path` is for the place.
  static ReportTokens parse(std::string_view text, const std::string& path,
                            Diagnostics& out);

  /// The name beside `token`; null when there is none.
  const std::string* find_tenant(std::string_view token) const;

  std::size_t size() const { return tenants_.size(); }

 private:
  std::map<text::Sha256, std::string> tenants_;  // by the digest of the token
};

}  // namespace mtasts::config
