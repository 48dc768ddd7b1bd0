// SPDX-License-Identifier: MIT
#include "verify/facts_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "dns/name.hpp"
#include "text/json.hpp"
#include "text/parse_time.hpp"
#include "text/time.hpp"
#include "text/utf8.hpp"
#include "verify/facts_fields.hpp"

namespace mtasts::verify {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::sys_seconds;

/// Ours are not half as deep. What is deeper costs more memory than octets.
constexpr int k_max_depth = 32;
/// Elements of all lists together: a domain with a hundred MX hosts has some
/// thousands. An empty one is three octets, and a hundred times that when read.
constexpr std::size_t k_max_elements = 50'000;
constexpr std::string_view k_latin1 = "latin1";

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = text::utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// Each octet as the character of that number, in UTF-8.
std::string from_latin1(std::string_view octets) {
  std::string text;
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xC0U | octet >> 6U);
      text += static_cast<char>(0x80U | (octet & 0x3FU));
    }
  }
  return text;
}

/// The octets of `text`, UTF-8; nothing when a character is U+0100 or above.
std::optional<std::string> find_latin1(std::string_view text) {
  std::string octets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      octets += text[i];
    } else if (lead <= 0xC3) {
      const auto tail = static_cast<unsigned char>(text[++i]);
      octets += static_cast<char>((lead & 0x03U) << 6U | (tail & 0x3FU));
    } else {
      return std::nullopt;
    }
  }
  return octets;
}

// --- Writing ---

/// Appends to a text, without the detour over values of nlohmann: bulk runs
/// write a hundred thousand of these.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  template <class T>
  void operator()(std::string_view name, const T& value) {
    fmt::format_to(std::back_inserter(out_), "{}\"{}\":", before_, name);
    before_ = ",";
    write(value);
  }

  template <class T>
  void write(const T& value) {
    if constexpr (std::is_enum_v<T>) {
      const std::string_view word =
          words(value)[static_cast<std::size_t>(value)];
      fmt::format_to(std::back_inserter(out_), "\"{}\"", word);
    } else if constexpr (std::is_arithmetic_v<T>) {
      fmt::format_to(std::back_inserter(out_), "{}", value);
    } else {
      out_ += '{';
      Writer inner(out_);
      fields(inner, value);
      out_ += '}';
    }
  }

 private:
  void write(const std::string& value) {
    out_ += is_utf8(value) ? text::json_quote(value)
                           : fmt::format("{{\"{}\":{}}}", k_latin1,
                                         text::json_quote(from_latin1(value)));
  }
  void write(sys_seconds value) {
    out_ += text::json_quote(text::format_time(value));
  }
  void write(milliseconds value) { write(value.count()); }
  template <class T>
  void write(const std::optional<T>& value) {
    value ? write(*value) : void(out_ += "null");
  }
  template <class T>
  void write(const std::shared_ptr<const T>& value) {
    write(*value);
  }
  template <class T>
  void write(const std::vector<T>& list) {
    std::string_view before = "[";
    for (const T& one : list) {
      out_ += std::exchange(before, ",");
      write(one);
    }
    out_ += list.empty() ? "[]" : "]";
  }

  std::string& out_;
  std::string_view before_;
};

// --- Reading ---

/// What a Reader and those that it makes have in common.
struct Reading {
  std::string place = {};  // a JSON pointer (RFC 6901); the names need no "~"
  std::optional<std::string> fault = {};  // the first
  std::size_t elements = 0;
};

class Reader {
 public:
  Reader(const json& object, Reading& reading)
      : object_(object), reading_(reading) {}

  /// A member that is missing keeps its default.
  template <class T>
  void operator()(std::string_view name, T& value) {
    if (reading_.fault) return;
    if (const auto found = object_.find(name); found != object_.end()) {
      read_at(name, *found, value);
    }
  }

  template <class T>
  void read(const json& from, T& value) {
    if constexpr (std::is_enum_v<T>) {
      read_word(from, value);
    } else if constexpr (std::is_arithmetic_v<T>) {
      read_number(from, value);
    } else if (from.is_object()) {
      Reader inner(from, reading_);
      fields(inner, value);
    } else {
      refuse("is no object");
    }
  }

 private:
  void refuse(std::string_view what) {
    if (reading_.fault) return;
    reading_.fault = fmt::format(
        "{} {}", reading_.place.empty() ? "the document" : reading_.place,
        what);
  }

  template <class Step, class T>
  void read_at(const Step& step, const json& from, T& value) {
    const std::size_t size = reading_.place.size();
    reading_.place += fmt::format("/{}", step);
    read(from, value);
    reading_.place.resize(size);
  }

  template <class T>
  void read_word(const json& from, T& value) {
    const Words known = words(value);
    const auto* text = from.get_ptr<const json::string_t*>();
    const auto found =
        text == nullptr ? known.end() : std::ranges::find(known, *text);
    if (found == known.end()) {
      return refuse(fmt::format("is none of: {}", fmt::join(known, ", ")));
    }
    value = static_cast<T>(found - known.begin());
  }

  template <class T>
  void read_number(const json& from, T& value) {
    const bool fits = from.is_number_unsigned()
                          ? std::in_range<T>(from.get<std::uint64_t>())
                          : from.is_number_integer() &&
                                std::in_range<T>(from.get<std::int64_t>());
    if (!fits) return refuse("is no whole number of its range");
    value = from.get<T>();
  }

  void read(const json& from, bool& value) {
    if (!from.is_boolean()) return refuse("is neither true nor false");
    value = from.get<bool>();
  }
  void read(const json& from, std::string& value) {
    const json* text = &from;
    const bool is_latin1 = from.is_object() && from.contains(k_latin1);
    if (is_latin1) text = &*from.find(k_latin1);
    if (!text->is_string()) return refuse("is no text");
    value = text->get_ref<const json::string_t&>();
    if (!is_latin1) return;
    std::optional<std::string> octets = find_latin1(value);
    if (!octets) return refuse("has a character above U+00FF");
    value = *std::move(octets);
  }
  void read(const json& from, sys_seconds& value) {
    const auto* text = from.get_ptr<const json::string_t*>();
    if (text == nullptr) return refuse("is no time");
    const auto time = text::parse_time(*text);
    if (!time) return refuse("is no time: " + in_quotes(*text));
    value = *time;
  }
  void read(const json& from, milliseconds& value) {
    milliseconds::rep count = 0;
    read_number(from, count);
    value = milliseconds(count);
  }
  template <class T>
  void read(const json& from, std::optional<T>& value) {
    if (!from.is_null()) read(from, value.emplace());
  }
  template <class T>
  void read(const json& from, std::shared_ptr<const T>& value) {
    auto made = std::make_shared<T>();
    read(from, *made);
    value = std::move(made);
  }
  template <class T>
  void read(const json& from, std::vector<T>& list) {
    if (!from.is_array()) return refuse("is no list");
    reading_.elements += from.size();
    if (reading_.elements > k_max_elements) {
      return refuse(fmt::format("is too much: more than {} elements in all",
                                k_max_elements));
    }
    list.resize(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (!reading_.fault) read_at(i, from[i], list[i]);
    }
  }

  const json& object_;
  Reading& reading_;
};

/// How many brackets are open at once, at most.
int depth_of(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool is_in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') is_in_string = !is_in_string;
    if (is_in_string) {
      if (c == '\\') ++i;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return deepest;
}

Result<json> parse_json(std::string_view text) {
  if (text.size() > k_max_facts_octets) {
    return fail(fmt::format("the document is larger than {} MiB",
                            k_max_facts_octets >> 20U),
                "put each domain on a line of its own");
  }
  if (depth_of(text) > k_max_depth) {
    return fail(fmt::format("the document is nested deeper than {} levels",
                            k_max_depth));
  }
  const auto bad = [](std::size_t octet) {
    return fail(fmt::format("the document is no JSON from octet {} on", octet));
  };
  // nlohmann takes a NUL for the end, and would not look at what is behind it.
  if (const std::size_t end = text.find('\0'); end != text.npos) {
    return bad(end + 1);
  }
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    return bad(error.byte);
  } catch (const json::out_of_range&) {
    return fail("the document has a number that is too large");
  }
}

Result<Facts> read_facts(const json& from) {
  constexpr const char* k_hint =
      "give it what \"verify\" prints with its format json or jsonl";
  Facts facts;
  Reading reading;
  Reader(from, reading).read(from, facts);
  if (reading.fault) return fail(*std::move(reading.fault), k_hint);
  const auto name = dns::Name::parse(facts.domain);
  if (!name) {
    return fail(about_value("/domain", facts.domain, name.error()));
  }
  facts.domain = name->text();
  return facts;
}

/// Of one document.
Result<void> take_each(const json& document,
                       const std::function<void(Facts)>& take) {
  if (document.is_object() && document.contains("domains")) {
    const json& domains = document["domains"];
    if (!domains.is_array()) return fail("/domains is no list");
    for (const json& one : domains) {
      if (const auto taken = take_each(one, take); !taken) return taken;
    }
    return {};
  }
  const bool is_inside = document.is_object() && document.contains("facts");
  auto facts = read_facts(is_inside ? document["facts"] : document);
  if (!facts) return fail(std::move(facts.error()));
  take(*std::move(facts));
  return {};
}

}  // namespace

std::string format_facts(const Facts& facts) {
  std::string out;
  Writer(out).write(facts);
  return out;
}

Result<void> parse_each_facts(std::string_view text,
                              const std::function<void(Facts)>& take) {
  // An object that is spread over lines does not end with the first.
  const bool has_lines = json::accept(text.substr(0, text.find('\n')));
  for (std::size_t number = 1; number == 1 || !text.empty(); ++number) {
    const std::size_t end = has_lines ? text.find('\n') : text.npos;
    const auto document = parse_json(text.substr(0, end));
    text.remove_prefix(end < text.size() ? end + 1 : text.size());
    const auto taken = document ? take_each(*document, take)
                                : Result<void>(fail(document.error()));
    if (taken) continue;
    Error error = taken.error();
    if (number > 1 || !text.empty()) {
      error.message = fmt::format("line {}: {}", number, error.message);
    }
    return fail(std::move(error));
  }
  return {};
}

}  // namespace mtasts::verify
