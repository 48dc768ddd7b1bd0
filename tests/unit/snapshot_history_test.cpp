// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "config/load.hpp"
#include "process/clock.hpp"
#include "snapshot/history.hpp"
#include "snapshot/record.hpp"
#include "snapshot/snapshot.hpp"
#include "temp_dir.hpp"

namespace mtasts::snapshot {
namespace {

/// More lines than are written at a time.
constexpr int k_domains = 12'000;

config::Live make_live(const TempDir& dir, std::string_view mx) {
  std::string domains;
  for (int i = 0; i < k_domains; ++i) {
    domains += fmt::format("\"d{}.example\", ", i);
  }
  const std::string path = dir.write(
      "a.toml", fmt::format("[[policy]]\ndomains = [{}]\nmx = [\"{}\"]\n"
                            "mode = \"enforce\"\nmax_age = 86400\n"
                            "[server]\nlisten = [\"127.0.0.1:0\"]\n",
                            domains, mx));
  config::Loaded loaded = config::load_config(path);
  if (!loaded.config) {
    for (const Diagnostic& one : loaded.diagnostics) {
      ADD_FAILURE() << format_diagnostic(one);
    }
    return {};
  }
  return std::move(loaded.config->live);
}

/// How many domains `record` has with the policy of `live`, and no other, as
/// served still.
std::size_t count_served(const Record& record, const config::Live& live) {
  const std::vector<std::string> all = all_domains(live);
  return static_cast<std::size_t>(
      std::ranges::count_if(all, [&](const std::string& domain) {
        const auto past = record.domains.find(domain);
        return past != record.domains.end() &&
               std::ranges::count_if(past->second.served(),
                                     &sts::Served::is_open) == 1 &&
               record.is_open(domain, live.find_domain(domain)->id());
      }));
}

TEST(SnapshotHistory, HasEachOfVeryManyDomains) {
  const TempDir dir;
  const std::string path = dir.path("history");
  const config::Live first = make_live(dir, "mx.example.net");
  const config::Live second = make_live(dir, "mx.example.org");
  const std::vector<std::string> domains = all_domains(first);
  History history(process::this_moment);
  EXPECT_TRUE(history.open(path).empty());

  history.begin(first);
  EXPECT_GT(std::filesystem::file_size(path), 1U << 20);
  EXPECT_EQ(count_served(read_record(path).value(), first), k_domains);

  history.announce(first, second, domains);
  EXPECT_EQ(count_served(read_record(path).value(), second), 0U);
  history.replace(first, second, domains);
  EXPECT_EQ(count_served(read_record(path).value(), second), k_domains);
  EXPECT_EQ(history.state(), History::State::good);
}

}  // namespace
}  // namespace mtasts::snapshot
