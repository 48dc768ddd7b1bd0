// SPDX-License-Identifier: MIT
#include "dns/name.hpp"

#include <fmt/format.h>
#include <idn2.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "text/utf8.hpp"

namespace mtasts::dns {
namespace {

constexpr std::size_t k_max_name_octets = 253;  // RFC 1035, 2.3.4
constexpr std::size_t k_max_label_octets = 63;
constexpr const char* k_is_address = "is an address, not a host name";

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80;
  });
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

bool has_a_label(std::string_view lower) {
  return lower.starts_with("xn--") ||
         lower.find(".xn--") != std::string_view::npos;
}

/// Says what is wrong with one lower-case label, or nothing.
std::optional<Error> find_label_fault(std::string_view label) {
  if (label.empty()) return Error{"has an empty label", {}};
  if (label.size() > k_max_label_octets) {
    return Error{fmt::format("has a label of {} octets, above {}", label.size(),
                             k_max_label_octets),
                 {}};
  }
  for (const char c : label) {
    if (is_letter(c) || is_digit(c) || c == '-') continue;
    const std::string_view one(&c, 1);
    if (c == '@') {
      return Error{"is a mail address, not a host name",
                   "write the part behind the \"@\""};
    }
    if (c == ',') {
      return Error{"has a comma", "write each name as a string of its own"};
    }
    if (c == '*') {
      return Error{"has a \"*\" where none may stand",
                   "a wildcard is the whole left-most label of an mx: "
                   "\"*.example.net\""};
    }
    if (c == ':' || c == '/') {
      return Error{
          fmt::format("has {}, which no host name has", in_quotes(one)),
          "write the host name alone, without scheme, port or path"};
    }
    if (std::string_view("{}<>$%").find(c) != std::string_view::npos) {
      return Error{
          fmt::format("has {}, which no host name has", in_quotes(one)),
          "fill in your own name, if this stands for it"};
    }
    return Error{fmt::format("has {}, which no host name has", in_quotes(one)),
                 "letters, digits and hyphens only"};
  }
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

std::string to_lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool is_at_or_below(std::string_view name, std::string_view parent) {
  if (!name.ends_with(parent)) return false;
  return name.size() == parent.size() ||
         name[name.size() - parent.size() - 1] == '.';
}

Result<Name> Name::parse(std::string_view text) {
  if (text.empty()) return fail("is empty");
  for (const char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      return fail(fmt::format("has {}, which no host name has",
                              in_quotes(std::string_view(&c, 1))),
                  "letters, digits and hyphens only");
    }
  }
  if (!is_ascii(text)) {
    if (std::optional<Error> disguise = text::find_disguise(text)) {
      return tl::unexpected<Error>(*std::move(disguise));
    }
    return fail("has octets outside ASCII", "use the A-label form (xn--...)");
  }
  if (text.size() > k_max_name_octets) {
    return fail(
        fmt::format("has {} octets, above {}", text.size(), k_max_name_octets));
  }
  const std::string lower = to_lower_ascii(text);
  if (lower.ends_with('.')) {
    return fail("ends with a dot", "leave the dot out");
  }
  std::string_view rest = lower;
  std::string_view label;
  for (bool more = true; more;) {
    const std::size_t dot = rest.find('.');
    more = dot != std::string_view::npos;
    label = rest.substr(0, dot);
    if (std::optional<Error> fault = find_label_fault(label)) {
      return tl::unexpected<Error>(*std::move(fault));
    }
    if (more) rest.remove_prefix(dot + 1);
  }
  // RFC 5321, 2.3.5: hosts are named by domains; 192.0.2.1 fits the grammar
  // of one, but the right-most label of a host name is never all digits
  // (RFC 1123, 2.1).
  if (std::all_of(label.begin(), label.end(), is_digit)) {
    return fail(k_is_address, "use the name that the address belongs to");
  }
  if (has_a_label(lower)) {
    const Result<std::string> checked = to_a_labels(lower);
    if (!checked) return tl::unexpected<Error>(checked.error());
  }
  return Name(lower);
}

Result<Name> Name::from_typed(std::string_view text) {
  if (text.ends_with('.') && text.size() > 1) text.remove_suffix(1);
  const bool has_control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20;
  });
  if (is_ascii(text) || has_control) return parse(text);
  if (const std::optional<Error> mixed = text::find_mixed_letters(text)) {
    return tl::unexpected<Error>(*mixed);
  }
  const Result<std::string> ascii = to_a_labels(text);
  Result<Name> name =
      ascii ? parse(*ascii) : tl::unexpected<Error>(ascii.error());
  // Wide digits become those of ASCII, and are not at fault.
  if (name || (ascii && name.error().message == k_is_address)) return name;
  std::optional<Error> disguise = text::find_disguise(text);
  return disguise ? tl::unexpected<Error>(*std::move(disguise)) : name;
}

std::size_t Name::label_count() const {
  return 1 +
         static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '.'));
}

}  // namespace mtasts::dns
