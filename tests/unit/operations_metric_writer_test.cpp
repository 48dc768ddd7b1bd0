// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "operations/metric_writer.hpp"

namespace mtasts::operations {
namespace {

std::string write(MetricForm form) {
  std::string text;
  MetricWriter out(form, text);
  out.family("build", MetricType::info, "What it is.");
  out.sample(1, "version=\"1\"");
  out.family("cpu_seconds", MetricType::counter, "Time.");
  out.sample(0.5);
  out.finish();
  return text;
}

TEST(OperationsMetricWriter, WritesOpenMetrics) {
  EXPECT_EQ(write(MetricForm::open_metrics),
            "# TYPE build info\n# HELP build What it is.\n"
            "build_info{version=\"1\"} 1\n"
            "# TYPE cpu_seconds counter\n# UNIT cpu_seconds seconds\n"
            "# HELP cpu_seconds Time.\ncpu_seconds_total 0.5\n# EOF\n");
}

TEST(OperationsMetricWriter, WritesTheFormatOfPrometheus) {
  EXPECT_EQ(write(MetricForm::prometheus),
            "# TYPE build_info gauge\n# HELP build_info What it is.\n"
            "build_info{version=\"1\"} 1\n"
            "# TYPE cpu_seconds_total counter\n"
            "# HELP cpu_seconds_total Time.\ncpu_seconds_total 0.5\n");
}

}  // namespace
}  // namespace mtasts::operations
