// SPDX-License-Identifier: MIT
#include "tool/verify_json.hpp"

#include <fmt/format.h>

#include <optional>

#include "sts/policy.hpp"
#include "text/join.hpp"
#include "text/json.hpp"
#include "verify/facts_json.hpp"

namespace mtasts::tool {
namespace {

std::string format_finding(const verify::Judged& judged,
                           const Diagnostic& finding) {
  return fmt::format(
      R"({{"id":{},"severity":"{}","subject":{},"message":{},"hint":{},)"
      R"("effect":{}}})",
      text::json_quote(finding.id), format_severity(finding.severity),
      text::json_quote(format_place(finding.place)),
      text::json_quote(finding.message), text::json_quote(finding.hint),
      text::json_quote(verify::effect_of(judged, finding)));
}

std::string format_judged(const verify::Judged& judged) {
  const std::string mode =
      judged.policy ? text::json_quote(sts::format_mode(judged.policy->mode()))
                    : "null";
  // The domain comes first: whoever looks for one reads the begin of a line.
  return fmt::format(
      R"({{"domain":{},"mode":{},"verdict":"{}","findings":[{}],"facts":{}}})",
      text::json_quote(judged.facts.domain), mode,
      verify::format_verdict(verify::verdict_of(judged)),
      text::join(judged.findings, ",",
                 [&judged](const Diagnostic& one) {
                   return format_finding(judged, one);
                 }),
      verify::format_facts(judged.facts));
}

/// Up to the first domain.
std::string format_begin() {
  return fmt::format(R"({{"version":"{}","domains":[)", MTASTSD_VERSION);
}

}  // namespace

std::string JsonOutput::add(const verify::Judged& judged) {
  const std::string before = has_begun_ ? "," : format_begin();
  has_begun_ = true;
  return before + "\n" + format_judged(judged);
}

std::string JsonOutput::finish() {
  return (has_begun_ ? "\n" : format_begin()) + "]}\n";
}

std::string JsonLinesOutput::add(const verify::Judged& judged) {
  return format_judged(judged) + "\n";
}

std::string JsonLinesOutput::finish() { return {}; }

}  // namespace mtasts::tool
