// SPDX-License-Identifier: MIT
#include "tool/life_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sts/policy_host.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"
#include "sts/txt_record.hpp"
#include "text/ascii.hpp"
#include "verify/judge_case.hpp"

namespace mtasts::tool {

bool is_done(const Plan& plan) {
  return std::ranges::all_of(plan.steps, [](const PlanStep& one) {
    return one.step.state == sts::StepState::done;
  });
}

std::string format_policy_record(const std::string& domain,
                                 const sts::Policy& policy) {
  return verify::format_record(
      "_mta-sts." + domain,
      sts::format_txt_record(sts::policy_id(sts::format_policy(policy))));
}

std::vector<std::string> order_publishing(const PlanInput& input,
                                          const sts::Policy& policy) {
  std::vector<std::string> orders;
  if (input.can_publish && input.ours != nullptr) {
    orders.push_back(fmt::format("{} publish {}", input.command, input.domain));
  }
  orders.push_back(format_policy_record(input.domain, policy));
  return orders;
}

std::vector<std::string> order_serving(const std::string& domain,
                                       const sts::Policy& policy) {
  std::vector<std::string> orders{fmt::format(
      "https://{}{}:", sts::policy_host(domain), sts::k_policy_path)};
  const std::string body = sts::format_policy(policy);
  std::string_view rest = body;
  while (!rest.empty()) {
    const std::string_view line = text::take_until(rest, "\n");
    orders.push_back("  " + std::string(text::trim(line, "\r")));
  }
  return orders;
}

void add_next_run(Plan& plan, const std::string& command) {
  const bool is_waiting =
      std::ranges::any_of(plan.steps, [](const PlanStep& one) {
        return one.step.state == sts::StepState::waiting;
      });
  if (is_waiting) plan.again = command;
}

}  // namespace mtasts::tool
