// SPDX-License-Identifier: MIT
#include "sts/mend_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
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

constexpr std::string_view k_wsp = " \t";

using text::trim;

/// The field that is meant by `name`: "max_age" by "Max-Age", "mx" by "mx1".
std::optional<std::string_view> find_meant_key(std::string_view name) {
  std::string plain = text::to_lower(trim(name, " \t\"'`{"));
  std::erase_if(plain, [](char c) { return c == '-' || c == '_' || c == ' '; });
  if (plain == "v") return "version";
  if (plain == "maxage") return "max_age";
  if (plain.starts_with("mx")) {
    plain.erase(2, plain.find_first_not_of("0123456789", 2) - 2);
  }
  for (const std::string_view key : k_policy_fields) {
    if (plain == key) return key;
  }
  return std::nullopt;
}

/// Where the first field of `text` ends: where another one starts, as in "mode:
/// testing mx: a.example", or with the text.
std::size_t end_of_field(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (!text::has(" \t,;", text[at - 1])) continue;
    std::string_view name = text.substr(at);
    const std::size_t end = name.find_first_of(":=");
    if (end == std::string_view::npos) break;
    name = name.substr(0, end);
    // A "v=" inside is that of the record.
    if (trim(name, " \t\"'`").find_first_of(" \t,;") == name.npos &&
        name.size() > 1 && find_meant_key(name)) {
      return at;
    }
  }
  return text.size();
}

std::string_view without_comment(std::string_view text) {
  for (const std::string_view mark : {" #", "\t#", " //", "\t//"}) {
    text = text.substr(0, text.find(mark));
  }
  return text;
}

/// The lines of comments, and what other forms have around their fields.
bool is_no_field(std::string_view text) {
  return text.starts_with('#') || text.starts_with(';') ||
         text.starts_with("//") || text.starts_with("```") ||
         text.find_first_not_of("-{}[],") == std::string_view::npos;
}

/// UTF-16 with a mark in front, if it is nothing but ASCII otherwise.
std::optional<std::string> narrow(std::string_view text) {
  const bool little = text.starts_with("\xFF\xFE");
  if ((!little && !text.starts_with("\xFE\xFF")) || text.size() % 2 != 0) {
    return std::nullopt;
  }
  std::string plain;
  for (std::size_t i = 2; i < text.size(); i += 2) {
    const char low = text[little ? i : i + 1];
    const char high = text[little ? i + 1 : i];
    if (high != 0 || static_cast<unsigned char>(low) >= 0x80) {
      return std::nullopt;
    }
    plain += low;
  }
  return plain;
}

void replace_all(std::string& text, std::string_view from,
                 std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

class PolicyMender {
 public:
  MendedPolicy run(std::string_view text);

 private:
  std::string prepare(std::string_view text);
  void take_lines(std::string_view text);
  void take_line(std::string_view text);
  bool take_fields(std::string_view text);
  bool take_field(std::string_view key, std::string_view value);
  bool take_once(std::string_view key, std::string value);
  bool take_hosts(std::string_view value);
  void keep(std::string text);
  void note(std::string done);
  void refuse(std::string message, std::string hint);
  MendedPolicy finish();

  MendedPolicy mended_;
  std::size_t line_ = 0;
  std::vector<std::string> made_;  // of the present line
  std::string text_;
  std::vector<std::size_t> origins_;  // of each line of text_
  std::map<std::string, std::string, std::less<>> once_;
  bool in_list_ = false;              // the last field was mx
  std::vector<std::size_t> unclear_;  // lines that stay as they are
};

void PolicyMender::note(std::string done) {
  mended_.mendings.push_back({line_, std::move(done)});
}

void PolicyMender::refuse(std::string message, std::string hint) {
  mended_.reading.deviations.push_back(
      {Gravity::fatal, line_, {std::move(message), std::move(hint)}});
}

void PolicyMender::keep(std::string text) {
  text_ += text + "\r\n";
  origins_.push_back(line_);
  made_.push_back(std::move(text));
}

// --- Fields ---

bool PolicyMender::take_once(std::string_view key, std::string value) {
  const auto [known, added] = once_.try_emplace(std::string(key), value);
  if (!added) {
    if (known->second == value) return true;
    refuse(fmt::format("field {} has one value here and another above",
                       in_quotes(key)),
           "remove the one that is not meant (RFC 8461, 3.2)");
  }
  keep(fmt::format("{}: {}", key, value));
  return true;
}

bool PolicyMender::take_hosts(std::string_view value) {
  // A mailbox or a page is not said to be an MX host.
  if (text::has(value, '@') || text::has(text::to_lower(value), "http")) {
    return false;
  }
  const std::vector<MxPattern> hosts = find_meant_mx(value);
  for (const MxPattern& host : hosts) {
    keep(fmt::format("mx: {}", host.text()));
  }
  return !hosts.empty();
}

bool PolicyMender::take_field(std::string_view key, std::string_view value) {
  const std::string_view plain = trim(value, " \t\"'`;,.}]");
  in_list_ = key == "mx";
  if (key == "mx") {
    return plain.find_first_not_of("[{") == plain.npos || take_hosts(value);
  }
  if (key == "version") {
    std::string version = text::to_lower(plain);
    if (version.starts_with("v=")) version.erase(0, 2);
    return version == "stsv1" && take_once(key, "STSv1");
  }
  if (key == "mode") {
    const std::optional<Mode> mode = find_meant_mode(plain);
    return mode && take_once(key, std::string(format_mode(*mode)));
  }
  constexpr std::int64_t k_millisecond_days = 86'400'000;
  constexpr std::chrono::seconds k_longest = std::chrono::days(365);
  std::optional<std::chrono::seconds> age = find_meant_max_age(plain);
  // A whole number of days in milliseconds is no wish for thousands of days.
  if (!age ||
      (*age > k_max_max_age && age->count() % k_millisecond_days == 0)) {
    return false;
  }
  if (*age > k_max_max_age) {
    age = k_longest;
    note("max_age is cut to 365 days, about the most (RFC 8461, 3.2)");
  }
  return take_once(key, fmt::format("{}", age->count()));
}

/// Takes a line apart into fields; false when it is not plain what they are.
bool PolicyMender::take_fields(std::string_view text) {
  while (!text.empty()) {
    const std::string_view field = text.substr(0, end_of_field(text));
    text.remove_prefix(field.size());
    text = trim(text, " \t,;");
    std::size_t delimiter = field.find_first_of(":=");
    if (delimiter == field.npos) delimiter = field.find_first_of(k_wsp);
    const auto key = find_meant_key(field.substr(0, delimiter));
    if (!key || delimiter == field.npos) {
      return in_list_ && take_hosts(field);
    }
    if (!take_field(*key, trim(field.substr(delimiter + 1), " \t,;"))) {
      return false;
    }
  }
  return true;
}

// --- Lines ---

void PolicyMender::take_line(std::string_view text) {
  made_.clear();
  const Result<PolicyLine> parsed = parse_line(text);
  if (parsed && !find_meant_key(parsed->name) &&
      dns::is_field_name(parsed->name)) {
    // An extension, unless it is a field whose name is misspelt.
    if (!find_meant_mx(parsed->value).empty()) {
      refuse(fmt::format("field {} has a host, but is not mx",
                         in_quotes(parsed->name)),
             "write \"mx\" if it receives mail (RFC 8461, 3.2)");
    }
    in_list_ = false;
    keep(std::string(text));
    return;
  }
  const std::string plain = text::remove_disguises(text);
  std::string_view rest = trim(without_comment(plain), " \t,");
  if (rest.starts_with('{') && rest.size() > 1) rest.remove_prefix(1);
  if (rest.empty() || is_no_field(rest)) {
    note(rest.empty() && trim(plain, k_wsp).empty()
             ? "an empty line is left out"
             : fmt::format("{} is left out", in_quotes(text)));
    return;
  }
  if (rest.starts_with("- ") || rest.starts_with("* ")) {
    rest = trim(rest.substr(2), k_wsp);
  }
  const std::string before = text_;
  const std::size_t lines = origins_.size();
  if (!take_fields(rest)) {
    text_ = before;
    origins_.resize(lines);
    keep(std::string(text));
    unclear_.push_back(line_);
    return;
  }
  // What is in order stays as it was.
  if (parsed && made_.size() == 1 &&
      made_.front() == fmt::format("{}: {}", parsed->name, parsed->value)) {
    return;
  }
  const std::optional<Error> disguise = text::find_disguise(text);
  note(made_.empty()
           ? fmt::format("{} is left out", in_quotes(text))
           : fmt::format("{}{} is read as {}", in_quotes(text),
                         disguise ? fmt::format(" {} and", disguise->message)
                                  : std::string{},
                         list_values(made_)));
}

void PolicyMender::take_lines(std::string_view text) {
  bool in_head = text.starts_with("HTTP/");
  while (!text.empty()) {
    ++line_;
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    const std::size_t crs = std::min(text.find_first_not_of('\r'), text.size());
    const bool has_lf = text.substr(crs).starts_with('\n');
    if (crs > 1 || (crs == 1 && !has_lf)) {
      note("a CR is taken for the line end");
    }
    // Several CR without LF are as many lines, all but the first one empty;
    // one by one they would be counted anew each time.
    const std::size_t ends = in_head ? std::min<std::size_t>(crs, 1) : crs;
    text.remove_prefix(has_lf ? crs + 1 : ends);
    if (in_head) {
      if (line.empty()) note("the head of the HTTP answer is left out");
      in_head = !line.empty();
    } else {
      take_line(line);
    }
    if (!has_lf && ends > 1) line_ += ends - 1;
  }
}

// --- The whole text ---

/// Undoes what a program has done to the text as a whole.
std::string PolicyMender::prepare(std::string_view text) {
  std::string plain(text);
  line_ = 1;
  if (std::optional<std::string> narrowed = narrow(text)) {
    note("UTF-16 is read as ASCII");
    plain = *std::move(narrowed);
  }
  if (plain.starts_with("\xEF\xBB\xBF")) {
    note("the byte order mark is left out");
    plain.erase(0, 3);
  }
  if (text::has(plain, "\\n") &&
      trim(plain, "\r\n").find('\n') == std::string::npos) {
    note("\"\\n\" is taken for the line end");
    replace_all(plain, "\\r\\n", "\n");
    replace_all(plain, "\\n", "\n");
  }
  line_ = 0;
  return plain;
}

MendedPolicy PolicyMender::finish() {
  line_ = 0;
  if (unclear_.empty() && !once_.contains("version") &&
      once_.contains("mode") && once_.contains("max_age")) {
    note("\"version: STSv1\" is added");
    text_.insert(0, "version: STSv1\r\n");
    origins_.insert(origins_.begin(), 0);
  }
  PolicyReading reading = read_policy(text_);
  if (reading.policy && !unclear_.empty()) {
    line_ = unclear_.front();
    refuse("has more than one meaning",
           "say what is meant, or remove it (RFC 8461, 3.2)");
  }
  const bool is_plain = mended_.reading.deviations.empty();
  for (Deviation& one : reading.deviations) {
    if (one.line != 0) one.line = origins_.at(one.line - 1);
    mended_.reading.deviations.push_back(std::move(one));
  }
  if (is_plain) mended_.reading.policy = std::move(reading.policy);
  return std::move(mended_);
}

MendedPolicy PolicyMender::run(std::string_view text) {
  if (text.size() > k_max_fetched_octets) {
    mended_.reading = read_policy(text);
    return std::move(mended_);
  }
  const std::string plain = prepare(text);
  const bool is_answer =
      plain.starts_with("HTTP/") &&
      plain.substr(0, plain.find('\n')).find(" 200") != std::string::npos;
  if (!is_answer && !plain.starts_with('{') && find_stranger(plain)) {
    mended_.reading = read_policy(plain);
    return std::move(mended_);
  }
  take_lines(plain);
  return finish();
}

}  // namespace

MendedPolicy mend_policy(std::string_view text) {
  return PolicyMender().run(text);
}

}  // namespace mtasts::sts
