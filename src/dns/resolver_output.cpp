// SPDX-License-Identifier: MIT
#include "dns/resolver_output.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dns/foreign_form.hpp"
#include "dns/resolver_phrases.hpp"
#include "text/ascii.hpp"

namespace mtasts::dns {
namespace {

using text::has;

constexpr std::string_view k_blanks = " \t\r";

/// A line, and the same in lower case, as phrases are compared.
struct Line {
  explicit Line(std::string_view raw)
      : text(text::trim(raw, k_blanks)), lower(text::to_lower(text)) {}

  bool is_comment() const { return text.starts_with(';'); }

  std::string_view text;  // without white space around it
  std::string lower;
};

std::string absolute(std::string_view name) {
  return std::string(name) + (name.ends_with('.') ? "" : ".");
}

/// Takes lines one by one, and makes of each, with what it knows from those
/// before, a line of a master file: an empty one where it is none.
class Translator {
 public:
  Translator(const Sought& sought, bool is_yaml)
      : sought_(sought), is_yaml_(is_yaml) {}

  Result<void> read(std::string_view raw);
  Result<ZoneText> take();

 private:
  Failure failure(std::string_view cause) const;
  Result<void> read_head(const Line& line);
  Result<void> read_status(std::string_view lower);
  Result<void> read_flags(const std::string& lower);
  void read_question(std::string_view comment);
  Result<bool> read_phrase(const Line& line);
  Result<bool> read_verdict(const Line& line);
  bool read_wording(const Line& line);
  bool read_field(const Line& line);
  void read_yaml(std::string_view line);
  void append(std::string_view line) { out_.text += line; }
  void close_text();
  void note_questions(std::string_view lower);
  void answered() {
    retried_line_ = 0;
    has_outcome_ = true;
  }
  bool has_ours(const Line& line) const {
    return has_sought_text(line.lower, sought_);
  }

  const Sought& sought_;
  const bool is_yaml_;
  ZoneText out_;
  std::size_t line_ = 0;
  std::size_t retried_line_ = 0;  // 0: no attempt is open
  std::string retried_;
  bool is_nslookup_ = false;  // or host, where it names its server
  bool is_referral_ = false;  // if NS records follow
  bool has_banner_ = false;   // of dig or drill, or a question
  bool has_outcome_ = false;  // a status, or a line that is no comment
  bool open_text_ = false;    // nslookup of Windows: texts follow
  bool is_nameless_ = false;  // an answer without the name asked for
  std::string host_;          // nslookup: of the addresses that follow
};

Failure Translator::failure(std::string_view cause) const {
  return fail(
      fmt::format("line {}: the look-up failed: {}", line_, cause),
      "that is no sign that the record is absent: ask again, or another "
      "server, as with dig @SERVER");
}

// --- What an answer says of itself ---

/// The head of an answer, and what else stands in comments.
Result<void> Translator::read_head(const Line& line) {
  const bool is_comment = line.is_comment();
  const std::string_view lower = line.lower;
  if (has(lower, "->>header<<-") || lower.starts_with("rcode ") ||
      (is_comment && (has(lower, "opcode: ") || has(lower, "\trcode"))) ||
      (is_yaml_ && lower.starts_with("status: "))) {
    return read_status(lower);
  }
  if (lower.starts_with(";; flags: ")) return read_flags(line.lower);
  if (is_comment) read_question(text::trim(line.text, "; \t\r"));
  if (!is_comment && is_referral_ && has(lower, "\tns\t")) {
    return failure("the answer is a referral to other servers");
  }
  return {};
}

/// "status: SERVFAIL", of drill "rcode: SERVFAIL", of Net::DNS "rcode =
/// SERVFAIL", of dnspython "rcode SERVFAIL".
Result<void> Translator::read_status(std::string_view lower) {
  for (const std::string_view word : {"status:", "rcode"}) {
    const std::size_t at = lower.find(word);
    if (at == std::string_view::npos) continue;
    std::string_view status =
        text::trim(lower.substr(at + word.size()), " \t:=");
    status = status.substr(0, status.find_first_of(",; \t\r"));
    // delv +yaml: "success", "ncache nxdomain", "ncache nxrrset".
    const bool is_delv = status == "success" || status == "ncache";
    if (status == "noerror" || status == "nxdomain" || (is_yaml_ && is_delv)) {
      out_.is_answer = true;
      answered();
      return {};
    }
    const bool is_word =
        !status.empty() && std::ranges::all_of(status, text::is_alphanumeric);
    return failure(is_word ? text::to_upper(status) : in_quotes(status));
  }
  return {};
}

/// ";; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 1"
Result<void> Translator::read_flags(const std::string& lower) {
  const std::string flags = lower.substr(0, lower.find(';', 2)) + ' ';
  if (has(flags, " tc ")) return failure("the answer is truncated (tc)");
  is_referral_ =
      !has(flags, " aa ") && !has(flags, " ra ") && has(lower, "answer: 0");
  return {};
}

/// ";_dmarc.example.com. IN TXT", without the ";".
void Translator::read_question(std::string_view comment) {
  const std::size_t end = comment.find_first_of(" \t");
  if (end == comment.npos || end < 2 || comment[end - 1] != '.') return;
  const std::string_view rest = text::trim(comment.substr(end));
  if (rest.starts_with("IN") && rest.ends_with("TXT") && rest.size() <= 8) {
    out_.questions.insert(text::to_lower(comment.substr(0, end - 1)));
    has_banner_ = true;
  }
}

/// host and nslookup have the name that was asked for in the line that answers.
void Translator::note_questions(std::string_view lower) {
  while (!lower.empty()) {
    std::string_view word = text::take_until(lower, " \t\"':,");
    if (word.ends_with('.')) word.remove_suffix(1);
    if (word.starts_with('_')) out_.questions.emplace(word);
  }
}

// --- What programs say in words ---

/// True when the line has been dealt with.
Result<bool> Translator::read_phrase(const Line& line) {
  if (line.lower.starts_with('_')) return false;  // no phrase does: most lines
  std::string words = line.lower + ' ';
  std::ranges::replace(words, '\t', ' ');
  const Phrase* const phrase = find_phrase(words);
  if (phrase == nullptr || has_ours(line)) return false;
  const Says says = phrase->says;
  if (says == Says::failed) return failure(in_quotes(line.text));
  if (says == Says::answered) answered();
  if (says == Says::answer || says == Says::dig) out_.is_answer = true;
  if (says == Says::banner || says == Says::dig) has_banner_ = true;
  if (says == Says::retried) {
    retried_line_ = line_;
    retried_ = line.text;
  } else if (says == Says::server) {
    is_nslookup_ = true;
    host_.clear();
  }
  return true;
}

/// "Host X not found: 3(NXDOMAIN)", "** server can't find X: SERVFAIL",
/// "X: resolve call failed: ...".
Result<bool> Translator::read_verdict(const Line& line) {
  const std::string_view lower = line.lower;
  const bool is_verdict =
      lower.starts_with("**") ||
      (lower.starts_with("host ") && has(lower, " not found: ")) ||
      has(lower, ": resolve call failed: ");
  if (!is_verdict) return false;
  for (const std::string_view absence :
       {"nxdomain", "non-existent domain", "no answer", "no records",
        "' not found", "does not have any rr"}) {
    if (!has(lower, absence)) continue;
    note_questions(lower);
    out_.is_answer = true;
    answered();
    return true;
  }
  return failure(in_quotes(line.text));
}

// --- Records ---

/// "NAME descriptive text ...", "NAME text = ...": a line of a master file.
bool Translator::read_wording(const Line& line) {
  const std::string_view lower = line.lower;
  const std::size_t blank = lower.find_first_of(" \t");
  if (blank == lower.npos || lower.find('"') < blank) return false;
  const std::size_t at = lower.find_first_not_of(" \t", blank);
  const Wording* const wording = find_wording(lower.substr(at));
  if (wording == nullptr || (wording->type.empty() && has_ours(line))) {
    return false;
  }
  answered();
  note_questions(lower.substr(0, lower.find('"')));
  out_.is_answer = true;
  // Of Windows where there is no record, without the name.
  if (lower.starts_with("primary name server")) is_nameless_ = true;
  if (wording->type.empty()) return true;
  std::string_view data =
      text::trim(line.text.substr(at + wording->start.size()));
  // unbound-host -v says behind it what DNSSEC says.
  if (wording->type == "TXT") data = data.substr(0, data.rfind('"') + 1);
  open_text_ = wording->start == "text =" && data.empty();
  append(fmt::format("{} IN {} {}", absolute(line.text.substr(0, blank)),
                     wording->type,
                     open_text_                 ? "("
                     : wording->type == "CNAME" ? absolute(data)
                                                : std::string(data)));
  return true;
}

/// Fields of nslookup, "Name: X" and "Address: Y" or "serial = 1", and an
/// answer of resolvectl, "NAME IN TXT "..." -- link: eth0".
bool Translator::read_field(const Line& line) {
  const std::string_view text = line.text;
  const std::string_view label =
      std::string_view(line.lower).substr(0, line.lower.find_first_of(" \t"));
  if (is_nslookup_ && label.ends_with(':')) {
    const std::string_view value = text::trim(text.substr(label.size()));
    if (label == "name:") {
      host_ = value;
      return true;
    }
    if (label == "address:" || label == "addresses:") {
      if (!host_.empty() && !has(value, "#")) {
        append(fmt::format("{} IN {} {}", absolute(host_),
                           has(value, ":") ? "AAAA" : "A", value));
      }
      return true;
    }
  }
  if (const std::size_t link = text.find(" -- link: ");
      link != text.npos && !has(text.substr(link), "\"")) {
    append(absolute(text.substr(0, label.size())));
    append(text.substr(label.size(), link - label.size()));
    return true;
  }
  // Of Windows, in front of an SOA.
  if (is_nslookup_ && text.find_first_of(" \t\"") == text.npos) return true;
  return text.find(" = ") < text.find_first_of("\";(") && !has_ours(line);
}

/// "- NAME 300 IN TXT "..."", of newer ones in single quotes. The rest says
/// nothing about records, "- type: MESSAGE" and "- authoritative:" neither.
void Translator::read_yaml(std::string_view line) {
  if (!line.starts_with("- ")) return;
  line = text::trim(line.substr(2));
  if (line.starts_with("type: ") || line.ends_with(':')) return;
  if (line.size() < 2 || line.front() != '\'' || line.back() != '\'') {
    return append(line);
  }
  line = line.substr(1, line.size() - 2);
  for (std::size_t i = 0; i < line.size(); ++i) {
    append(line.substr(i, 1));
    if (line.substr(i, 2) == "''") ++i;
  }
}

/// Ends, on the line before, the record whose texts stood on their own lines.
void Translator::close_text() {
  if (open_text_) out_.text.insert(out_.text.size() - 1, ")");
  open_text_ = false;
}

Result<void> Translator::read(std::string_view raw) {
  ++line_;
  const Line line(raw);
  if (!line.text.empty() && !line.text.starts_with('"')) close_text();
  const Result<void> head = read_head(line);
  if (!head) return head;
  Result<bool> taken = read_phrase(line);
  if (taken && !*taken) taken = read_verdict(line);
  if (!taken) return fail(taken.error());
  const std::size_t zone_end = line.text.find(".] ");
  if (*taken) {
    // It is no record.
  } else if (line.text.empty() || line.is_comment()) {
    append(raw);
  } else if (is_yaml_) {
    read_yaml(line.text);
  } else if (line.text.starts_with('[') && zone_end != raw.npos) {
    answered();
    append(line.text.substr(zone_end + 3));  // knotc zone-read
  } else if (!read_wording(line) && !read_field(line)) {
    answered();
    append(raw);
  }
  append("\n");
  return {};
}

Result<ZoneText> Translator::take() {
  if (retried_line_ != 0) {
    line_ = retried_line_;
    return failure(in_quotes(retried_));
  }
  if (has_banner_ && !has_outcome_) {
    return fail("has neither a status nor a record",
                "run dig without +noall and +nocomments");
  }
  close_text();
  if (is_nameless_) out_.questions.clear();
  return std::move(out_);
}

}  // namespace

Result<ZoneText> read_resolver_output(std::string_view text,
                                      const Sought& sought) {
  constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(k_byte_order_mark)) {
    text.remove_prefix(k_byte_order_mark.size());
  }
  if (const auto foreign = find_foreign_form(text, sought.hint)) {
    return fail(*foreign);
  }
  // dig +yaml, delv +yaml
  Translator translator(sought, has(text, "type: MESSAGE\n") ||
                                    has(text, "type: MESSAGE\r") ||
                                    has(text, "type: DIG_ERROR") ||
                                    has(text, "type: DELV_RESULT"));
  while (!text.empty()) {
    const Result<void> read = translator.read(text::take_until(text, "\n"));
    if (!read) return fail(read.error());
  }
  return translator.take();
}

}  // namespace mtasts::dns
