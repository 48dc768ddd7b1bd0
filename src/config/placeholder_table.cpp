// SPDX-License-Identifier: MIT
#include "config/placeholder_table.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace mtasts::config {
namespace {

/// A name and all below it: RFC 2606, 2 and 3; RFC 6761, 6.
constexpr std::array<std::string_view, 7> k_set_aside = {
    "example", "example.com", "example.net", "example.org",
    "invalid", "localhost",   "test"};

/// The same of others.
constexpr std::array<std::string_view, 6> k_names = {
    // "change me" with a top-level domain that exists
    "change.me",
    // never delegated; "domain.tld" stands in most guides
    "tld",
    // Microsoft's documentation, whose companies are invented
    "contoso.com", "fabrikam.com",
    // guides on web hosting and on Postfix; a registrar's, without policies
    "domain.com", "company.com"};

/// What a label begins with, what may follow, with a hyphen or without, and
/// then it ends or goes on as "-com" or "2". Companies are called
/// "yourhosting" and "mymail", so not everything is taken.
struct Shape {
  std::string_view start;
  std::array<std::string_view, 16> rests;  // up to the first empty one
};

constexpr std::array<Shape, 7> k_shapes = {{
    // RFC 2606 under another top-level domain, "example.de"; "domain" alone
    // is in somebody's name: "domain.com" is above
    {"example", {{"-", "domain", "company", "com", "net", "org", "tenant"}}},
    // guides on MTA-STS: Mailu, mail-in-a-box, Microsoft and Google
    {"your",
     {{"domain", "domainname", "company", "organization", "organisation", "org",
       "mail", "mailserver", "mailhost", "mx", "host", "hostname", "server",
       "name", "tenant", "site"}}},
    {"my", {{"domain", "domainname", "company", "organization"}}},
    // sample files: docker-mailserver, mailcow, Mailu
    {"change", {{"me", "this", "it"}}},
    {"replace", {{"me", "this", "it"}}},
    {"placeholder", {{"-"}}},
    {"contoso", {{"-", "com"}}},
}};

bool is_end(std::string_view rest) {
  return rest.empty() || rest.front() == '-' ||
         (rest.front() >= '0' && rest.front() <= '9');
}

bool has_shape(std::string_view label, const Shape& shape) {
  if (!label.starts_with(shape.start)) return false;
  label.remove_prefix(shape.start.size());
  // "-" says that the start is enough, but not of "example-mail".
  if (shape.rests.front() == "-" && !label.starts_with('-') && is_end(label)) {
    return true;
  }
  if (label.starts_with('-')) label.remove_prefix(1);
  return std::ranges::any_of(shape.rests, [label](std::string_view rest) {
    return !rest.empty() && label.starts_with(rest) &&
           is_end(label.substr(rest.size()));
  });
}

bool is_shape(std::string_view label) {
  return std::ranges::any_of(k_shapes, [label](const Shape& shape) {
    return has_shape(label, shape);
  });
}

template <std::size_t Size>
bool is_below_one(const dns::Name& name,
                  const std::array<std::string_view, Size>& parents) {
  return std::ranges::any_of(parents, [&name](std::string_view one) {
    return dns::is_at_or_below(name.text(), one);
  });
}

}  // namespace

bool is_set_aside(const dns::Name& name) {
  return is_below_one(name, k_set_aside);
}

bool asks_to_be_filled_in(const dns::Name& name) {
  if (is_set_aside(name)) return false;
  if (is_below_one(name, k_names)) return true;
  std::string_view rest = name.text();
  for (bool more = true; more;) {
    const std::size_t dot = rest.find('.');
    more = dot != std::string_view::npos;
    if (is_shape(rest.substr(0, dot))) return true;
    if (more) rest.remove_prefix(dot + 1);
  }
  return false;
}

}  // namespace mtasts::config
