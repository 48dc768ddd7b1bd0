// SPDX-License-Identifier: MIT
#include "server/report_tokens.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "files/read.hpp"
#include "text/ascii.hpp"

namespace mtasts::server {
namespace {

constexpr std::size_t k_max_octets = std::size_t{16} << 20U;
constexpr std::size_t k_max_tenant_octets = 64;
// 22 letters and digits at random are 128 bits; fewer may be guessed.
constexpr std::size_t k_least_token_octets = 22;
constexpr std::size_t k_max_token_octets = 128;
constexpr const char* k_example =
    "TENANT TOKEN, with a token of \"openssl rand -hex 16\"";

/// It becomes a part of file names.
bool is_tenant(std::string_view text) {
  return !text.empty() && text.size() <= k_max_tenant_octets &&
         std::ranges::all_of(text, [](char c) {
           return text::is_alphanumeric(c) || c == '-' || c == '_';
         });
}

/// RFC 3986, 2.3: unreserved, so that nothing has to be encoded.
bool is_token(std::string_view text) {
  return text.size() >= k_least_token_octets &&
         text.size() <= k_max_token_octets &&
         std::ranges::all_of(text, [](char c) {
           return text::is_alphanumeric(c) || text::has("-._~", c);
         });
}

}  // namespace

Result<ReportTokens> ReportTokens::parse(std::string_view text) {
  ReportTokens tokens;
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = text::take_until(text, "\n");
    std::string_view words = text::trim(text::take_until(line, "#"), " \t\r");
    if (words.empty()) continue;
    const std::string_view tenant = text::take_until(words, " \t");
    const std::string_view token = text::trim(words);
    // No value is repeated: it may be a token.
    if (!is_tenant(tenant)) {
      return fail(fmt::format("line {} begins with no name of a tenant: 1 to "
                              "64 letters, digits, \"-\" and \"_\"",
                              number),
                  k_example);
    }
    if (!is_token(token)) {
      return fail(
          fmt::format("line {} has no token of 22 to 128 letters, digits and "
                      "\"-._~\"",
                      number),
          k_example);
    }
    if (!tokens.tenants_.emplace(text::sha256(token), tenant).second) {
      return fail(
          fmt::format("line {} has a token that stands there already", number),
          "each tenant has one of its own");
    }
  }
  if (tokens.tenants_.empty()) return fail("has no token", k_example);
  return tokens;
}

Result<ReportTokens> ReportTokens::read(const std::string& path) {
  const Result<files::FileContent> content =
      files::read_with_facts(path, k_max_octets);
  if (!content) return fail(content.error());
  if (content->is_readable_by_all) {
    return fail("everybody on this machine can read it", "chmod 640 " + path);
  }
  return parse(content->octets);
}

std::optional<std::string> ReportTokens::find_tenant(
    std::string_view token) const {
  const auto found = tenants_.find(text::sha256(token));
  if (found == tenants_.end()) return std::nullopt;
  return found->second;
}

}  // namespace mtasts::server
