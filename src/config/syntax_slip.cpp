// SPDX-License-Identifier: MIT
#include "config/syntax_slip.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "text/utf8.hpp"

namespace mtasts::config {
namespace {

constexpr std::string_view k_wsp = " \t\r";

// RFC 8461 and we have several of these, so that they are arrays.
constexpr std::array<std::string_view, 6> k_arrays = {
    "certificates", "domains", "include", "listen", "mx", "tls_rpt"};

struct Foreign {
  std::string_view start;
  std::string_view message;
  std::string_view hint;
};

constexpr std::array<Foreign, 9> k_foreign = {{
    {"\xFF\xFE", "is UTF-16, not UTF-8",
     "save it as UTF-8; in PowerShell: Set-Content -Encoding utf8"},
    {"\xFE\xFF", "is UTF-16, not UTF-8",
     "save it as UTF-8; in PowerShell: Set-Content -Encoding utf8"},
    {"{\\rtf", "is RTF, as word processors write it",
     "save it as plain text; in TextEdit: Format, Make Plain Text"},
    {"PK\x03\x04", "is an archive, as those of word processors are",
     "save the text itself, as plain text"},
    {"\x1F\x8B", "is compressed", "gunzip it"},
    {"{", "is JSON, not TOML", "write key = value, and [[policy]] above it"},
    {"<", "is XML or a web page, not TOML",
     "write key = value, and [[policy]] above it"},
    {"version:", "is the text of a policy, not TOML",
     "mta-stsd import --domain DOMAIN FILE turns it into TOML"},
    {"v=STSv1", "is a TXT record, not TOML",
     "mta-stsd records prints the record; nobody has to write it"},
}};

std::string_view trim(std::string_view text, std::string_view around) {
  const std::size_t start = text.find_first_not_of(around);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(around) - start + 1);
}

/// What stands between the commas, each once in quotes.
std::vector<std::string> take_elements(std::string_view text) {
  constexpr std::string_view k_around = " \t\r\"'`[]";
  std::vector<std::string> elements;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    const std::string_view element = trim(one, k_around);
    if (!element.empty()) elements.emplace_back(element);
  }
  return elements;
}

bool is_key(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == text.npos;
}

bool is_word_of_toml(std::string_view value) {
  return value == "true" || value == "false" ||
         value.find_first_not_of("0123456789") == value.npos;
}

/// Whether it can be shown, and parsed again, as it is.
bool is_clean(std::string_view line) {
  constexpr std::size_t k_max_octets = 200;
  if (line.size() > k_max_octets) return false;
  for (std::string_view rest = line; !rest.empty();) {
    const std::size_t length = text::utf8_length(rest);
    const auto octet = static_cast<unsigned char>(rest.front());
    if (length == 0 || octet < 0x20 || octet == 0x7F || octet == '\\' ||
        octet == 0xC2) {
      return false;
    }
    rest.remove_prefix(length);
  }
  return true;
}

}  // namespace

std::optional<Error> find_foreign_document(std::string_view text) {
  const std::string_view start = trim(text, " \t\r\n");
  for (const Foreign& one : k_foreign) {
    if (start.starts_with(one.start)) {
      return Error{std::string(one.message), std::string(one.hint)};
    }
  }
  // Without a mark: every other octet of ASCII is zero.
  if (text.size() > 1 && (text[0] == '\0') != (text[1] == '\0')) {
    return Error{std::string(k_foreign[0].message),
                 std::string(k_foreign[0].hint)};
  }
  return std::nullopt;
}

std::optional<std::string> find_meant_line(std::string_view line) {
  const std::string plain = text::remove_disguises(line);
  const std::string_view text = trim(
      std::string_view(plain).substr(0, std::string_view(plain).find(" #")),
      k_wsp);
  const std::size_t delimiter = text.find_first_of("=:");
  std::string meant;
  if (delimiter == std::string_view::npos) {
    const std::vector<std::string> elements = take_elements(text);
    if (elements.empty() || text.starts_with('[')) return std::nullopt;
    meant = fmt::format("  {},", list_values(elements));
    if (text.ends_with(']')) meant += " ]";
  } else {
    const std::string_view key = trim(text.substr(0, delimiter), " \t\"'`");
    const std::string_view value = trim(text.substr(delimiter + 1), k_wsp);
    const std::vector<std::string> elements = take_elements(value);
    if (!is_key(key) || elements.empty()) return std::nullopt;
    const bool is_array =
        value.starts_with('[') ||
        std::find(k_arrays.begin(), k_arrays.end(), key) != k_arrays.end();
    if (is_array) {
      meant = fmt::format("{} = [{}]", key, list_values(elements));
    } else if (elements.size() == 1) {
      meant = is_word_of_toml(elements.front())
                  ? fmt::format("{} = {}", key, elements.front())
                  : fmt::format("{} = \"{}\"", key, elements.front());
    }
  }
  if (meant.empty() || meant == trim(line, k_wsp) || !is_clean(meant)) {
    return std::nullopt;
  }
  return meant;
}

}  // namespace mtasts::config
