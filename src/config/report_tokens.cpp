// SPDX-License-Identifier: MIT
#include "config/report_tokens.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "files/read.hpp"
#include "text/ascii.hpp"

namespace mtasts::config {
namespace {

constexpr std::size_t k_max_file_octets = 16 * 1024 * 1024;
constexpr std::size_t k_max_name_octets = 64;
constexpr std::size_t k_least_token_octets = 16;
constexpr std::size_t k_max_token_octets = 128;
constexpr const char* k_token_hint =
    "16 to 128 letters, digits, - and _, as chance makes them: openssl rand "
    "-hex 16";

/// A part of file names, so without dots and slashes.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= k_max_name_octets && text[0] != '-' &&
         std::ranges::all_of(text, [](char c) {
           return text::is_alphanumeric(c) || c == '-' || c == '_';
         });
}

/// What needs no encoding in a path (RFC 3986, 2.3).
bool is_token(std::string_view text) {
  return text.size() >= k_least_token_octets &&
         text.size() <= k_max_token_octets &&
         std::ranges::all_of(text, [](char c) {
           return text::is_alphanumeric(c) || c == '-' || c == '_';
         });
}

}  // namespace

Result<ReportTokens> ReportTokens::load(const std::string& path) {
  const Result<files::FileContent> content =
      files::read_with_facts(path, k_max_file_octets);
  if (!content) {
    return fail(fmt::format("the tokens {} can't be read: {}", path,
                            content.error().message),
                "a line for each tenant: NAME TOKEN");
  }
  if (content->is_readable_by_all) {
    return fail(fmt::format("the tokens {} can be read by everybody", path),
                fmt::format("chmod o= {}", path));
  }
  return parse(content->octets, path);
}

Result<ReportTokens> ReportTokens::parse(std::string_view text,
                                         const std::string& path) {
  ReportTokens tokens;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line =
        text::trim(text::take_until(text, "\n"), " \t\r");
    if (line.empty() || line.starts_with('#')) continue;
    const auto refuse = [&](std::string_view what, std::string_view hint) {
      return fail(fmt::format("{}:{}: {}", path, number, what),
                  std::string(hint));
    };
    const std::size_t gap = std::min(line.find_first_of(" \t"), line.size());
    const std::string_view name = line.substr(0, gap);
    const std::string_view token = text::trim(line.substr(gap));
    if (!is_name(name)) {
      return refuse(
          "the name of the tenant is not made of letters, digits, - "
          "and _",
          "NAME TOKEN, as \"alpha 3q2GsTWFa0Yk-Vh5nYw0DA\"");
    }
    // The token itself is none of the log's business.
    if (!is_token(token)) {
      return refuse(fmt::format("the token of {} is none", name), k_token_hint);
    }
    if (!tokens.tenants_.emplace(text::sha256(token), name).second) {
      return refuse(fmt::format("the token of {} stands twice", name),
                    "each tenant has one of its own");
    }
  }
  if (tokens.tenants_.empty()) {
    return fail(fmt::format("there is no token in {}", path),
                "a line for each tenant: NAME TOKEN");
  }
  return tokens;
}

const std::string* ReportTokens::find_tenant(std::string_view token) const {
  if (token.size() > k_max_token_octets) return nullptr;
  const auto found = tenants_.find(text::sha256(token));
  return found == tenants_.end() ? nullptr : &found->second;
}

}  // namespace mtasts::config
