// SPDX-License-Identifier: MIT
// Who may be given which policy of make_live(), read off the octets of the
// request as simply as can be.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "../unit/test_site.hpp"
#include "target.hpp"
#include "text/ascii.hpp"

namespace mtasts::fuzz {

// Status line and fields are ours; the largest has Allow and Content-Length.
inline constexpr std::size_t k_max_answer_head = 250;

/// The value of the one field `name` (lower case); "?" when there are several.
inline std::string find_field(std::string_view head, std::string_view name) {
  std::string found;
  std::size_t count = 0;
  while (!head.empty()) {
    const std::size_t end = head.find("\r\n");
    const std::string line = text::to_lower(head.substr(0, end));
    head.remove_prefix(end + 2);
    if (line.substr(0, name.size() + 1) != std::string(name) + ":") continue;
    ++count;
    found = line.substr(name.size() + 1);
  }
  std::erase_if(found, [](char c) { return c == ' ' || c == '\t'; });
  return count > 1 ? "?" : found;
}

/// What a host has to be when it is given a policy: nothing is normalised but
/// case, one dot at the end and the port.
inline std::string domain_of(std::string authority) {
  authority = authority.substr(0, authority.find(':'));
  if (!authority.empty() && authority.back() == '.') authority.pop_back();
  return authority.substr(0, 8) == "mta-sts." ? authority.substr(8) : "";
}

/// `head` is whole and was answered by 200 with `body`.
inline void check_200(std::string_view head,
                      std::optional<std::string_view> sni,
                      std::string_view body) {
  if (head.starts_with("\r\n")) head.remove_prefix(2);
  const std::string line(head.substr(0, head.find("\r\n")));
  const std::size_t first = line.find(' ') + 1;
  const std::string target =
      text::to_lower(line.substr(first, line.rfind(' ') - first));
  const std::string host = find_field(head, "host");
  std::string authority = host;
  if (target.front() != '/') {
    const std::size_t start = target.find("://") + 3;
    authority = target.substr(start, target.find_first_of("/?", start) - start);
  }
  const std::string domain = domain_of(authority);
  require(body == (domain == "example.org" ? k_example_org : k_example_com),
          "the policy of the host that was asked");
  require(domain == "example.com" || domain == "example.net" ||
              domain == "example.org",
          "never a 200 for another host");
  require(!sni || domain_of(std::string(*sni)) == domain,
          "never a 200 for another name than in SNI");
  require(host != "?" && !host.empty(), "one Host");
  require(find_field(head, "transfer-encoding").empty(), "no body");
  const std::string length = find_field(head, "content-length");
  require(length.find_first_not_of('0') == std::string::npos, "no body");
  require(line.starts_with("GET ") || line.starts_with("HEAD "),
          "200 for GET and HEAD alone");
}

}  // namespace mtasts::fuzz
