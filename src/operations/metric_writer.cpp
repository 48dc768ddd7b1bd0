// SPDX-License-Identifier: MIT
#include "operations/metric_writer.hpp"

namespace mtasts::operations {
namespace {

std::string_view type_name(MetricType type, MetricForm form) {
  switch (type) {
    case MetricType::counter:
      return "counter";
    case MetricType::histogram:
      return "histogram";
    case MetricType::info:
      return form == MetricForm::open_metrics ? "info" : "gauge";
    case MetricType::gauge:
      break;
  }
  return "gauge";
}

std::string_view suffix_of(MetricType type) {
  if (type == MetricType::counter) return "_total";
  return type == MetricType::info ? "_info" : "";
}

}  // namespace

void MetricWriter::family(std::string_view name, MetricType type,
                          std::string_view help) {
  name_ = name;
  suffix_ = suffix_of(type);
  const bool open = form_ == MetricForm::open_metrics;
  const std::string declared =
      open ? std::string(name) : fmt::format("{}{}", name, suffix_);
  text_ += fmt::format("# TYPE {} {}\n", declared, type_name(type, form_));
  for (const std::string_view unit : {"seconds", "bytes"}) {
    if (open && name.ends_with(unit)) {
      text_ += fmt::format("# UNIT {} {}\n", declared, unit);
    }
  }
  text_ += fmt::format("# HELP {} {}\n", declared, help);
}

void MetricWriter::finish() {
  if (form_ == MetricForm::open_metrics) text_ += "# EOF\n";
}

}  // namespace mtasts::operations
