// SPDX-License-Identifier: MIT
#include "config/report_tokens.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
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

constexpr const char* k_line_hint = "a line for each tenant: NAME TOKEN";

Diagnostic make_fault(Place at, std::string message, std::string hint) {
  return {Severity::error, "collect.tokens-invalid", std::move(at),
          std::move(message), std::move(hint)};
}

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

ReportTokens ReportTokens::load(const std::string& path, Diagnostics& out) {
  const Result<files::FileContent> content =
      files::read_with_facts(path, k_max_file_octets);
  if (!content) {
    out.push_back(make_fault(
        {path}, fmt::format("can't be read: {}", content.error().message),
        k_line_hint));
  } else if (content->is_readable_by_all) {
    out.push_back(make_fault({path}, "the tokens can be read by everybody",
                             fmt::format("chmod o= {}", path)));
  } else {
    return parse(content->octets, path, out);
  }
  return {};
}

ReportTokens ReportTokens::parse(std::string_view text, const std::string& path,
                                 Diagnostics& out) {
  ReportTokens tokens;
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const std::string_view line =
        text::trim(text::take_until(text, "\n"), " \t\r");
    if (line.empty() || line.starts_with('#')) continue;
    const auto refuse = [&](std::string what, std::string hint) {
      out.push_back(
          make_fault({path, number, 1}, std::move(what), std::move(hint)));
      return tokens;
    };
    const std::size_t gap = std::min(line.find_first_of(" \t"), line.size());
    const std::string_view name = line.substr(0, gap);
    const std::string_view token = text::trim(line.substr(gap));
    if (!is_name(name)) {
      return refuse(
          "the name of the tenant is not made of letters, digits, - and _",
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
    out.push_back(make_fault({path}, "there is no token in it", k_line_hint));
  }
  return tokens;
}

const std::string* ReportTokens::find_tenant(std::string_view token) const {
  if (token.size() > k_max_token_octets) return nullptr;
  const auto found = tenants_.find(text::sha256(token));
  return found == tenants_.end() ? nullptr : &found->second;
}

}  // namespace mtasts::config
