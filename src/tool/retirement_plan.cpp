// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "config/write_policy.hpp"
#include "sts/policy.hpp"
#include "sts/retirement.hpp"
#include "text/time.hpp"
#include "tool/life_plan.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;
using sts::Policy;

/// That takes `policy` back. Its mx stay: some senders read none without.
Policy take_back(const Policy& policy) {
  const Result<Policy> made =
      Policy::make(sts::Mode::none, policy.mx(),
                   std::min(policy.max_age(), sts::k_retire_max_age));
  return made ? *made : policy;
}

class RetirementPlan {
 public:
  explicit RetirementPlan(const PlanInput& input) : input_(input) {
    const sts::Sight& sight = input.seen.sight;
    if (sight.policy) {
      none_ = take_back(*sight.policy);
    } else if (input.ours != nullptr) {
      none_ = take_back(input.ours->policy());
    }
  }

  Plan make() {
    Plan plan{.kind = "retirement",
              .domain = input_.domain,
              .title = "leaves MTA-STS",
              .now = input_.now,
              .unseen = input_.seen.unseen};
    const std::vector<sts::Step> steps =
        sts::plan_retirement(input_.seen.sight, input_.past, input_.now);
    for (const sts::Step& step : steps) {
      // From the day on, in the configuration, nothing may be held any more.
      if (step.id == sts::k_remove_host && step.from) {
        day_ = std::chrono::ceil<std::chrono::days>(*step.from);
      }
    }
    for (const sts::Step& step : steps) plan.steps.push_back(describe(step));
    warn_of_next_owner(plan);
    warn_of_early_day(plan);
    if (input_.seen.sight.has_no_policy && input_.seen.has_host) {
      plan.notes.push_back(fmt::format(
          "mta-sts.{} has addresses still, and no policy: delete them",
          input_.domain));
    }
    add_next_run(plan, next_command(plan));
    return plan;
  }

 private:
  PlanStep describe(const sts::Step& step) const {
    if (step.id == sts::k_serve_none) {
      return {step, "serve mode none in place of the policy", order_none()};
    }
    if (step.id == sts::k_publish_none) {
      return {step, "publish the record of that policy",
              none_ ? order_publishing(input_, *none_)
                    : std::vector<std::string>{}};
    }
    if (step.id == sts::k_remove_record) {
      return {step, "delete the record", order_deletion()};
    }
    return {step, "take the policy host away", order_removal()};
  }

  std::vector<std::string> order_none() const {
    if (!none_) return {};
    if (input_.ours == nullptr) return order_serving(input_.domain, *none_);
    const publish::Publication& ours = *input_.ours;
    const std::string place = format_place(ours.place());
    if (ours.mode() == sts::Mode::none) {
      return {fmt::format("{} has it; let each address of mta-sts.{} serve it",
                          place, input_.domain)};
    }
    const std::string retire =
        fmt::format("retire = {}", text::format_date(day_));
    if (ours.domain_count() == 1) {
      return {fmt::format("{}: {}", place, retire)};
    }
    std::vector<std::string> orders{fmt::format(
        "{}: take {} out of domains, and give it a table of its own:", place,
        in_quotes(input_.domain))};
    const publish::Publication own({*dns::Name::parse(input_.domain)},
                                   ours.policy(), ours.tls_rpt(), {});
    const std::string table = config::format_policy_table(own) + retire;
    for (const std::string_view line : text::Lines(table)) {
      orders.push_back("  " + std::string(line));
    }
    return orders;
  }

  std::vector<std::string> order_deletion() const {
    std::vector<std::string> orders;
    if (input_.can_publish && input_.ours != nullptr) {
      orders.push_back(
          fmt::format("{} publish --delete {}", input_.command, input_.domain));
      orders.push_back(
          fmt::format("  it takes _smtp._tls.{} away, too, which could stay",
                      input_.domain));
    } else {
      orders.push_back(
          fmt::format("delete _mta-sts.{}. IN TXT", input_.domain));
    }
    return orders;
  }

  std::vector<std::string> order_removal() const {
    std::vector<std::string> orders;
    if (input_.ours != nullptr) {
      orders.push_back(fmt::format("{}: remove {} from the configuration",
                                   format_place(input_.ours->place()),
                                   in_quotes(input_.domain)));
    }
    orders.push_back(
        fmt::format("delete mta-sts.{}. IN A, AAAA, CNAME, and its certificate",
                    input_.domain));
    return orders;
  }

  /// Who gets a domain gets the policies that senders hold, too.
  void warn_of_next_owner(Plan& plan) const {
    constexpr std::chrono::days k_long{30};
    const auto until = input_.past.enforced_until(input_.now);
    if (!until || *until <= input_.now + k_long) return;
    plan.notes.push_back(fmt::format(
        "whoever has {} before {} has to take mail as its policy says: don't "
        "give it away earlier",
        input_.domain, text::format_time(*until)));
  }

  /// The day in the configuration says that nothing is held any more.
  void warn_of_early_day(Plan& plan) const {
    if (input_.ours == nullptr || !input_.ours->retire()) return;
    if (*input_.ours->retire() >= day_) return;
    plan.notes.push_back(fmt::format(
        "{}: retire = {} is too early: write retire = {}",
        format_place(input_.ours->place()),
        text::format_date(*input_.ours->retire()), text::format_date(day_)));
  }

  std::string next_command(const Plan& plan) const {
    std::string command =
        fmt::format("{} retire {}", input_.command, input_.domain);
    for (const PlanStep& one : plan.steps) {
      if (one.step.state != sts::StepState::waiting) continue;
      command += fmt::format(
          " {} {}",
          one.step.id == sts::k_remove_record ? "--published" : "--removed",
          text::format_time(
              input_.seen.sight.record_since.value_or(input_.now)));
    }
    return command;
  }

  const PlanInput& input_;
  std::optional<Policy> none_ = {};
  sys_days day_ = {};
};

}  // namespace

Plan make_retirement_plan(const PlanInput& input) {
  return RetirementPlan(input).make();
}

}  // namespace mtasts::tool
