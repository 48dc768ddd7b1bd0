// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <string>
#include <vector>

#include "tool/survey.hpp"

namespace mtasts::tool {
namespace {

std::vector<std::string> make_domains(std::size_t count) {
  std::vector<std::string> domains;
  for (std::size_t i = 0; i < count; ++i) {
    domains.push_back("d" + std::to_string(i) + ".alpha.test");
  }
  return domains;
}

verify::Judged look(const std::string& domain) {
  return {.facts = {.domain = domain}};
}

/// A survey that notes what it is given in `taken`.
Survey make_survey(Order order, std::vector<std::string>& taken) {
  return {.jobs = 4,
          .order = order,
          .look = look,
          .is_useful = [] { return true; },
          .take =
              [&taken](const verify::Judged& judged) {
                taken.push_back(judged.facts.domain);
                return true;
              }};
}

TEST(SurveyTest, TakesAllInTheOrderOfTheList) {
  const std::vector<std::string> domains = make_domains(500);
  std::vector<std::string> taken;
  EXPECT_EQ(run_survey(make_survey(Order::as_given, taken), domains), 500U);
  EXPECT_EQ(taken, domains);
}

TEST(SurveyTest, TakesThemAsTheyAreDone) {
  const std::vector<std::string> domains = make_domains(2);
  std::vector<std::string> taken;
  std::latch second_is_taken(1);
  Survey survey = make_survey(Order::as_done, taken);
  survey.look = [&](const std::string& domain) {
    if (domain == domains[0]) second_is_taken.wait();
    return look(domain);
  };
  survey.take = [&](const verify::Judged& judged) {
    taken.push_back(judged.facts.domain);
    if (taken.size() == 1) second_is_taken.count_down();
    return true;
  };
  EXPECT_EQ(run_survey(survey, domains), 2U);
  EXPECT_EQ(taken, (std::vector<std::string>{domains[1], domains[0]}));
}

TEST(SurveyTest, LooksNotFarAheadOfWhatIsTaken) {
  const std::vector<std::string> domains = make_domains(500);
  std::vector<std::string> taken;
  std::atomic<std::size_t> looked = 0;
  std::atomic<std::size_t> done = 0;
  std::size_t most_ahead = 0;
  Survey survey = make_survey(Order::as_given, taken);
  survey.look = [&](const std::string& domain) {
    ++looked;
    return look(domain);
  };
  survey.take = [&](const verify::Judged&) {
    most_ahead = std::max<std::size_t>(most_ahead, looked - done);
    ++done;
    return true;
  };
  EXPECT_EQ(run_survey(survey, domains), 500U);
  EXPECT_LE(most_ahead, survey.jobs * 8);
}

TEST(SurveyTest, EndsWhenAResultCantBeTaken) {
  std::vector<std::string> taken;
  Survey survey = make_survey(Order::as_given, taken);
  survey.take = [&taken](const verify::Judged& judged) {
    taken.push_back(judged.facts.domain);
    return taken.size() < 3;
  };
  EXPECT_EQ(run_survey(survey, make_domains(500)), 2U);
  EXPECT_EQ(taken, make_domains(3));
}

TEST(SurveyTest, TakesWhatIsUnderWayWhenThereIsNoUseInMore) {
  std::vector<std::string> taken;
  std::atomic<bool> is_useful = true;
  Survey survey = make_survey(Order::as_given, taken);
  survey.is_useful = [&] { return is_useful.load(); };
  survey.look = [&](const std::string& domain) {
    if (domain == "d9.alpha.test") is_useful = false;
    return look(domain);
  };
  const std::size_t count = run_survey(survey, make_domains(500));
  EXPECT_GE(count, 10U);
  EXPECT_LE(count, 10U + survey.jobs * 8);
  EXPECT_EQ(taken, make_domains(count));
}

TEST(SurveyTest, HasNothingToDo) {
  std::vector<std::string> taken;
  EXPECT_EQ(run_survey(make_survey(Order::as_given, taken), {}), 0U);
}

}  // namespace
}  // namespace mtasts::tool
