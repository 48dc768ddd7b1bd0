// SPDX-License-Identifier: MIT
#include "dns/resolver_output.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dns/foreign_form.hpp"
#include "dns/name.hpp"
#include "dns/resolver_phrases.hpp"

namespace mtasts::dns {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view k_blanks = " \t\r";
  const std::size_t first = text.find_first_not_of(k_blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(k_blanks) - first + 1);
}

std::string absolute(std::string_view name) {
  return std::string(name) + (name.ends_with('.') ? "" : ".");
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// True for what could be a record of ours: it is never passed over.
bool has_our_text(std::string_view lower) {
  return has(lower, "v=sts") || has(lower, "v=tlsrpt");
}

class Translator {
 public:
  Result<void> read(std::string_view line);
  Result<ZoneText> take();
  bool is_yaml = false;

 private:
  tl::unexpected<Error> failure(std::string_view cause) const;
  Result<void> read_status(std::string_view lower);
  Result<void> read_comment(std::string_view line, const std::string& lower);
  Result<bool> read_phrase(std::string_view line, const std::string& lower);
  Result<bool> read_verdict(std::string_view line, const std::string& lower);
  bool read_wording(std::string_view line, const std::string& lower);
  bool read_field(std::string_view line, const std::string& lower);
  void read_yaml(std::string_view line);
  void append(std::string_view line) { out_.text += line; }
  void note_questions(std::string_view lower);
  void answered() {
    retried_line_ = 0;
    has_outcome_ = true;
  }

  ZoneText out_;
  std::size_t line_ = 0;
  std::size_t retried_line_ = 0;  // 0: no attempt is open
  std::string retried_;
  bool is_nslookup_ = false;  // or host, where it names its server
  bool is_referral_ = false;  // should servers follow
  bool has_banner_ = false;   // of dig or drill, or a question
  bool has_outcome_ = false;  // a status, or a line that is no comment
  bool open_text_ = false;    // nslookup of Windows: texts follow
  bool is_nameless_ = false;  // an answer says not to what
  std::string host_;          // nslookup: of the addresses that follow
};

tl::unexpected<Error> Translator::failure(std::string_view cause) const {
  return fail(
      fmt::format("line {}: the look-up failed: {}", line_, cause),
      "that is no sign that the record is absent: ask again, or another "
      "server, as with dig @SERVER");
}

/// The head of an answer: "status: SERVFAIL", of drill "rcode: SERVFAIL", of
/// Net::DNS "rcode = SERVFAIL", of dnspython "rcode SERVFAIL".
Result<void> Translator::read_status(std::string_view lower) {
  for (const std::string_view word : {"status:", "rcode"}) {
    const std::size_t at = lower.find(word);
    if (at == std::string_view::npos) continue;
    std::string_view status = lower.substr(at + word.size());
    status.remove_prefix(
        std::min(status.find_first_not_of(" \t:="), status.size()));
    status = status.substr(0, status.find_first_of(",; \t\r"));
    // delv +yaml: "success", "ncache nxdomain", "ncache nxrrset".
    const bool is_delv = status == "success" || status == "ncache";
    if (status != "noerror" && status != "nxdomain" && !(is_yaml && is_delv)) {
      std::string shown(status);
      bool is_word = !shown.empty();
      for (char& c : shown) {
        is_word = is_word && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
        c = c >= 'a' && c <= 'z' ? char(c - 32) : c;
      }
      return failure(is_word ? shown : in_quotes(status));
    }
    out_.is_answer = true;
    answered();
    return {};
  }
  return {};
}

/// host and nslookup have the name that was asked for in the line that answers.
void Translator::note_questions(std::string_view lower) {
  constexpr std::string_view k_ends = " \t\"':,";
  while (!lower.empty()) {
    std::string_view word = lower.substr(0, lower.find_first_of(k_ends));
    lower.remove_prefix(std::min(word.size() + 1, lower.size()));
    if (word.ends_with('.')) word.remove_suffix(1);
    if (word.starts_with('_')) out_.questions.emplace(word);
  }
}

/// True when the line has been dealt with.
Result<bool> Translator::read_phrase(std::string_view line,
                                     const std::string& lower) {
  if (lower.starts_with('_')) return false;  // no phrase does: most lines
  std::string words = lower + ' ';
  std::replace(words.begin(), words.end(), '\t', ' ');
  const Phrase* const phrase = find_phrase(words);
  if (phrase == nullptr || has_our_text(lower)) return false;
  if (phrase->says == Says::failed) return failure(in_quotes(line));
  if (phrase->says == Says::answered) answered();
  if (phrase->says == Says::retried) {
    retried_line_ = line_;
    retried_ = line;
  }
  if (words.starts_with("server: ") ||
      words.starts_with("using domain server: ")) {
    is_nslookup_ = true;
    host_.clear();
  }
  return true;
}

/// "Host X not found: 3(NXDOMAIN)", "** server can't find X: SERVFAIL",
/// "X: resolve call failed: ...".
Result<bool> Translator::read_verdict(std::string_view line,
                                      const std::string& lower) {
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
  return failure(in_quotes(line));
}

/// "NAME descriptive text ...", "NAME text = ...": a line of a master file.
bool Translator::read_wording(std::string_view line, const std::string& lower) {
  const std::size_t blank = lower.find_first_of(" \t");
  if (blank == std::string::npos || line.find('"') < blank) return false;
  const std::size_t at = lower.find_first_not_of(" \t", blank);
  const Wording* const wording =
      find_wording(std::string_view(lower).substr(at));
  if (wording == nullptr || (wording->type.empty() && has_our_text(lower))) {
    return false;
  }
  answered();
  note_questions(std::string_view(lower).substr(0, lower.find('"')));
  out_.is_answer = true;
  // Of Windows where there is no record, without the name.
  if (lower.starts_with("primary name server")) is_nameless_ = true;
  if (wording->type.empty()) return true;
  std::string_view data = trim(line.substr(at + wording->start.size()));
  // unbound-host -v says behind it what DNSSEC says.
  if (wording->type == "TXT") data = data.substr(0, data.rfind('"') + 1);
  open_text_ = wording->start == "text =" && data.empty();
  append(fmt::format("{} IN {} {}", absolute(line.substr(0, blank)),
                     wording->type,
                     open_text_                 ? "("
                     : wording->type == "CNAME" ? absolute(data)
                                                : std::string(data)));
  return true;
}

/// Fields of nslookup, "Name: X" and "Address: Y" or "serial = 1", and an
/// answer of resolvectl, "NAME IN TXT "..." -- link: eth0".
bool Translator::read_field(std::string_view line, const std::string& lower) {
  const std::string_view value =
      trim(line.substr(std::min(line.find(':') + 1, line.size())));
  const std::string_view label =
      std::string_view(lower).substr(0, lower.find_first_of(" \t"));
  if (is_nslookup_ && label == "name:") {
    host_ = value;
    return true;
  }
  if (is_nslookup_ && (label == "address:" || label == "addresses:")) {
    if (!host_.empty() && !has(value, "#")) {
      append(fmt::format("{} IN {} {}", absolute(host_),
                         has(value, ":") ? "AAAA" : "A", value));
    }
    return true;
  }
  if (const std::size_t link = line.find(" -- link: ");
      link != std::string_view::npos && !has(line.substr(link), "\"")) {
    const std::size_t blank = line.find_first_of(" \t");
    append(absolute(line.substr(0, blank)));
    append(line.substr(blank, link - blank));
    return true;
  }
  // Of Windows, in front of an SOA.
  if (is_nslookup_ && line.find_first_of(" \t\"") == std::string_view::npos) {
    return true;
  }
  const std::size_t equals = line.find(" = ");
  return equals < line.find_first_of("\";(") && !has_our_text(lower);
}

/// "- NAME 300 IN TXT "..."", of newer ones in single quotes. The rest says
/// nothing about records, "- type: MESSAGE" and "- authoritative:" neither.
void Translator::read_yaml(std::string_view line) {
  if (!line.starts_with("- ")) return;
  line = trim(line.substr(2));
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

/// What a comment tells of the answer that it is part of.
Result<void> Translator::read_comment(std::string_view line,
                                      const std::string& lower) {
  if (lower.starts_with("; <<>> ")) {
    out_.is_answer = has_banner_ = true;
  } else if (lower.starts_with(";; query time: ") ||
             lower.starts_with(";; server: ")) {
    has_banner_ = true;
  } else if (lower.starts_with(";; answer section")) {
    out_.is_answer = true;
  } else if (lower.starts_with(";; flags: ")) {
    const std::string flags = lower.substr(0, lower.find(';', 2)) + ' ';
    if (has(flags, " tc ")) return failure("the answer is truncated (tc)");
    is_referral_ =
        !has(flags, " aa ") && !has(flags, " ra ") && has(lower, "answer: 0");
  } else {
    // ";_mta-sts.example.com. IN TXT"
    line = trim(line.substr(line.find_first_not_of(';') == line.npos
                                ? line.size()
                                : line.find_first_not_of(';')));
    const std::size_t end = line.find_first_of(" \t");
    if (end == line.npos || end < 2 || line[end - 1] != '.') return {};
    const std::string_view rest = trim(line.substr(end));
    if (rest.starts_with("IN") && rest.ends_with("TXT") && rest.size() <= 8) {
      out_.questions.insert(to_lower_ascii(line.substr(0, end - 1)));
      has_banner_ = true;
    }
  }
  return {};
}

Result<void> Translator::read(std::string_view raw) {
  ++line_;
  const std::string_view line = trim(raw);
  const std::string lower = to_lower_ascii(line);
  const bool is_comment = line.starts_with(';');
  if (open_text_ && !line.empty() && !line.starts_with('"')) {
    out_.text.insert(out_.text.size() - 1, ")");
    open_text_ = false;
  }
  Result<void> done;
  if (has(lower, "->>header<<-") || lower.starts_with("rcode ") ||
      (is_comment && (has(lower, "opcode: ") || has(lower, "\trcode"))) ||
      (is_yaml && lower.starts_with("status: "))) {
    done = read_status(lower);
  } else if (is_comment) {
    done = read_comment(line, lower);
  }
  if (!done) return done;
  if (!is_comment && is_referral_ && has(lower, "\tns\t")) {
    return failure("the answer is a referral to other servers");
  }
  Result<bool> taken = read_phrase(line, lower);
  if (taken && !*taken) taken = read_verdict(line, lower);
  if (!taken) return tl::unexpected<Error>(taken.error());
  if (*taken) {
    // A comment, or nothing that a zone has.
  } else if (is_yaml && !is_comment) {
    read_yaml(line);
  } else if (const std::size_t end = line.find(".] ");
             line.starts_with('[') && end != line.npos) {
    answered();
    append(line.substr(end + 3));  // knotc zone-read
  } else if (line.empty() || is_comment ||
             (!read_wording(line, lower) && !read_field(line, lower))) {
    if (!line.empty() && !is_comment) answered();
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
  if (open_text_) out_.text.insert(out_.text.size() - 1, ")");
  if (is_nameless_) out_.questions.clear();
  return std::move(out_);
}

}  // namespace

Result<ZoneText> read_resolver_output(std::string_view text) {
  constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(k_byte_order_mark)) {
    text.remove_prefix(k_byte_order_mark.size());
  }
  if (const std::optional<Error> foreign = find_foreign_form(text)) {
    return tl::unexpected<Error>(*foreign);
  }
  Translator translator;
  // dig +yaml, delv +yaml
  translator.is_yaml =
      has(text, "type: MESSAGE\n") || has(text, "type: MESSAGE\r") ||
      has(text, "type: DIG_ERROR") || has(text, "type: DELV_RESULT");
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const Result<void> read = translator.read(line);
    if (!read) return tl::unexpected<Error>(read.error());
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return translator.take();
}

}  // namespace mtasts::dns
