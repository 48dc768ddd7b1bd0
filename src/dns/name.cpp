// SPDX-License-Identifier: MIT
#include "dns/name.hpp"

#include <fmt/format.h>
#include <idn2.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "text/ascii.hpp"
#include "text/utf8.hpp"

namespace mtasts::dns {
namespace {

constexpr std::size_t k_max_name_octets = 253;  // RFC 1035, 2.3.4
constexpr std::size_t k_max_label_octets = 63;
constexpr const char* k_is_address = "is an address, not a host name";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20; }

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Octets that no label has, and what people mean who write them. Without a
/// message of its own, the octet is shown.
struct Misfit {
  std::string_view octets;
  std::string_view message;
  std::string_view hint;
};

constexpr Misfit k_misfits[] = {
    {"@", "is a mail address, not a host name",
     "write the part behind the \"@\""},
    {",", "has a comma", "write each name as a string of its own"},
    {"*", "has a \"*\" where none may stand",
     "a wildcard is the whole left-most label of an mx: \"*.example.net\""},
    {":/", {}, "write the host name alone, without scheme, port or path"},
    {"{}<>$%", {}, "fill in your own name, if this stands for it"},
};

Error explain_octet(std::string_view octet) {
  const std::string shown =
      fmt::format("has {}, which no host name has", in_quotes(octet));
  for (const Misfit& one : k_misfits) {
    if (!text::has(one.octets, octet)) continue;
    return {one.message.empty() ? shown : std::string(one.message),
            std::string(one.hint)};
  }
  return {shown, "letters, digits and hyphens only"};
}

bool has_a_label(std::string_view lower) {
  return lower.starts_with("xn--") || text::has(lower, ".xn--");
}

/// Says what is wrong with one lower-case label, or nothing:
/// label = let-dig [*61(let-dig / "-") let-dig] (RFC 1123, 2.1)
std::optional<Error> find_label_fault(std::string_view label) {
  if (label.empty()) return Error{"has an empty label", {}};
  if (label.size() > k_max_label_octets) {
    return Error{fmt::format("has a label of {} octets, above {}", label.size(),
                             k_max_label_octets),
                 {}};
  }
  const auto* const odd = std::ranges::find_if(
      label, [](char c) { return !text::is_alphanumeric(c) && c != '-'; });
  if (odd != label.end()) return explain_octet({odd, 1});
  if (label.front() == '-' || label.back() == '-') {
    return Error{fmt::format("has the label {}, which starts or ends with a "
                             "hyphen",
                             in_quotes(label)),
                 {}};
  }
  return std::nullopt;
}

Result<std::string> to_a_labels(std::string_view text) {
  const std::string input(text);
  char* raw = nullptr;
  // Non-transitional UTS 46 is what browsers and registries use today; it
  // also lowers case, which plain IDNA 2008 refuses, and composes marks.
  const int rc = idn2_to_ascii_8z(input.c_str(), &raw, IDN2_NONTRANSITIONAL);
  const std::unique_ptr<char, void (*)(void*)> owner(raw, idn2_free);
  if (rc != IDN2_OK) {
    return fail(
        fmt::format("is no internationalised name: {}", idn2_strerror(rc)));
  }
  return std::string(raw);
}

}  // namespace

bool is_at_or_below(std::string_view name, std::string_view parent) {
  if (!name.ends_with(parent)) return false;
  return name.size() == parent.size() ||
         name[name.size() - parent.size() - 1] == '.';
}

Result<Name> Name::parse(std::string_view text) {
  if (text.empty()) return fail("is empty");
  const auto* const control = std::ranges::find_if(text, is_control);
  if (control != text.end()) {
    return fail(explain_octet({control, 1}));
  }
  if (!is_ascii(text)) {
    if (std::optional<Error> disguise = text::find_disguise(text)) {
      return fail(*std::move(disguise));
    }
    return fail("has octets outside ASCII", "use the A-label form (xn--...)");
  }
  if (text.size() > k_max_name_octets) {
    return fail(
        fmt::format("has {} octets, above {}", text.size(), k_max_name_octets));
  }
  const std::string lower = text::to_lower(text);
  if (lower.ends_with('.')) {
    return fail("ends with a dot", "leave the dot out");
  }
  std::string_view rest = lower;
  std::string_view label;
  while (!rest.empty()) {
    label = text::take_until(rest, ".");
    if (std::optional<Error> fault = find_label_fault(label)) {
      return fail(*std::move(fault));
    }
  }
  // RFC 5321, 2.3.5: hosts are named by domains; 192.0.2.1 fits the grammar
  // of one, but the right-most label of a host name is never all digits
  // (RFC 1123, 2.1).
  if (std::ranges::all_of(label, text::is_digit)) {
    return fail(k_is_address, "use the name that the address belongs to");
  }
  if (has_a_label(lower)) {
    const Result<std::string> checked = to_a_labels(lower);
    if (!checked) return fail(checked.error());
  }
  return Name(lower);
}

Result<Name> Name::from_typed(std::string_view text) {
  if (text.ends_with('.') && text.size() > 1) text.remove_suffix(1);
  if (is_ascii(text) || std::ranges::any_of(text, is_control)) {
    return parse(text);
  }
  if (const std::optional<Error> mixed = text::find_mixed_letters(text)) {
    return fail(*mixed);
  }
  const Result<std::string> ascii = to_a_labels(text);
  Result<Name> name = ascii ? parse(*ascii) : fail(ascii.error());
  // Wide digits become those of ASCII, and are not at fault.
  if (name || (ascii && name.error().message == k_is_address)) return name;
  std::optional<Error> disguise = text::find_disguise(text);
  return disguise ? fail(*std::move(disguise)) : name;
}

std::size_t Name::label_count() const {
  return 1 + static_cast<std::size_t>(std::ranges::count(text_, '.'));
}

}  // namespace mtasts::dns
