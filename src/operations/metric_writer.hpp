// SPDX-License-Identifier: MIT
// Writes metrics in either of the two texts that Prometheus reads: OpenMetrics
// 1.0, or the older format 0.0.4 of Prometheus, which differ in how counters
// and facts are declared, and in the end.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>

namespace mtasts::operations {

enum class MetricForm { open_metrics, prometheus };

enum class MetricType { counter, gauge, histogram, info };

class MetricWriter {
 public:
  /// Appends to `text`, which has to outlive it.
  MetricWriter(MetricForm form, std::string& text) : form_(form), text_(text) {}

  /// Begins a family; its samples follow. `name` is without the suffix of its
  /// type, "_total" or "_info". A name that ends in seconds or bytes has that
  /// unit.
  void family(std::string_view name, MetricType type, std::string_view help);

  /// One sample of the family. `labels` are as they are written: a="b",c="d".
  template <class T>
  void sample(T value, std::string_view labels = {}) {
    write(suffix_, labels, value);
  }
  /// A family of one sample.
  template <class T>
  void one(std::string_view name, MetricType type, std::string_view help,
           T value) {
    family(name, type, help);
    sample(value);
  }
  /// One of the several kinds that a histogram has: "_bucket".
  template <class T>
  void part(std::string_view suffix, T value, std::string_view labels = {}) {
    write(suffix, labels, value);
  }

  /// Behind the last sample of all.
  void finish();

 private:
  template <class T>
  void write(std::string_view suffix, std::string_view labels, T value) {
    if (labels.empty()) {
      fmt::format_to(std::back_inserter(text_), "{}{} {}\n", name_, suffix,
                     value);
    } else {
      fmt::format_to(std::back_inserter(text_), "{}{}{{{}}} {}\n", name_,
                     suffix, labels, value);
    }
  }

  MetricForm form_;
  std::string& text_;
  std::string_view name_;
  std::string_view suffix_;
};

}  // namespace mtasts::operations
