// SPDX-License-Identifier: MIT
#include "sts/mx_pattern.hpp"

#include <utility>

namespace mtasts::sts {
namespace {

constexpr std::string_view k_wildcard = "*.";

}  // namespace

Result<MxPattern> MxPattern::parse(std::string_view text) {
  const bool wildcard = text.starts_with(k_wildcard);
  if (wildcard) text.remove_prefix(k_wildcard.size());
  Result<dns::Name> name = dns::Name::parse(text);
  if (!name) return fail(name.error());
  return MxPattern(wildcard, *std::move(name));
}

Result<MxPattern> MxPattern::from_typed(std::string_view text) {
  const bool wildcard = text.starts_with(k_wildcard);
  if (wildcard) text.remove_prefix(k_wildcard.size());
  Result<dns::Name> name = dns::Name::from_typed(text);
  if (!name) return fail(name.error());
  return MxPattern(wildcard, *std::move(name));
}

bool MxPattern::matches(const dns::Name& host) const {
  if (!wildcard_) return host == name_;
  const std::string_view text = host.text();
  const std::size_t dot = text.find('.');
  return dot != std::string_view::npos && text.substr(dot + 1) == name_.text();
}

std::string MxPattern::text() const {
  return wildcard_ ? std::string(k_wildcard) + name_.text() : name_.text();
}

}  // namespace mtasts::sts
