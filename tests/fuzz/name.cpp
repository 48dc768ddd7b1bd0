// SPDX-License-Identifier: MIT
// dns/name and sts/mx_pattern: a name that was read is one that any resolver
// takes, and reads as itself. The input is a pattern and a host, by lines.
#include <algorithm>

#include "sts/mx_pattern.hpp"
#include "target.hpp"

namespace mtasts {
namespace {

using fuzz::require;

void check_name(const dns::Name& name) {
  const std::string& text = name.text();
  require(!text.empty() && text.size() <= 253, "1 to 253 octets");
  require(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") ==
              std::string::npos,
          "letters in lower case, digits, hyphens and dots");
  require(text.find("..") == std::string::npos && text.front() != '.' &&
              text.back() != '.',
          "no empty label");
  require(text.front() != '-' && text.back() != '-' &&
              text.find(".-") == std::string::npos &&
              text.find("-.") == std::string::npos,
          "no hyphen at the edge of a label");
  const auto again = dns::Name::parse(text);
  require(again && *again == name, "a name reads as itself");
  const auto typed = dns::Name::from_typed(text + ".");
  require(typed && *typed == name, "a dot behind it is none");
}

/// RFC 8461, 4.1, without a look at how MxPattern does it.
bool matches(const std::string& pattern, const std::string& host) {
  if (pattern.substr(0, 2) != "*.") return pattern == host;
  const std::string tail = pattern.substr(1);
  if (host.size() <= tail.size()) return false;
  const std::string label = host.substr(0, host.size() - tail.size());
  return label + tail == host && label.find('.') == std::string::npos;
}

void run(std::string_view text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view first = text.substr(0, end);
  const auto pattern = sts::MxPattern::from_typed(first);
  if (!pattern) {
    fuzz::require_clean(pattern.error());
    require(!sts::MxPattern::parse(first), "parse() takes no more");
    return;
  }
  check_name(pattern->name());
  const auto again = sts::MxPattern::parse(pattern->text());
  require(again && *again == *pattern, "a pattern reads as itself");
  const auto host =
      dns::Name::from_typed(text.substr(std::min(end + 1, text.size())));
  if (!host) {
    fuzz::require_clean(host.error());
    return;
  }
  check_name(*host);
  require(pattern->matches(*host) == matches(pattern->text(), host->text()),
          "two matchers agree");
}

}  // namespace
}  // namespace mtasts

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
