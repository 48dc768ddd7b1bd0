// SPDX-License-Identifier: MIT
// Facts that chance makes up: every member, of any value that it can hold.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "random.hpp"
#include "verify/facts.hpp"
#include "verify/facts_fields.hpp"

namespace mtasts::verify {

class RandomFacts {
 public:
  explicit RandomFacts(Random& random) : random_(random) {}

  Facts make() {
    Facts facts;
    make(facts);
    facts.domain = "alpha.test";
    return facts;
  }

  template <class T>
  void operator()(std::string_view, T& value) {
    make(value);
  }

 private:
  template <class T>
  void make(T& value) {
    if constexpr (std::is_enum_v<T>) {
      value = static_cast<T>(random_.below(words(value).size()));
    } else if constexpr (std::is_arithmetic_v<T>) {
      value = random_.once_in(4) ? std::numeric_limits<T>::max()
                                 : static_cast<T>(random_.below(1000));
    } else {
      fields(*this, value);
    }
  }
  void make(bool& value) { value = random_.once_in(2); }
  /// Mostly what people read, now and then any octets.
  void make(std::string& value) {
    static const std::vector<std::string> texts = {
        "",
        "mx.alpha.test",
        "v=STSv1; id=1;",
        "mode: enforce\r\n",
        "\"\\/",
        "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x93\xAC"};
    value = random_.one_of(texts);
    if (!random_.once_in(4)) return;
    for (std::size_t left = random_.below(20); left > 0; --left) {
      value += static_cast<char>(random_.below(256));
    }
  }
  /// From the year 0 to the end of 9999.
  void make(std::chrono::sys_seconds& value) {
    constexpr std::uint64_t k_seconds = 315'569'520'000;
    const std::uint64_t wide =
        (static_cast<std::uint64_t>(random_.below(std::size_t{1} << 31U))
         << 31U) +
        random_.below(std::size_t{1} << 31U);
    value = std::chrono::sys_days{std::chrono::year{0} / 1 / 1} +
            std::chrono::seconds(wide % k_seconds);
  }
  void make(std::chrono::milliseconds& value) {
    value = std::chrono::milliseconds(random_.below(100'000));
  }
  template <class T>
  void make(std::optional<T>& value) {
    if (random_.once_in(2)) make(value.emplace());
  }
  template <class T>
  void make(std::shared_ptr<const T>& value) {
    auto made = std::make_shared<T>();
    make(*made);
    value = made;
  }
  template <class T>
  void make(std::vector<T>& list) {
    list.resize(random_.below(3));
    for (T& one : list) make(one);
  }

  Random& random_;
};

}  // namespace mtasts::verify
