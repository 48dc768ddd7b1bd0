// SPDX-License-Identifier: MIT
// What plan and retire have in common: they look, remember and print.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "command_line.hpp"
#include "nameserver/resolver.hpp"
#include "tool/plan_document.hpp"
#include "tool/verify_options.hpp"
#include "verify/look.hpp"

namespace mtasts::tool {

struct PlanOptions {
  VerifyOptions look = {};
  std::vector<std::string> histories = {};
  std::optional<std::string> record_since = {};
  std::optional<std::string> mx_since = {};
  std::string format = "text";
};

/// Their lines of the help.
constexpr std::string_view k_plan_help =
    R"(  --history FILE      what was served, besides "history" of [server]; for each
                      replica once
  --record-since TIME since when the TXT record is as it is (default: since its
                      policy is served, or from now on)
  --mx-since TIME     since when the MX records are as they are
  --format FORM       text, json or ics, a calendar (default: text)
  --connect-to, --dns, --trust-ad, --no-authoritative, --no-smtp, --helo, --ca,
  --allow-private, --timeout
                      as for verify
)";

void declare(Arguments& arguments, PlanOptions& options);

/// Makes the plan from what was seen; it may look at more.
using MakePlan = std::function<PlanDocument(
    PlanInput input, const verify::Facts& facts, verify::Shared& shared,
    nameserver::Resolver& resolver)>;

/// The one domain that options.look.domains names.
Exit run_plan(const PlanOptions& options, const MakePlan& make);

}  // namespace mtasts::tool
