// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "process/clock.hpp"
#include "snapshot/readable.hpp"
#include "temp_dir.hpp"

namespace mtasts::snapshot {
namespace {

/// What may be read when the configuration is this one, below `dir`.
std::vector<std::string> readable(const TempDir& dir, std::string text) {
  const std::string path = dir.write("conf/mta-stsd.toml", text);
  SnapshotLoader loader(path);
  (void)loader.load({}, nullptr, process::this_second());
  return find_readable(loader);
}

TEST(ReadableTest, IsTheFolderOfTheConfigurationAndTheOneAbove) {
  const TempDir dir;
  EXPECT_EQ(readable(dir, "[server]\ncertificates = [\"../certs\"]\n"),
            std::vector{dir.path("")});
}

TEST(ReadableTest, IsWhereLinksLeadAndWhatLiesBeside) {
  const TempDir dir;
  const TempDir other;
  other.write("archive/a/key1.pem", "x");
  dir.write("live/a/README", "x");
  std::filesystem::create_symlink(other.path("archive/a/key1.pem"),
                                  dir.path("live/a/key.pem"));
  std::vector<std::string> want = {dir.path(""), other.path("archive/")};
  std::sort(want.begin(), want.end());
  EXPECT_EQ(readable(dir, "[server]\ncertificates = [\"../live\"]\n"), want);
}

TEST(ReadableTest, SparesWhatOthersShare) {
  const TempDir dir;
  const std::string path = dir.write("mta-stsd.toml", "");
  SnapshotLoader loader(path);
  (void)loader.load({}, nullptr, process::this_second());
  EXPECT_EQ(find_readable(loader), std::vector{dir.path("")});
}

/// What may be read when `dir` is the current folder, and this one is there.
std::vector<std::string> readable_from(const TempDir& dir, std::string text) {
  dir.write("mta-stsd.toml", text);
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(dir.path(""));
  SnapshotLoader loader("mta-stsd.toml");
  (void)loader.load({}, nullptr, process::this_second());
  std::vector<std::string> found = find_readable(loader);
  std::filesystem::current_path(before);
  return found;
}

TEST(ReadableTest, IsTheCurrentFolderWhereThePathIsBelowNoOther) {
  const TempDir dir;
  EXPECT_EQ(readable_from(dir, ""), std::vector{dir.path("")});
}

TEST(ReadableTest, IsTheFolderAboveTheCurrentOneWhereAPathLeadsThere) {
  const TempDir dir;
  const std::filesystem::path above =
      std::filesystem::path(dir.path("")).parent_path().parent_path();
  EXPECT_EQ(readable_from(dir, "include = [\"../no-such-name-*.toml\"]\n"),
            std::vector{above.string() + "/"});
}

TEST(ReadableTest, IsTheFolderOfTheSummaryOfReports) {
  const TempDir dir;
  const TempDir other;
  const std::string path = dir.write("mta-stsd.toml", "");
  SnapshotLoader loader(path);
  (void)loader.load({}, nullptr, process::this_second());
  const auto allowed = [&](const std::string& summary) {
    config::Startup startup;
    startup.report_summary = summary;
    return find_allowed(startup, loader).readable;
  };
  const std::vector<std::string> without = {dir.path("")};
  EXPECT_EQ(allowed(""), without);
  EXPECT_EQ(allowed("/summary"), without);
  EXPECT_EQ(allowed(other.path("none/summary")), without);
  // The file need not be there yet.
  std::vector<std::string> with = without;
  with.push_back(std::filesystem::path(other.path("x")).parent_path().string());
  EXPECT_EQ(allowed(other.path("summary")), with);
}

}  // namespace
}  // namespace mtasts::snapshot
