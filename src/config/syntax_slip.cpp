// SPDX-License-Identifier: MIT
#include "config/syntax_slip.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "text/ascii.hpp"
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

constexpr auto k_foreign = std::to_array<Foreign>({
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
});

/// What stands between the commas, without quotes and brackets.
std::vector<std::string> take_elements(std::string_view list) {
  std::vector<std::string> elements;
  while (!list.empty()) {
    const std::string_view one =
        text::trim(text::take_until(list, ","), " \t\r\"'`[]");
    if (!one.empty()) elements.emplace_back(one);
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
  // 0xC2 leads, among others, the no-break space, which looks like a space.
  return line.size() <= k_max_octets && printable(line) == line &&
         line.find_first_of("\\\xC2") == line.npos;
}

}  // namespace

std::optional<Error> find_foreign_document(std::string_view text) {
  const std::string_view start = text::trim(text, " \t\r\n");
  const auto* found = std::ranges::find_if(k_foreign, [&](const Foreign& one) {
    return start.starts_with(one.start);
  });
  // UTF-16 without a mark: every other octet of ASCII is zero.
  if (found == k_foreign.end() && text.size() > 1 &&
      (text[0] == '\0') != (text[1] == '\0')) {
    found = k_foreign.begin();
  }
  if (found == k_foreign.end()) return {};
  return Error{std::string(found->message), std::string(found->hint)};
}

std::optional<std::string> find_meant_line(std::string_view line) {
  const std::string plain = text::remove_disguises(line);
  const std::string_view text =
      text::trim(std::string_view(plain).substr(0, plain.find(" #")), k_wsp);
  const std::size_t delimiter = text.find_first_of("=:");
  std::string meant;
  if (delimiter == std::string_view::npos) {
    // An element of an array on a line of its own: mail.example.net, ]
    const std::vector<std::string> elements = take_elements(text);
    if (elements.empty() || text.starts_with('[')) return {};
    meant = fmt::format("  {},", list_values(elements));
    if (text.ends_with(']')) meant += " ]";
  } else {
    // mx: mail.example.net, or mode = enforce
    const std::string_view key =
        text::trim(text.substr(0, delimiter), " \t\"'`");
    const std::string_view value =
        text::trim(text.substr(delimiter + 1), k_wsp);
    const std::vector<std::string> elements = take_elements(value);
    if (!is_key(key) || elements.empty()) return {};
    const bool is_array = value.starts_with('[') ||
                          std::ranges::find(k_arrays, key) != k_arrays.end();
    if (is_array) {
      meant = fmt::format("{} = [{}]", key, list_values(elements));
    } else if (elements.size() == 1) {
      meant = is_word_of_toml(elements.front())
                  ? fmt::format("{} = {}", key, elements.front())
                  : fmt::format("{} = \"{}\"", key, elements.front());
    }
  }
  if (meant.empty() || meant == text::trim(line, k_wsp) || !is_clean(meant)) {
    return {};
  }
  return meant;
}

}  // namespace mtasts::config
