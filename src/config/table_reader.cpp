// SPDX-License-Identifier: MIT
#include "config/table_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "text/ascii.hpp"

namespace mtasts::config {
namespace {

/// Levenshtein distance: how many letters to add, drop or change.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal =
          std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, change}));
    }
  }
  return row.back();
}

/// What was meant by a string where an array belongs; it may be a list itself.
std::string propose_array(std::string_view key, std::string_view list) {
  std::string elements;
  while (!list.empty()) {
    const std::string_view one = text::trim(text::take_until(list, ","), " ");
    if (one.empty()) continue;
    elements += elements.empty() ? "" : ", ";
    elements += in_quotes(one);
  }
  return elements.empty()
             ? std::string{}
             : fmt::format("put it in brackets: {} = [{}]", key, elements);
}

/// What is meant by what stands where true or false belongs.
std::string propose_truth(std::string_view key, const Value& value) {
  constexpr std::array<std::string_view, 8> k_words = {
      "true", "True", "yes", "on", "false", "False", "no", "off"};
  const auto* text = std::get_if<std::string>(&value.data);
  const auto* word =
      text == nullptr ? k_words.end() : std::ranges::find(k_words, *text);
  if (word == k_words.end()) return fmt::format("{} = true, or false", key);
  return fmt::format("write {} = {}", key,
                     word - k_words.begin() < 4 ? "true" : "false");
}

}  // namespace

std::string_view describe_type(const Value& value) {
  constexpr std::array<std::string_view, 6> k_names = {
      "a string", "an integer", "a boolean", "an array", "a table", "a date"};
  // All but Other, which comes last.
  static_assert(k_names.size() + 1 ==
                std::variant_size_v<decltype(Value::data)>);
  if (const Other* other = std::get_if<Other>(&value.data)) {
    return other->type_name;
  }
  return k_names[value.data.index()];
}

std::string TableReader::full_name(std::string_view key) const {
  return name_.empty() ? std::string(key) : fmt::format("{}.{}", name_, key);
}

/// No key takes control characters, and some would cut what C functions see.
bool TableReader::is_clean(std::string_view key, const std::string& text,
                           Position at) {
  const bool clean = std::ranges::none_of(text, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  if (!clean) {
    error("config.control-character", at,
          fmt::format("{} has a control character: {}", full_name(key),
                      in_quotes(text)),
          "delete it, and type what stands around it anew");
  }
  return clean;
}

const Value* TableReader::find(std::string_view key) {
  if (std::ranges::find(known_, key) == known_.end()) {
    known_.push_back(key);
  }
  const auto found = std::ranges::find(table_, key, &Member::key);
  return found == table_.end() ? nullptr : &found->value;
}

const Table* TableReader::find_table(std::string_view key) {
  const auto* table = find_as<Table>(key);
  const Value* value = find(key);
  if (value != nullptr && table == nullptr) {
    wrong_type(key, *value, "a table",
               fmt::format("write [{}] with one bracket", full_name(key)));
  }
  return table;
}

std::optional<Located<std::string>> TableReader::find_string(
    std::string_view key) {
  const Value* value = find(key);
  if (value == nullptr) return {};
  if (const auto* text = std::get_if<std::string>(&value->data)) {
    if (!is_clean(key, *text, value->at)) return {};
    return Located<std::string>{*text, value->at};
  }
  wrong_type(key, *value, "a string");
  return {};
}

std::optional<std::int64_t> TableReader::find_integer(std::string_view key,
                                                      std::int64_t least,
                                                      std::int64_t most) {
  const Value* value = find(key);
  if (value == nullptr) return {};
  const auto* number = std::get_if<std::int64_t>(&value->data);
  if (number == nullptr) {
    wrong_type(key, *value, "an integer");
  } else if (*number < least || *number > most) {
    error("config.out-of-range", value->at,
          fmt::format("{} is {}, outside {} to {}", full_name(key), *number,
                      least, most),
          "remove the key for what suits most");
  } else {
    return *number;
  }
  return {};
}

std::optional<bool> TableReader::find_boolean(std::string_view key) {
  const Value* value = find(key);
  if (value == nullptr) return {};
  if (const auto* truth = std::get_if<bool>(&value->data)) return *truth;
  wrong_type(key, *value, "true or false", propose_truth(key, *value));
  return {};
}

std::optional<std::chrono::sys_days> TableReader::find_date(
    std::string_view key) {
  const Value* value = find(key);
  if (value == nullptr) return {};
  if (const auto* date = std::get_if<std::chrono::sys_days>(&value->data)) {
    return *date;
  }
  wrong_type(
      key, *value, "a date",
      fmt::format("write it without quotes and time: {} = 2027-01-31", key));
  return {};
}

std::optional<std::vector<Located<std::string>>> TableReader::find_strings(
    std::string_view key, std::size_t most) {
  const Value* value = find(key);
  if (value == nullptr) return {};
  const auto* array = std::get_if<Array>(&value->data);
  if (array == nullptr) {
    const auto* text = std::get_if<std::string>(&value->data);
    wrong_type(key, *value, "an array of strings",
               text != nullptr ? propose_array(key, *text) : std::string{});
    return {};
  }
  if (array->size() > most) {
    error("config.out-of-range", value->at,
          fmt::format("{} has {} entries, above {}", full_name(key),
                      array->size(), most));
    return {};
  }
  std::vector<Located<std::string>> strings;
  for (const Value& element : *array) {
    if (const auto* text = std::get_if<std::string>(&element.data)) {
      if (is_clean(key, *text, element.at)) {
        strings.push_back({*text, element.at});
      }
    } else {
      error("config.wrong-type", element.at,
            fmt::format("{} has {} where a string is needed", full_name(key),
                        describe_type(element)),
            "a list of strings in quotes, without other values or lists in it");
    }
  }
  return strings;
}

void TableReader::error(std::string id, Position at, std::string message,
                        std::string hint) {
  append_bounded(out_, {Severity::error, std::move(id),
                        Place{std::string(file_), at.line, at.column},
                        std::move(message), std::move(hint)});
}

void TableReader::warning(std::string id, Position at, std::string message,
                          std::string hint) {
  append_bounded(out_, {Severity::warning, std::move(id),
                        Place{std::string(file_), at.line, at.column},
                        std::move(message), std::move(hint)});
}

void TableReader::refuse(std::string id, std::string_view key,
                         const Located<std::string>& value, Error fault) {
  fault = about_value(key, value.value, std::move(fault));
  error(std::move(id), value.at, std::move(fault.message),
        std::move(fault.hint));
}

void TableReader::wrong_type(std::string_view key, const Value& value,
                             std::string_view wanted, std::string hint) {
  std::string shown(describe_type(value));
  if (const auto* text = std::get_if<std::string>(&value.data)) {
    shown = fmt::format("the string {}", in_quotes(*text));
  } else if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
    shown = fmt::format("the integer {}", *number);
  }
  error("config.wrong-type", value.at,
        fmt::format("{} is {}, not {}", full_name(key), shown, wanted),
        std::move(hint));
}

void TableReader::finish() {
  for (const Member& member : table_) {
    if (is_full(out_)) return;
    if (std::ranges::find(known_, member.key) != known_.end()) {
      continue;
    }
    const auto distance = [&member](std::string_view key) {
      return edit_distance(member.key, key);
    };
    const auto nearest = std::ranges::min_element(known_, {}, distance);
    // Farther than a third of its letters is no slip of the finger.
    const bool near = nearest != known_.end() &&
                      distance(*nearest) <= (member.key.size() + 2) / 3;
    std::string hint;
    if (near) {
      hint = fmt::format("did you mean \"{}\"?", *nearest);
    } else {
      std::vector<std::string_view> keys(known_);
      std::ranges::sort(keys);
      hint = keys.size() == 1
                 ? fmt::format("the only key here is {}", keys.front())
                 : fmt::format("the keys here are {}", fmt::join(keys, ", "));
    }
    error("config.unknown-key", member.at,
          fmt::format("unknown key {} in {}", in_quotes(member.key),
                      name_.empty() ? "the top level" : name_),
          std::move(hint));
  }
}

}  // namespace mtasts::config
