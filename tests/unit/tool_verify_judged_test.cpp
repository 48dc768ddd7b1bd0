// SPDX-License-Identifier: MIT
// From facts to what people read: tests/verify/output/NAME.json, judged at the
// hour of its look without a configuration, is printed as NAME.txt and
// NAME.prom say. MTA_STSD_UPDATE=1 writes those two anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "tool/verify_output.hpp"
#include "verify/facts_json.hpp"
#include "verify/judged.hpp"

namespace mtasts::tool {
namespace {

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class ToolVerifyJudged : public testing::TestWithParam<const char*> {
 protected:
  static std::string path(const std::string& extension) {
    return MTASTSD_SOURCE "/tests/verify/output/" + std::string(GetParam()) +
           extension;
  }

  static std::string print(std::string_view form) {
    const auto output = make_output(form, Colour::none, Notes::counted);
    std::string text;
    const auto taken =
        verify::parse_each_facts(read(path(".json")), [&](verify::Facts facts) {
          const auto at = facts.at;
          text += output->add(verify::judge_whole(std::move(facts), {}, at));
        });
    EXPECT_TRUE(taken) << taken.error().message;
    return text + output->finish();
  }

  static void compare(std::string_view form, const std::string& extension) {
    const std::string text = print(form);
    if (std::getenv("MTA_STSD_UPDATE") != nullptr) {
      std::ofstream(path(extension), std::ios::binary) << text;
    }
    EXPECT_EQ(text, read(path(extension)));
  }
};

TEST_P(ToolVerifyJudged, IsPrintedForPeople) { compare("text", ".txt"); }

TEST_P(ToolVerifyJudged, IsPrintedForPrometheus) {
  compare("prometheus", ".prom");
}

INSTANTIATE_TEST_SUITE_P(Facts, ToolVerifyJudged,
                         testing::Values("absent", "faults", "good",
                                         "untested"));

}  // namespace
}  // namespace mtasts::tool
