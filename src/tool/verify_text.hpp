// SPDX-License-Identifier: MIT
// Results of verify for people, 80 columns wide: a line for a domain that is
// well; else, by subject, what is wrong, what comes of it, and what to do. What
// is to be copied stays on one line.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "tool/verify_output.hpp"
#include "verify/judged.hpp"

namespace mtasts::tool {

class TextOutput : public VerifyOutput {
 public:
  TextOutput(Colour colour, Notes notes) : colour_(colour), notes_(notes) {}

  std::string add(const verify::Judged& judged) override;
  /// How many domains are how, when there are several.
  std::string finish() override;

 private:
  Colour colour_;
  Notes notes_;
  std::array<std::size_t, verify::k_verdict_names.size()> verdicts_ = {};
};

}  // namespace mtasts::tool
