// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "operations/report_file.hpp"
#include "temp_dir.hpp"
#include "test_status.hpp"

namespace mtasts::operations {
namespace {

namespace fs = std::filesystem;

std::string text_of(std::uint64_t reports) {
  tlsrpt::DomainDay day = make_reported();
  day.reports = reports;
  return tlsrpt::format_report_days({day}, k_now);
}

/// How many reports of the domain the file has.
std::uint64_t reports_of(ReportFile& file) {
  const ReportedDays& reported = file.look();
  if (!reported.days) ADD_FAILURE() << reported.fault;
  return reported.days ? reported.days->find("example.com")->reports : 0;
}

TEST(OperationsReportFile, IsNotWantedWithoutAPath) {
  ReportFile file("");
  EXPECT_FALSE(file.look().is_wanted);
  EXPECT_EQ(file.look().fault, "");
}

TEST(OperationsReportFile, IsReadWhenAnotherTakesItsPlace) {
  const TempDir dir;
  const std::string path = dir.write("summary", text_of(41));
  ReportFile file(path);
  EXPECT_EQ(reports_of(file), 41U);
  const auto before = file.look().days;
  EXPECT_EQ(file.look().days, before);

  fs::rename(dir.write("fresh", text_of(42)), path);
  EXPECT_EQ(reports_of(file), 42U);
  // Who has it still reads it to its end.
  EXPECT_EQ(before->find("example.com")->reports, 41U);
}

TEST(OperationsReportFile, SaysWhyThereIsNone) {
  const TempDir dir;
  const std::string path = dir.path("summary");
  ReportFile file(path);
  EXPECT_TRUE(file.look().is_wanted);
  EXPECT_EQ(file.look().fault, "\"" + path +
                                   "\" can't be read: No such file or "
                                   "directory (mta-sts reports import writes "
                                   "it)");
  dir.write("summary", text_of(43));
  EXPECT_EQ(reports_of(file), 43U);
  EXPECT_EQ(file.look().fault, "");

  fs::rename(dir.write("fresh", "<html>"), path);
  EXPECT_EQ(file.look().days, nullptr);
  EXPECT_EQ(file.look().fault,
            "\"" + path +
                "\" is no summary of reports, or of another version (mta-sts "
                "reports import writes it, of the same version)");
  fs::remove(path);
  fs::create_directory(path);
  EXPECT_EQ(file.look().fault, "\"" + path +
                                   "\" can't be read: is a directory (mta-sts "
                                   "reports import writes it)");
}

}  // namespace
}  // namespace mtasts::operations
