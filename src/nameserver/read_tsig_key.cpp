// SPDX-License-Identifier: MIT
// Reads a TSIG key in the forms that name servers' own tools write. No message
// has a piece of the file in it but names of keys: the rest may be a secret.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "files/read.hpp"
#include "nameserver/update.hpp"
#include "text/ascii.hpp"

namespace mtasts::nameserver {
namespace {

constexpr std::size_t k_max_octets = 16 * 1024;
constexpr std::string_view k_forms =
    "write what tsig-keygen prints, or ALGORITHM:NAME:SECRET";

/// One of a key's values.
std::string* find_field(TsigKey& key, std::string_view keyword) {
  if (keyword == "id") return &key.name;
  if (keyword == "algorithm") return &key.algorithm;
  if (keyword == "secret") return &key.secret;
  return nullptr;
}

// --- BIND: key "NAME" { algorithm A; secret "S"; }; ---

/// Without comments: words, what is in quotes, and { } ; by themselves.
std::vector<std::string> split_tokens(std::string_view text) {
  std::vector<std::string> tokens;
  const auto skip = [&](std::string_view end) {
    const std::size_t at = text.find(end);
    text.remove_prefix(at == text.npos ? text.size() : at + end.size());
  };
  while (!text.empty()) {
    const char c = text.front();
    if (c == '#' || text.starts_with("//")) {
      skip("\n");
    } else if (text.starts_with("/*")) {
      skip("*/");
    } else if (c == '"') {
      text.remove_prefix(1);
      tokens.emplace_back(text::take_until(text, "\""));
    } else if (text::has("{};", c)) {
      tokens.emplace_back(1, c);
      text.remove_prefix(1);
    } else if (text::has(" \t\r\n", c)) {
      text.remove_prefix(1);
    } else {
      const std::size_t end =
          std::min(text.find_first_of(" \t\r\n{};\"#"), text.size());
      tokens.emplace_back(text.substr(0, end));
      text.remove_prefix(end);
    }
  }
  return tokens;
}

Result<TsigKey> parse_bind(std::string_view text) {
  const std::vector<std::string> tokens = split_tokens(text);
  const auto at = [&](std::size_t i) {
    return i < tokens.size() ? std::string_view(tokens[i]) : std::string_view();
  };
  TsigKey key{.name = std::string(at(1))};
  if (at(2) != "{") return fail("has no { behind the name of its key");
  std::size_t i = 3;
  for (; at(i) != "}"; i += 3) {
    std::string* field = at(i) == "id" ? nullptr : find_field(key, at(i));
    if (field == nullptr || at(i + 2) != ";") {
      return fail("has something else than algorithm and secret in its key");
    }
    *field = at(i + 1);
  }
  if (std::find(tokens.begin() + static_cast<std::ptrdiff_t>(i), tokens.end(),
                "{") != tokens.end()) {
    return fail("has more than one key", "leave the one that is meant");
  }
  return key;
}

// --- Knot: key: with - id: NAME, algorithm: A, secret: S below ---

Result<TsigKey> parse_knot(std::string_view text) {
  TsigKey key;
  while (!text.empty()) {
    std::string_view line = text::trim(text::take_until(text, "\n"), " \t\r");
    if (line.starts_with('#')) continue;
    if (line.starts_with('-')) line = text::trim(line.substr(1));
    const std::string_view keyword = text::trim(text::take_until(line, ":"));
    std::string* field = find_field(key, keyword);
    if (field == nullptr) continue;
    if (!field->empty()) {
      return fail("has more than one key", "leave the one that is meant");
    }
    // Base64 has no "#": what stands behind one is a comment.
    *field = text::trim(text::trim(text::take_until(line, "#")), "\"'");
  }
  return key;
}

// --- knsupdate and dig: ALGORITHM:NAME:SECRET ---

Result<TsigKey> parse_colons(std::string_view text) {
  text = text::trim(text, " \t\r\n");
  TsigKey key;
  key.algorithm = text::take_until(text, ":");
  key.name = text::take_until(text, ":");
  key.secret = text;
  return key;
}

/// What is left behind comments and empty lines.
std::string_view skip_comments(std::string_view text) {
  for (;;) {
    text =
        text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (text.starts_with("/*")) {
      const std::size_t end = text.find("*/");
      text.remove_prefix(end == text.npos ? text.size() : end + 2);
    } else if (text.starts_with('#') || text.starts_with("//")) {
      text::take_until(text, "\n");
    } else {
      return text;
    }
  }
}

Result<TsigKey> parse_any(std::string_view text) {
  text = skip_comments(text);
  if (text.empty()) return fail("has no key");
  if (text.starts_with("key:")) return parse_knot(text);
  if (text.starts_with("key") && text.size() > 3 &&
      text::has(" \t\r\n\"", text[3])) {
    return parse_bind(text);
  }
  const std::string_view line = text.substr(0, text.find('\n'));
  if (std::count(line.begin(), line.end(), ':') == 2) {
    return parse_colons(text);
  }
  return fail("has no key in a form that is known");
}

// --- What all forms share ---

/// Whole groups of four (RFC 4648, 4).
bool is_base64(std::string_view text) {
  const std::size_t digits = std::min(text.find('='), text.size());
  return digits > 0 && text.size() % 4 == 0 && text.size() - digits <= 2 &&
         std::all_of(text.begin(), text.begin() + digits,
                     [](char c) {
                       return text::is_alphanumeric(c) || c == '+' || c == '/';
                     }) &&
         std::all_of(text.begin() + digits, text.end(),
                     [](char c) { return c == '='; });
}

Result<TsigKey> check_key(TsigKey key) {
  // Those that ldns signs with, but for MD5.
  constexpr auto k_algorithms = std::to_array<std::string_view>(
      {"hmac-sha1", "hmac-sha256", "hmac-sha512"});
  const auto clean = [](std::string_view name) {
    if (name.ends_with('.')) name.remove_suffix(1);
    return text::to_lower(name);
  };
  key.name = clean(key.name);
  key.algorithm = clean(key.algorithm);
  if (key.name.empty()) return fail("has a key without a name");
  if (key.algorithm.empty()) return fail("has a key without an algorithm");
  if (key.secret.empty()) return fail("has a key without a secret");
  if (std::find(k_algorithms.begin(), k_algorithms.end(), key.algorithm) ==
      k_algorithms.end()) {
    // Parts in a wrong order would show the secret here.
    return fail("has a key whose algorithm is not known here",
                "make one for \"hmac-sha256\"");
  }
  if (!is_base64(key.secret)) {
    return fail("has a key whose secret is no base64",
                "copy it whole, up to the last =");
  }
  return key;
}

}  // namespace

Result<TsigKey> read_tsig_key(const std::string& path) {
  const std::string shown = printable(path);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return fail(fmt::format("{}: {}", shown, format_errno(errno)));
  }
  constexpr unsigned k_of_others = 077;
  if ((status.st_mode & k_of_others) != 0 && S_ISREG(status.st_mode)) {
    return fail(fmt::format("{} is open to others than its owner (mode {:04o})",
                            shown, status.st_mode & 07777),
                "chmod 600 " + shown);
  }
  const auto content = files::read_file(path, k_max_octets);
  if (!content) {
    return fail(fmt::format("{}: {}", shown, content.error().message),
                content.error().hint);
  }
  auto key = parse_any(*content);
  if (key) key = check_key(*std::move(key));
  if (key) return *std::move(key);
  const Error& error = key.error();
  return fail(fmt::format("{} {}", shown, error.message),
              error.hint.empty() ? std::string(k_forms) : error.hint);
}

}  // namespace mtasts::nameserver
