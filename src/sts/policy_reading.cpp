// SPDX-License-Identifier: MIT
#include "sts/policy_reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "dns/name.hpp"
#include "dns/tag_list.hpp"
#include "sts/policy_line.hpp"
#include "sts/slip.hpp"
#include "sts/stranger.hpp"
#include "text/ascii.hpp"
#include "text/utf8.hpp"

namespace mtasts::sts {
namespace {

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

/// sts-policy-ext-value = sts-policy-vchar
///                        [*(%x20 / sts-policy-vchar) sts-policy-vchar]
/// sts-policy-vchar     = %x21-7E / UTF8-2 / UTF8-3 / UTF8-4
bool is_extension_value(std::string_view value) {
  if (value.empty()) return false;
  while (!value.empty()) {
    const std::size_t length = text::utf8_length(value);
    const char c = value.front();
    if (length == 0 || (length == 1 && (c < 0x20 || c == 0x7F))) return false;
    value.remove_prefix(length);
  }
  return true;
}

class PolicyReader {
 public:
  explicit PolicyReader(std::size_t max_octets) : max_octets_(max_octets) {}
  PolicyReading run(std::string_view text);

 private:
  void take_lines(std::string_view text);
  void take_line(std::string_view text);
  void note_field(std::string_view line);
  void take_field(std::string_view key, std::string_view value);
  void take_version(std::string_view value);
  void take_mode(std::string_view value);
  void take_max_age(std::string_view value);
  void take_bad_mx(std::string_view value, Error fault);
  void take_mx(std::string_view value);
  void take_extension(std::string_view key, std::string_view value);
  void check_line_ends();
  void check_presence();
  void make_policy();

  void say(Gravity gravity, std::string message, std::string hint) {
    reading_.deviations.push_back(
        {gravity, line_, {std::move(message), std::move(hint)}});
  }
  void legal(std::string message, std::string hint) {
    say(Gravity::legal, std::move(message), std::move(hint));
  }
  void fatal(std::string message, std::string hint) {
    say(Gravity::fatal, std::move(message), std::move(hint));
  }

  const std::size_t max_octets_;
  PolicyReading reading_;
  std::size_t line_ = 0;
  std::map<std::string, std::size_t, std::less<>> fields_;  // first line of
  std::optional<Mode> mode_;
  std::chrono::seconds max_age_{0};
  std::vector<MxPattern> mx_;
  std::size_t crlf_ = 0;       // lines that end so
  std::size_t first_lf_ = 0;   // the first line that ends in LF alone
  std::size_t open_line_ = 0;  // the last line, when nothing ends it
};

// --- Fields ---

// sts-policy-version-value = %s"STSv1"
void PolicyReader::take_version(std::string_view value) {
  if (line_ != 1) {
    legal("the version is not the first line",
          "Google's documentation asks for it there, RFC 8461, 3.2 allows any "
          "order; it is served first");
  }
  if (value == "STSv1") return;
  fatal(fmt::format("version {} is not STSv1", in_quotes(value)),
        "write \"version: STSv1\", in this case, without quotes or \";\" "
        "(RFC 8461, 3.2)");
}

// sts-policy-mode-value = %s"testing" / %s"enforce" / %s"none"
void PolicyReader::take_mode(std::string_view value) {
  mode_ = parse_mode(value);
  if (mode_) return;
  const std::optional<Mode> meant = find_meant_mode(value);
  fatal(fmt::format("mode {} is none of testing, enforce and none",
                    in_quotes(value)),
        meant ? fmt::format("write \"mode: {}\" (RFC 8461, 3.2)",
                            format_mode(*meant))
              : "in lower case, without quotes or \";\" (RFC 8461, 3.2); what "
                "early drafts called report is testing");
}

// sts-policy-max-age-value = 1*10(DIGIT)
void PolicyReader::take_max_age(std::string_view value) {
  const bool digits = std::ranges::all_of(value, text::is_digit);
  if (value.empty() || value.size() > 10 || !digits) {
    const auto meant = find_meant_max_age(value);
    fatal(fmt::format("max_age {} is not 1 to 10 digits", in_quotes(value)),
          meant && *meant <= k_max_max_age
              ? fmt::format("whole seconds and nothing else: write \"max_age: "
                            "{}\" (RFC 8461, 3.2)",
                            meant->count())
              : "whole seconds and nothing else: 604800 is one week (RFC 8461, "
                "3.2)");
    return;
  }
  std::int64_t seconds = 0;
  std::from_chars(value.data(), value.data() + value.size(), seconds);
  max_age_ = std::chrono::seconds(seconds);
  if (max_age_ > k_max_max_age) {
    fatal(fmt::format("max_age {} is above {}", seconds, k_max_max_age.count()),
          "about one year is the most (RFC 8461, 3.2): 31536000 is 365 days");
  }
}

void PolicyReader::take_bad_mx(std::string_view value, Error fault) {
  if (value.find_first_of(" \t,;") != std::string_view::npos) {
    fault = {
        "is more than a host name",
        "each host has an mx line of its own, without preference, \";\" or "
        "comment"};
  } else if (value.starts_with('.') && value.size() > 1) {
    fault.hint =
        "early drafts wrote \".example.net\" for what is \"*.example.net\" "
        "today";
  }
  fault = explain_mx(value, std::move(fault));
  std::vector<std::string> lines;
  for (const MxPattern& meant : find_meant_mx(value)) {
    lines.push_back(fmt::format("mx: {}", meant.text()));
  }
  if (!lines.empty()) {
    fault.hint = propose(lines, "each host has a line of its own");
  } else if (fault.hint.empty()) {
    fault.hint = "a host name, or one behind \"*.\"";
  }
  fatal(fmt::format("mx {} {}", in_quotes(value), fault.message),
        fmt::format("{} (RFC 8461, 3.2)", fault.hint));
}

// sts-policy-mx-value = ["*."] Domain
void PolicyReader::take_mx(std::string_view value) {
  const Result<MxPattern> mx = MxPattern::parse(value);
  if (!mx) {
    take_bad_mx(value, mx.error());
    return;
  }
  if (mx->text() != value) {
    legal(fmt::format("mx {} has upper-case letters", in_quotes(value)),
          "Mimecast compares the case, RFC 8461, 4.1 does not; it is served "
          "in lower case");
  }
  if (std::ranges::find(mx_, *mx) != mx_.end()) {
    legal(fmt::format("mx {} is listed twice", in_quotes(mx->text())),
          "it is served once");
  }
  mx_.push_back(*mx);
}

void PolicyReader::take_extension(std::string_view key,
                                  std::string_view value) {
  if (!dns::is_field_name(key)) {
    fatal(fmt::format("{} is no field name", in_quotes(key)),
          "letters, digits, \"_\", \"-\" and \".\", 32 at most (RFC 8461, "
          "3.2)");
    return;
  }
  if (!is_extension_value(value)) {
    fatal(fmt::format("field {} has no proper value", in_quotes(key)),
          "one or more printable characters in UTF-8 (RFC 8461, 3.2)");
    return;
  }
  const std::string lower = text::to_lower(key);
  if (is_policy_field(lower)) {
    legal(fmt::format("field {} is not {}", in_quotes(key), in_quotes(lower)),
          "names are in lower case, so senders ignore this line (RFC 8461, "
          "3.2); it is not served");
    return;
  }
  legal(fmt::format("field {} is not known", in_quotes(key)),
        "senders ignore it (RFC 8461, 3.2), checkdmarc refuses the policy for "
        "it; it is not served");
}

void PolicyReader::take_field(std::string_view key, std::string_view value) {
  if (key == "mx") {
    fields_.try_emplace("mx", line_);
    take_mx(value);
    return;
  }
  const auto [first, added] = fields_.try_emplace(std::string(key), line_);
  if (!added) {
    // RFC 8461, 3.2: of duplicates "all entries except for the first SHALL be
    // ignored", so their values are not looked at.
    legal(fmt::format("field {} is in line {} already", in_quotes(key),
                      first->second),
          "the first one counts (RFC 8461, 3.2), but chasquid, Halon and "
          "postfix-mta-sts-resolver take the last, and checkdmarc refuses "
          "both");
  } else if (key == "version") {
    take_version(value);
  } else if (key == "mode") {
    take_mode(value);
  } else if (key == "max_age") {
    take_max_age(value);
  } else {
    take_extension(key, value);
  }
}

// --- Lines ---

/// A field that can't be read is there: nobody need be told that it is missing.
void PolicyReader::note_field(std::string_view line) {
  const std::string_view name =
      text::trim(line.substr(0, line.find_first_of(":=")));
  if (is_policy_field(name)) fields_.try_emplace(std::string(name), line_);
}

void PolicyReader::take_line(std::string_view text) {
  const Result<PolicyLine> line = parse_line(text);
  // UTF-8 is for extensions only, where such a character may be meant.
  const bool is_extension =
      line && dns::is_field_name(line->name) && !is_policy_field(line->name);
  if (const auto disguise = text::find_disguise(text);
      disguise && !is_extension) {
    fatal(disguise->message, fmt::format("{} (RFC 8461, 3.2)", disguise->hint));
    note_field(text::remove_disguises(text));
    return;
  }
  if (!line) {
    fatal(line.error().message, line.error().hint);
    note_field(text);
    return;
  }
  if (line->tab_before_value) {
    legal("has a tab behind the colon",
          "Courier can't read the line; it is served with a space");
  }
  take_field(line->name, line->value);
}

void PolicyReader::take_lines(std::string_view text) {
  // ABNF: fields are separated by terminators, and one may follow the last;
  // so a text never holds an empty line, not even at its end.
  while (!text.empty()) {
    ++line_;
    const std::size_t lf = text.find('\n');
    std::string_view line = text.substr(0, lf);
    text.remove_prefix(lf == std::string_view::npos ? text.size() : lf + 1);
    if (lf == std::string_view::npos) {
      open_line_ = line_;
    } else if (line.ends_with('\r')) {
      line.remove_suffix(1);
      ++crlf_;
    } else if (first_lf_ == 0) {
      first_lf_ = line_;
    }
    take_line(line);
  }
}

// --- The whole text ---

void PolicyReader::check_line_ends() {
  if (first_lf_ != 0) {
    line_ = first_lf_;
    if (crlf_ != 0) {
      legal("ends in LF, other lines in CRLF",
            "checkdmarc refuses a mixture; every line is served with CRLF");
    } else {
      legal("ends in LF, as all lines do",
            "Mimecast can be set to refuse that, RFC 8461, 3.2 allows it; "
            "every line is served with CRLF");
    }
  }
  if (open_line_ != 0) {
    line_ = open_line_;
    legal("has no line end",
          "Mimecast can be set to refuse that, RFC 8461, 3.2 allows it; every "
          "line is served with CRLF");
  }
}

void PolicyReader::check_presence() {
  line_ = 0;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3>
      k_required = {{{"version", "version: STSv1"},
                     {"mode", "mode: testing"},
                     {"max_age", "max_age: 604800"}}};
  for (const auto& [key, example] : k_required) {
    if (fields_.contains(key)) continue;
    fatal(fmt::format("there is no {} field", key),
          fmt::format("every policy has one (RFC 8461, 3.2): \"{}\"", example));
  }
  if (mode_ && *mode_ != Mode::none && !fields_.contains("mx")) {
    fatal("there is no mx field",
          fmt::format("mode {} needs one for every host that receives mail "
                      "(RFC 8461, 3.2): \"mx: mail.example.net\"",
                      format_mode(*mode_)));
  }
}

void PolicyReader::make_policy() {
  if (std::ranges::find(reading_.deviations, Gravity::fatal,
                        &Deviation::gravity) != reading_.deviations.end()) {
    return;
  }
  Result<Policy> policy =
      Policy::make(*mode_, std::move(mx_), max_age_, max_octets_);
  if (policy) {
    reading_.policy = *std::move(policy);
  } else {
    fatal(policy.error().message, policy.error().hint);
  }
}

PolicyReading PolicyReader::run(std::string_view text) {
  const std::size_t octets = text.size();
  if (octets > k_max_fetched_octets) {
    fatal(fmt::format("has {} octets, above {}", octets, k_max_fetched_octets),
          "senders read no further (RFC 8461, 3.3)");
    return std::move(reading_);
  }
  if (const std::optional<Error> stranger = find_stranger(text)) {
    line_ = 1;
    fatal(stranger->message, stranger->hint);
    return std::move(reading_);
  }
  if (text.starts_with(k_byte_order_mark)) {
    line_ = 1;
    fatal("starts with a byte order mark",
          "save the file without; mox and postfix-tlspol refuse the policy "
          "for it (RFC 8461, 3.2)");
    line_ = 0;
    text.remove_prefix(k_byte_order_mark.size());
  }
  if (text.empty()) {
    fatal("is empty", "look whether it was fetched at all: curl -sS shows why");
    return std::move(reading_);
  }
  take_lines(text);
  check_line_ends();
  check_presence();
  constexpr std::size_t k_chasquid_octets = 10'240;
  if (octets > k_chasquid_octets) {
    legal(fmt::format("has {} octets", octets),
          "chasquid cuts it at 10240 octets without a word");
  }
  make_policy();
  std::ranges::stable_sort(reading_.deviations,
                           [](const Deviation& a, const Deviation& b) {
                             // 0 - 1 wraps: the whole text comes last.
                             return a.line - 1 < b.line - 1;
                           });
  return std::move(reading_);
}

}  // namespace

PolicyReading read_policy(std::string_view text, std::size_t max_octets) {
  return PolicyReader(max_octets).run(text);
}

}  // namespace mtasts::sts
