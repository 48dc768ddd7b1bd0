// SPDX-License-Identifier: MIT
#include "dns/zone_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

namespace mtasts::dns {
namespace {

using std::chrono::seconds;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Token {
  std::string text;  // without quotes and escapes
  bool quoted = false;
  bool escaped = false;
};

/// One entry: a line, or several that brackets join.
struct Entry {
  std::size_t line = 0;
  bool has_owner = false;  // it does not begin with white space
  std::vector<Token> tokens = {};
};

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }

  /// The next entry, which may be empty.
  Result<Entry> next() {
    Entry entry{.line = line_};
    entry.has_owner = !at_end() && !is_blank(text_[at_]);
    std::size_t open = 0;
    while (!at_end()) {
      const char c = text_[at_];
      if (c == '\n') {
        ++at_;
        ++line_;
        if (open == 0) return entry;
      } else if (is_blank(c)) {
        ++at_;
      } else if (c == ';') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == '(' || c == ')') {
        if (c == ')' && open == 0) return broken("a \")\" closes nothing");
        open = c == '(' ? open + 1 : open - 1;
        ++at_;
      } else {
        Result<Token> token = c == '"' ? quoted() : bare();
        if (!token) return tl::unexpected<Error>(token.error());
        entry.tokens.push_back(*std::move(token));
      }
    }
    if (open != 0) {
      line_ = entry.line;
      return broken("a \"(\" is not closed");
    }
    return entry;
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

  tl::unexpected<Error> broken(std::string_view what) const {
    return fail(fmt::format("line {}: {}", line_, what));
  }

  Result<Token> quoted() {
    Token token{.text = {}, .quoted = true};
    for (++at_; !at_end() && text_[at_] != '\n';) {
      if (text_[at_] == '"') {
        ++at_;
        return token;
      }
      take(token);
    }
    return broken("a quote is not closed");
  }

  Result<Token> bare() {
    Token token;
    while (!at_end() && !is_blank(text_[at_]) &&
           std::string_view("\n;()\"").find(text_[at_]) ==
               std::string_view::npos) {
      take(token);
    }
    return token;
  }

  /// One octet, which "\" and the octet or its three digits can stand for.
  void take(Token& token) {
    if (text_[at_] != '\\' || at_ + 1 == text_.size() ||
        text_[at_ + 1] == '\n') {
      token.text += text_[at_++];
      return;
    }
    token.escaped = true;
    ++at_;
    std::uint8_t code = 0;
    const std::string_view digits = text_.substr(at_, 3);
    if (digits.size() == 3 &&
        std::all_of(digits.begin(), digits.end(), is_digit) &&
        std::from_chars(digits.data(), digits.data() + 3, code).ec ==
            std::errc{}) {
      token.text += static_cast<char>(code);
      at_ += 3;
      return;
    }
    token.text += text_[at_++];
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

/// Seconds, also as BIND writes them: "1h30m".
std::optional<seconds> parse_ttl(std::string_view text) {
  std::uint64_t total = 0;
  while (!text.empty()) {
    std::uint32_t number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    constexpr std::string_view k_units = "smhdw";
    constexpr std::uint32_t k_seconds[] = {1, 60, 3600, 86400, 604800};
    const std::size_t unit =
        text.empty() ? 0 : k_units.find(to_lower_ascii(text.substr(0, 1)));
    if (unit == std::string_view::npos) return std::nullopt;
    if (!text.empty()) text.remove_prefix(1);
    total += std::uint64_t{number} * k_seconds[unit];
    // RFC 2181, 8: 31 bits.
    if (total > 0x7FFFFFFF) return std::nullopt;
  }
  return seconds(total);
}

std::optional<Type> find_type(std::string_view text) {
  const std::string lower = to_lower_ascii(text);
  for (const Type type : {Type::txt, Type::cname, Type::a, Type::aaaa}) {
    if (lower == to_lower_ascii(format_type(type))) return type;
  }
  return std::nullopt;
}

class Reader {
 public:
  explicit Reader(std::string_view origin) {
    if (!origin.empty()) origin_ = origin;
  }

  Result<void> read(const Entry& entry);

  std::vector<ZoneRecord> take() { return std::move(records_); }

 private:
  Result<void> read_directive(const Entry& entry);
  Result<std::string> absolute(const Token& token, std::size_t line) const;
  Result<void> add(const Entry& entry, std::size_t at, Type type,
                   std::optional<seconds> ttl);

  std::vector<ZoneRecord> records_;
  std::optional<std::string> origin_;  // empty: the root
  Token owner_;
  std::optional<seconds> default_ttl_;  // of $TTL (RFC 2308, 4)
  std::optional<seconds> last_ttl_;     // else the last one counts
};

Result<std::string> Reader::absolute(const Token& token,
                                     std::size_t line) const {
  const std::string name = to_lower_ascii(token.text);
  if (name.ends_with('.')) return name.substr(0, name.size() - 1);
  if (!origin_) {
    return fail(fmt::format("line {}: the name {} is relative, and there is "
                            "no $ORIGIN",
                            line, in_quotes(token.text)),
                "put $ORIGIN example.com. in front, or name one domain");
  }
  if (name == "@") return *origin_;
  return origin_->empty() ? name : name + "." + *origin_;
}

Result<void> Reader::read_directive(const Entry& entry) {
  const std::string name = to_lower_ascii(entry.tokens[0].text);
  if (name == "$include") {
    return fail(fmt::format("line {}: $INCLUDE is not followed", entry.line),
                "named-compilezone(8) writes a zone into one file");
  }
  if (entry.tokens.size() < 2) return {};
  if (name == "$ttl") default_ttl_ = parse_ttl(entry.tokens[1].text);
  if (name == "$origin") {
    Result<std::string> origin = absolute(entry.tokens[1], entry.line);
    if (!origin) return tl::unexpected<Error>(origin.error());
    origin_ = *std::move(origin);
  }
  return {};
}

Result<void> Reader::add(const Entry& entry, std::size_t at, Type type,
                         std::optional<seconds> ttl) {
  ZoneRecord record{type, {}, ttl, {}, entry.line};
  // No name of ours needs an escape, and "\." is no dot between labels.
  if (owner_.escaped || at == entry.tokens.size()) return {};
  Result<std::string> owner = absolute(owner_, entry.line);
  if (!owner) return tl::unexpected<Error>(owner.error());
  if (owner->empty()) return {};  // the root
  record.owner = *std::move(owner);
  if (type == Type::txt) {
    for (; at < entry.tokens.size(); ++at)
      record.value += entry.tokens[at].text;
  } else if (type == Type::cname) {
    Result<std::string> target = absolute(entry.tokens[at], entry.line);
    if (!target) return tl::unexpected<Error>(target.error());
    record.value = *std::move(target);
  } else {
    const Result<Target> target = parse_target(entry.tokens[at].text);
    if (!target || target->type != type) return {};
    record.value = target->value;
  }
  records_.push_back(std::move(record));
  return {};
}

Result<void> Reader::read(const Entry& entry) {
  if (entry.tokens.empty()) return {};
  const Token& first = entry.tokens[0];
  if (entry.has_owner && first.quoted) {  // dig +short
    ZoneRecord record{Type::txt, {}, {}, {}, entry.line};
    for (const Token& token : entry.tokens) record.value += token.text;
    records_.push_back(std::move(record));
    return {};
  }
  if (entry.has_owner && first.text.starts_with('$')) {
    return read_directive(entry);
  }
  std::size_t at = 0;
  if (entry.has_owner) owner_ = entry.tokens[at++];
  // RFC 1035, 5.1: [<TTL>] [<class>] or [<class>] [<TTL>].
  std::optional<seconds> ttl;
  for (; at < entry.tokens.size(); ++at) {
    const std::string word = to_lower_ascii(entry.tokens[at].text);
    if (word == "in") continue;
    if (word.empty() || !is_digit(word.front())) break;
    ttl = last_ttl_ = parse_ttl(word);
  }
  if (at == entry.tokens.size()) return {};
  const std::optional<Type> type = find_type(entry.tokens[at].text);
  if (!type) return {};
  if (!ttl) ttl = default_ttl_ ? default_ttl_ : last_ttl_;
  return add(entry, at + 1, *type, ttl);
}

}  // namespace

Result<std::vector<ZoneRecord>> read_zone(std::string_view text,
                                          std::string_view origin) {
  Scanner scanner(text);
  Reader reader(origin);
  while (!scanner.at_end()) {
    const Result<Entry> entry = scanner.next();
    if (!entry) return tl::unexpected<Error>(entry.error());
    const Result<void> read = reader.read(*entry);
    if (!read) return tl::unexpected<Error>(read.error());
  }
  return reader.take();
}

}  // namespace mtasts::dns
