// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "sts/migration.hpp"
#include "sts/policy.hpp"
#include "text/ascii.hpp"
#include "text/join.hpp"
#include "text/time.hpp"
#include "tool/life_plan.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::sys_seconds;
using sts::MxPattern;
using sts::Policy;

/// With other mx: those of one that is good, and names.
Policy with_mx(const Policy& policy, std::vector<MxPattern> mx) {
  const Result<Policy> made =
      Policy::make(policy.mode(), std::move(mx), policy.max_age());
  return made ? *made : policy;
}

bool is_for_any(const MxPattern& pattern, const std::vector<dns::Name>& hosts) {
  return std::ranges::any_of(
      hosts, [&](const dns::Name& host) { return pattern.matches(host); });
}

class MigrationPlan {
 public:
  explicit MigrationPlan(const PlanInput& input)
      : input_(input),
        before_(input.seen.sight.policy ? *input.seen.sight.policy
                                        : input.ours->policy()),
        both_(with_mx(before_, sts::admit_both(before_, input.seen.sight,
                                               input.targets))),
        after_(with_mx(before_, keep_targets())) {}

  Plan make() const {
    Plan plan{.kind = "migration",
              .domain = input_.domain,
              .title = "MX hosts move to " + join_targets(", "),
              .now = input_.now,
              .unseen = input_.seen.unseen};
    for (const sts::Step& step : sts::plan_migration(
             input_.seen.sight, input_.past, input_.targets, input_.now)) {
      plan.steps.push_back(describe(step));
    }
    add_next_run(plan, next_command(plan));
    return plan;
  }

 private:
  std::vector<MxPattern> keep_targets() const {
    std::vector<MxPattern> mx = both_.mx();
    std::erase_if(mx, [this](const MxPattern& pattern) {
      return !is_for_any(pattern, input_.targets);
    });
    return mx;
  }

  std::string join_targets(std::string_view between) const {
    return text::join(input_.targets, between,
                      [](const dns::Name& one) { return one.text(); });
  }

  PlanStep describe(const sts::Step& step) const {
    if (step.id == sts::k_prepare_hosts) {
      return {step,
              "let the new hosts offer STARTTLS with a certificate for "
              "their name",
              order_hosts()};
    }
    if (step.id == sts::k_admit_both) {
      return {step, "let the policy admit the old hosts and the new",
              order_policy(both_)};
    }
    if (step.id == sts::k_publish_both) {
      return {step, "publish the record of that policy",
              order_publishing(input_, both_)};
    }
    if (step.id == sts::k_move_mx) {
      return {step, "change the MX records", order_mx()};
    }
    if (step.id == sts::k_drop_old) {
      return {step, "let the policy admit the new hosts alone",
              order_policy(after_)};
    }
    return {step, "publish the record of that policy",
            order_publishing(input_, after_)};
  }

  std::vector<std::string> order_hosts() const {
    std::vector<std::string> orders;
    for (const Diagnostic& one : input_.seen.about_targets) {
      orders.push_back(fmt::format("{}: {} [{}]", format_place(one.place),
                                   one.message, one.id));
      if (!one.hint.empty()) orders.push_back("  " + one.hint);
    }
    return orders;
  }

  /// The edit, or that it has been made and is not to be seen yet.
  std::vector<std::string> order_policy(const Policy& policy) const {
    if (input_.ours == nullptr) return order_serving(input_.domain, policy);
    const std::string place = format_place(input_.ours->place());
    if (input_.ours->policy() == policy) {
      return {fmt::format("{} has it; let each address of mta-sts.{} serve it",
                          place, input_.domain)};
    }
    std::vector<std::string> orders{
        fmt::format("{}: mx = [{}]", place,
                    text::join(policy.mx(), ", ", [](const auto& one) {
                      return fmt::format("\"{}\"", one.text());
                    }))};
    if (input_.ours->domain_count() > 1) {
      orders.push_back(fmt::format(
          "  that table is for {} domains: if the others stay, give {} one of "
          "its own",
          input_.ours->domain_count(), input_.domain));
    }
    return orders;
  }

  std::vector<std::string> order_mx() const {
    std::vector<std::string> orders;
    int preference = 0;
    for (const dns::Name& host : input_.targets) {
      orders.push_back(fmt::format("{}. IN MX {} {}.", input_.domain,
                                   preference += 10, host.text()));
    }
    for (const std::string& old : input_.seen.mx) {
      std::string_view name = old;
      text::take_until(name, " ");
      const bool stays = std::ranges::any_of(
          input_.targets,
          [&](const dns::Name& host) { return host.text() == name; });
      if (stays) continue;
      orders.push_back(fmt::format("delete {}. IN MX {}.", input_.domain, old));
    }
    return orders;
  }

  /// What was said of times, and what is known since now: with that the dates
  /// stay what they are.
  std::string next_command(const Plan& plan) const {
    const sts::Sight& sight = input_.seen.sight;
    std::string command = fmt::format("{} plan {} --to {}", input_.command,
                                      input_.domain, join_targets(","));
    for (const PlanStep& one : plan.steps) {
      if (one.step.state != sts::StepState::waiting) continue;
      const bool is_move = one.step.id == sts::k_move_mx;
      command += fmt::format(
          " {} {}", is_move ? "--published" : "--moved",
          text::format_time((is_move ? sight.record_since : sight.mx_since)
                                .value_or(input_.now)));
    }
    return command;
  }

  const PlanInput& input_;
  Policy before_;
  Policy both_;
  Policy after_;
};

}  // namespace

Plan make_migration_plan(const PlanInput& input) {
  return MigrationPlan(input).make();
}

}  // namespace mtasts::tool
