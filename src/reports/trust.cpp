// SPDX-License-Identifier: MIT
#include "reports/trust.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "dns/name.hpp"
#include "text/ascii.hpp"

namespace mtasts::reports {
namespace {

/// A word of the field, or one of ";", "=" and "/".
struct Token {
  std::string text;
  bool is_separator;
  bool is_spaced;  // something stands between it and the one before
};

/// RFC 8601, 2.2, without its comments (RFC 5322, 3.2.2), which may lie within
/// each other; nothing when one of them, or a quoted string, has no end.
std::optional<std::vector<Token>> find_tokens(std::string_view field) {
  std::vector<Token> tokens;
  bool is_in_word = false;
  bool is_spaced = true;
  const auto append = [&](char c) {
    if (!is_in_word) tokens.push_back({{}, false, is_spaced});
    is_in_word = true;
    is_spaced = false;
    tokens.back().text += c;
  };
  int depth = 0;  // of comments
  bool is_quoted = false;
  for (std::size_t i = 0; i < field.size(); ++i) {
    const char c = field[i];
    const bool is_escape = c == '\\' && (depth > 0 || is_quoted);
    if (is_escape && ++i == field.size()) return std::nullopt;
    if (is_quoted && (is_escape || c != '"')) {
      append(field[i]);
    } else if (is_escape) {
      continue;
    } else if (depth > 0 || c == '(') {
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      is_in_word = false;
      is_spaced = true;
    } else if (c == '"') {
      is_quoted = !is_quoted;
    } else if (c == ';' || c == '=' || c == '/') {
      tokens.push_back({std::string(1, c), true, is_spaced});
      is_in_word = false;
      is_spaced = false;
    } else if (c == ' ' || c == '\t') {
      is_in_word = false;
      is_spaced = true;
    } else {
      append(c);
    }
  }
  if (depth > 0 || is_quoted) return std::nullopt;
  return tokens;
}

bool is_separator(const Token& token, char c) {
  return token.is_separator && token.text.front() == c;
}

bool is_equal(const Token& token, std::string_view word) {
  return !token.is_separator && text::to_lower(token.text) == word;
}

/// What stands behind the "=" of the property at `i`, up to the next space: the
/// signer chooses much of it, such as what looks like another property.
std::string read_value(std::span<const Token> result, std::size_t i) {
  std::string value = result[i + 2].text;
  for (const Token& one : result.subspan(i + 3)) {
    if (one.is_spaced) break;
    value += one.text;
  }
  return value;
}

/// The domain of header.d, or that behind the "@" of header.i.
std::optional<std::string> find_signer(std::span<const Token> result) {
  std::optional<std::string> found;
  for (std::size_t i = 0; i + 2 < result.size(); ++i) {
    const bool is_d = is_equal(result[i], "header.d");
    if (!is_d && !is_equal(result[i], "header.i")) continue;
    if (!result[i].is_spaced || !is_separator(result[i + 1], '=')) continue;
    const std::string value = read_value(result, i);
    const std::size_t at = value.rfind('@');
    if (is_d != (at == std::string::npos)) continue;
    const auto name = dns::Name::parse(is_d ? value : value.substr(at + 1));
    if (name && (is_d || !found)) found = name->text();
  }
  return found;
}

/// Adds those whose DKIM signatures the server calls good.
void add_signers(std::string_view field, std::span<const std::string> ids,
                 std::vector<std::string>& signers) {
  const auto tokens = find_tokens(field);
  if (!tokens || tokens->empty()) return;
  const std::string id = text::to_lower(tokens->front().text);
  if (tokens->front().is_separator || std::ranges::find(ids, id) == ids.end()) {
    return;
  }
  std::span<const Token> rest = *tokens;
  while (true) {
    const auto next = std::ranges::find_if(
        rest, [](const Token& one) { return is_separator(one, ';'); });
    if (next == rest.end()) return;
    rest = rest.subspan(static_cast<std::size_t>(next - rest.begin()) + 1);
    const auto end = std::ranges::find_if(
        rest, [](const Token& one) { return is_separator(one, ';'); });
    std::span<const Token> result =
        rest.first(static_cast<std::size_t>(end - rest.begin()));
    // "dkim/1 = pass": a version may stand behind the method.
    if (result.size() < 3 || !is_equal(result[0], "dkim")) continue;
    if (is_separator(result[1], '/')) {
      result = result.subspan(std::min<std::size_t>(result.size(), 2));
    }
    if (result.size() < 3 || !is_separator(result[1], '=') ||
        !is_equal(result[2], "pass")) {
      continue;
    }
    if (auto signer = find_signer(result)) {
      signers.push_back(*std::move(signer));
    }
  }
}

/// A single label is nobody's domain.
bool is_aligned(std::string_view signer, std::string_view domain) {
  return text::has(signer, '.') && text::has(domain, '.') &&
         (dns::is_at_or_below(domain, signer) ||
          dns::is_at_or_below(signer, domain));
}

/// Of "mailto:a@example.com" or "a@example.com"; or what is no address.
std::string domain_of(std::string_view contact) {
  const std::size_t at = contact.rfind('@');
  return text::to_lower(text::trim(
      at == std::string_view::npos ? contact : contact.substr(at + 1)));
}

}  // namespace

Trust judge_trust(const ReceivedReport& received,
                  std::span<const std::string> authserv_ids) {
  if (received.delivery.channel != Channel::mail) return {};
  std::vector<std::string> signers;
  for (const std::string& field : received.delivery.authentication_results) {
    add_signers(field, authserv_ids, signers);
  }
  const std::string contact = domain_of(received.report.contact_info);
  const std::string submitter = domain_of(received.delivery.submitter);
  for (const std::string& signer : signers) {
    if (is_aligned(signer, contact) || is_aligned(signer, submitter)) {
      return {.is_verified = true, .signer = signer};
    }
  }
  return {.signer = signers.empty() ? "" : signers.front()};
}

}  // namespace mtasts::reports
