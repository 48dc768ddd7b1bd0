// SPDX-License-Identifier: MIT
// Results of verify for programs. Both forms have the same object for a domain:
//   {"domain":..,"mode":..,"verdict":..,"findings":[..],"facts":{..}}
// with a finding as {"id":..,"severity":..,"subject":..,"message":..,
// "hint":..,"effect":..}. verify::parse_each_facts() reads both.
#pragma once

#include <string>

#include "tool/verify_output.hpp"
#include "verify/judged.hpp"

namespace mtasts::tool {

/// One document: {"version":..,"domains":[..]}.
class JsonOutput : public VerifyOutput {
 public:
  std::string add(const verify::Judged& judged) override;
  std::string finish() override;

 private:
  bool has_begun_ = false;
};

/// A line for each domain, which begins with {"domain":"NAME",
class JsonLinesOutput : public VerifyOutput {
 public:
  std::string add(const verify::Judged& judged) override;
  std::string finish() override;
};

}  // namespace mtasts::tool
